/**
 * Onde os servidores dos testes guardam o estado. O mesmo arquivo de testes roda com cada um: quem o diz é o projeto
 * do vitest, por uma variável de ambiente.
 */

import { insistirNoIndisponivel } from '../../scripts/comum/jsonrpc.ts';
import { iniciarCluster, iniciarRedis, type Redis } from '../../scripts/comum/redis.ts';

type Estado = 'embutido' | 'redis' | 'cluster';

export const ESTADO = (process.env['CHAT_TESTES_ESTADO'] ?? 'embutido') as Estado;

/** Cada pasta de dados tem o seu Redis: quem reinicia sobre a mesma pasta encontra o mesmo. */
const porPasta = new Map<string, Promise<Redis>>();

// Numa máquina ocupada, um Redis nem sempre responde a tempo.
if (ESTADO !== 'embutido') insistirNoIndisponivel();

/** Encerra os Redis que o arquivo de testes usou. */
export async function encerrarEstados(): Promise<void> {
  const usados = [...porPasta.values()];
  porPasta.clear();
  await Promise.all(usados.map(async (redis) => (await redis)[Symbol.asyncDispose]()));
}

/** @param dados a pasta que seria a dos dados do servidor */
export async function argumentosDoEstado(dados: string): Promise<readonly string[]> {
  if (ESTADO === 'embutido') return [];
  const redis = porPasta.get(dados) ?? (ESTADO === 'redis' ? iniciarRedis() : iniciarCluster());
  porPasta.set(dados, redis);
  return ['--redis', (await redis).url];
}

/** @returns a pasta em que está tudo o que o servidor dessa pasta de dados guardou, como foi guardado */
export async function pastaDoGuardado(dados: string): Promise<string> {
  const redis = await porPasta.get(dados);
  return redis ? redis.gravar() : dados;
}

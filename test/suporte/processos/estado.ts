/**
 * Onde os servidores dos testes guardam o estado. O mesmo arquivo de testes roda com cada um: quem o diz é o projeto
 * do vitest, por uma variável de ambiente.
 */

import { insistirNoIndisponivel } from '../../../scripts/comum/jsonrpc.ts';
import { iniciarCluster, iniciarRedis, type Redis } from '../../../scripts/comum/redis.ts';

type Estado = 'embutido' | 'redis' | 'cluster';

export const ESTADO = (process.env['CHAT_TESTES_ESTADO'] ?? 'embutido') as Estado;

/** Cada pasta de dados tem o seu Redis: quem reinicia sobre a mesma pasta encontra o mesmo. */
const porPasta = new Map<string, Promise<Redis>>();

/** Os que um arquivo de testes deixou, já vazios: iniciar um cluster custa mais que muitos testes. Acabam com o vitest. */
const livres: Redis[] = [];

// Numa máquina ocupada, um Redis nem sempre responde a tempo.
if (ESTADO !== 'embutido') insistirNoIndisponivel();

/** Esvazia os Redis que o arquivo de testes usou: o seguinte os acha como novos. */
export async function liberarEstados(): Promise<void> {
  const usados = await Promise.all(porPasta.values());
  porPasta.clear();
  await Promise.all(usados.map((redis) => redis.esvaziar()));
  livres.push(...usados);
}

/** @param dados a pasta que seria a dos dados do servidor */
export async function argumentosDoEstado(dados: string): Promise<readonly string[]> {
  if (ESTADO === 'embutido') return [];
  const redis = porPasta.get(dados) ?? livres.pop() ?? (ESTADO === 'redis' ? iniciarRedis() : iniciarCluster());
  porPasta.set(dados, Promise.resolve(redis));
  return ['--redis', (await redis).url];
}

/** @returns a pasta em que está tudo o que o servidor dessa pasta de dados guardou, como foi guardado */
export async function pastaDoGuardado(dados: string): Promise<string> {
  const redis = await porPasta.get(dados);
  return redis ? redis.gravar() : dados;
}

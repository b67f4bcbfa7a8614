/** Uma conexão com o Redis que não depende de a máquina ser rápida: os comandos esperam, e abrir se tenta de novo. */

import { ate } from '../../../scripts/comum/condicao.ts';
import { conectarAoRedis, type OpcoesDoRedis, type RedisConnection } from '../../../src/redis/connection.ts';
import type { Direitos } from '../../../src/redis/direitos.ts';

const SEM_PRESSA_MS = 60_000;
const DEMOROU = /a conexão não se abriu a tempo|não respondeu em|deixou de responder/;

/**
 * A vez de quem se conecta. Muitos testes que se abrissem juntos, num processo a que a máquina dá pouca CPU, passariam todos
 * do prazo da partida, tentariam todos de novo, e assim até ao fim do prazo do teste.
 */
let vez: Promise<unknown> = Promise.resolve();

/** @throws o mesmo que `conectarAoRedis`, se a causa não é a demora */
export function conectarSemPressa(opcoes: OpcoesDoRedis, direitos: Direitos): Promise<RedisConnection> {
  const abrir = () =>
    conectarAoRedis({ prazoDoComandoMs: SEM_PRESSA_MS, ...opcoes }, direitos).catch((erro: Error) => {
      if (DEMOROU.test(erro.message)) return undefined;
      throw erro;
    });
  const aberta = vez.then(() => ate(abrir, 'a conexão com o Redis se abrir'));
  vez = aberta.catch(() => {});
  return aberta;
}

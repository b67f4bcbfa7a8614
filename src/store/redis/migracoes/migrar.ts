/**
 * Os dados que uma versão anterior gravou abrem nesta. O número do formato fica no Redis; cada migração parte do formato
 * anterior, e feita de novo não muda nada: a que um kill interrompe recomeça do princípio.
 * Um servidor migra de cada vez, antes de servir; os outros esperam por ele.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as passar } from 'node:timers/promises';
import type { RedisConnection } from '../../../redis/connection.ts';
import { RedisError } from '../../../redis/redis-error.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import { nada, numero, ou } from '../../../redis/resposta.ts';
import { FORMATO, MIGRACAO, VARREDURA, VERSAO_DOS_NOMES } from '../formato/chaves.ts';
import { liderar, soltarLideranca } from '../scripts/varredura.ts';
import { migrarDa100 } from './da-1.0.0.ts';
import type { Migracao } from './migracao.ts';
import { idadeDaVarreduraDa100 } from './scripts.ts';

/**
 * A primeira parte do formato 1, o da versão 1.0.0, que não gravava número nenhum. Uma migração publicada não muda mais:
 * o que vier depois é outra, no fim da lista.
 */
const MIGRACOES: readonly ((migracao: Migracao) => Promise<void>)[] = [migrarDa100];

export const FORMATO_ATUAL = MIGRACOES.length + 1;

/** Quem não continua por este tempo deixa a migração a outro. */
const LIDERANCA_MS = 10_000;
/** O intervalo entre duas perguntas de quem espera por outro servidor. */
const ESPERA_MS = 250;
/** Um servidor 1.0.0 varre a cada 500 ms: depois deste tempo sem varrer, não há nenhum. */
const SILENCIO_DA_100_MS = 2_000;

export interface Abertura {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  /** Recebe uma linha para pessoas, se há o que migrar. */
  readonly aoAvisar?: ((linha: string) => void) | undefined;
  /** Passa esse tempo, em ms. */
  readonly esperar?: (ms: number) => Promise<unknown>;
}

/**
 * Deixa os dados no formato desta versão.
 * @throws RedisError se são de uma versão mais nova, ou se um servidor 1.0.0 ainda os usa; RedisIndisponivel
 */
export async function migrar({ redis, relogio, aoAvisar, esperar = passar }: Abertura): Promise<void> {
  await recusarServidorDa100(redis, esperar);
  const quem = randomUUID();
  const continuar = async () => {
    const lideranca = { agora: relogio.agoraMs(), quem, duracaoMs: LIDERANCA_MS };
    if (!(await redis.executar(liderar, { estado: MIGRACAO }, lideranca))) throw new OutroMigra();
  };
  while ((await formatoDe(redis)) < FORMATO_ATUAL) {
    try {
      await continuar();
      const formato = await formatoDe(redis);
      if (formato < FORMATO_ATUAL && (await temDados(redis))) {
        aoAvisar?.(`Os dados no Redis são do formato ${formato}: passam ao ${FORMATO_ATUAL} antes de servir.`);
        for (const passo of MIGRACOES.slice(formato - 1)) await passo({ redis, relogio, continuar });
      }
      await redis.comando(nada, FORMATO, 'SET', FORMATO, FORMATO_ATUAL);
      await redis.executar(soltarLideranca, { estado: MIGRACAO }, { quem });
    } catch (erro) {
      if (!(erro instanceof OutroMigra)) throw erro;
      await esperar(ESPERA_MS);
    }
  }
}

class OutroMigra extends Error {
  override readonly name = 'OutroMigra';
}

/** @throws RedisError se é mais novo do que este programa conhece */
async function formatoDe(redis: RedisConnection): Promise<number> {
  const formato = (await redis.comando(ou(numero), FORMATO, 'GET', FORMATO)) ?? 1;
  if (formato <= FORMATO_ATUAL) return formato;
  const limite = `formato ${formato}; este conhece até o ${FORMATO_ATUAL}`;
  throw new RedisError(`Os dados no Redis foram gravados por uma versão mais nova deste programa (${limite}).`);
}

/** Ninguém usa o chat sem ter registrado um nome. */
async function temDados(redis: RedisConnection): Promise<boolean> {
  return (await redis.comando(numero, VERSAO_DOS_NOMES, 'EXISTS', VERSAO_DOS_NOMES)) === 1;
}

/** O que um servidor 1.0.0 gravasse depois da migração não seria lido. */
async function recusarServidorDa100(redis: RedisConnection, esperar: (ms: number) => Promise<unknown>): Promise<void> {
  const semVarrerMs = () => redis.executar(idadeDaVarreduraDa100, { estado: VARREDURA }, {});
  let visto = await semVarrerMs();
  if (visto === undefined || visto >= SILENCIO_DA_100_MS) return;
  await esperar(SILENCIO_DA_100_MS);
  visto = await semVarrerMs();
  if (visto === undefined || visto >= SILENCIO_DA_100_MS) return;
  throw new RedisError('Um servidor da versão 1.0.0 ainda usa este Redis: encerre todos antes de iniciar este.');
}

/**
 * Onde está o estado do chat: embutido, numa pasta que é só deste servidor, ou num Redis que vários dividem.
 * É o único lugar do servidor que sabe qual dos dois.
 */

import { ContractError } from '../contract/errors.ts';
import type { Clock } from '../process/clock.ts';
import type { Closable } from '../process/lifecycle.ts';
import { camposDoErro, type Log } from '../process/log.ts';
import { relatando } from '../redis/relato.ts';
import { carregarEmbutido } from '../store/embutido/carregar.ts';
import type { SessoesVivas, Store } from '../store/store.ts';
import type { Esperas } from './esperas.ts';
import { type Prazos, REGISTRO_SEM_CHAMADA_MS, Varredura } from './prazos.ts';
import { Presencas } from './presencas.ts';

export interface Estado {
  readonly store: Store;
  readonly sessoes: SessoesVivas;
  /** Quem acaba com o que acaba por si; ainda por iniciar. */
  readonly varredura: Closable & { readonly iniciar: () => Promise<void> | void };
  /** Uma sala deixou de estar sem ninguém. */
  readonly salaOcupada: (nomeSala: string) => void;
}

export interface OpcoesDoEstado {
  /** A pasta dos dados, quando não há Redis. */
  readonly dados: string;
  readonly redis: readonly string[] | undefined;
  /** Quantas mensagens se guardam em cada sala, quando há Redis. */
  readonly historia: number;
  readonly prazos: Prazos;
}

export interface DependenciasDoEstado {
  readonly clock: Clock;
  readonly esperas: Esperas;
  readonly log: Log;
}

/** @throws StoreError se os dados não podem ser usados; RedisError se o Redis não pode */
export function abrirEstado(opcoes: OpcoesDoEstado, dependencias: DependenciasDoEstado): Promise<Estado> {
  const { redis } = opcoes;
  return redis ? abrirNoRedis(redis, opcoes, dependencias) : abrirEmbutido(opcoes, dependencias);
}

async function abrirEmbutido(
  { dados, prazos }: OpcoesDoEstado,
  { clock, esperas, log }: DependenciasDoEstado,
): Promise<Estado> {
  const { abrirStore } = await carregarEmbutido();
  const store = abrirStore(dados, {
    aoFalhar: (erro) => log.erro('o store falhou', camposDoErro(erro)),
    monotonicoMs: clock.monotonicoMs,
  });
  const sessoes = new Presencas(clock, store);
  const varredura = new Varredura({
    store,
    clock,
    presencas: sessoes,
    esperas,
    prazos,
    aoFalhar: falhaNaVarredura(log),
  });
  return { store, sessoes, varredura, salaOcupada: (nomeSala) => varredura.salaOcupada(nomeSala) };
}

/** O que fala com o Redis só se carrega quando há um. */
async function abrirNoRedis(
  urls: readonly string[],
  { historia, prazos }: OpcoesDoEstado,
  { clock, esperas, log }: DependenciasDoEstado,
): Promise<Estado> {
  const [{ conectarAoRedis }, { RedisStore }, { VarreduraNoRedis }] = await Promise.all([
    import('../redis/connection.ts'),
    import('../store/redis/store.ts'),
    import('../store/redis/varredura.ts'),
  ]);
  const redis = await conectarAoRedis(relatando(urls, log));
  const store = new RedisStore(redis, historia, (erro) => log.erro('o store falhou', camposDoErro(erro)));
  const varredura = new VarreduraNoRedis({
    redis,
    store,
    prazos: { ...prazos, semChamadaMs: REGISTRO_SEM_CHAMADA_MS },
    emEspera: () => esperas.sessoes(),
    agoraMs: clock.agoraMs,
    aoFalhar: falhaNaVarredura(log),
  });
  // Quando uma sala se ocupa, ela mesma sabe.
  return { store, sessoes: store, varredura, salaOcupada: () => {} };
}

function falhaNaVarredura(log: Log): (erro: unknown) => void {
  return (erro) => {
    // O store já disse que não consegue gravar; a próxima passada tenta de novo.
    if (!(erro instanceof ContractError)) log.erro('falha na varredura', camposDoErro(erro));
  };
}

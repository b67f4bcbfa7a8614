/**
 * O que acaba por si, com muitos servidores sobre os mesmos dados: um deles varre de cada vez, e se morre, outro segue.
 * Cada ato confere de novo, no Redis, que o prazo ainda vale: dois que varressem ao mesmo tempo não estragariam nada.
 */

import { randomUUID } from 'node:crypto';
import { ContractError } from '../../contract/errors.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { RedisIndisponivel } from '../../redis/redis-error.ts';
import { definirScript } from '../../redis/script.ts';
import { type ChavesDaFaixa, chavesDasFaixas, VARREDURA } from './chaves.ts';
import type { Condicao } from './movimentos.ts';
import { GRAO_DA_PRESENCA_MS, lerVencidas } from './sessoes-scripts.ts';
import type { RedisStore } from './store.ts';

const VARREDURA_MS = 500;
/** Quem não renova a liderança por este tempo a perde. */
const LIDERANCA_MS = 1_000;
/** Se ninguém varreu por mais que isto, ou o Redis esteve fora ou todos os servidores: ninguém podia dar sinal de vida. */
const INTERRUPCAO_MS = 5_000;
/** Quantas pessoas de cada faixa se tratam por passada. */
const POR_FAIXA = 256;
/** Uma chamada que espera é presença: o maior intervalo entre duas anotações disso. */
const RENOVACAO_MAXIMA_MS = 10_000;

const liderar = definirScript(
  'liderar',
  `-- KEYS estado; ARGV quem, duração da liderança em ms, interrupção em ms
   -- Dá -1 se outro lidera, ou há quantos ms se varre sem interrupção.
   local estado = redis.call('HMGET', KEYS[1], 'quem', 'ate', 'ultima', 'desde')
   if estado[1] and estado[1] ~= ARGV[1] and agora < tonumber(estado[2]) then return -1 end
   local desde = estado[4]
   if not estado[3] or agora - estado[3] > tonumber(ARGV[3]) then desde = agora end
   redis.call('HSET', KEYS[1], 'quem', ARGV[1], 'ate', agora + ARGV[2], 'ultima', agora, 'desde', desde)
   return agora - desde`,
);

const soltarLideranca = definirScript(
  'soltarLideranca',
  `-- KEYS estado; ARGV quem
   -- Outro pode varrer já.
   if redis.call('HGET', KEYS[1], 'quem') == ARGV[1] then redis.call('HDEL', KEYS[1], 'quem', 'ate') end
   return 1`,
);

export interface PrazosNoRedis {
  readonly usuarioAusenteMs: number;
  readonly sessaoExpiraMs: number;
  readonly salaInativaMs: number;
  /** Quanto uma sessão de que nenhuma chamada veio pode durar. */
  readonly semChamadaMs: number;
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly store: RedisStore;
  readonly prazos: PrazosNoRedis;
  /** As sessões deste servidor com uma chamada que espera. */
  readonly emEspera: () => Iterable<number>;
  /** A hora do mundo, em ms desde 1970. */
  readonly agoraMs: () => number;
  readonly aoFalhar: (erro: unknown) => void;
}

export class VarreduraNoRedis {
  readonly #deps: Dependencias;
  readonly #eu = randomUUID();
  readonly #renovacaoMs: number;
  #renovadasEmMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #emAndamento: Promise<void> | undefined;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    this.#renovacaoMs = Math.min(RENOVACAO_MAXIMA_MS, dependencias.prazos.usuarioAusenteMs / 4);
  }

  iniciar(): void {
    this.#timer = setInterval(() => {
      this.#emAndamento ??= this.varrer()
        .catch((erro: unknown) => {
          if (!passageiro(erro)) this.#deps.aoFalhar(erro);
        })
        .finally(() => {
          this.#emAndamento = undefined;
        });
    }, VARREDURA_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#emAndamento;
    await this.#deps.redis.executar(soltarLideranca, [VARREDURA], [this.#eu]).catch(() => {
      // Sem Redis, a liderança acaba por si.
    });
  }

  async varrer(): Promise<void> {
    await this.#renovarEsperas();
    const { redis } = this.#deps;
    const argumentos = [this.#eu, LIDERANCA_MS, INTERRUPCAO_MS];
    const semInterrupcaoMs = Number(await redis.executar(liderar, [VARREDURA], argumentos));
    if (semInterrupcaoMs < 0) return;
    const faixas = chavesDasFaixas().map((chaves) => this.#varrerPessoas(chaves, semInterrupcaoMs));
    const feitas = await Promise.allSettled([...faixas, this.#varrerSalas(semInterrupcaoMs)]);
    const falha = feitas.find((feita) => feita.status === 'rejected');
    if (falha) throw falha.reason;
  }

  async #renovarEsperas(): Promise<void> {
    if (performance.now() - this.#renovadasEmMs < this.#renovacaoMs) return;
    this.#renovadasEmMs = performance.now();
    await this.#deps.store.pessoas.renovar([...this.#deps.emEspera()]);
  }

  async #varrerPessoas(chaves: ChavesDaFaixa, semInterrupcaoMs: number): Promise<void> {
    const { redis, store, prazos, agoraMs } = this.#deps;
    // Um sinal de vida se anota com uma folga: ninguém perde o lugar antes da hora.
    const ausenteMs = prazos.usuarioAusenteMs + GRAO_DA_PRESENCA_MS;
    const expiraMs = prazos.sessaoExpiraMs + GRAO_DA_PRESENCA_MS;
    /** Sem que se pudesse dar sinal de vida por todo o prazo, ele não passou. */
    const ou = (prazoMs: number) => (semInterrupcaoMs >= prazoMs ? prazoMs : Number.MAX_SAFE_INTEGER);
    const { presentes, ausentes, novas, movimentos } = chaves;
    const argumentos = [ou(ausenteMs), ou(expiraMs), ou(prazos.semChamadaMs), POR_FAIXA];
    const listas = await redis.executar(lerVencidas, [presentes, ausentes, novas, movimentos], argumentos);
    const [ausentesAgora, expiradas, semChamada, noMeio] = (listas as string[][]).map((ids) => ids.map(Number)) as [
      number[],
      number[],
      number[],
      number[],
    ];
    const acabar = new Map<number, Condicao>([
      ...semChamada.map((id) => [id, { tipo: 'sem_chamada', prazoMs: 0 }] as const),
      ...expiradas.map((id) => [id, { tipo: 'expirada', prazoMs: expiraMs }] as const),
    ]);
    await Promise.all([
      ...noMeio.map((id) => store.movimentos.assumir(id, agoraMs())),
      ...[...acabar].map(([id, condicao]) => aindaVale(store.movimentos.encerrar(id, agoraMs(), condicao))),
      ...ausentesAgora
        .filter((id) => !acabar.has(id))
        .map((id) => aindaVale(store.movimentos.sair(id, agoraMs(), { tipo: 'ausente', prazoMs: ausenteMs }))),
    ]);
  }

  async #varrerSalas(semInterrupcaoMs: number): Promise<void> {
    const { store, prazos } = this.#deps;
    await store.salas.apagarRemovidas();
    if (semInterrupcaoMs < prazos.salaInativaMs) return;
    const vazias = await store.salas.vaziasHa(prazos.salaInativaMs);
    await Promise.all(vazias.map((sala) => store.salas.removerVazia(sala, prazos.salaInativaMs)));
  }
}

/** Quem voltou no meio, saiu por si ou já acabou não é falha da varredura. */
async function aindaVale(ato: Promise<unknown>): Promise<void> {
  try {
    await ato;
  } catch (erro) {
    const semEfeito = erro instanceof ContractError && ['FORA_DA_SALA', 'NAO_AUTENTICADO'].includes(erro.tipo);
    if (!semEfeito && !passageiro(erro)) throw erro;
  }
}

/** O Redis já disse que não pode; a próxima passada tenta de novo. */
function passageiro(erro: unknown): boolean {
  return erro instanceof RedisIndisponivel || (erro instanceof ContractError && erro.tipo === 'SERVICO_INDISPONIVEL');
}

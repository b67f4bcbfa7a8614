/**
 * O que acaba por si, com muitos servidores sobre os mesmos dados: um deles varre de cada vez, e se morre, outro segue.
 * Cada ato confere de novo, no Redis, que o prazo ainda vale: dois que varressem ao mesmo tempo não estragariam nada.
 */

import { randomUUID } from 'node:crypto';
import { ContractError } from '../../contract/errors.ts';
import type { Clock } from '../../process/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { RedisIndisponivel } from '../../redis/redis-error.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { type Prazos, REGISTRO_SEM_CHAMADA_MS, renovacaoMs } from '../prazos.ts';
import type { EmEspera } from '../store.ts';
import type { Indice } from './estado/indice.ts';
import type { Limpeza } from './estado/limpeza.ts';
import type { Presencas } from './estado/presencas.ts';
import { type ChavesDaFaixa, chavesDasFaixas, VARREDURA } from './formato/chaves.ts';
import type { Condicao, Movimentos } from './movimentos.ts';
import { FOLGA_DO_MOVIMENTO_MS } from './scripts/movimentos.ts';
import { CHAVES_DAS_VENCIDAS, GRAO_DA_PRESENCA_MS, lerVencidas } from './scripts/sessoes.ts';
import { liderar, soltarLideranca } from './scripts/varredura.ts';

/** Quem não renova a liderança por este tempo a perde. */
const LIDERANCA_MS = 1_000;
/**
 * O menor intervalo entre duas procuras das sessões com um prazo vencido ou um movimento que alguém deixou por acabar.
 * Procurar é quase tudo o que um Redis faz quando ninguém fala. Pouco menos que um segundo: as passadas vêm a cada meio.
 */
const PROCURA_MS = 900;
/** Quantas sessões de cada faixa, e quantas salas, se tratam por passada. */
const POR_PASSADA = 256;

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  readonly presencas: Presencas;
  readonly indice: Indice;
  readonly limpeza: Limpeza;
  readonly movimentos: Movimentos;
  readonly prazos: Prazos;
  readonly emEspera: EmEspera;
}

export class Varredura {
  readonly #deps: Dependencias;
  readonly #eu = randomUUID();
  readonly #renovacaoMs: number;
  #renovadasEmMs = Number.NEGATIVE_INFINITY;
  #procuradasEmMs = Number.NEGATIVE_INFINITY;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    this.#renovacaoMs = renovacaoMs(dependencias.prazos);
  }

  /** Deixa que outro varra já. */
  async close(): Promise<void> {
    try {
      await this.#deps.redis.executar(soltarLideranca, { estado: VARREDURA }, { quem: this.#eu });
    } catch {
      // Sem Redis, a liderança acaba por si.
    }
  }

  async varrer(): Promise<void> {
    const { redis, relogio } = this.#deps;
    const semPararMs = await relogio.acertar();
    this.#anotarEsperas();
    await this.#deps.presencas.levar();
    const lideranca = { agora: relogio.agoraMs(), quem: this.#eu, duracaoMs: LIDERANCA_MS };
    if (!(await redis.executar(liderar, { estado: VARREDURA }, lideranca))) return;
    const feitas = await Promise.allSettled([...this.#varrerFaixas(semPararMs), this.#varrerSalas(semPararMs)]);
    const falha = feitas.find((feita) => feita.status === 'rejected');
    if (!falha) return;
    this.#procuradasEmMs = Number.NEGATIVE_INFINITY;
    throw falha.reason;
  }

  #varrerFaixas(semPararMs: number): Promise<void>[] {
    const agoraMs = this.#deps.clock.monotonicoMs();
    if (agoraMs - this.#procuradasEmMs < PROCURA_MS) return [];
    this.#procuradasEmMs = agoraMs;
    const todas = chavesDasFaixas();
    // Num cluster, um script só alcança as chaves de uma.
    const juntas = this.#deps.redis.emCluster ? todas.map((faixa) => [faixa]) : [todas];
    return juntas.map((faixas) => this.#varrerSessoes(faixas, semPararMs));
  }

  /** Uma chamada que espera é presença. */
  #anotarEsperas(): void {
    const { clock, presencas, emEspera } = this.#deps;
    const agoraMs = clock.monotonicoMs();
    if (agoraMs - this.#renovadasEmMs < this.#renovacaoMs) return;
    this.#renovadasEmMs = agoraMs;
    for (const sessaoId of emEspera.keys()) presencas.anotar(sessaoId);
  }

  async #varrerSessoes(faixas: readonly ChavesDaFaixa[], semPararMs: number): Promise<void> {
    const { redis, relogio, movimentos, prazos } = this.#deps;
    // A presença se anota com uma folga: ninguém perde o lugar antes da hora.
    const ausenteMs = prazos.usuarioAusenteMs + GRAO_DA_PRESENCA_MS;
    const expiraMs = prazos.sessaoExpiraMs + GRAO_DA_PRESENCA_MS;
    /** Sem que se pudesse dar sinal de vida por todo o prazo, ele não passou. */
    const ou = (prazoMs: number) => (semPararMs >= prazoMs ? prazoMs : Number.MAX_SAFE_INTEGER);
    const argumentos = {
      agora: relogio.agoraMs(),
      ausenteMs: ou(ausenteMs),
      expiraMs: ou(expiraMs),
      semChamadaMs: ou(REGISTRO_SEM_CHAMADA_MS),
      movimentoMs: FOLGA_DO_MOVIMENTO_MS,
      maximo: POR_PASSADA,
    };
    const chaves = faixas.flatMap((faixa) => CHAVES_DAS_VENCIDAS.map((nome) => faixa[nome]));
    const vencidas = await redis.executar(lerVencidas, {}, argumentos, { chaves });
    const [ausentes, expiradas, semChamada, porAcabar] = vencidas;
    const acabar = new Map<number, Condicao>([
      ...semChamada.map((id) => [id, { tipo: 'sem_chamada', prazoMs: 0 }] as const),
      ...expiradas.map((id) => [id, { tipo: 'expirada', prazoMs: expiraMs }] as const),
    ]);
    await Promise.all([
      ...porAcabar.map((id) => movimentos.assumir(id)),
      ...[...acabar].map(([id, condicao]) => aindaVale(movimentos.encerrar(id, condicao))),
      ...ausentes
        .filter((id) => !acabar.has(id))
        .map((id) => aindaVale(movimentos.sair(id, { tipo: 'ausente', prazoMs: ausenteMs }))),
    ]);
  }

  async #varrerSalas(semPararMs: number): Promise<void> {
    const { indice, limpeza, prazos } = this.#deps;
    await limpeza.apagarRemovidas();
    if (semPararMs < prazos.salaInativaMs) return;
    const vazias = await indice.vaziasHa(prazos.salaInativaMs, POR_PASSADA);
    await Promise.all(vazias.map((sala) => limpeza.removerVazia(sala, prazos.salaInativaMs)));
  }
}

/** Quem voltou enquanto isso, saiu por si ou já acabou não é falha da varredura. */
async function aindaVale(ato: Promise<unknown>): Promise<void> {
  try {
    await ato;
  } catch (erro) {
    const semEfeito = erro instanceof ContractError && ['FORA_DA_SALA', 'NAO_AUTENTICADO'].includes(erro.tipo);
    if (!semEfeito && !passageiro(erro)) throw erro;
  }
}

/** O Redis já disse que não pode; a próxima procura acha de novo o que ficou por fazer. */
function passageiro(erro: unknown): boolean {
  return erro instanceof RedisIndisponivel || (erro instanceof ContractError && erro.tipo === 'SERVICO_INDISPONIVEL');
}

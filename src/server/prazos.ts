/**
 * Uma varredura só para tudo o que acaba por si: o usuário ausente, a sessão morta, a sala sem ninguém.
 * O contrato dá 3 s depois do prazo; a varredura passa a cada segundo.
 */

import { setImmediate as proximaVolta } from 'node:timers/promises';
import { ContractError } from '../contract/errors.ts';
import { nomeComparavel } from '../contract/nomes.ts';
import type { Clock } from '../process/clock.ts';
import type { SalaVazia, Store } from '../store/store.ts';
import type { Esperas } from './esperas.ts';
import type { Presenca, Presencas } from './presencas.ts';

const VARREDURA_MS = 1_000;

/** Em quantos pedaços, no máximo, uma passada apaga o que ninguém mais alcança. */
const PEDACOS_POR_PASSADA = 20;

/**
 * Quantas saídas ou remoções se pedem juntas: um commit serve a muitas. Mais que isto, e quem chama no meio esperaria
 * por todas.
 */
const PEDIDOS_JUNTOS = 256;

/** Quantas salas sem ninguém se conferem antes de devolver o event loop. */
const SALAS_POR_VOLTA = 1_000;

/** Uma sessão cujo token talvez nunca tenha chegado a ninguém não segura o nome por mais que isto. */
export const REGISTRO_SEM_CHAMADA_MS = 5 * 60_000;

export interface Prazos {
  readonly usuarioAusenteMs: number;
  readonly sessaoExpiraMs: number;
  readonly salaInativaMs: number;
}

interface Dependencias {
  readonly store: Store;
  readonly clock: Clock;
  readonly presencas: Presencas;
  readonly esperas: Esperas;
  readonly prazos: Prazos;
  /** Recebe o que o store não disse por si. */
  readonly aoFalhar: (erro: unknown) => void;
}

export class Varredura {
  readonly #deps: Dependencias;
  /** Por chave do nome. */
  readonly #vazias = new Map<string, SalaSemNinguem>();
  #timer: NodeJS.Timeout | undefined;
  #emAndamento: Promise<void> | undefined;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** Começa a passar a cada segundo; o store pode já ter sessões de antes. */
  async iniciar(): Promise<void> {
    for (const { id, confirmada } of await this.#deps.store.sessoes()) this.#deps.presencas.iniciar(id, confirmada);
    this.#timer = setInterval(() => {
      this.#emAndamento ??= this.varrer()
        .catch(this.#deps.aoFalhar)
        .finally(() => {
          this.#emAndamento = undefined;
        });
    }, VARREDURA_MS);
  }

  /** A sala tem alguém: seu prazo só recomeça quando esvaziar de novo. */
  salaOcupada(nomeSala: string): void {
    this.#vazias.delete(nomeComparavel(nomeSala));
  }

  async varrer(): Promise<void> {
    try {
      await this.#varrerSessoes();
    } finally {
      await this.#varrerSalas();
    }
    await this.#limpar();
  }

  /** Em pedaços, cada um na sua volta do event loop: o que sobrar fica para a próxima passada. */
  async #limpar(): Promise<void> {
    for (let pedaco = 0; pedaco < PEDACOS_POR_PASSADA; pedaco += 1) {
      if (!(await this.#deps.store.limpar())) return;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#emAndamento;
  }

  async #varrerSessoes(): Promise<void> {
    const { clock, presencas, esperas, prazos } = this.#deps;
    await emGrupos(presencas.todas(), (presenca) => {
      const agoraMs = clock.monotonicoMs();
      if (esperas.espera(presenca.sessaoId)) presenca.ultimaMs = agoraMs;
      if (terminou(presenca, agoraMs, prazos)) return this.#encerrar(presenca);
      if (presenca.ausente || agoraMs - presenca.ultimaMs < prazos.usuarioAusenteMs) return undefined;
      return this.#tirarDaSala(presenca);
    });
  }

  async #encerrar({ sessaoId }: Presenca): Promise<void> {
    const { clock, presencas } = this.#deps;
    await presencas.encerrar(sessaoId, clock.agoraMs());
  }

  /** Marca antes de agir: uma chamada que chegue no meio desmarca, e vale. */
  async #tirarDaSala(presenca: Presenca): Promise<void> {
    const { store, clock } = this.#deps;
    presenca.ausente = true;
    try {
      await store.sair(presenca.sessaoId, clock.agoraMs());
    } catch (erro) {
      if (naoHaDeOndeSair(erro)) return;
      presenca.ausente = false;
      throw erro;
    }
  }

  async #varrerSalas(): Promise<void> {
    const { store, clock, prazos } = this.#deps;
    const agoraMs = clock.monotonicoMs();
    const listadas = new Set<string>();
    for (const { salaId, nomeSala } of await store.salasVazias()) {
      const chave = nomeComparavel(nomeSala);
      listadas.add(chave);
      if (this.#vazias.get(chave)?.salaId !== salaId) this.#vazias.set(chave, { salaId, nomeSala, desdeMs: agoraMs });
      if (listadas.size % SALAS_POR_VOLTA === 0) await proximaVolta();
    }
    for (const chave of this.#vazias.keys()) {
      if (!listadas.has(chave)) this.#vazias.delete(chave);
    }
    await emGrupos(this.#vazias.values(), (vazia) =>
      agoraMs - vazia.desdeMs >= prazos.salaInativaMs ? store.removerSalaVazia(vazia) : undefined,
    );
  }
}

/**
 * Olha cada item quando chega a sua vez, porque o que se espera pelos anteriores pode tê-lo mudado.
 * @param agir `undefined` quando não há o que fazer
 * @throws a primeira falha, depois de tentar todos
 */
async function emGrupos<T>(itens: Iterable<T>, agir: (item: T) => Promise<unknown> | undefined): Promise<void> {
  const falhas: PromiseRejectedResult[] = [];
  let grupo: Promise<unknown>[] = [];
  const concluir = async () => {
    const feitos = await Promise.allSettled(grupo);
    grupo = [];
    falhas.push(...feitos.filter((feito) => feito.status === 'rejected'));
  };
  for (const item of itens) {
    const feito = agir(item);
    if (feito) grupo.push(feito);
    if (grupo.length === PEDIDOS_JUNTOS) await concluir();
  }
  await concluir();
  const [primeira] = falhas;
  if (primeira) throw primeira.reason;
}

interface SalaSemNinguem extends SalaVazia {
  /** Em tempo monotônico. */
  readonly desdeMs: number;
}

function naoHaDeOndeSair(erro: unknown): boolean {
  return erro instanceof ContractError && (erro.tipo === 'FORA_DA_SALA' || erro.tipo === 'NAO_AUTENTICADO');
}

function terminou({ confirmada, desdeMs, ultimaMs }: Presenca, agoraMs: number, prazos: Prazos): boolean {
  if (!confirmada && agoraMs - desdeMs >= REGISTRO_SEM_CHAMADA_MS) return true;
  return agoraMs - ultimaMs >= prazos.sessaoExpiraMs;
}

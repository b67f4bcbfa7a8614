/** O que acaba por si num arquivo que é de um servidor só: o usuário ausente, a sessão sem chamadas, a sala sem ninguém. */

import { ContractError } from '../../contract/errors.ts';
import type { Clock } from '../../process/clock.ts';
import { interrupcaoMs, type Prazos, REGISTRO_SEM_CHAMADA_MS } from '../prazos.ts';
import type { EmEspera } from '../store.ts';
import type { Presenca, Presencas } from './presencas.ts';
import type { SalasAbertas, SalaVazia } from './tabelas/salas-abertas.ts';

/** Quantas vezes se apaga um pouco do que já não se alcança, a cada passada. */
const LIMPEZAS_POR_PASSADA = 20;

/**
 * Quantas saídas ou remoções se pedem juntas: um commit serve a muitas. Mais que isto, e quem chama enquanto isso
 * esperaria por todas.
 */
const ATOS_JUNTOS = 256;

/** Os verbos do store de que a varredura se serve, cada um durável quando sua promessa se cumpre. */
export interface AtosDaVarredura {
  readonly encerrar: (sessaoId: number) => Promise<unknown>;
  readonly sair: (sessaoId: number) => Promise<unknown>;
  /** Sem efeito se alguém entrou nela, ou se já não existe. */
  readonly removerSala: (vazia: SalaVazia) => Promise<unknown>;
  /** Apaga um pouco do que já não se alcança. Dá true se ainda há o que apagar. */
  readonly limpar: () => Promise<boolean>;
}

interface Dependencias {
  readonly atos: AtosDaVarredura;
  readonly clock: Clock;
  readonly prazos: Prazos;
  readonly presencas: Presencas;
  readonly salas: SalasAbertas;
  readonly emEspera: EmEspera;
}

export class Varredura {
  readonly #deps: Dependencias;
  readonly #interrupcaoMs: number;
  #ultimaMs: number;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    this.#interrupcaoMs = interrupcaoMs(dependencias.prazos);
    this.#ultimaMs = dependencias.clock.monotonicoMs();
  }

  /** @throws a primeira falha, depois de tentar tudo */
  async varrer(): Promise<void> {
    this.#notarInterrupcao();
    try {
      await this.#varrerSessoes();
    } finally {
      await this.#varrerSalas();
    }
    await this.#limpar();
  }

  #notarInterrupcao(): void {
    const { clock, presencas, salas } = this.#deps;
    const agoraMs = clock.monotonicoMs();
    if (agoraMs - this.#ultimaMs > this.#interrupcaoMs) {
      presencas.recomecar();
      salas.recomecarPrazos();
    }
    this.#ultimaMs = agoraMs;
  }

  async #varrerSessoes(): Promise<void> {
    const { atos, presencas, prazos, emEspera } = this.#deps;
    // A hora em que a passada começou: ler o relógio para cada sessão custaria mais que olhá-la.
    const agoraMs = this.#ultimaMs;
    await emGrupos(presencas.todas(), (presenca) => {
      const { sessaoId, ultimaMs, ausente } = presenca;
      const acabou = terminou(presenca, agoraMs, prazos);
      const falta = !ausente && agoraMs - ultimaMs >= prazos.usuarioAusenteMs;
      if (!acabou && !falta) return undefined;
      // Esperar é presença; mas só se procura entre quem espera depois que um prazo passou.
      if (emEspera.has(sessaoId)) return void presencas.renovar(sessaoId);
      return acabou ? atos.encerrar(sessaoId) : this.#tirarDaSala(presenca);
    });
  }

  /** Marca antes de agir: uma chamada que chegue enquanto isso desmarca, e vale. */
  async #tirarDaSala(presenca: Presenca): Promise<void> {
    presenca.ausente = true;
    try {
      await this.#deps.atos.sair(presenca.sessaoId);
    } catch (erro) {
      if (naoHaDeOndeSair(erro)) return;
      presenca.ausente = false;
      throw erro;
    }
  }

  async #varrerSalas(): Promise<void> {
    const { atos, clock, prazos, salas } = this.#deps;
    const vazias = salas.vaziasDesde(clock.monotonicoMs() - prazos.salaInativaMs);
    await emGrupos(vazias, (vazia) => atos.removerSala(vazia));
  }

  /** Aos poucos, cada vez na sua volta do event loop: o que sobrar fica para a próxima passada. */
  async #limpar(): Promise<void> {
    for (let vez = 0; vez < LIMPEZAS_POR_PASSADA; vez += 1) {
      if (!(await this.#deps.atos.limpar())) return;
    }
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
    if (grupo.length === ATOS_JUNTOS) await concluir();
  }
  await concluir();
  const [primeira] = falhas;
  if (primeira) throw primeira.reason;
}

function naoHaDeOndeSair(erro: unknown): boolean {
  return erro instanceof ContractError && (erro.tipo === 'FORA_DA_SALA' || erro.tipo === 'NAO_AUTENTICADO');
}

function terminou({ confirmada, desdeMs, ultimaMs }: Presenca, agoraMs: number, prazos: Prazos): boolean {
  if (!confirmada && agoraMs - desdeMs >= REGISTRO_SEM_CHAMADA_MS) return true;
  return agoraMs - ultimaMs >= prazos.sessaoExpiraMs;
}

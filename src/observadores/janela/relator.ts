/**
 * Conta a uma janela o que acontece neste processo, em grupos, sem nunca esperar por ela.
 * O que não cabe na fila, ou não se consegue entregar, é só contado: quem atende ou conversa não fica mais lento.
 */

import type { Acontecimento, Apresentacao } from '../../contract/janela.ts';
import type { Clock } from '../../process/clock.ts';
import type { Closable } from '../../process/lifecycle.ts';

/** O que se anota; o número e a hora são postos aqui. */
export type Anotacao = Acontecimento extends infer A ? (A extends Acontecimento ? Omit<A, 'n' | 'ms'> : never) : never;

/** Um aviso: o que se manda à janela de uma vez. */
export interface Aviso {
  readonly processo: Apresentacao;
  readonly acontecimentos: readonly Acontecimento[];
  readonly naoContados: number;
}

export interface RelatorOptions extends Omit<Apresentacao, 'endereco'> {
  readonly clock: Clock;
  /** Entrega um aviso; a promessa se rompe quando a janela não o recebeu. */
  readonly entregar: (aviso: Aviso) => Promise<void>;
}

/**
 * Entre um aviso e o seguinte, em ms. Cada aviso é um pedido HTTP, que custa a quem atende mais que anotar; e um
 * acontecimento deve estar na página em 200 ms, com o que a janela espera pela causa dele.
 */
const RITMO_MS = 80;
/** Quem nada tem a contar diz ao menos que vive, a cada tantos ms. */
const SINAL_DE_VIDA_MS = 1_000;
const MAXIMO_NA_FILA = 5_000;
/** Mais que isto ninguém vê na figura, e contar custaria a quem atende; de uma vez, o que uma rajada traz. */
const CHAMADAS_POR_SEGUNDO = 200;
const CHAMADAS_DE_UMA_VEZ = 300;
/** Uma chamada começa e acaba. */
const ACONTECIMENTOS_DE_UMA_CHAMADA = 2;
const MAXIMO_POR_AVISO = 500;
/** Abaixo dos 65.536 bytes de um pedido, com folga para a apresentação. */
const MAXIMO_DO_AVISO_BYTES = 60_000;
/** O que um acontecimento leva além dos textos, e quanto um caractere deles pode ocupar no JSON. */
const BYTES_FORA_DOS_TEXTOS = 150;
const BYTES_POR_CARACTERE = 3;

export class Relator implements Closable {
  readonly #options: RelatorOptions;
  readonly #fila: Acontecimento[] = [];
  readonly #timer: NodeJS.Timeout;
  #n = 0;
  #naoContados = 0;
  #lugares = CHAMADAS_DE_UMA_VEZ;
  #lugaresDesdeMs: number;
  #ultimoAvisoMs = Number.NEGATIVE_INFINITY;
  #emAndamento: Promise<void> | undefined;
  #endereco: string | null = null;

  constructor(options: RelatorOptions) {
    this.#options = options;
    this.#lugaresDesdeMs = options.clock.monotonicoMs();
    this.#timer = setInterval(() => void this.avisar(), RITMO_MS).unref();
  }

  /** @param endereco `host:porta` em que este processo passou a atender */
  atenderEm(endereco: string): void {
    this.#endereco = endereco;
  }

  /**
   * Pede lugar para uma chamada, antes de preparar o que se contaria dela.
   * @returns se ela deve ser contada; se não, já foi somada ao que não se contou
   */
  tomarLugar(): boolean {
    const agoraMs = this.#options.clock.monotonicoMs();
    const ganhos = ((agoraMs - this.#lugaresDesdeMs) * CHAMADAS_POR_SEGUNDO) / 1_000;
    this.#lugares = Math.min(CHAMADAS_DE_UMA_VEZ, this.#lugares + ganhos);
    this.#lugaresDesdeMs = agoraMs;
    if (this.#lugares < 1) {
      this.naoContar();
      return false;
    }
    this.#lugares -= 1;
    return true;
  }

  /** Uma chamada de que nada se contará. */
  naoContar(): void {
    this.#naoContados += ACONTECIMENTOS_DE_UMA_CHAMADA;
  }

  /** @param anotacao fica com o relator, que põe nela o número e a hora: uma cópia custaria a quem atende */
  anotar(anotacao: Anotacao): void {
    if (this.#fila.length >= MAXIMO_NA_FILA) {
      this.#naoContados += 1;
      return;
    }
    this.#n += 1;
    this.#fila.push(Object.assign(anotacao, { n: this.#n, ms: this.#options.clock.agoraMs() }) as Acontecimento);
  }

  /** Manda o que há, ou um sinal de vida; um aviso de cada vez. */
  avisar(): Promise<void> {
    this.#emAndamento ??= this.#avisar().finally(() => {
      this.#emAndamento = undefined;
    });
    return this.#emAndamento;
  }

  /** Conta que o processo acabou. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.anotar({ tipo: 'encerrou' });
    await this.#emAndamento;
    await this.avisar();
  }

  async #avisar(): Promise<void> {
    const { id, papel, nome, pid, clock, entregar } = this.#options;
    const agoraMs = clock.monotonicoMs();
    if (this.#fila.length === 0 && agoraMs - this.#ultimoAvisoMs < SINAL_DE_VIDA_MS) return;
    this.#ultimoAvisoMs = agoraMs;
    const acontecimentos = this.#tomar();
    try {
      const processo = { id, papel, nome, pid, endereco: this.#endereco };
      await entregar({ processo, acontecimentos, naoContados: this.#naoContados });
    } catch {
      // A janela não está, ou não quis: o que era dela não se guarda.
      this.#naoContados += acontecimentos.length;
    }
  }

  #tomar(): Acontecimento[] {
    let bytes = 0;
    let quantos = 0;
    for (const acontecimento of this.#fila) {
      bytes += tamanhoDe(acontecimento);
      if (quantos > 0 && (bytes > MAXIMO_DO_AVISO_BYTES || quantos >= MAXIMO_POR_AVISO)) break;
      quantos += 1;
    }
    return this.#fila.splice(0, quantos);
  }
}

/** Uma estimativa por cima, em bytes: só os textos variam muito. */
function tamanhoDe(acontecimento: Acontecimento): number {
  let caracteres = 0;
  for (const campo in acontecimento) {
    const valor = acontecimento[campo as keyof Acontecimento];
    if (typeof valor === 'string') caracteres += valor.length;
  }
  return BYTES_FORA_DOS_TEXTOS + caracteres * BYTES_POR_CARACTERE;
}

/** Ctrl+C e o fim, numa sala: nada do que se digitou, nem do que espera para ser enviado, se perde sem que se diga. */

import type { Clock } from '../../process/clock.ts';
import type { Remessa } from '../sessao/remessa.ts';
import type { Dialogo } from './dialogo.ts';
import type { Enviadas } from './linha/enviadas.ts';
import { quantas } from './textos.ts';

interface InterrupcaoOptions {
  readonly clock: Clock;
  readonly dialogo: Dialogo;
  readonly remessa: Pick<Remessa, 'textos'>;
  readonly enviadas: Enviadas;
  /** O que `aviso` diz mudou. */
  readonly aoMudar: () => void;
}

/** O primeiro Ctrl+C não encerra nada; um segundo, dentro disto, encerra. */
const DE_NOVO_MS = 2_000;

export class Interrupcao {
  readonly #options: InterrupcaoOptions;
  /** Até quando o segundo encerra, no relógio monotônico. */
  #ateMs = 0;

  constructor(options: InterrupcaoOptions) {
    this.#options = options;
  }

  /** O que dizer enquanto um segundo Ctrl+C encerra; senão, `undefined`. */
  get aviso(): string | undefined {
    if (!this.#segundoEncerra) return undefined;
    const { length } = this.#options.remessa.textos;
    return length === 0 ? 'Ctrl+C de novo encerra' : `Ctrl+C de novo encerra, sem enviar ${oQueEspera(length)}`;
  }

  /**
   * A linha se limpa, e o que estava nela fica a uma seta para cima.
   * @param texto o que está na linha
   * @param emOutras o que ficou em outras do histórico, que também volta a ele
   * @returns `false` se é para encerrar
   */
  naLinha(texto: string, emOutras: readonly string[] = []): boolean {
    const { clock, dialogo, enviadas, aoMudar } = this.#options;
    if (texto === '' && emOutras.length === 0 && this.#segundoEncerra) return false;
    for (const deixado of [...emOutras, texto]) if (deixado.trim() !== '') enviadas.lembrar(deixado);
    this.#ateMs = clock.monotonicoMs() + DE_NOVO_MS;
    dialogo.agendar(DE_NOVO_MS, aoMudar);
    return true;
  }

  get #segundoEncerra(): boolean {
    return this.#options.clock.monotonicoMs() < this.#ateMs;
  }

  /** Enquanto se envia, ou outra pergunta está aberta, não há rodapé que o diga. @returns como `naLinha` */
  semLinha(): boolean {
    const fica = this.naLinha('');
    if (fica) this.#options.dialogo.avisar(this.aviso ?? '');
    return fica;
  }

  /** O que espera pela volta do servidor se perde com o fim: só com um sim. */
  async podeEncerrar(): Promise<boolean> {
    const { dialogo, remessa } = this.#options;
    const { length } = remessa.textos;
    return length === 0 || dialogo.confirmar(`Encerrar sem enviar ${oQueEspera(length)}? (s/N)`, false);
  }
}

function oQueEspera(numero: number): string {
  return quantas(numero, 'mensagem que espera', 'mensagens que esperam');
}

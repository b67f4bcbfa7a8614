/**
 * O que quem está aqui pode na sala em que está: se ela é dele, e se o silêncio o deixa falar. Só o servidor sabe ao
 * certo, e se pergunta de novo quando pode ter mudado.
 */

import type { Mensagem, Sala } from '../../contract/chat.ts';
import { mesmoNome } from '../../contract/nomes/nomes.ts';
import { falaDeNovoDono, falaDoSilencioDaSala, lerSilencio } from '../../dominio/salas.ts';
import type { Conversa } from './conversa.ts';

type Vista = Pick<Sala, 'nomeSala' | 'dono' | 'silenciada'>;

/** De quem é o silêncio, e a quem ainda se fala em particular. */
export interface Silencio {
  readonly de: 'voce' | 'sala';
  readonly dono: string | null;
}

export class Permissoes {
  readonly #conversa: Pick<Conversa, 'nome' | 'sala' | 'detalharSala'>;
  readonly #aoMudar: () => void;
  /** A última resposta do servidor. */
  #vista: Vista | undefined;
  /** As salas em que quem está aqui foi silenciado, pelo que nelas se disse ou recusou. */
  readonly #caladoEm = new Set<string>();
  /** A última pergunta: a resposta de uma anterior já pode não valer. */
  #ultima = 0;
  /** Quantas vezes se soube algo do silêncio: o que se pergunta depois de uma recusa pode já não dizer nada dela. */
  #indicios = 0;

  /** @param aoMudar algo do que se pode mudou */
  constructor(conversa: Pick<Conversa, 'nome' | 'sala' | 'detalharSala'>, aoMudar: () => void) {
    this.#conversa = conversa;
    this.#aoMudar = aoMudar;
  }

  /** Enquanto o servidor não o disse, não é. */
  get ehDono(): boolean {
    const { dono } = this.#daqui ?? {};
    return typeof dono === 'string' && mesmoNome(dono, this.#conversa.nome ?? '');
  }

  /** `undefined` se quem está aqui pode falar a todos, ou ainda não se sabe que não. */
  get silencio(): Silencio | undefined {
    const { sala } = this.#conversa;
    if (sala === undefined || this.ehDono) return undefined;
    const { dono = null, silenciada = false } = this.#daqui ?? {};
    if (silenciada) return { de: 'sala', dono };
    return this.#caladoEm.has(sala) ? { de: 'voce', dono } : undefined;
  }

  get #daqui(): Vista | undefined {
    return this.#vista?.nomeSala === this.#conversa.sala ? this.#vista : undefined;
  }

  /** O que muda se diz na sala. */
  aoReceber(mensagens: readonly Mensagem[]): void {
    const { nome = '' } = this.#conversa;
    for (const mensagem of mensagens) {
      const calado = lerSilencio(mensagem, nome);
      if (calado !== undefined || falaDoSilencioDaSala(mensagem)) this.#indicios += 1;
      if (calado !== undefined) this.#calar(this.#conversa.sala, calado);
    }
    if (mensagens.some((mensagem) => falaDeNovoDono(mensagem) || falaDoSilencioDaSala(mensagem))) {
      void this.perguntar();
    }
  }

  /**
   * Uma mensagem a todos foi aceita.
   * @param sala a sala a que ela foi, que pode já não ser aquela em que se está
   */
  aoFalar(sala: string | undefined): void {
    this.#indicios += 1;
    this.#calar(sala, false);
  }

  /**
   * Uma mensagem foi recusada por silêncio. O servidor diz se a sala está silenciada; se não está, o silêncio é de quem
   * está aqui.
   * @param sala a sala a que ela ia
   */
  async aoSerSilenciado(sala: string | undefined): Promise<void> {
    const indicios = this.#indicios;
    const resposta = await this.perguntar();
    if (resposta?.nomeSala !== sala || resposta?.silenciada || indicios !== this.#indicios) return;
    this.#calar(sala, true);
  }

  /**
   * Pergunta ao servidor; sem resposta, fica o que se sabia.
   * @returns o que ele respondeu, mesmo que já haja uma pergunta mais nova
   */
  async perguntar(): Promise<Vista | undefined> {
    this.#ultima += 1;
    const pergunta = this.#ultima;
    const sala = await this.#conversa.detalharSala().catch(() => undefined);
    if (sala && pergunta === this.#ultima) {
      this.#mudar(() => {
        this.#vista = sala;
      });
    }
    return sala;
  }

  #calar(sala: string | undefined, calado: boolean): void {
    if (sala === undefined) return;
    this.#mudar(() => {
      if (calado) this.#caladoEm.add(sala);
      else this.#caladoEm.delete(sala);
    });
  }

  #mudar(agir: () => void): void {
    const antes = this.#resumo;
    agir();
    if (this.#resumo !== antes) this.#aoMudar();
  }

  get #resumo(): string {
    return JSON.stringify([this.ehDono, this.silencio]);
  }
}

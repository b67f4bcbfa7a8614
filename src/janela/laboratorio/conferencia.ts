/**
 * O veredito: o que os robôs enviaram contra o que cada um recebeu, mensagem por mensagem.
 *
 * Só conta o que já se pode saber. Uma mensagem confirmada falta a um robô quando ele já recebeu outra, de id maior,
 * da mesma sala; ou quando ele disse que leu até o fim e ela não estava lá.
 */

import type { Veredito } from '../../contract/janela.ts';

/** Uma mensagem de robô: quem a escreveu e o número dela, que ele não repete. */
export interface Escrita {
  readonly de: string;
  readonly numero: number;
  /** `undefined` quando é para todos. */
  readonly para?: string | undefined;
}

/** O que um robô conta de si, na ordem em que aconteceu com ele. */
export type Relato =
  | { readonly tipo: 'enviada'; readonly escrita: Escrita }
  | { readonly tipo: 'confirmada'; readonly escrita: Escrita; readonly id: number }
  /** O robô está na sala, e lerá o que tiver id maior que este. */
  | { readonly tipo: 'entrou'; readonly desde: number }
  | { readonly tipo: 'entregue'; readonly escrita: Escrita; readonly id: number }
  /** Não está mais na sala: o que se disser daqui em diante não é para ele. */
  | { readonly tipo: 'saiu' };

interface Leitor {
  /** Os períodos em que esteve na sala; o último pode estar aberto. */
  readonly periodos: { readonly desde: number; ate: number }[];
  readonly entregas: Map<string, number>;
  ultimoId: number;
  maiorId: number;
}

export class Conferencia {
  #enviadas = 0;
  #entregues = 0;
  #dobradas = 0;
  #foraDeOrdem = 0;
  #vazadas = 0;
  /** Escrita → o id com que foi confirmada. */
  readonly #confirmadas = new Map<string, { readonly escrita: Escrita; readonly id: number }>();
  readonly #leitores = new Map<string, Leitor>();

  /** @param quem o nome do robô */
  anotar(quem: string, relato: Relato): void {
    const leitor = this.#leitorDe(quem);
    switch (relato.tipo) {
      case 'enviada':
        this.#enviadas += 1;
        return;
      case 'confirmada':
        this.#confirmadas.set(chaveDe(relato.escrita), { escrita: relato.escrita, id: relato.id });
        return;
      case 'entrou':
        leitor.ultimoId = relato.desde;
        leitor.periodos.push({ desde: relato.desde, ate: Number.POSITIVE_INFINITY });
        return;
      case 'saiu':
        fechar(leitor);
        return;
      case 'entregue':
        this.#entregar(quem, leitor, relato.escrita, relato.id);
    }
  }

  veredito(): Veredito {
    return {
      enviadas: this.#enviadas,
      confirmadas: this.#confirmadas.size,
      entregues: this.#entregues,
      perdidas: this.#perdidas(),
      dobradas: this.#dobradas,
      fora_de_ordem: this.#foraDeOrdem,
      vazadas: this.#vazadas,
    };
  }

  #entregar(quem: string, leitor: Leitor, escrita: Escrita, id: number): void {
    const chave = chaveDe(escrita);
    const vezes = leitor.entregas.get(chave) ?? 0;
    leitor.entregas.set(chave, vezes + 1);
    if (vezes === 0) this.#entregues += 1;
    else this.#dobradas += 1;
    if (vezes === 0 && id < leitor.ultimoId) this.#foraDeOrdem += 1;
    leitor.ultimoId = Math.max(leitor.ultimoId, id);
    leitor.maiorId = Math.max(leitor.maiorId, id);
    if (!podeVer(quem, escrita)) this.#vazadas += 1;
  }

  #perdidas(): number {
    let perdidas = 0;
    for (const [nome, leitor] of this.#leitores) {
      for (const { escrita, id } of this.#confirmadas.values()) {
        if (!podeVer(nome, escrita) || leitor.entregas.has(chaveDe(escrita))) continue;
        const jaPassou = id < leitor.maiorId;
        if (jaPassou && leitor.periodos.some(({ desde, ate }) => id > desde && id <= ate)) perdidas += 1;
      }
    }
    return perdidas;
  }

  #leitorDe(quem: string): Leitor {
    const conhecido = this.#leitores.get(quem);
    if (conhecido) return conhecido;
    const leitor: Leitor = { periodos: [], entregas: new Map(), ultimoId: 0, maiorId: 0 };
    this.#leitores.set(quem, leitor);
    return leitor;
  }
}

/** O que se sabe ter chegado a quem saiu acaba na última mensagem que ele leu. */
function fechar(leitor: Leitor): void {
  const aberto = leitor.periodos.at(-1);
  if (aberto && aberto.ate === Number.POSITIVE_INFINITY) aberto.ate = leitor.maiorId;
}

function chaveDe({ de, numero }: Escrita): string {
  return `${de} ${numero}`;
}

function podeVer(quem: string, { de, para }: Escrita): boolean {
  return para === undefined || quem === para || quem === de;
}

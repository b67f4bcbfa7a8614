/**
 * O nome do procedimento ao lado das setas, onde há lugar para ele. O lugar se decide uma vez por chamada: um nome que
 * aparecesse e sumisse enquanto a figura desce não se poderia ler.
 */

import type { Chamada } from '../historia.ts';
import { oQueFaltou } from '../perda.ts';
import { type Forma, tintaDe } from './formas.ts';
import type { Palco } from './palco.ts';

/** Entre um nome e o seguinte da mesma faixa, em pixels. */
const DISTANCIA = 20;
/** Entre o que se diz de uma perda e o da seguinte, seja de quem for: as outras cruzes não precisam de palavras. */
const DISTANCIA_ENTRE_PERDAS = 110;
/** Da faixa ou da cruz até o nome, em pixels. */
const MARGEM = 12;

/** Os lugares já tomados. */
class Lugares {
  readonly #decididas = new WeakMap<Chamada, boolean>();
  readonly #ultimoMs = new Map<string | undefined, number>();
  readonly #distancia: number;

  /** @param distancia a menor entre dois nomes da mesma coluna, em pixels */
  constructor(distancia: number) {
    this.#distancia = distancia;
  }

  /** @returns se o nome desta chamada tem lugar */
  tem(chamada: Chamada, coluna: string | undefined, palco: Palco): boolean {
    const decidida = this.#decididas.get(chamada);
    if (decidida !== undefined) return decidida;
    const { inicioMs } = chamada;
    const ultimoMs = this.#ultimoMs.get(coluna) ?? Number.NEGATIVE_INFINITY;
    const cabe = Math.abs(palco.y(inicioMs) - palco.y(ultimoMs)) >= this.#distancia;
    if (cabe) this.#ultimoMs.set(coluna, inicioMs);
    this.#decididas.set(chamada, cabe);
    return cabe;
  }

  /** Outro texto fica aqui. */
  tomar(coluna: string | undefined, ms: number): void {
    this.#ultimoMs.set(coluna, Math.max(ms, this.#ultimoMs.get(coluna) ?? ms));
  }
}

export class Rotulos {
  readonly #idas = new Lugares(DISTANCIA);
  readonly #perdas = new Lugares(DISTANCIA_ENTRE_PERDAS);

  /**
   * @param chamada a da história, que é a mesma de um quadro ao seguinte
   * @param vista a chamada como se mostra agora
   * @param desenhadas as formas dela
   * @param nomeDe o nome que está no alto de cada faixa
   */
  daChamada(
    chamada: Chamada,
    vista: Chamada,
    desenhadas: readonly Forma[],
    palco: Palco,
    nomeDe: (faixa: string | undefined) => string,
  ): Forma[] {
    const formas: Forma[] = [];
    // Quem espera por mensagens o faz o tempo todo: a cor e a barra bastam, e o nome esconderia os outros.
    if (
      vista.procedimento !== 'receber_mensagens' &&
      vista.de !== undefined &&
      this.#idas.tem(chamada, vista.de, palco)
    ) {
      formas.push(rotuloDaIda(vista, palco));
    }
    const cruz = desenhadas.find(({ tipo }) => tipo === 'cruz');
    if (cruz?.tipo === 'cruz' && this.#perdas.tem(chamada, 'todas', palco)) {
      formas.push(rotuloDaPerda(vista, cruz, palco, nomeDe));
      // O que se diz de uma resposta perdida fica ao lado da faixa de quem a esperava, onde iria o nome da seguinte.
      if (chamada.respondeuMs !== undefined) this.#idas.tomar(chamada.de, palco.instanteEm(cruz.y));
    }
    return formas;
  }
}

function rotuloDaIda({ procedimento, de, para, inicioMs, repete }: Chamada, palco: Palco): Forma {
  const paraADireita = palco.x(para) >= palco.x(de);
  const [verbo = procedimento] = procedimento.split('_');
  return {
    tipo: 'texto',
    x: palco.x(de) + (paraADireita ? MARGEM : -MARGEM),
    y: palco.y(inicioMs) - 5,
    texto: repete ? `${verbo}, de novo` : verbo,
    tinta: tintaDe(procedimento),
    alinhado: paraADireita ? 'esquerda' : 'direita',
  };
}

/** Quem ficou sem o quê, do lado de onde a seta veio: do outro está a faixa de quem ela não alcançou. */
function rotuloDaPerda(
  chamada: Chamada,
  { x, y }: { readonly x: number; readonly y: number },
  palco: Palco,
  nomeDe: (faixa: string | undefined) => string,
): Forma {
  const origem = chamada.respondeuMs === undefined ? chamada.de : chamada.para;
  const aEsquerda = palco.x(origem) < x;
  return {
    tipo: 'texto',
    x: x + (aEsquerda ? -MARGEM : MARGEM),
    y: y - 6,
    texto: oQueFaltou(chamada, nomeDe),
    tinta: 'falha',
    alinhado: aEsquerda ? 'direita' : 'esquerda',
  };
}

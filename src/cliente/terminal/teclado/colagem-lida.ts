/** O que se cola, que chega em pedaços de qualquer tamanho, até a marca do fim, que também pode vir partida. */

/** Uma colagem maior que isto, em unidades UTF-16, chega em partes: a marca do fim pode nunca vir. */
export const MAXIMO_DA_COLAGEM = 1_048_576;

const FIM_DA_COLAGEM = '\u001b[201~';
const CONTROLES_COLADOS = /(?![\n\t])\p{Cc}/gu;

/** Até onde se leu. */
interface Leitura {
  /** Quantos caracteres do pedaço eram da colagem. */
  readonly lidos: number;
  /** O que já se pode entregar; vazio se ainda não há, ou se nada se colou. */
  readonly texto: string;
  readonly acabou: boolean;
}

export class ColagemLida {
  #partes: string[] = [];
  #tamanho = 0;
  /** O fim do que se leu, se pode ser o começo da marca. */
  #comecoDaMarca = '';
  /** O que falta da marca de uma colagem que acabou com a marca partida. */
  #restoDaMarca = '';

  ler(pedaco: string): Leitura {
    const aLer = this.#comecoDaMarca + pedaco;
    const fim = aLer.indexOf(FIM_DA_COLAGEM);
    if (fim < 0) {
      this.#comecoDaMarca = comecoDaMarcaNoFim(aLer);
      this.#guardar(aLer.slice(0, aLer.length - this.#comecoDaMarca.length));
      const texto = this.#tamanho >= MAXIMO_DA_COLAGEM ? this.#tomar() : '';
      return { lidos: pedaco.length, texto, acabou: false };
    }
    const lidos = fim + FIM_DA_COLAGEM.length - this.#comecoDaMarca.length;
    this.#comecoDaMarca = '';
    this.#guardar(aLer.slice(0, fim));
    return { lidos, texto: this.#tomar(), acabou: true };
  }

  /** A marca do fim não veio: o que se leu é tudo, e o que falta dela não é digitado. */
  acabar(): string {
    if (this.#comecoDaMarca !== '') this.#restoDaMarca = FIM_DA_COLAGEM.slice(this.#comecoDaMarca.length);
    this.#comecoDaMarca = '';
    return this.#tomar();
  }

  esquecer(): void {
    this.#partes = [];
    this.#tamanho = 0;
    this.#comecoDaMarca = '';
  }

  /** @returns quantos caracteres do pedaço são o resto da marca de uma colagem que já acabou */
  restoDaMarcaEm(pedaco: string): number {
    const resto = this.#restoDaMarca;
    if (resto === '' || pedaco === '') return 0;
    const comum = Math.min(resto.length, pedaco.length);
    const continua = pedaco.slice(0, comum) === resto.slice(0, comum);
    this.#restoDaMarca = continua ? resto.slice(comum) : '';
    return continua ? comum : 0;
  }

  #guardar(parte: string): void {
    this.#partes.push(parte);
    this.#tamanho += parte.length;
  }

  #tomar(): string {
    const texto = this.#partes.join('').replace(/\r\n?/g, '\n').replace(CONTROLES_COLADOS, '');
    this.#partes = [];
    this.#tamanho = 0;
    return texto;
  }
}

function comecoDaMarcaNoFim(texto: string): string {
  for (let tamanho = Math.min(texto.length, FIM_DA_COLAGEM.length - 1); tamanho > 0; tamanho -= 1) {
    if (texto.endsWith(FIM_DA_COLAGEM.slice(0, tamanho))) return FIM_DA_COLAGEM.slice(0, tamanho);
  }
  return '';
}

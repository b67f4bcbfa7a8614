/** As linhas de uma entrada em bytes: acabam em LF ou CRLF, e em mais nada; são UTF-8, com ou sem BOM no começo. */

/** O corpo de um pedido não leva mais que isto: uma linha maior nunca caberia numa mensagem. */
export const MAXIMO_DA_LINHA_BYTES = 65_536;

const LF = 0x0a;
const CR = 0x0d;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export interface Linha {
  /** A partir de 1. */
  readonly numero: number;
  /** Sem o que a acaba. */
  readonly texto: string;
}

/** Uma linha que não se pode ler como texto; a mensagem diz por quê, e não diz qual. */
export class LinhaIlegivel extends Error {
  override readonly name = 'LinhaIlegivel';
  readonly numero: number;

  constructor(numero: number, message: string) {
    super(message);
    this.numero = numero;
  }
}

/**
 * @param pedacos os bytes, cortados onde for
 * @returns cada linha assim que acaba; a última pode não ter fim
 * @throws LinhaIlegivel na primeira que não está em UTF-8 ou que passa de MAXIMO_DA_LINHA_BYTES; o erro da leitura,
 *   se ela falha
 */
export async function* lerLinhas(pedacos: AsyncIterable<Uint8Array>): AsyncGenerator<Linha, void, undefined> {
  let numero = 1;
  let inacabada: Buffer = Buffer.alloc(0);
  for await (const pedaco of pedacos) {
    const bytes = Buffer.concat([inacabada, pedaco]);
    let inicio = 0;
    // O que já se tinha não tem LF: só se procura no que chegou.
    for (let fim = bytes.indexOf(LF, inacabada.length); fim !== -1; fim = bytes.indexOf(LF, inicio)) {
      const fimDoTexto = fim > inicio && bytes[fim - 1] === CR ? fim - 1 : fim;
      yield { numero, texto: decodificar(numero, bytes.subarray(inicio, fimDoTexto)) };
      numero += 1;
      inicio = fim + 1;
    }
    inacabada = bytes.subarray(inicio);
    exigirQueCaiba(numero, inacabada);
  }
  if (inacabada.length > 0) yield { numero, texto: decodificar(numero, inacabada) };
}

function decodificar(numero: number, bytes: Buffer): string {
  exigirQueCaiba(numero, bytes);
  const semBom = numero === 1 && bytes.subarray(0, BOM.length).equals(BOM) ? bytes.subarray(BOM.length) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(semBom);
  } catch {
    throw new LinhaIlegivel(numero, 'não está em UTF-8');
  }
}

function exigirQueCaiba(numero: number, bytes: Buffer): void {
  if (bytes.length <= MAXIMO_DA_LINHA_BYTES) return;
  throw new LinhaIlegivel(numero, `passa de ${MAXIMO_DA_LINHA_BYTES} bytes`);
}

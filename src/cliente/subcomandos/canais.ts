/** Por onde um subcomando lê e escreve. */

import { createReadStream, fstatSync } from 'node:fs';

/** Onde se escreve; `columns` é a largura, se é um terminal que a diz. */
export type Saida = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'on'>;

export interface Canais {
  /** Só se pede quando se vai ler. */
  readonly entrada: () => AsyncIterable<Uint8Array>;
  readonly saida: Saida;
  readonly erros: Pick<NodeJS.WriteStream, 'write'>;
}

/** Os do processo. */
export const CANAIS_DO_PROCESSO: Canais = {
  entrada: entradaPadrao,
  saida: process.stdout,
  erros: process.stderr,
};

/** Em POSIX, de uma pasta o `process.stdin` diz apenas que acabou: quem lê direto recebe o erro. */
function entradaPadrao(): AsyncIterable<Uint8Array> {
  const ehPasta = process.platform !== 'win32' && fstatSync(0).isDirectory();
  return ehPasta ? createReadStream('', { fd: 0, autoClose: false }) : process.stdin;
}

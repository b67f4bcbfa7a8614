/**
 * A codificação do terminal, que o locale diz: quase sempre UTF-8. Num terminal de 8 bits, os bytes de um acento em UTF-8
 * seriam outras letras, ou controles a que ele obedece.
 */

import { StringDecoder } from 'node:string_decoder';
import { TextDecoder } from 'node:util';
import { largura } from './largura.ts';

export interface Codificacao {
  /** @returns o que se escreve no terminal */
  readonly codificar: (texto: string) => string | Buffer;
  /** Um decodificador para cada entrada: um caractere pode chegar partido. */
  readonly criarDecodificador: () => (pedaco: Buffer) => string;
}

const UTF_8: Codificacao = {
  codificar: (texto) => texto,
  criarDecodificador: () => {
    const decodificador = new StringDecoder('utf8');
    return (pedaco) => decodificador.write(pedaco);
  },
};

/** No lugar do que o terminal não tem como mostrar, em cada coluna. */
const SUBSTITUTO = '?';
/** Como se decodifica um byte que a codificação não usa. */
const SEM_SIGNIFICADO = '\ufffd';

/**
 * A codificação que o locale diz. Sem uma dita (`C`, `POSIX`, nada) é UTF-8, que é o que os terminais de hoje são.
 * @param ambiente na ordem de POSIX: LC_ALL, LC_CTYPE, LANG
 */
export function codificacaoDoTerminal(ambiente: NodeJS.ProcessEnv): Codificacao {
  const locale = ambiente['LC_ALL'] || ambiente['LC_CTYPE'] || ambiente['LANG'] || '';
  const [, charset = 'utf-8'] = /\.([^@]+)/.exec(locale) ?? [];
  return deOitoBits(charset) ?? UTF_8;
}

/** Um byte por caractere, e os de ASCII no seu lugar. */
function deOitoBits(charset: string): Codificacao | undefined {
  let decodificador: TextDecoder;
  try {
    decodificador = new TextDecoder(charset.replace(/^iso_?8859_?-?/i, 'iso-8859-'));
  } catch {
    return undefined;
  }
  const caracteres = [...decodificador.decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))];
  if (decodificador.encoding === 'utf-8' || caracteres.length !== 256) return undefined;
  // De 0x80 a 0x9f, um terminal pode achar controles, qualquer que seja a codificação: esses não se escrevem.
  const escreviveis = caracteres.map((caractere, byte) => [caractere, byte] as const);
  const bytes = new Map(escreviveis.filter(([caractere, byte]) => caractere !== SEM_SIGNIFICADO && !ehControle(byte)));
  return {
    codificar: (texto) => Buffer.from([...texto].flatMap((caractere) => bytes.get(caractere) ?? substituir(caractere))),
    criarDecodificador: () => (pedaco) => [...pedaco].map((byte) => caracteres[byte]).join(''),
  };
}

function ehControle(byte: number): boolean {
  return byte >= 0x80 && byte <= 0x9f;
}

function substituir(caractere: string): number[] {
  return Array.from({ length: largura(caractere) }, () => SUBSTITUTO.charCodeAt(0));
}

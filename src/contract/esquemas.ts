/**
 * O que o documento OpenRPC diz dos campos cuja regra é mais do que um JSON Schema exprime. O que ele admite serve
 * sempre; algo do que serve fica fora dele, e a descrição o diz.
 */

import { MAXIMO_DE_CARACTERES_DO_NOME } from './nomes/nomes.ts';
import { padroesDosReservados } from './nomes/nomes-reservados.ts';

/** Um JSON Schema, draft-07. */
export type EsquemaJson = Readonly<Record<string, unknown>>;

/** Quantos caracteres: o JSON Schema também os conta em code points. */
export function esquemaDeTexto(minimo: number, maximo: number) {
  return { minLength: minimo, maxLength: maximo };
}

/**
 * As letras e marcas de um nome, uma linha por escrita ou pelas que se usam juntas: as escritas de mais gente. Por
 * extenso, e não por `\p{…}`, que nem toda linguagem entende num padrão.
 */
const LETRAS = [
  'A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e\u0180-\u024f\u4e00-\u9fff\u3041-\u3096\u30a1-\u30fa',
  'A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e\u0180-\u024f\u4e00-\u9fff\uac00-\ud7a3',
  '\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce',
  '\u0400-\u0481\u048a-\u052f',
  '\u05d0-\u05ea',
  '\u0621-\u063a\u0641-\u064a',
  '\u0904-\u094d',
  '\u0e01-\u0e3a\u0e40-\u0e4e',
];

const MARCAS_SEGUIDAS = '[\u093a-\u094d\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{31}';

export const ESQUEMA_DO_NOME: EsquemaJson = {
  ...esquemaDeTexto(1, MAXIMO_DE_CARACTERES_DO_NOME),
  pattern: `^(?:${LETRAS.map((letras) => `[${letras}0-9_.-][${letras}0-9 _.-]*`).join('|')})$`,
  not: { pattern: `^(?:${padroesDosReservados().join('|')}) *$|${MARCAS_SEGUIDAS}` },
  description:
    'de 1 a 32 letras de uma escrita, marcas, dígitos, espaço e _ . -; também servem as escritas que o padrão não traz; ' +
    'SERVER, todos e o que se lê como eles são reservados',
};

export const ESQUEMA_DA_MENSAGEM: EsquemaJson = {
  ...esquemaDeTexto(1, 4000),
  pattern: String.raw`^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$`,
  description:
    'de 1 a 4000 caracteres, contados depois de NFC, sem controles além de tab e quebra de linha, com no máximo 30 marcas seguidas',
};

const ROTULO = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';

export const ESQUEMA_DO_ENDERECO: EsquemaJson = {
  anyOf: [
    {
      type: 'string',
      maxLength: 253,
      // O último rótulo tem uma letra depois dos dígitos: só de dígitos e pontos é um IPv4.
      pattern: String.raw`^(?:${ROTULO}\.)*[0-9]{0,20}[A-Za-z_](?:[A-Za-z0-9_-]{0,41}[A-Za-z0-9_])?\.?$`,
    },
    { type: 'string', format: 'ipv4' },
    { type: 'string', format: 'ipv6' },
  ],
  description: 'um nome de máquina ou um endereço IP (IPv6 sem colchetes)',
};

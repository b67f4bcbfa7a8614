import { describe, expect, test } from 'vitest';
import { codificacaoDoTerminal } from '../../../../../src/cliente/terminal/tela/codificacao.ts';

const escrito = (locale: string, texto: string) =>
  Buffer.from(codificacaoDoTerminal({ LANG: locale }).codificar(texto));

describe('num locale de 8 bits', () => {
  test.each([
    ['pt_BR.ISO-8859-1', 'ação', [0x61, 0xe7, 0xe3, 0x6f]],
    ['pt_BR.iso88591', 'é', [0xe9]],
    ['pt_BR.ISO-8859-15@euro', '€', [0xa4]],
    ['ru_RU.KOI8-R', 'да', [0xc4, 0xc1]],
  ])('%s: %j', (locale, texto, bytes) => {
    expect([...escrito(locale, texto)]).toEqual(bytes);
    expect(codificacaoDoTerminal({ LANG: locale }).criarDecodificador()(Buffer.from(bytes))).toBe(texto);
  });

  test('o que não há na codificação vira ?, um por coluna, e nada vira um controle de 8 bits', () => {
    expect(escrito('pt_BR.ISO-8859-1', '日é…e\u0301').toString('latin1')).toBe('??é?e');
    // Nenhuma codificação de 8 bits tem os ideogramas, que vêm daqui para cima.
    const ATE = 0x3000;
    const bytes = escrito('pt_BR.CP1252', Array.from({ length: ATE }, (_, n) => String.fromCodePoint(n)).join(''));
    expect([...new Set(bytes)].filter((byte) => byte >= 0x80 && byte <= 0x9f)).toEqual([]);
  });

  test('os controles da tela passam como são', () => {
    expect(escrito('pt_BR.ISO-8859-1', '\u001b[2J\r\n\u0007').toString('latin1')).toBe('\u001b[2J\r\n\u0007');
  });
});

describe('é UTF-8', () => {
  test.each(['pt_BR.UTF-8', 'C', 'POSIX', '', 'pt_BR', 'ja_JP.eucJP', 'xx.inventada', 'C.utf16le'])(
    'com %j',
    (locale) => {
      expect(escrito(locale, 'ação 日')).toEqual(Buffer.from('ação 日'));
    },
  );

  test('LC_ALL vence LC_CTYPE, que vence LANG; uma vazia não conta', () => {
    const latin1 = 'pt_BR.ISO-8859-1';
    const lido = (ambiente: NodeJS.ProcessEnv) => codificacaoDoTerminal(ambiente).codificar('é').length;
    expect(lido({ LC_ALL: 'C.UTF-8', LC_CTYPE: latin1, LANG: latin1 })).toBe('é'.length);
    expect(codificacaoDoTerminal({ LC_ALL: '', LC_CTYPE: latin1, LANG: 'C.UTF-8' }).codificar('é')).toEqual(
      Buffer.from([0xe9]),
    );
  });
});

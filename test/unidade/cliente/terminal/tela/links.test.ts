/** Os links de um texto, como o terminal os recebe. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { emFileiras } from '../../../../../src/cliente/terminal/tela/fileiras.ts';
import { comLinks, usarLinks } from '../../../../../src/cliente/terminal/tela/links.ts';

beforeEach(() => usarLinks(true));
afterEach(() => usarLinks(false));

// biome-ignore lint/suspicious/noControlCharactersInRegex: são os do link
const LINK = /\u001b\]8;id=c\d+;([^\u001b]+)\u001b\\(.*?)\u001b\]8;;\u001b\\/gs;

/** Cada link: o endereço que se abre, e o que se lê. */
function links(texto: string): (readonly [endereco: string, lido: string])[] {
  return [...texto.matchAll(LINK)].map(([, endereco = '', lido = '']) => [endereco, lido]);
}

/** Sem os links, o que se lê. */
function lido(texto: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se tira
  return texto.replace(/\u001b\]8;[^\u001b]*\u001b\\/g, '');
}

test.each([
  ['veja https://a.example/b?c=1;d#e.', 'https://a.example/b?c=1;d#e', 'https://a.example/b?c=1;d#e'],
  ['(HTTP://A.example)', 'http://a.example/', 'HTTP://A.example'],
  ['https://pt.example/Sala_(chat)', 'https://pt.example/Sala_(chat)', 'https://pt.example/Sala_(chat)'],
  ['https://é.example/ção', 'https://xn--9ca.example/%C3%A7%C3%A3o', 'https://é.example/ção'],
  ['https://a.example/\\u{001b}]8;;x', 'https://a.example/', 'https://a.example/'],
])('%j abre %j, e o que se lê é o que se escreveu', (texto, endereco, visto) => {
  const ligado = comLinks(texto);
  expect(links(ligado)).toEqual([[endereco, visto]]);
  expect(lido(ligado)).toBe(texto);
});

test.each([
  'ftp://a.example',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'https://',
  'http://[',
  `https://a.example/${'x'.repeat(2_000)}`,
])('%j não é link', (texto) => {
  expect(comLinks(texto)).toBe(texto);
});

test('um link que não cabe numa fileira acaba no fim de cada uma, e é o mesmo em todas; o recuo não é dele', () => {
  const texto = comLinks('olhe https://a.example/um/caminho/longo fim');
  const fileiras = emFileiras({ texto, recuo: 4 }, 16).split('\r\n').slice(0, -1);
  expect(fileiras.map(lido)).toEqual(['olhe ', '    https://a.ex', '    ample/um/cam', '    inho/longo ', '    fim']);
  expect(links(fileiras.join('\n')).map(([endereco]) => endereco)).toEqual(
    Array.from({ length: 3 }, () => 'https://a.example/um/caminho/longo'),
  );
  expect(new Set(fileiras.join('').match(/id=c\d+/g))).toHaveLength(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: são os do link
  for (const fileira of fileiras) expect(fileira).not.toMatch(/\u001b\]8;id[^\u001b]*\u001b\\ /);
});

test('onde o terminal não os conhece, o texto fica como está', () => {
  usarLinks(false);
  expect(comLinks('https://a.example')).toBe('https://a.example');
});

import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { ancorasDe, codigosEmLinha, type Documento, lerDocumentos, linksDe } from './documentos.ts';

const DOCUMENTOS = lerDocumentos();

/** @returns os links que não levam a lugar algum */
function quebrados(documento: Documento, todos: readonly Documento[]): string[] {
  return linksDe(documento).filter((link) => {
    if (link.startsWith('https:')) return false;
    const [destino = '', ancora] = decodeURI(link).split('#');
    const caminho = destino === '' ? documento.caminho : posix.join(posix.dirname(documento.caminho), destino);
    const alvo = todos.find((outro) => outro.caminho === caminho);
    if (!alvo && !existsSync(join(RAIZ, caminho))) return true;
    return ancora !== undefined && !(alvo && ancorasDe(alvo).has(ancora));
  });
}

test('todo link dos documentos leva a um arquivo ou a um título que existe', () => {
  expect(DOCUMENTOS.flatMap(linksDe).length).toBeGreaterThan(30);
  const achados = DOCUMENTOS.map((documento) => [documento.caminho, quebrados(documento, DOCUMENTOS)] as const);
  expect(achados.filter(([, links]) => links.length > 0)).toEqual([]);
});

test('um link que não leva a lugar algum é achado; um exemplo em código não é um link', () => {
  const texto = '[a](nada.md) [b](#nada) [c](b.md#dois) [d](../b.md)\n\n`[e](nada)`\n\n```\n[f](nada)\n```\n';
  const certo = '[a](../README.md) [b](#um-só-título) [c](b.md#é-dois)\n\n## Um só: título\n';
  const todos = [
    { caminho: 'src/a.md', texto: texto + certo },
    { caminho: 'src/b.md', texto: '# É dois' },
  ];
  expect(quebrados(todos[0] as Documento, todos)).toEqual(['nada.md', '#nada', 'b.md#dois', '../b.md']);
});

test('todo caminho do projeto que os documentos dizem existe', () => {
  const caminhos = DOCUMENTOS.flatMap((documento) =>
    codigosEmLinha(documento)
      .filter((codigo) => /^(src|test|scripts)\/[\w./-]*$/.test(codigo))
      .map((codigo) => ({ documento: documento.caminho, codigo })),
  );
  expect(caminhos.length).toBeGreaterThan(3);
  expect(caminhos.filter(({ codigo }) => !existsSync(join(RAIZ, codigo)))).toEqual([]);
});

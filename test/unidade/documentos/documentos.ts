/** Os documentos do projeto, lidos como quem os lê: títulos, links, e o que se digita. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { RAIZ } from '../../../scripts/comum/raiz.ts';

const SEM_DOCUMENTOS = new Set(['node_modules', 'dist', '.git']);

export interface Documento {
  /** O caminho a partir da raiz, com barras. */
  readonly caminho: string;
  readonly texto: string;
}

/** Todos os `.md` do checkout. */
export function lerDocumentos(pasta = RAIZ): Documento[] {
  return readdirSync(pasta, { withFileTypes: true }).flatMap((item) => {
    const caminho = join(pasta, item.name);
    if (item.isDirectory()) return SEM_DOCUMENTOS.has(item.name) ? [] : lerDocumentos(caminho);
    if (!item.name.endsWith('.md')) return [];
    return [{ caminho: relative(RAIZ, caminho).replaceAll('\\', '/'), texto: readFileSync(caminho, 'utf8') }];
  });
}

const BLOCO = /^```(\w*)\n([\s\S]*?)^```$/gm;
const EM_LINHA = /`([^`]+)`/g;

/** Os blocos de código de uma linguagem. */
export function blocosDe({ texto }: Documento, linguagem: string): string[] {
  return [...texto.matchAll(BLOCO)].filter(([, qual]) => qual === linguagem).map(([, , codigo = '']) => codigo);
}

/** O que está entre crases no meio do texto, numa linha só. */
export function codigosEmLinha(documento: Documento): string[] {
  return [...semBlocos(documento).matchAll(EM_LINHA)].map(([, codigo = '']) => codigo.replaceAll('\n', ' '));
}

/** @returns os destinos dos links e das imagens */
export function linksDe(documento: Documento): string[] {
  const texto = semBlocos(documento).replace(EM_LINHA, '');
  return [...texto.matchAll(/\]\(([^)\s]+)\)/g)].map(([, destino = '']) => destino);
}

/** @returns as âncoras dos títulos, como o GitHub as forma */
export function ancorasDe(documento: Documento): Set<string> {
  const titulos = [...semBlocos(documento).matchAll(/^#+ (.+)$/gm)].map(([, titulo = '']) => titulo);
  return new Set(
    titulos.map((titulo) =>
      titulo
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function semBlocos({ texto }: Documento): string {
  return texto.replace(BLOCO, '');
}

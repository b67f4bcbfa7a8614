/** O que a janela mostra por GET: os arquivos da página e o fluxo das notícias. Nada sai da máquina. */

import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { conferirSegredo } from '../process/segredo.ts';
import type { Pagina } from '../rpc/server/http/admissao.ts';
import type { Eventos } from './eventos.ts';
import { escapar } from './pagina/escapar.ts';

const PASTA = import.meta.dirname;

const HTML = 'text/html; charset=utf-8';
const TIPOS: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': HTML,
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Só o que vem daqui roda, e a página não pode ser posta dentro de outra. */
const SEGURANCA = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

export interface PaginasOptions {
  readonly eventos: Eventos;
  /** Exigido de quem abre a página; `undefined` quando só esta máquina a alcança. */
  readonly segredo: string | undefined;
  /** O que se escreve na página no lugar de cada `{{nome}}`, a cada vez que ela se abre. */
  readonly campos: () => Readonly<Record<string, string>>;
}

/** @returns caminho → página */
export function abrirPaginas({ eventos, segredo, campos }: PaginasOptions): Map<string, Pagina> {
  const paginas = new Map<string, Pagina>();
  const por = (caminho: string, mostrar: Pagina['mostrar']) => {
    paginas.set(caminho, { mostrar: segredo === undefined ? mostrar : exigindo(segredo, mostrar) });
  };
  por('/eventos', (req, res) => eventos.atender(req, res));
  for (const pasta of ['navegador', 'pagina']) {
    for (const nome of readdirSync(join(PASTA, pasta), { recursive: true, encoding: 'utf8' })) {
      const tipo = TIPOS[extname(nome)];
      if (tipo === undefined) continue;
      const conteudo = readFileSync(join(PASTA, pasta, nome));
      if (tipo === HTML) por('/', (req, res) => servir(req, res, tipo, preencher(conteudo, campos())));
      else por(enderecoDe(pasta, nome), (req, res) => servir(req, res, tipo, conteudo));
    }
  }
  return paginas;
}

function servir({ method }: IncomingMessage, res: ServerResponse, tipo: string, conteudo: Buffer): void {
  res.writeHead(200, { ...SEGURANCA, 'Content-Type': tipo, 'Content-Length': conteudo.length });
  res.end(method === 'HEAD' ? undefined : conteudo);
}

/** O navegador pergunta a senha, que é o segredo (RFC 7617); o nome de usuário não importa. */
function exigindo(segredo: string, mostrar: Pagina['mostrar']): Pagina['mostrar'] {
  const eOSegredo = conferirSegredo(segredo);
  return (req, res) => {
    const [, base64 = ''] = /^Basic +(\S+) *$/i.exec(req.headers.authorization ?? '') ?? [];
    const senha = Buffer.from(base64, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
    if (eOSegredo(senha)) return mostrar(req, res);
    res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="janela", charset="UTF-8"', 'Content-Length': 0 }).end();
  };
}

function preencher(html: Buffer, campos: Readonly<Record<string, string>>): Buffer {
  const texto = html.toString('utf8').replace(/\{\{(\w+)\}\}/g, (_, campo: string) => escapar(campos[campo] ?? ''));
  return Buffer.from(texto);
}

function enderecoDe(pasta: string, nome: string): string {
  return extname(nome) === '.js' ? `/${pasta}/${nome.replaceAll(sep, '/')}` : `/${nome}`;
}

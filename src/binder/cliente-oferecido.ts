/** O cliente que o binder dá a quem só tem o Node: um pacote que o npx baixa e roda, sem instalar mais nada. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { StartupError } from '../process/lifecycle.ts';
import { VERSAO } from '../process/versao.ts';
import type { Paginas } from '../rpc/server/http/admissao.ts';
import { tar } from './tar.ts';

const CAMINHO = '/chat-cliente.tgz';

/** Onde a construção põe o cliente num arquivo só. */
const PASTA = join(import.meta.dirname, '..', 'cliente-avulso');

/** No pacote, o package.json está duas pastas acima do que roda, como em qualquer lugar. */
const MAIN = 'dist/cliente/main.js';

export interface ClienteOferecido {
  readonly paginas: Paginas;
  /** O endereço completo do que se oferece. */
  readonly url: string;
  /** SHA-256 dos bytes que se servem, em hexadecimal. */
  readonly sha256: string;
}

/**
 * Faz o pacote uma vez: o que se serve são sempre os mesmos bytes.
 * @param binder a URL por que as outras máquinas chegam ao binder: o binder padrão do cliente que se oferece
 * @param pasta a do cliente construído
 * @throws StartupError se ele não foi construído
 */
export function oferecerCliente(binder: string, pasta = PASTA): ClienteOferecido {
  const pacote = fazerPacote(binder, pasta);
  return {
    paginas: new Map([[CAMINHO, { mostrar: (req, res) => servir(req, res, pacote) }]]),
    url: `${binder}${CAMINHO}`,
    sha256: createHash('sha256').update(pacote).digest('hex'),
  };
}

function servir({ method }: IncomingMessage, res: ServerResponse, pacote: Buffer): void {
  res.writeHead(200, {
    'Content-Type': 'application/gzip',
    'Content-Length': pacote.length,
    'Cache-Control': 'no-cache',
  });
  res.end(method === 'HEAD' ? undefined : pacote);
}

function fazerPacote(binder: string, pasta: string): Buffer {
  const [main, licencas] = [ler(pasta, 'main.js'), ler(pasta, 'LICENCAS.txt')];
  const descricao = {
    name: 'chat-cliente',
    version: VERSAO,
    description: 'O cliente de terminal do Chat System Distribuido, como um binder o oferece',
    license: 'SEE LICENSE IN LICENCAS.txt',
    type: 'module',
    engines: { node: '>=20.17' },
    bin: { 'chat-cliente': MAIN },
    chatBinder: binder,
  };
  return gzipSync(
    tar([
      { caminho: 'package/package.json', conteudo: emJson(descricao) },
      { caminho: `package/${MAIN}`, conteudo: main },
      { caminho: 'package/LICENCAS.txt', conteudo: licencas },
    ]),
    { level: 9 },
  );
}

function emJson(valor: object): Buffer {
  const texto = JSON.stringify(valor, undefined, 2);
  return Buffer.from(texto);
}

function ler(pasta: string, nome: string): Buffer {
  try {
    return readFileSync(join(pasta, nome));
  } catch (causa) {
    throw new StartupError(
      `chat-binder: --oferecer-cliente precisa de ${join(pasta, nome)}, que a construção faz (npm run build); ${(causa as NodeJS.ErrnoException).code}`,
    );
  }
}

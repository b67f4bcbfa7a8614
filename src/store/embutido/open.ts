/**
 * O store embutido: um arquivo SQLite na pasta de dados, que pertence a um servidor só.
 * Esta pasta guarda: não conhece procedimentos, transporte nem esperas.
 */

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { NaoEArquivoComum, situacaoDoComumSync } from '../../process/arquivo-comum.ts';
import type { OpcoesDoStore, Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { Connection, codigoDoSqlite } from './banco/connection.ts';
import { migrar } from './banco/schema.ts';
import { EmbeddedStore } from './store.ts';

export const ARQUIVO = 'chat.db';

/** O que o SQLite põe ao lado do arquivo; o que ele cria recebe o modo do arquivo. */
const AO_LADO = ['-wal', '-shm', '-journal'];

/** As mensagens privadas estão ali: só o dono do processo as lê, qualquer que seja o modo da pasta e a umask. */
const PASTA_SO_DO_DONO = 0o700;
export const SO_DO_DONO = 0o600;

/**
 * Abre o store de uma pasta, criando o que falta.
 * @throws StoreError se outro processo a usa, se o arquivo está danificado, se não se pode gravar nela
 */
export function abrirEmbutido(pastaDeDados: string, opcoes: OpcoesDoStore): Store {
  return abrirArquivo(pastaDeDados, (connection) => new EmbeddedStore(connection, opcoes));
}

/**
 * Abre e prepara o arquivo, e o entrega a quem vai usá-lo.
 * @throws StoreError, como `abrirEmbutido`
 */
export function abrirArquivo<T>(pastaDeDados: string, usar: (connection: Connection) => T): T {
  // Inteiro, porque o libsql toma por URL um caminho que começa por `file:` ou `http:`.
  const arquivo = resolve(pastaDeDados, ARQUIVO);
  let connection: Connection | undefined;
  try {
    mkdirSync(pastaDeDados, { recursive: true, mode: PASTA_SO_DO_DONO });
    exigirComuns(arquivo);
    fecharAosOutros(arquivo);
    connection = new Connection(arquivo);
    if (!connection.estaInteiro()) throw danificado(arquivo);
    migrar(connection, arquivo);
    return usar(connection);
  } catch (erro) {
    if (connection) fecharSemFalhar(connection);
    throw erro instanceof StoreError ? erro : explicar(erro, pastaDeDados, arquivo);
  }
}

/**
 * Antes de mudar qualquer coisa: o SQLite esperaria por um fifo, e o modo de um dispositivo é o que a máquina lhe deu.
 * @throws NaoEArquivoComum
 */
export function exigirComuns(arquivo: string): void {
  for (const sufixo of ['', ...AO_LADO]) situacaoDoComumSync(arquivo + sufixo);
}

/** O arquivo nasce já fechado; o que outra versão deixou aberto se fecha. */
function fecharAosOutros(arquivo: string): void {
  closeSync(openSync(arquivo, 'a', SO_DO_DONO));
  for (const sufixo of ['', ...AO_LADO]) {
    try {
      chmodSync(arquivo + sufixo, SO_DO_DONO);
    } catch (erro) {
      // Não existe, ou é de outro dono, que lhe deu o modo que quis.
      if (!['ENOENT', 'EPERM'].includes((erro as NodeJS.ErrnoException).code ?? '')) throw erro;
    }
  }
}

/** De um arquivo danificado, até o fechamento pode falhar; a falha que se relata é a primeira. */
function fecharSemFalhar(connection: Connection): void {
  try {
    connection.close();
  } catch {}
}

function explicar(erro: unknown, pasta: string, arquivo: string): StoreError {
  if (erro instanceof NaoEArquivoComum) return naoEComum(erro);
  const codigo = codigoDoSqlite(erro) ?? (erro as NodeJS.ErrnoException).code;
  // Sem código, a falha não é do arquivo nem da pasta: é um defeito nosso, e aparece como é.
  if (codigo === undefined) throw erro;
  if (/^SQLITE_(BUSY|LOCKED)/.test(codigo)) {
    const conselho = 'Encerre-o, ou escolha outra pasta com --dados.';
    return new StoreError('em_uso', `A pasta de dados ${pasta} está em uso por outro servidor. ${conselho}`, erro);
  }
  // SQLITE_ERROR é um banco inteiro sem as tabelas que se esperam.
  if (/^SQLITE_(NOTADB|CORRUPT|ERROR$)/.test(codigo)) return danificado(arquivo, erro);
  return new StoreError('sem_acesso', `Não é possível ler e gravar na pasta de dados ${pasta} (${codigo}).`, erro);
}

export function naoEComum(erro: NaoEArquivoComum): StoreError {
  return new StoreError('sem_acesso', `${erro.message}, e os dados do chat ficam em arquivos comuns.`, erro);
}

export function danificado(arquivo: string, causa?: unknown): StoreError {
  const conselho = 'Restaure uma cópia dele, ou mova-o para recomeçar do zero.';
  return new StoreError('danificado', `O arquivo ${arquivo} está danificado ou não é do chat. ${conselho}`, causa);
}

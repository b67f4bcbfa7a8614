/**
 * A cópia dos dados, feita de fora enquanto o servidor grava. Ele tem o arquivo só para si, e nenhum outro processo o abre
 * pelo SQLite: copiam-se os bytes, que qualquer leitor da mesma máquina vê na ordem em que foram escritos.
 *
 * Primeiro o banco, depois o WAL. Um checkpoint só grava no banco páginas que estão no WAL, e elas ficam ali até que o WAL
 * recomece: o WAL copiado depois cobre toda página que mudou durante a cópia do banco. Cada recomeço sorteia outro
 * cabeçalho (https://www.sqlite.org/fileformat2.html#the_write_ahead_log): se ele mudou, copia-se tudo outra vez.
 */

import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NaoEArquivoComum } from '../../process/arquivo-comum.ts';
import { StoreError } from '../store-error.ts';
import { codigoDoSqlite, juntarWal } from './banco/connection.ts';
import { ARQUIVO, danificado, exigirComuns, naoEComum, SO_DO_DONO } from './open.ts';

/** Sob muitos envios o WAL recomeça a cada poucas centenas de ms: uma cópia pequena cabe quase sempre na primeira. */
const TENTATIVAS = 50;

const CABECALHO_DO_WAL_BYTES = 32;

/** O que, ao lado do banco, faz parte dele; o `-journal` só existe se um servidor caiu ao abrir ou fechar. */
const PARTES = ['', '-journal', '-wal'];

/**
 * Copia os dados de uma pasta para um arquivo novo, que só o dono lê. Tem tudo o que o servidor confirmou antes do começo.
 * @param copiarArquivo copia um arquivo para um lugar novo
 * @throws StoreError se não há dados, se o arquivo já existe, se os dados estão danificados ou mudam sem parar, se não se
 * pode ler ou gravar
 */
export function copiarEmbutido(pastaDeDados: string, arquivo: string, copiarArquivo = copyFileSync): void {
  const origem = join(pastaDeDados, ARQUIVO);
  const destino = resolve(arquivo);
  let provisoria: string | undefined;
  try {
    if (!existe(origem)) throw new StoreError('sem_dados', `Não há dados do chat na pasta ${pastaDeDados}.`);
    exigirComuns(origem);
    recusarExistente(destino);
    // Nasce fechada aos outros (0700), e ao lado do destino, porque rename não atravessa sistemas de arquivos.
    provisoria = mkdtempSync(`${destino}.parcial-`);
    const copia = join(provisoria, ARQUIVO);
    copiarPartes(origem, copia, copiarArquivo);
    juntarWal(copia);
    chmodSync(copia, SO_DO_DONO);
    levarAoDisco(copia);
    recusarExistente(destino);
    renameSync(copia, destino);
    // No Windows não se abre uma pasta; o nome vai para o disco com o arquivo.
    if (process.platform !== 'win32') levarAoDisco(dirname(destino));
  } catch (erro) {
    throw erro instanceof StoreError ? erro : explicar(erro, origem, destino);
  } finally {
    if (provisoria) rmSync(provisoria, { recursive: true, force: true });
  }
}

function copiarPartes(origem: string, copia: string, copiarArquivo: typeof copyFileSync): void {
  for (let tentativa = 1; tentativa <= TENTATIVAS; tentativa += 1) {
    const antes = estadoDe(origem);
    for (const parte of PARTES) {
      rmSync(copia + parte, { force: true });
      seExistir(() => copiarArquivo(origem + parte, copia + parte));
    }
    if (estadoDe(origem) === antes) return;
  }
  const conselho = 'Tente de novo quando houver menos envios.';
  throw new StoreError('muda_demais', `Os dados mudam mais depressa do que se copiam. ${conselho}`);
}

/** O que muda quando o WAL recomeça ou, sem um WAL, quando o banco é gravado. */
function estadoDe(origem: string): string {
  const cabecalho = seExistir(() => lerCabecalho(`${origem}-wal`));
  if (cabecalho?.length === CABECALHO_DO_WAL_BYTES) return cabecalho.toString('hex');
  const { size, mtimeNs, ino } = statSync(origem, { bigint: true });
  return [size, mtimeNs, ino, existe(`${origem}-journal`)].join(' ');
}

function lerCabecalho(wal: string): Buffer {
  const descritor = openSync(wal, 'r');
  try {
    const cabecalho = Buffer.alloc(CABECALHO_DO_WAL_BYTES);
    return cabecalho.subarray(0, readSync(descritor, cabecalho, 0, cabecalho.length, 0));
  } finally {
    closeSync(descritor);
  }
}

function levarAoDisco(caminho: string): void {
  // O Windows só leva ao disco o que se abriu para gravar; uma pasta só se abre para ler.
  const descritor = openSync(caminho, statSync(caminho).isDirectory() ? 'r' : 'r+');
  try {
    fsyncSync(descritor);
  } finally {
    closeSync(descritor);
  }
}

function recusarExistente(arquivo: string): void {
  if (existe(arquivo)) throw new StoreError('copia_ja_existe', `${arquivo} já existe: a cópia pede um arquivo novo.`);
}

/** Também um link que não leva a nada ocupa o nome. */
function existe(caminho: string): boolean {
  return seExistir(() => lstatSync(caminho)) !== undefined;
}

function seExistir<T>(agir: () => T): T | undefined {
  try {
    return agir();
  } catch (erro) {
    if ((erro as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw erro;
  }
}

function explicar(erro: unknown, origem: string, arquivo: string): StoreError {
  if (erro instanceof NaoEArquivoComum) return naoEComum(erro);
  const doSqlite = codigoDoSqlite(erro);
  if (doSqlite && /^SQLITE_(NOTADB|CORRUPT|CONSTRAINT|ERROR$)/.test(doSqlite)) return danificado(origem, erro);
  const codigo = doSqlite ?? (erro as NodeJS.ErrnoException).code;
  // Sem código, a falha não é dos arquivos: é um defeito nosso, e aparece como é.
  if (codigo === undefined) throw erro;
  return new StoreError('sem_acesso', `Não é possível copiar ${origem} para ${arquivo} (${codigo}).`, erro);
}

/**
 * Grava um arquivo pequeno de uma vez: quem o lê encontra o conteúdo anterior ou o novo, nunca um pedaço.
 * Um link simbólico continua link, e o arquivo fica com o modo e o dono que tinha.
 */

import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { situacaoDoComum } from '../../process/arquivo-comum.ts';

/** Gravar leva alguns ms: um temporário mais velho que isto é de quem morreu no meio. */
const TEMPORARIO_VELHO_MS = 60_000;

/** O sistema operacional também desiste de uma cadeia de links depois de uns tantos. */
const MAXIMO_DE_LINKS = 40;

/**
 * Falhas de quem não pode trocar o arquivo, mas talvez possa escrever nele: está montado sozinho (EBUSY), é de outro
 * dono, ou a pasta não aceita arquivos novos.
 */
const SO_NO_LUGAR = ['EBUSY', 'EACCES', 'EPERM', 'EROFS'];

const SUFIXO_DO_TEMPORARIO = /^\.[0-9a-f-]{36}\.tmp$/;

/**
 * O novo conteúdo está no disco antes de tomar o lugar do anterior. Onde só se pode escrever no próprio arquivo, um leitor
 * pode ver a escrita pela metade.
 * @throws NaoEArquivoComum, porque trocar um fifo ou um dispositivo por um arquivo estragaria o que ele é; o erro do sistema, se não se pode gravar
 */
export async function gravarInteiro(caminho: string, conteudo: string): Promise<void> {
  const destino = await seguirLinks(caminho);
  const anterior = await situacaoDoComum(destino);
  try {
    await trocar(destino, conteudo, anterior);
  } catch (erro) {
    if (anterior === undefined || !SO_NO_LUGAR.includes(codigoDe(erro) ?? '')) throw erro;
    await escreverNoLugar(destino, conteudo);
  }
}

/**
 * Apaga os temporários que uma queda deixou ao lado do arquivo; os de quem grava agora ficam.
 * @param agoraMs o relógio da máquina, o mesmo que data os arquivos
 */
export async function apagarTemporariosVelhos(caminho: string, agoraMs: number): Promise<void> {
  const destino = await seguirLinks(caminho);
  const nome = basename(destino);
  for (const vizinho of await readdir(dirname(destino))) {
    if (!vizinho.startsWith(nome) || !SUFIXO_DO_TEMPORARIO.test(vizinho.slice(nome.length))) continue;
    const temporario = join(dirname(destino), vizinho);
    const situacao = await stat(temporario).catch(() => undefined);
    if (situacao && agoraMs - situacao.mtimeMs > TEMPORARIO_VELHO_MS) await rm(temporario, { force: true });
  }
}

/** O arquivo que o caminho nomeia, também quando ele ainda não existe. */
async function seguirLinks(caminho: string): Promise<string> {
  let destino = resolve(caminho);
  for (let links = 0; links < MAXIMO_DE_LINKS; links += 1) {
    const situacao = await seHouver(lstat(destino));
    if (!situacao?.isSymbolicLink()) return destino;
    destino = resolve(await realpath(dirname(destino)), await readlink(destino));
  }
  throw Object.assign(new Error(`há links demais em ${caminho}`), { code: 'ELOOP' });
}

async function trocar(destino: string, conteudo: string, anterior: Stats | undefined): Promise<void> {
  // Na mesma pasta, porque rename não atravessa sistemas de arquivos; `wx` não abre o que outro pôs ali, nem segue links.
  const temporario = `${destino}.${randomUUID()}.tmp`;
  const arquivo = await open(temporario, 'wx');
  try {
    try {
      if (anterior) await darModoEDono(arquivo, anterior);
      await arquivo.writeFile(conteudo);
      await arquivo.sync();
    } finally {
      await arquivo.close();
    }
    await rename(temporario, destino);
  } catch (erro) {
    await rm(temporario, { force: true }).catch(() => {});
    throw erro;
  }
}

async function darModoEDono(arquivo: FileHandle, anterior: Stats): Promise<void> {
  const { uid, gid } = await arquivo.stat();
  if (uid !== anterior.uid || gid !== anterior.gid) await arquivo.chown(anterior.uid, anterior.gid);
  await arquivo.chmod(anterior.mode & 0o777);
}

async function escreverNoLugar(destino: string, conteudo: string): Promise<void> {
  const arquivo = await open(destino, 'r+');
  try {
    await arquivo.writeFile(conteudo);
    await arquivo.truncate(Buffer.byteLength(conteudo));
    await arquivo.sync();
  } finally {
    await arquivo.close();
  }
}

async function seHouver<T>(promessa: Promise<T>): Promise<T | undefined> {
  try {
    return await promessa;
  } catch (erro) {
    if (codigoDe(erro) === 'ENOENT') return undefined;
    throw erro;
  }
}

function codigoDe(erro: unknown): string | undefined {
  return (erro as NodeJS.ErrnoException).code;
}

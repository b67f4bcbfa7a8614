/** Arquivos levados de uma pasta a outra, com as datas que tinham. */

import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function copiarComData(de: string, para: string): void {
  mkdirSync(dirname(para), { recursive: true });
  copyFileSync(de, para, constants.COPYFILE_FICLONE);
  const { atime, mtime } = statSync(de);
  utimesSync(para, atime, mtime);
}

/** Uma pasta, com hard links em vez de bytes: quem instala ou constrói troca os arquivos, não escreve por dentro deles. */
export function ligar(de: string, para: string): void {
  mkdirSync(para, { recursive: true });
  for (const item of readdirSync(de, { withFileTypes: true })) {
    const [origem, destino] = [join(de, item.name), join(para, item.name)];
    if (item.isDirectory()) ligar(origem, destino);
    else ligarArquivo(origem, destino);
  }
}

function ligarArquivo(origem: string, destino: string): void {
  try {
    linkSync(origem, destino);
  } catch {
    // A pasta temporária está em outro volume.
    copiarComData(origem, destino);
  }
}

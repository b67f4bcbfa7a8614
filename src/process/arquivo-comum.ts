/**
 * Os arquivos que alguém aponta de fora são arquivos comuns, diretos ou por um link. Abrir um fifo espera para sempre por
 * quem está do outro lado, e mudar o modo de um dispositivo muda a máquina: o tipo se confere antes de abrir.
 */

import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** O caminho é de um dispositivo, um fifo, uma pasta. */
export class NaoEArquivoComum extends Error {
  override readonly name = 'NaoEArquivoComum';
}

/**
 * @returns o que o caminho nomeia, ou `undefined` se não há nada ali
 * @throws NaoEArquivoComum; o erro do sistema, se não se pode olhar
 */
export async function situacaoDoComum(caminho: string): Promise<Stats | undefined> {
  try {
    return exigirComum(caminho, await stat(caminho));
  } catch (erro) {
    if ((erro as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw erro;
  }
}

/** Como `situacaoDoComum`, para a partida. */
export function situacaoDoComumSync(caminho: string): Stats | undefined {
  const situacao = statSync(caminho, { throwIfNoEntry: false });
  return situacao && exigirComum(caminho, situacao);
}

/**
 * @returns o conteúdo
 * @throws NaoEArquivoComum; o erro do sistema, se não se pode ler
 */
export async function lerComum(caminho: string): Promise<Buffer> {
  await situacaoDoComum(caminho);
  return readFile(caminho);
}

/** Como `lerComum`, para a partida. */
export function lerComumSync(caminho: string): Buffer {
  situacaoDoComumSync(caminho);
  return readFileSync(caminho);
}

function exigirComum(caminho: string, situacao: Stats): Stats {
  if (!situacao.isFile()) throw new NaoEArquivoComum(`${caminho} não é um arquivo comum`);
  return situacao;
}

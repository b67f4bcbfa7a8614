/** O que os subcomandos escrevem: uma linha de cada vez, sem nada que um terminal obedeceria. */

import type { Mensagem } from '../../contract/chat.ts';
import { formatarMensagem } from '../../dominio/mensagens.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import { emJson } from '../../process/em-json.ts';
import { StartupError } from '../../process/lifecycle.ts';
import type { Ordem } from './ordem.ts';

/** @returns os campos numa linha, separados por tab: nenhum o contém */
export function emCampos(...campos: readonly (string | number)[]): string {
  return campos.map((campo) => tornarVisivel(String(campo))).join('\t');
}

/**
 * Resolve quando a linha já não é nossa: nada se perde se o processo terminar logo depois.
 * @throws StartupError quando não se pôde escrever
 */
export function escreverLinha(linha: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${linha}\n`, (erro) => {
      const { code } = (erro ?? {}) as NodeJS.ErrnoException;
      // De uma saída que se fechou trata quem a vigia.
      if (!erro || code === 'EPIPE') resolve();
      else reject(new StartupError(`não foi possível escrever na saída (${code})`));
    });
  });
}

/** Escreve o valor em JSON com `--json`, e a linha sem ele. */
export function escrever({ opcoes }: Ordem, valor: unknown, linha: () => string): Promise<void> {
  return escreverLinha(opcoes.json ? emJson(valor) : linha());
}

export function escreverMensagem(ordem: Ordem, mensagem: Mensagem): Promise<void> {
  return escrever(ordem, mensagem, () => formatarMensagem(mensagem));
}

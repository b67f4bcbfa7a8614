/**
 * O que os subcomandos escrevem: uma linha de cada vez, sem nada que um terminal obedeceria. Num terminal, a que não cabe
 * continua recuada: na margem, o que outra pessoa escreveu com espaços pareceria outra linha. Num pipe ela fica inteira.
 */

import type { Mensagem } from '../../contract/chat.ts';
import { formatarMensagem } from '../../dominio/mensagens.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import { emJson } from '../../process/em-json.ts';
import { StartupError } from '../../process/lifecycle.ts';
import { emFileiras } from '../terminal/tela/fileiras.ts';
import { largura } from '../terminal/tela/largura.ts';
import type { Execucao } from './ordem.ts';

/** @returns os campos numa linha, separados por tab: nenhum o contém */
export function emCampos(...campos: readonly (string | number)[]): string {
  return campos.map((campo) => tornarVisivel(String(campo))).join('\t');
}

/** Quem escreve, e por onde. */
type Onde = Pick<Execucao, 'processo' | 'canais'>;

/** Um terminal que não diz a sua largura tem quase sempre esta. */
const COLUNAS = 80;

const PARADA_DO_TAB = 8;

/**
 * @param recuo em que coluna continua uma linha que não cabe no terminal; sem ele, em poucas
 * @throws StartupError quando não se pôde escrever
 */
export function escreverLinha(onde: Onde, linha: string, recuo = 0): Promise<void> {
  const { isTTY, columns } = onde.canais.saida;
  if (!isTTY) return escreverInteiro(onde, `${linha}\n`);
  return escreverInteiro(onde, emFileiras({ texto: semTabs(linha), recuo }, columns || COLUNAS));
}

/**
 * Resolve quando o texto já não é nosso: nada se perde se o processo terminar logo depois.
 * @throws StartupError quando não se pôde escrever
 */
export function escreverInteiro({ processo, canais }: Onde, texto: string): Promise<void> {
  return new Promise((resolve, reject) => {
    canais.saida.write(texto, (erro) => {
      const { code } = (erro ?? {}) as NodeJS.ErrnoException;
      // De uma saída que se fechou trata quem a vigia.
      if (!erro || code === 'EPIPE') resolve();
      else reject(new StartupError(`${processo}: não foi possível escrever na saída (${code})`));
    });
  });
}

/** Os espaços que o terminal poria: só assim se sabe quanto a linha ocupa. */
function semTabs(linha: string): string {
  return linha
    .split('\t')
    .reduce((antes, campo) => antes + ' '.repeat(PARADA_DO_TAB - (largura(antes) % PARADA_DO_TAB)) + campo);
}

/** Escreve o valor em JSON com `--json`, e a linha sem ele. */
export function escrever(execucao: Execucao, valor: unknown, linha: () => string): Promise<void> {
  return escreverLinha(execucao, execucao.opcoes.json ? emJson(valor) : linha());
}

/** A continuação fica sob o começo do texto. */
export function escreverMensagem(execucao: Execucao, mensagem: Mensagem): Promise<void> {
  if (execucao.opcoes.json) return escreverLinha(execucao, emJson(mensagem));
  const recuo = largura(formatarMensagem({ ...mensagem, conteudo: '' }));
  return escreverLinha(execucao, formatarMensagem(mensagem), recuo);
}

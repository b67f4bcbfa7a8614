/** Voltar a ser quem se era: qual das sessões guardadas, se alguma, e se ela ainda vive. */

import { mesmoNome, normalizarNome } from '../../../contract/nomes/nomes.ts';
import { tornarVisivel } from '../../../dominio/visivel.ts';
import type { Conversa } from '../../sessao/conversa.ts';
import type { Sessao, SessoesGuardadas } from '../../sessao/guardado/sessoes-guardadas.ts';
import type { Dialogo } from '../dialogo.ts';

/** As opções de um menu se escolhem com um algarismo, e a última é outro nome. */
const MAXIMO_NO_MENU = 8;

type Perguntas = Pick<Dialogo, 'comEspera' | 'encerrado' | 'escolher' | 'perguntarTexto' | 'avisar' | 'falhar'>;

interface RetornoOptions {
  readonly dialogo: Perguntas;
  readonly conversa: Pick<Conversa, 'aindaVale' | 'retomar' | 'nome'>;
  readonly sessoes: Pick<SessoesGuardadas, 'livres' | 'tomar' | 'esquecer'>;
}

/**
 * Retoma a sessão de um cliente que foi morto, se há uma.
 * @param nome só a dele serve, e quem o disse já disse quem é; sem ele, pergunta-se: a conta da máquina pode ser de muitos
 * @returns a sala a que voltar, se a sessão foi retomada e há uma
 */
export async function voltar(
  { dialogo, conversa, sessoes }: RetornoOptions,
  nome: string | undefined,
): Promise<string | undefined> {
  const vivas: Sessao[] = [];
  for (const sessao of sessoes.livres()) {
    if (nome !== undefined && !mesmoNome(sessao.nome, normalizarNome(nome))) continue;
    if (await dialogo.comEspera(conversa.aindaVale(sessao))) vivas.push(sessao);
    // Quem encerra no meio da espera não sabe se ela vale.
    else if (!dialogo.encerrado && sessoes.tomar(sessao.nome)) sessoes.esquecer();
  }
  const escolhida = nome === undefined ? await escolher(dialogo, vivas.slice(0, MAXIMO_NO_MENU)) : vivas[0];
  const sessao = escolhida && sessoes.tomar(escolhida.nome);
  if (!sessao) return undefined;
  const sala = await dialogo.comEspera(conversa.retomar(sessao));
  dialogo.avisar(`De volta como ${tornarVisivel(conversa.nome ?? sessao.nome)}.`);
  return sala ?? sessao.sala;
}

async function escolher(dialogo: Perguntas, vivas: readonly Sessao[]): Promise<Sessao | undefined> {
  const [unica] = vivas;
  if (vivas.length < 2) return unica && (await confirmar(dialogo, unica.nome)) ? unica : undefined;
  const opcoes = [...vivas.map(({ nome }) => `Voltar como ${tornarVisivel(nome)}`), 'Usar outro nome'];
  const numero = await dialogo.escolher(opcoes);
  return vivas[numero - 1];
}

/** Enter é sim. */
async function confirmar(dialogo: Perguntas, nome: string): Promise<boolean> {
  for (;;) {
    const resposta = await dialogo.perguntarTexto({ mensagem: `Continuar como ${tornarVisivel(nome)}? (S/n)` });
    if (resposta === undefined || /^\s*n(?:ão|ao)?\s*$/iu.test(resposta)) return false;
    if (/^\s*(?:s(?:im)?)?\s*$/iu.test(resposta)) return true;
    dialogo.falhar('Digite s para continuar, ou n para usar outro nome.');
  }
}

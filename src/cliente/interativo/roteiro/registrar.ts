/** O nome de quem chega: pergunta-se até que um sirva. */

import { normalizarNome, problemaDoNome } from '../../../contract/nomes/nomes.ts';
import { tornarVisivel } from '../../../dominio/visivel.ts';
import { explicar } from '../../chamadas/explicar.ts';
import type { Conversa } from '../../sessao/conversa.ts';
import type { Lembranca } from '../../sessao/guardado/lembranca.ts';
import type { Dialogo } from '../dialogo.ts';
import { PERGUNTA_DO_NOME } from '../textos.ts';

interface RegistrarOptions {
  readonly dialogo: Dialogo;
  readonly conversa: Pick<Conversa, 'nome' | 'registrar'>;
  readonly lembranca: Pick<Lembranca, 'ler' | 'guardar'>;
}

/**
 * @param nomeDado dispensa a primeira pergunta, se for aceito
 * @throws MudouDeLugar
 */
export async function registrar(options: RegistrarOptions, nomeDado: string | undefined): Promise<void> {
  const { dialogo, lembranca } = options;
  let candidato = nomeDado;
  const ultimo = lembranca.ler().nome;
  const sugestoes = ultimo === undefined ? [] : [{ valor: ultimo, rotulo: ultimo }];
  const pergunta = { mensagem: PERGUNTA_DO_NOME, sugestoes, semContagem: true };
  for (;;) {
    const digitado = candidato ?? (await dialogo.perguntarTexto(pergunta)) ?? '';
    if (candidato === undefined) dialogo.mostrar(`${PERGUNTA_DO_NOME} ${tornarVisivel(digitado)}`);
    candidato = undefined;
    const recusa = await tentarNome(options, digitado);
    if (recusa === undefined) return;
    dialogo.falhar(`Nome recusado: ${recusa}`);
  }
}

/** @returns por que não serviu */
async function tentarNome(
  { dialogo, conversa, lembranca }: RegistrarOptions,
  digitado: string,
): Promise<string | undefined> {
  const nome = normalizarNome(digitado);
  const problema = problemaDoNome(nome);
  if (problema) return `${tornarVisivel(problema)}.`;
  try {
    await dialogo.comEspera(conversa.registrar(nome));
  } catch (erro) {
    return explicar(erro);
  }
  lembranca.guardar({ nome: conversa.nome });
  dialogo.avisar(`Bem-vindo, ${tornarVisivel(conversa.nome ?? nome)}!`);
  return undefined;
}

/** A quem vai o que se vai dizer: pergunta-se até que seja alguém da sala, ou todos. */

import { mesmoNome } from '../../contract/nomes/nomes.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import type { Dialogo } from './dialogo.ts';
import { paraOContrato } from './linha/destinatario.ts';
import type { Rascunhos } from './rascunhos.ts';
import { PERGUNTA_DO_DESTINATARIO } from './textos.ts';

interface PerguntarDestinatarioOptions {
  readonly dialogo: Dialogo;
  readonly rascunhos: Rascunhos;
  /** Quem está na sala, agora. */
  readonly presentes: () => readonly string[];
}

interface Escolha {
  /** `undefined` para todos. */
  readonly destinatario: string | undefined;
  /** Uma linha que se digitou aqui: ainda por seguir. */
  readonly linha?: string;
}

/**
 * @returns `undefined` se a pessoa desistiu
 * @throws MudouDeLugar
 */
export async function perguntarDestinatario(options: PerguntarDestinatarioOptions): Promise<Escolha | undefined> {
  const { dialogo, rascunhos, presentes } = options;
  for (;;) {
    const resposta = await perguntarNome(options);
    if (resposta === undefined) return undefined;
    // Nenhum nome começa assim: quem já conhece a linha a usou aqui.
    if (/^[/@]/.test(resposta)) return { destinatario: undefined, linha: resposta };
    const nome = paraOContrato(resposta);
    if (nome === undefined) return { destinatario: undefined };
    const presente = presentes().find((um) => mesmoNome(um, nome));
    if (presente !== undefined) return { destinatario: presente };
    // Pode ser um nome, e pode ser o que se queria dizer: nem se perde, nem vai a quem não se disse.
    rascunhos.acrescentar(resposta);
    dialogo.falhar(`${tornarVisivel(resposta)} não está na sala. Enter leva isso para a linha.`);
  }
}

/** O que se digita aqui pode ser o que se queria dizer: com Esc, e se a pergunta se desfaz, volta à linha. */
async function perguntarNome({ dialogo, rascunhos }: PerguntarDestinatarioOptions): Promise<string | undefined> {
  let digitado = '';
  const aoDigitar = (texto: string) => {
    digitado = texto;
  };
  const pergunta = { mensagem: PERGUNTA_DO_DESTINATARIO, aoDigitar };
  const resposta = await dialogo.perguntarTexto(pergunta).catch((erro: unknown) => {
    rascunhos.guardar(digitado);
    throw erro;
  });
  if (resposta === undefined && digitado.trim() !== '') rascunhos.devolver(digitado);
  return resposta;
}

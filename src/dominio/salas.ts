/** As regras puras de uma sala com dono: o que o servidor diz nela, e quem pode falar. */

import type { Mensagem } from '../contract/chat.ts';
import { mesmoNome } from '../contract/nomes/nomes.ts';
import { NOME_DO_SERVIDOR } from '../contract/nomes/nomes-reservados.ts';

/** @param topico vazio quando foi tirado */
export function textoDoTopico(nomeUsuario: string, topico: string): string {
  return topico === '' ? `${nomeUsuario} tirou o tópico.` : `${nomeUsuario} mudou o tópico: ${topico}`;
}

export function textoDoSilencio(nomeUsuario: string, silenciado: boolean): string {
  return silenciado ? `${nomeUsuario} foi silenciado.` : `${nomeUsuario} pode falar de novo.`;
}

export function textoDoSilencioDaSala(silenciada: boolean): string {
  return silenciada ? 'A sala foi silenciada.' : 'A sala pode falar de novo.';
}

/** Se a mensagem diz que a sala foi silenciada, ou que já não está. */
export function falaDoSilencioDaSala({ origem, conteudo }: Pick<Mensagem, 'origem' | 'conteudo'>): boolean {
  return origem === NOME_DO_SERVIDOR && [true, false].map(textoDoSilencioDaSala).includes(conteudo);
}

/** @returns se, segundo a mensagem, essa pessoa foi silenciada (`true`) ou pode falar de novo; `undefined` se ela não o diz */
export function lerSilencio(mensagem: Pick<Mensagem, 'origem' | 'conteudo'>, nomeUsuario: string): boolean | undefined {
  const { origem, conteudo } = mensagem;
  if (origem !== NOME_DO_SERVIDOR || falaDoSilencioDaSala(mensagem)) return undefined;
  return [true, false].find((silenciado) => {
    const fim = textoDoSilencio('', silenciado);
    return conteudo.endsWith(fim) && mesmoNome(conteudo.slice(0, -fim.length), nomeUsuario);
  });
}

export function textoDoNovoDono(nomeUsuario: string): string {
  return `A sala agora é de ${nomeUsuario}.`;
}

/** Se a mensagem pode dizer que a sala mudou de dono: de quem ela é, só o servidor sabe ao certo. */
export function falaDeNovoDono({ origem, conteudo }: Pick<Mensagem, 'origem' | 'conteudo'>): boolean {
  return origem === NOME_DO_SERVIDOR && conteudo.startsWith(textoDoNovoDono('').slice(0, -1));
}

export function textoDaExpulsao(nomeUsuario: string): string {
  return `${nomeUsuario} foi expulso da sala.`;
}

interface Fala {
  readonly ehDono: boolean;
  readonly salaSilenciada: boolean;
  readonly silenciado: boolean;
  /** É uma mensagem privada, e só o dono da sala a recebe. */
  readonly soAoDono: boolean;
}

export function podeFalar({ ehDono, salaSilenciada, silenciado, soAoDono }: Fala): boolean {
  return ehDono || soAoDono || !(salaSilenciada || silenciado);
}

/** Os comandos que só quem é dono da sala pode usar, e o que diz a todos como ela está. Puro. */

import { lerDestinatario, semAspas } from './destinatario.ts';
import { comecoDaUltimaPalavra } from './ultima-palavra.ts';

/** O que a pessoa quer fazer na sua sala; um texto vazio tira. */
export type IntencaoDoDono =
  | { readonly tipo: 'sala' }
  | { readonly tipo: 'topico'; readonly topico: string }
  | { readonly tipo: 'senha' }
  | { readonly tipo: 'fixar' }
  /** `undefined`: a sala inteira. */
  | { readonly tipo: 'calar'; readonly alvo: string | undefined }
  | { readonly tipo: 'expulsar'; readonly alvo: string; readonly minutos: number | undefined }
  | { readonly tipo: 'passar'; readonly alvo: string };

interface ComandoDoDono {
  readonly nome: IntencaoDoDono['tipo'];
  readonly uso: string;
  readonly descricao: string;
  readonly argumento: 'usuario' | 'nenhum';
  readonly ler: (resto: string, usuarios: readonly string[]) => IntencaoDoDono | undefined;
}

const MINUTOS_MAXIMOS = 1_440;

export const COMANDO_DA_SALA = semArgumento('sala', 'de quem é a sala, o tópico, e o que o dono decidiu');

export const COMANDOS_DO_DONO: readonly ComandoDoDono[] = [
  {
    nome: 'topico',
    uso: '[texto]',
    descricao: 'muda o tópico; sem texto, tira',
    argumento: 'nenhum',
    ler: (topico) => ({ tipo: 'topico', topico }),
  },
  semArgumento('senha', 'pergunta a senha da sala, sem mostrá-la; vazia, tira'),
  {
    nome: 'calar',
    uso: '[nome]',
    descricao: 'a pessoa só fala com o dono, ou volta a falar; sem nome, todos',
    argumento: 'usuario',
    ler: (resto) => ({ tipo: 'calar', alvo: resto === '' ? undefined : semAspas(resto) }),
  },
  {
    nome: 'expulsar',
    uso: 'nome [minutos]',
    descricao: 'tira da sala, por 10 minutos se não se diz; 0 deixa voltar já',
    argumento: 'usuario',
    ler: lerExpulsao,
  },
  {
    nome: 'passar',
    uso: 'nome',
    descricao: 'dá a sala a quem está nela',
    argumento: 'usuario',
    ler: (resto) => (resto === '' ? undefined : { tipo: 'passar', alvo: semAspas(resto) }),
  },
  semArgumento('fixar', 'a sala fica, ou não, quando não há ninguém'),
];

function semArgumento(nome: 'sala' | 'senha' | 'fixar', descricao: string): ComandoDoDono {
  const ler = (resto: string): IntencaoDoDono | undefined => (resto === '' ? { tipo: nome } : undefined);
  return { nome, uso: '', descricao, argumento: 'nenhum', ler };
}

/**
 * Um nome pode acabar em número: vale o mais longo de quem está na sala, ou o que vem entre aspas. Quem não está nela
 * também se diz, para poder voltar.
 */
function lerExpulsao(resto: string, usuarios: readonly string[]): IntencaoDoDono | undefined {
  const { nome, texto } = lerDestinatario(resto, usuarios);
  if (/^\d*$/u.test(texto)) return expulsar(nome, texto);
  if (resto.startsWith('"')) return undefined;
  const onde = comecoDaUltimaPalavra(resto);
  const ultima = resto.slice(onde);
  return onde > 0 && /^\d+$/u.test(ultima) ? expulsar(resto.slice(0, onde).trimEnd(), ultima) : expulsar(resto, '');
}

function expulsar(alvo: string, minutos: string): IntencaoDoDono | undefined {
  if (alvo === '' || Number(minutos) > MINUTOS_MAXIMOS) return undefined;
  return { tipo: 'expulsar', alvo, minutos: minutos === '' ? undefined : Number(minutos) };
}

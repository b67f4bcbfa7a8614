/** Fazer o que o dono da sala quis; quem não é dono é recusado antes de qualquer pergunta. */

import { mesmoNome, nomeComparavel } from '../../contract/nomes/nomes.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import type { ResultadoDe } from '../chamadas/servico.ts';
import type { Conversa } from '../sessao/conversa.ts';
import type { Dialogo } from './dialogo.ts';
import type { IntencaoDoDono } from './linha/comandos-do-dono.ts';
import { quantas } from './textos.ts';

type Sala = ResultadoDe<'detalhar_sala'>;

export type ConversaDoDono = Pick<
  Conversa,
  'nome' | 'detalharSala' | 'configurarSala' | 'silenciarUsuario' | 'expulsarUsuario' | 'passarSala'
>;

interface Opcoes {
  readonly dialogo: Pick<Dialogo, 'tentar' | 'perguntarSenha' | 'avisar' | 'falhar'>;
  readonly conversa: ConversaDoDono;
  /** Quem foi calado, e em que sala: o servidor não diz quem está calado, e um segundo /calar deixa falar. */
  readonly calados: Set<string>;
}

interface Vista {
  readonly dialogo: Pick<Dialogo, 'tentar' | 'falhar'>;
  readonly conversa: Pick<Conversa, 'nome' | 'detalharSala'>;
}

/** @returns se foi; senão, já disse por quê */
export async function cumprirDoDono(intencao: IntencaoDoDono, opcoes: Opcoes): Promise<boolean> {
  if (intencao.tipo !== 'sala') {
    const minha = await verSalaMinha(opcoes);
    return minha !== undefined && agir(intencao, minha, opcoes);
  }
  const sala = await verSala(opcoes);
  if (sala) opcoes.dialogo.avisar(...descreverSala(sala));
  return sala !== undefined;
}

/** @returns a sala em que se está, se é de quem pede; senão, já disse por que não serve */
export async function verSalaMinha(opcoes: Vista): Promise<Sala | undefined> {
  const sala = await verSala(opcoes);
  if (!sala || (sala.dono !== null && mesmoNome(sala.dono, opcoes.conversa.nome ?? ''))) return sala;
  const deQuem = sala.dono === null ? 'A sala não tem dono' : `A sala é de ${tornarVisivel(sala.dono)}`;
  opcoes.dialogo.falhar(`${deQuem}: só quem é dono dela pode fazer isso.`);
  return undefined;
}

async function verSala({ dialogo, conversa }: Vista): Promise<Sala | undefined> {
  return (await dialogo.tentar('Não foi possível ver a sala', () => conversa.detalharSala()))?.valor;
}

async function agir(
  intencao: Exclude<IntencaoDoDono, { readonly tipo: 'sala' }>,
  sala: Sala,
  { dialogo, conversa, calados }: Opcoes,
): Promise<boolean> {
  const tentar = async (acao: () => Promise<unknown>, feito?: string): Promise<boolean> => {
    const foi = (await dialogo.tentar('Não foi possível', acao)) !== undefined;
    if (foi && feito !== undefined) dialogo.avisar(feito);
    return foi;
  };
  switch (intencao.tipo) {
    case 'topico':
      return tentar(() => conversa.configurarSala({ topico: intencao.topico }));
    case 'senha': {
      const senha = await dialogo.perguntarSenha('Digite a senha da sala (vazia tira; Esc desiste):');
      if (senha === undefined) return true;
      const feito = senha === '' ? 'A sala não pede mais senha.' : 'A sala agora pede a senha a quem entra.';
      return tentar(() => conversa.configurarSala({ senha }), feito);
    }
    case 'fixar': {
      const permanente = !sala.permanente;
      const feito = permanente ? 'A sala fica também sem ninguém.' : 'A sala acaba quando fica sem ninguém.';
      return tentar(() => conversa.configurarSala({ permanente }), feito);
    }
    case 'calar': {
      const { alvo } = intencao;
      if (alvo === undefined) return tentar(() => conversa.configurarSala({ silenciada: !sala.silenciada }));
      const quem = nomeComparavel(`${sala.nomeSala}\n${alvo}`);
      const silenciado = !calados.has(quem);
      const foi = await tentar(() => conversa.silenciarUsuario(alvo, silenciado));
      if (foi && silenciado) calados.add(quem);
      else if (foi) calados.delete(quem);
      return foi;
    }
    case 'expulsar':
      return tentar(() => conversa.expulsarUsuario(intencao.alvo, intencao.minutos));
    case 'passar':
      return tentar(() => conversa.passarSala(intencao.alvo));
  }
}

function descreverSala(sala: Sala): string[] {
  const { nomeSala, dono, topico, temSenha, silenciada, permanente, usuarios } = sala;
  const decidido = [temSenha && 'pede senha', silenciada && 'só o dono fala', permanente && 'fica sem ninguém'].filter(
    (dito) => dito !== false,
  );
  return [
    `Sala ${tornarVisivel(nomeSala)}: ${quantas(usuarios, 'pessoa', 'pessoas')}; ${dono === null ? 'sem dono' : `de ${tornarVisivel(dono)}`}.`,
    ...(topico === null ? [] : [`  Tópico: ${tornarVisivel(topico)}`]),
    ...(decidido.length === 0 ? [] : [`  ${decidido.join('; ')}.`]),
  ];
}

/** Uma mensagem como se mostra a quem a lê: a marca do que ela é, as cores, o texto sob o seu começo. Puro. */

import type { Mensagem } from '../../../contract/chat.ts';
import { mesmoNome } from '../../../contract/nomes/nomes.ts';
import { NOME_DO_SERVIDOR } from '../../../contract/nomes/nomes-reservados.ts';
import { formatarMensagem, formatarSemHora } from '../../../dominio/mensagens.ts';
import { emLinhasVisiveis } from '../../../dominio/visivel.ts';
import { aviso, destaque, type Pintura } from '../../terminal/tela/cores.ts';
import type { Linha } from '../../terminal/tela/fileiras.ts';
import { largura } from '../../terminal/tela/largura.ts';
import { comLinks } from '../../terminal/tela/links.ts';
import { menciona } from './mencao.ts';

/** O que uma mensagem é para quem lê, dito também sem cor, na margem que toda mensagem tem. */
const MARCAS = { propria: '+ ', mencao: '! ', privada: '* ', comum: '  ', servidor: '  ' } as const;
type Especie = keyof typeof MARCAS;

/** @param eu quem lê; `undefined` sem sessão */
export function especieDe({ origem, tipo, conteudo }: Mensagem, eu: string | undefined): Especie {
  if (origem === NOME_DO_SERVIDOR) return 'servidor';
  if (tipo === 'unicast') return 'privada';
  if (eu === undefined) return 'comum';
  if (mesmoNome(origem, eu)) return 'propria';
  return menciona(conteudo, eu) ? 'mencao' : 'comum';
}

interface Leitor {
  /** `undefined` sem sessão. */
  readonly eu: string | undefined;
  readonly semHora: boolean;
  readonly corDoNome: (nome: string) => Pintura;
}

/** O texto em várias linhas, e o que não cabe numa fileira, continuam sob o começo do texto. */
export function linhaDaMensagem(mensagem: Mensagem, { eu, semHora, corDoNome }: Leitor): Linha {
  const especie = especieDe(mensagem, eu);
  const marca = MARCAS[especie];
  const formatar = semHora ? formatarSemHora : formatarMensagem;
  const semTexto = { ...mensagem, conteudo: '' };
  const recuo = largura(marca + formatar(semTexto));
  // Uma linha do servidor é toda apagada: cor dentro dela a acenderia de novo.
  if (especie === 'servidor') return { texto: aviso(marca + formatar(mensagem)), recuo };
  const realce = { hora: aviso, nome: (texto: string, nome: string) => corDoNome(nome)(texto) };
  const texto = comLinks(emLinhasVisiveis(mensagem.conteudo).join('\n'));
  return { texto: destaque(marca) + formatar(semTexto, realce) + texto, recuo };
}

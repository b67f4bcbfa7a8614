/** O que se colou em várias linhas: uma mensagem só, uma por linha, ou nenhuma, e então o texto fica na linha. */

import { MAXIMO_DA_MENSAGEM } from '../../contract/limites.ts';
import { contarCaracteres, ehLongoDemais, temPilhaDeMarcas } from '../../contract/nomes/caracteres.ts';
import { emLinhasVisiveis } from '../../dominio/visivel.ts';
import { aviso } from '../terminal/tela/cores.ts';
import type { LinhaDoQuadro } from '../terminal/tela/quadro.ts';
import type { Dialogo } from './dialogo.ts';
import { type Intencao, interpretar } from './linha/comandos.ts';
import type { TextoColado } from './linha/linha.ts';

/** Quantas das linhas coladas a pergunta mostra. */
const LINHAS_MOSTRADAS = 6;
/** Mais de uma linha inteira por fileira não ajuda a reconhecer o que se colou. */
const CARACTERES_MOSTRADOS = 200;

type Modo = 'uma' | 'cada';

export interface Envio {
  /** O que volta à linha, se não foi. */
  readonly linha: string;
  readonly intencao: Intencao;
}

/**
 * Uma tecla responde.
 * @returns `undefined` se a pessoa prefere não enviar
 * @throws MudouDeLugar
 */
export async function perguntarComoEnviar(
  dialogo: Pick<Dialogo, 'perguntarLetra'>,
  texto: string,
): Promise<Modo | undefined> {
  const linhas = texto.split('\n');
  const cabe = cabeNumaMensagem(texto);
  const letra = await dialogo.perguntarLetra({
    mensagem: cabe
      ? `${linhas.length} linhas: u envia numa mensagem, c uma de cada vez, n deixa na linha`
      : `${linhas.length} linhas, e não cabem numa mensagem: c envia uma de cada vez, n deixa na linha`,
    letras: cabe ? ['u', 'c', 'n'] : ['c', 'n'],
    abaixo: mostrar(linhas),
  });
  if (letra === 'u') return 'uma';
  return letra === 'c' ? 'cada' : undefined;
}

function cabeNumaMensagem(texto: string): boolean {
  if (ehLongoDemais(texto, MAXIMO_DA_MENSAGEM) || temPilhaDeMarcas(texto)) return false;
  return contarCaracteres(texto) <= MAXIMO_DA_MENSAGEM;
}

function mostrar(linhas: readonly string[]): LinhaDoQuadro[] {
  const primeiras = linhas.slice(0, LINHAS_MOSTRADAS).map((linha) => linha.slice(0, CARACTERES_MOSTRADOS));
  const contagem = primeiras.length < linhas.length ? [`${primeiras.length} de ${linhas.length}`] : [];
  const textos = [...emLinhasVisiveis(primeiras.join('\n')), ...contagem];
  return textos.map((linha) => ({ texto: `  ${linha}`, pintar: aviso }));
}

/**
 * O que se cola são mensagens, nunca comandos: ninguém leu as linhas antes de chegarem. Só o que se digitou antes de colar
 * diz a quem vão, e vão todas a essa pessoa.
 * @param presentes quem está na sala
 */
export function repartir(modo: Modo, { texto, antes }: TextoColado, presentes: readonly string[]): Envio[] {
  const linhas = modo === 'uma' ? [texto] : texto.split('\n').filter((linha) => linha.trim() !== '');
  const [primeira = '', ...outras] = linhas;
  if (!/^[/@]/.test(antes)) return linhas.map((linha) => ({ linha, intencao: { tipo: 'dizer', texto: linha } }));
  const intencao = interpretar(primeira, presentes);
  return [
    { linha: primeira, intencao },
    ...outras.map((linha) => ({ linha: emQuem(intencao, linha), intencao: comTexto(intencao, linha) })),
  ];
}

function comTexto(intencao: Intencao, texto: string): Intencao {
  if (intencao.tipo === 'privada' || intencao.tipo === 'responder') return { ...intencao, texto };
  return { tipo: 'dizer', texto };
}

/** A linha que, digitada, diria o mesmo. */
function emQuem(intencao: Intencao, texto: string): string {
  if (intencao.tipo === 'privada') return `@"${intencao.destinatario}" ${texto}`;
  return intencao.tipo === 'responder' ? `/r ${texto}` : texto;
}

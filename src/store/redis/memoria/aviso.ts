/** O que se publica no canal de uma sala a cada mensagem: quem pode vê-la, e ela mesma. */

import type { MensagemGuardada } from '../../mensagem-guardada.ts';
import type { Gravada } from '../../store.ts';

export interface Aviso {
  readonly id: number;
  /** O id da mensagem que veio antes na sala. */
  readonly anterior: number;
  readonly visivelPara: Gravada['visivelPara'];
  /** A versão 1.0.0 não a publica: lê-se no Redis. */
  readonly dita: Dita | undefined;
}

export interface Dita {
  readonly salaId: string;
  /** O nome com que a sala se mostra. */
  readonly nomeDaSala: string;
  readonly mensagem: MensagemGuardada;
  /** A sessão que entrou na sala, ou que saiu dela, se é disso que a mensagem fala. */
  readonly entrou: number | undefined;
  readonly saiu: number | undefined;
  /** Quantas vezes alguém já entrou ou saiu, se esta é uma delas. */
  readonly mudancas: number | undefined;
}

/** Como `acrescentar` a monta. */
interface Publicada {
  readonly sala: string;
  readonly nome: string;
  readonly origem: string;
  readonly destino: string;
  readonly conteudo: string;
  readonly instante: string;
  readonly entrou?: string;
  readonly saiu?: string;
  readonly mudancas?: number;
}

/** `id anterior visivel json`: com 1.0.0, só os três primeiros, ou os dois. */
const FORMA = /^(\d+) (\d+)(?: (\S*))?(?: (\{.*\}))?$/s;

/** @returns `undefined` se não é um aviso */
export function lerAviso(texto: string): Aviso | undefined {
  const [, id, anterior, visivel = 'todos', json] = FORMA.exec(texto) ?? [];
  if (id === undefined) return undefined;
  return {
    id: Number(id),
    anterior: Number(anterior),
    visivelPara: visivel === 'todos' ? 'todos' : visivel.split(',').map(Number),
    dita: json === undefined ? undefined : lerDita(Number(id), JSON.parse(json)),
  };
}

function lerDita(id: number, publicada: Publicada): Dita {
  const { sala, nome, origem, destino, conteudo, instante, entrou, saiu, mudancas } = publicada;
  return {
    salaId: sala,
    nomeDaSala: nome,
    mensagem: [id, origem, destino || null, conteudo, Number(instante)],
    entrou: entrou === undefined ? undefined : Number(entrou),
    saiu: saiu === undefined ? undefined : Number(saiu),
    mudancas,
  };
}

/**
 * As mensagens que cada um deve ver. O que o contrato não fixa (o id de uma mensagem, a ordem de duas saídas no mesmo
 * instante) se aprende na primeira resposta que o mostra, e se cobra dali em diante, de todos.
 */

import type { Mensagem } from '../../suporte/pessoas.ts';
import { Discordancia, exigir, igual } from './discordancia.ts';

const PAGINA = 50;

export interface MensagemEsperada {
  id: number | undefined;
  readonly tipo: Mensagem['tipo'];
  readonly origem: string;
  readonly destino: string;
  readonly conteudo: string;
  /** `undefined` quando o relógio é o do mundo. */
  readonly timestamp: string | undefined;
  /** As sessões que a veem. */
  readonly visivelPara: 'todos' | readonly number[];
  /** De quem diz que entrou ou saiu: não é das que se disseram. */
  readonly passagem?: { readonly quem: number; readonly entrou: boolean };
  /** Mensagens do mesmo instante, cuja ordem entre si só se sabe ao vê-las. */
  readonly juntas: number | undefined;
}

/** De uma sala, o que decide que mensagens se veem. */
export interface SalaEsperada {
  readonly nome: string;
  readonly mensagens: MensagemEsperada[];
  /** Todo id desta sala é maior que este: o último da sala anterior de mesmo nome. */
  readonly depoisDe: number;
}

export function visiveis(sala: SalaEsperada, quem: number): MensagemEsperada[] {
  return sala.mensagens.filter(({ visivelPara }) => visivelPara === 'todos' || visivelPara.includes(quem));
}

/** As últimas que se disseram, e a última entrada de quem lê, no lugar dela. */
export function ultimas(sala: SalaEsperada, quem: number): MensagemEsperada[] {
  const entrada = sala.mensagens.findLast(({ passagem }) => passagem?.entrou && passagem.quem === quem);
  const ditas = visiveis(sala, quem)
    .filter(({ passagem }) => passagem === undefined)
    .slice(-PAGINA);
  return sala.mensagens.filter((mensagem) => mensagem === entrada || ditas.includes(mensagem));
}

/** Uma mensagem que ninguém viu ainda é mais nova que todas as que se viram. */
export function primeirasDepoisDe(sala: SalaEsperada, quem: number, desde: number): MensagemEsperada[] {
  return visiveis(sala, quem)
    .filter(({ id }) => id === undefined || id > desde)
    .slice(0, PAGINA);
}

/**
 * Compara as mensagens de uma resposta com as esperadas, e aprende os ids que ainda não se sabiam.
 * @param quais as esperadas, como a sala está: o que aconteceu ao mesmo tempo pode ainda mudar de lugar nela
 */
export function conferirMensagens(
  sala: SalaEsperada,
  quais: () => MensagemEsperada[],
  vistas: readonly Mensagem[],
): void {
  for (const [indice, vista] of vistas.entries()) {
    if (quais()[indice]?.conteudo !== vista.conteudo) trazerPara(sala, quais()[indice], vista);
    const esperada = quais()[indice];
    const frase = () => `as mensagens deviam ser ${textos(quais())}, e foram ${textos(vistas)}`;
    if (!esperada) throw new Discordancia(frase());
    if (esperada.id === undefined) aprender(sala, esperada, vista, frase);
    const { id, tipo, origem, destino, conteudo } = esperada;
    const timestamp = esperada.timestamp ?? vista.timestamp;
    igual(vista, { id, sala: sala.nome, tipo, origem, destino, conteudo, timestamp }, 'a mensagem');
    exigir(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(timestamp), () => `não é um instante: ${timestamp}`);
  }
  exigir(quais().length === vistas.length, () => `deviam ser ${textos(quais())}, e foram ${textos(vistas)}`);
}

/** A ordem do que aconteceu ao mesmo tempo só se sabe ao vê-la. */
function trazerPara(sala: SalaEsperada, antes: MensagemEsperada | undefined, vista: Mensagem): void {
  const de = sala.mensagens.findIndex(
    ({ id, juntas, conteudo }) =>
      id === undefined && juntas !== undefined && juntas === antes?.juntas && conteudo === vista.conteudo,
  );
  if (de < 0 || !antes) return;
  const [mudada] = sala.mensagens.splice(de, 1) as [MensagemEsperada];
  sala.mensagens.splice(sala.mensagens.indexOf(antes), 0, mudada);
}

function aprender(sala: SalaEsperada, esperada: MensagemEsperada, vista: Mensagem, frase: () => string): void {
  esperada.id = vista.id;
  const conhecidos = [sala.depoisDe, ...sala.mensagens.flatMap(({ id }) => (id === undefined ? [] : [id]))];
  const crescem = conhecidos.every((id, posicao) => posicao === 0 || id > (conhecidos[posicao - 1] as number));
  exigir(crescem && Number.isSafeInteger(vista.id), () => `os ids não crescem (${conhecidos.join(', ')}): ${frase()}`);
}

function textos(mensagens: readonly { readonly id: number | undefined; readonly conteudo: string }[]): string {
  return JSON.stringify(mensagens.map(({ id, conteudo }) => `${id ?? '?'}: ${conteudo.slice(0, 40)}`));
}

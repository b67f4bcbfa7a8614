/** A chamada escolhida: de quem a quem, o que viajou, quanto levou e por que aconteceu. */

import type { Chamada, Historia } from '../../pagina/historia.ts';
import { oQueFaltou } from '../../pagina/perda.ts';
import { achar, elemento } from '../elementos.ts';

/** O que não cabe se rola, e por isso recebe o foco. */
const ROLAVEL = { tabindex: '0', role: 'group', 'aria-labelledby': 'titulo-chamada' };

export class Detalhes {
  readonly #historia: Historia;
  readonly #cartao = achar('chamada');
  #escolhida: Chamada | undefined;
  #acabou = false;

  constructor(historia: Historia) {
    this.#historia = historia;
    this.mostrar(undefined);
  }

  mostrar(id: string | undefined): void {
    const chamada = id === undefined ? undefined : this.#historia.chamada(id);
    this.#escolhida = chamada;
    this.#acabou = chamada?.fimMs !== undefined;
    const titulo = elemento('h2', { id: 'titulo-chamada' }, chamada?.procedimento ?? 'Uma chamada');
    if (!chamada) {
      const convite =
        'Passe o cursor por uma seta, ou pelo ✕ de uma que se perdeu, para ver o que viajou. Com o teclado: chegue à figura com Tab, e ande com as setas para cima e para baixo.';
      this.#cartao.replaceChildren(elemento('div', ROLAVEL, titulo, elemento('p', {}, convite)));
      return;
    }
    const campos = this.#camposDe(chamada).flatMap(([nome, valor]) => [
      elemento('dt', {}, nome),
      elemento('dd', {}, valor),
    ]);
    const json = [
      chamada.params && `→ ${enfeitar(chamada.params)}`,
      chamada.resultado && `← ${enfeitar(chamada.resultado)}`,
    ];
    this.#cartao.replaceChildren(
      elemento('div', ROLAVEL, titulo, elemento('dl', {}, ...campos)),
      elemento('pre', { tabindex: '0', 'aria-label': 'O que viajou' }, json.filter(Boolean).join('\n')),
    );
  }

  /** A chamada que estava em andamento quando se escolheu pode já ter acabado. */
  atualizar(): void {
    if (this.#escolhida && !this.#acabou && this.#escolhida.fimMs !== undefined) this.mostrar(this.#escolhida.id);
  }

  #camposDe(chamada: Chamada): (readonly [nome: string, valor: string])[] {
    const nomeDe = (id: string | undefined) =>
      this.#historia.faixas().find((faixa) => faixa.id === id)?.nome ?? 'outro programa';
    const para = chamada.para === undefined ? (chamada.destino ?? 'não se sabe') : nomeDe(chamada.para);
    const campos: (readonly [string, string])[] = [
      ['caminho', `${nomeDe(chamada.de)} → ${para}`],
      ['desfecho', desfechoDe(chamada, nomeDe)],
    ];
    if (chamada.chave !== undefined) campos.push(['chave', chamada.chave]);
    campos.push(['porque', causaDe(chamada, this.#historia)]);
    return campos;
  }
}

function desfechoDe(chamada: Chamada, nomeDe: (faixa: string | undefined) => string): string {
  const { inicioMs, fimMs, falta, desfecho } = chamada;
  if (fimMs === undefined) return 'ainda sem resposta';
  const oQue = falta === undefined ? (desfecho ?? '…') : `✕ ${oQueFaltou(chamada, nomeDe)} (${falta})`;
  return `${oQue}, em ${emMs(fimMs - inicioMs)}`;
}

/** O que levou a esta chamada: uma tentativa sem resposta, ou a última coisa que quem chama soube. */
function causaDe(chamada: Chamada, historia: Historia): string {
  if (chamada.repete) return `repete a tentativa que ficou sem resposta (${chamada.repete.falta ?? 'sem desfecho'})`;
  let anterior: Chamada | undefined;
  for (const outra of historia.chamadasEntre(chamada.inicioMs - 60_000, chamada.inicioMs)) {
    const acabouAntes = outra.de === chamada.de && outra.fimMs !== undefined && outra.fimMs <= chamada.inicioMs;
    if (acabouAntes && outra.id !== chamada.id) anterior = outra;
  }
  return anterior ? `depois de ${anterior.procedimento} (${anterior.falta ?? anterior.desfecho ?? '…'})` : 'início';
}

function enfeitar(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 1);
  } catch {
    // Cortado por ser grande demais: vai como está.
    return json;
  }
}

function emMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1).replace('.', ',')} s`;
  return `${ms < 10 ? ms.toFixed(1).replace('.', ',') : Math.round(ms)} ms`;
}

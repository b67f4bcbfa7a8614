/** A chamada escolhida: de quem a quem, o que viajou, quanto levou e por que aconteceu. */

import type { Chamada, Historia } from '../pagina/historia.ts';
import { achar, elemento } from './elementos.ts';

export class Detalhes {
  readonly #historia: Historia;
  readonly #cartao = achar('chamada');

  constructor(historia: Historia) {
    this.#historia = historia;
    this.mostrar(undefined);
  }

  mostrar(id: string | undefined): void {
    const chamada = id === undefined ? undefined : this.#historia.chamada(id);
    const titulo = elemento('h2', { id: 'titulo-chamada' }, chamada?.procedimento ?? 'Uma chamada');
    if (!chamada) {
      const convite = 'Passe o cursor por uma seta, ou escolha-a com o teclado, para ver o que viajou nela.';
      this.#cartao.replaceChildren(titulo, elemento('p', {}, convite));
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
      titulo,
      elemento('dl', {}, ...campos),
      elemento('pre', { tabindex: '0', 'aria-label': 'O que viajou' }, json.filter(Boolean).join('\n')),
    );
  }

  #camposDe(chamada: Chamada): (readonly [nome: string, valor: string])[] {
    const nome = (id: string | undefined) => this.#historia.faixas().find((faixa) => faixa.id === id)?.nome;
    const levou = chamada.fimMs === undefined ? 'ainda sem resposta' : `${emMs(chamada.fimMs - chamada.inicioMs)}`;
    const campos: (readonly [string, string])[] = [
      ['de', nome(chamada.de) ?? 'outro programa'],
      ['para', nome(chamada.para) ?? chamada.destino ?? 'não se sabe'],
      ['levou', levou],
      ['desfecho', chamada.falta ?? chamada.desfecho ?? '…'],
      ['porque', causaDe(chamada, this.#historia)],
    ];
    if (chamada.chave !== undefined) campos.push(['chave', chamada.chave]);
    return campos;
  }
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

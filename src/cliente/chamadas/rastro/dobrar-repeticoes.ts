/**
 * Numa falha as mesmas perguntas se repetem muitas vezes por segundo, e levariam da tela a linha que explica o que houve:
 * cada uma se mostra uma vez, e das outras se diz quantas foram. Uma resposta boa acaba com a falha.
 */

import type { Clock } from '../../../process/clock.ts';
import { explicarQueda } from '../explicar.ts';
import { type Acontecimento, type Observador, PREFIXO } from './rastro.ts';

/** A cada quanto tempo se diz, enquanto a falha dura, quantas foram. */
const RITMO_DA_CONTA_MS = 6_000;

/**
 * @param contar mostra um acontecimento
 * @param mostrar recebe a linha que diz quantas se repetiram
 * @returns o mesmo observador, sem as repetições
 */
export function dobrarRepeticoes(contar: Observador, mostrar: (linha: string) => void, clock: Clock): Observador {
  /** O que já se mostrou desde que a falha começou; vazio fora de uma. */
  const mostrados = new Set<string>();
  let repetidos = 0;
  let desdeMs = 0;
  const dizerQuantos = () => {
    const segundos = Math.max(1, Math.round((clock.monotonicoMs() - desdeMs) / 1000));
    if (repetidos > 0) mostrar(`${PREFIXO}as mesmas linhas, mais ${repetidos} vezes em ${segundos} s`);
    repetidos = 0;
  };
  return (acontecimento) => {
    const chave = oQueSeMostra(acontecimento);
    if (mostrados.has(chave)) {
      if (repetidos === 0) desdeMs = clock.monotonicoMs();
      repetidos += 1;
      if (clock.monotonicoMs() - desdeMs >= RITMO_DA_CONTA_MS) dizerQuantos();
      return;
    }
    if (acontecimento.tipo === 'resposta' && acontecimento.erro === undefined) {
      dizerQuantos();
      mostrados.clear();
    } else if (mostrados.size > 0 || 'erro' in acontecimento) mostrados.add(chave);
    contar(acontecimento);
  };
}

/** O que duas linhas iguais têm igual: não quanto demoraram, nem quanto resta de um lease. */
function oQueSeMostra(acontecimento: Acontecimento): string {
  const { tipo, nome } = acontecimento;
  const onde = 'url' in acontecimento ? acontecimento.url : acontecimento.binder;
  const porque = 'erro' in acontecimento && acontecimento.erro !== undefined ? explicarQueda(acontecimento.erro) : '';
  return [tipo, nome, onde, porque].join('\n');
}

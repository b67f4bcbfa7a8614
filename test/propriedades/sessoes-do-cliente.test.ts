/**
 * Sessões ao acaso do cliente de terminal. CHAT_SESSOES diz quantas (300, antes de lançar uma versão), e CHAT_SEMENTE a
 * primeira delas: a de uma falha se repete com CHAT_SESSOES=1.
 */

import { expect, test } from 'vitest';
import { sortear } from '../../scripts/comum/sorteio.ts';
import { viverSessao } from './cliente/sessao.ts';

const SESSOES = Number(process.env['CHAT_SESSOES'] ?? 20);

test('uma sessão qualquer não perde tecla nem linha, e nada de fora chega cru ao terminal', {
  timeout: 600_000,
}, async () => {
  const { semente: primeira } = sortear();
  for (let semente = primeira; semente < primeira + SESSOES; semente += 1) {
    await viverSessao(sortear(semente)).catch((erro: unknown) => {
      throw new Error(`com CHAT_SEMENTE=${semente} CHAT_SESSOES=1: ${erro instanceof Error ? erro.message : erro}`, {
        cause: erro,
      });
    });
  }
  expect(SESSOES).toBeGreaterThan(0);
});

/** Centenas de histórias ao acaso, com o servidor dentro do teste e o modelo ao lado. */

import { describe, test } from 'vitest';
import { Condutor } from './condutor.ts';
import { type Acao, historias } from './historia.ts';
import { correrHistorias, vezesPedidas } from './relato.ts';
import { abrirServidorEmMemoria } from './servidores/em-memoria.ts';

const PRAZO_MS = 5_000;

async function viver(historia: readonly Acao[], limiteDeMensagens: number): Promise<void> {
  await using servidor = await abrirServidorEmMemoria(limiteDeMensagens);
  await new Condutor(servidor).conduzir(historia);
}

describe('o servidor e o contrato contam a mesma história', () => {
  test('com várias pessoas, reinícios, e o tempo passando', { timeout: 600_000 }, async () => {
    const todas = historias({ comTempo: true, passos: 25 });
    await correrHistorias(todas, (historia) => viver(historia, 0), { vezes: vezesPedidas(200), prazoMs: PRAZO_MS });
  });

  test('também quando cada pessoa só pode enviar três mensagens por segundo', { timeout: 600_000 }, async () => {
    const todas = historias({ comTempo: true, passos: 20 });
    await correrHistorias(todas, (historia) => viver(historia, 3), { vezes: vezesPedidas(75), prazoMs: PRAZO_MS / 2 });
  });
});

/**
 * Carregado antes de um processo (`node --import`), deixa o teste acertar a hora do mundo dele enquanto roda:
 * SIGUSR2 lê de CHAT_TESTE_HORA quantos ms pular. O tempo monotônico não muda, como num relógio de verdade.
 */

import { readFileSync } from 'node:fs';

const arquivo = process.env['CHAT_TESTE_HORA'] ?? '';
const HoraDeVerdade = Date;
let puloMs = 0;

globalThis.Date = new Proxy(HoraDeVerdade, {
  construct: (Hora, partes) => (partes.length === 0 ? new Hora(agoraMs()) : Reflect.construct(Hora, partes)),
  get: (Hora, nome) => (nome === 'now' ? agoraMs : Reflect.get(Hora, nome)),
});

function agoraMs() {
  return HoraDeVerdade.now() + puloMs;
}

process.on('SIGUSR2', () => {
  puloMs = Number(readFileSync(arquivo, 'utf8'));
});

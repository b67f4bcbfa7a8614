/** Espera por uma condição, não por um tempo: o prazo só existe para que um teste errado acabe. */

import { lentidao } from './folga.ts';

/** A primeira pergunta repete-se logo; quem espera muito pergunta cada vez menos, que perguntar também custa. */
const PRIMEIRO_INTERVALO_MS = 5;
const MAIOR_INTERVALO_MS = 100;
const CRESCIMENTO = 1.25;

/**
 * @param condicao devolve (ou promete) um valor que não seja `undefined`, `null` ou `false` quando se cumpre
 * @param oQue nomeia a condição na falha
 * @param prazoMs quando desistir numa máquina livre; numa ocupada, espera-se na proporção
 */
export async function ate<T>(
  condicao: () => T | Promise<T>,
  oQue = 'a condição',
  prazoMs = 60_000,
): Promise<NonNullable<T>> {
  const inicioMs = performance.now();
  const esperouMs = () => performance.now() - inicioMs;
  for (
    let intervaloMs = PRIMEIRO_INTERVALO_MS;
    ;
    intervaloMs = Math.min(intervaloMs * CRESCIMENTO, MAIOR_INTERVALO_MS)
  ) {
    const valor = await condicao();
    if (valor !== undefined && valor !== null && valor !== false) return valor;
    if (esperouMs() > prazoMs && esperouMs() > prazoMs * lentidao()) {
      throw new Error(`${oQue} não se cumpriu em ${Math.round(esperouMs())} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, intervaloMs));
  }
}

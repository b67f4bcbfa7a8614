/** O dono de uma sessão guardada, que num teste pode ser um processo que já não há. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Maior que qualquer número que o sistema dê a um processo. */
export const MORTO = 2 ** 30;

/**
 * Escreve outra coisa sobre o dono de cada sessão guardada; sem isso, como se ele tivesse sido morto.
 * @param pasta a do estado do cliente
 */
export function trocarDono(pasta: string, outro: object = { pid: MORTO }): void {
  const sessoes = join(pasta, 'sessoes');
  for (const arquivo of readdirSync(sessoes)) {
    const guardada = JSON.parse(readFileSync(join(sessoes, arquivo), 'utf8'));
    const dono = { ...guardada.dono, ...outro };
    writeFileSync(join(sessoes, arquivo), JSON.stringify({ ...guardada, dono }));
  }
}

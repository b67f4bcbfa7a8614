/** Se o processo que escreveu um arquivo ainda vive: o número só não basta, porque o sistema o dá de novo a outro. */

import { readFileSync } from 'node:fs';

export interface Dono {
  readonly pid: number;
  /** Quando começou, como o sistema o diz; `undefined` onde ele não diz. */
  readonly inicio: string | undefined;
}

export function esteProcesso(): Dono {
  return { pid: process.pid, inicio: inicioDe(process.pid) };
}

export function estaVivo({ pid, inicio }: Dono): boolean {
  try {
    process.kill(pid, 0);
  } catch (erro) {
    // De outra conta, mas vivo.
    if ((erro as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const inicioAgora = inicioDe(pid);
  return inicio === undefined || inicioAgora === undefined || inicioAgora === inicio;
}

/** Em proc(5), o instante da partida é o campo 22 de `stat`, o vigésimo depois do nome entre parênteses. */
function inicioDe(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}

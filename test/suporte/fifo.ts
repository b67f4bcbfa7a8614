/** Um fifo no lugar de um arquivo, com alguém do outro lado: quem o ler recebe o texto, em vez de esperar para sempre. */

import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Põe o fifo no caminho, no lugar do que houver ali. */
export function porFifo(caminho: string, texto: string): Disposable {
  rmSync(caminho, { force: true });
  execFileSync('mkfifo', [caminho]);
  const escritor = spawn('sh', ['-c', 'printf %s "$1" > "$2"', 'escritor', texto, caminho], { stdio: 'ignore' });
  return { [Symbol.dispose]: () => void escritor.kill('SIGKILL') };
}

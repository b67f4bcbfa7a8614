import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PastaTemporaria extends Disposable {
  readonly caminho: string;
}

/** A memória serve de disco, onde há como. */
const EM_MEMORIA = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Uma pasta que se desfaz sozinha: `using pasta = pastaTemporaria()`. */
export function pastaTemporaria(base = tmpdir()): PastaTemporaria {
  const caminho = mkdtempSync(join(base, 'chat-teste-'));
  return {
    caminho,
    [Symbol.dispose]: () => rmSync(caminho, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Para dados de que só a ordem das gravações conta, não que cheguem ao metal. */
export function pastaEmMemoria(): PastaTemporaria {
  return pastaTemporaria(EM_MEMORIA);
}

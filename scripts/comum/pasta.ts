import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PastaTemporaria extends Disposable {
  readonly caminho: string;
}

/** Por ela a rodada dá aos seus processos uma pasta sua na memória. */
export const VARIAVEL_DA_MEMORIA = 'PASTA_DA_RODADA_EM_MEMORIA';

/** A memória serve de disco, onde há como. */
export const EM_MEMORIA = process.env[VARIAVEL_DA_MEMORIA] ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

/** Uma pasta que se desfaz sozinha: `using pasta = pastaTemporaria()`. */
export function pastaTemporaria(base = tmpdir()): PastaTemporaria {
  const caminho = mkdtempSync(join(base, 'chat-'));
  return {
    caminho,
    [Symbol.dispose]: () => rmSync(caminho, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Para dados de que só a ordem das gravações conta, não que cheguem ao metal. */
export function pastaEmMemoria(): PastaTemporaria {
  return pastaTemporaria(EM_MEMORIA);
}

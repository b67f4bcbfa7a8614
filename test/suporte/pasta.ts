import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PastaTemporaria extends Disposable {
  readonly caminho: string;
}

/** Uma pasta que se desfaz sozinha: `using pasta = pastaTemporaria()`. */
export function pastaTemporaria(): PastaTemporaria {
  const caminho = mkdtempSync(join(tmpdir(), 'chat-teste-'));
  return {
    caminho,
    [Symbol.dispose]: () => rmSync(caminho, { recursive: true, force: true, maxRetries: 5 }),
  };
}

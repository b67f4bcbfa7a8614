import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tudo o que há nos arquivos de uma pasta e das pastas dela. Um provisório que se renomeia enquanto se lê não conta. */
export function bytesDaPasta(pasta: string): Buffer {
  const arquivos = readdirSync(pasta, { recursive: true, withFileTypes: true }).filter((entrada) => entrada.isFile());
  return Buffer.concat(arquivos.map(({ parentPath, name }) => lerSeHa(join(parentPath, name))));
}

function lerSeHa(arquivo: string): Buffer {
  try {
    return readFileSync(arquivo);
  } catch (erro) {
    if ((erro as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw erro;
  }
}

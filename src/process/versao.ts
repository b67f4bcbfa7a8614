import { readFileSync } from 'node:fs';

/** A versão do pacote: o package.json está sempre duas pastas acima do que roda. */
export const VERSAO: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

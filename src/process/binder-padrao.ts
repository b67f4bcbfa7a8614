/** O binder que se usa quando ninguém diz outro. */

import { existsSync, readFileSync } from 'node:fs';

/**
 * Duas pastas acima do que roda: deste arquivo, ou do que junta o cliente que se oferece num só. Os scripts, que se emitem
 * em outra pasta, não têm um ali.
 */
const PACOTE = new URL('../../package.json', import.meta.url);

/** O cliente que um binder oferece traz no package.json a URL dele. */
export const BINDER_PADRAO: string = urlDeQuemOfereceu() ?? 'http://localhost:5000';

function urlDeQuemOfereceu(): string | undefined {
  return existsSync(PACOTE) ? JSON.parse(readFileSync(PACOTE, 'utf8')).chatBinder : undefined;
}

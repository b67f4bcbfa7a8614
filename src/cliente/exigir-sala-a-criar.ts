/** `--criar` diz o que fazer com a sala de `--sala`: sem ela, na conversa, não diria nada. */

import { StartupError } from '../process/lifecycle.ts';
import { STATUS_DE_USO_ERRADO } from '../process/opcoes/options.ts';

/** @throws StartupError com --criar e sem --sala */
export function exigirSalaACriar(
  processo: string,
  { criar, sala }: { readonly criar: boolean; readonly sala: string | undefined },
): void {
  if (!criar || sala !== undefined) return;
  throw new StartupError(`${processo}: --criar só serve com --sala, que diz a sala que se cria`, STATUS_DE_USO_ERRADO);
}

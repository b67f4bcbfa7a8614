/**
 * Liga os traces do OpenTelemetry, se quem iniciou o processo carregou um SDK (`node --import …`).
 * Sem SDK, nada disto se carrega, e nenhuma chamada custa mais.
 */

import type { Opened } from '../../process/lifecycle.ts';
import type { Tracado } from './tracado.ts';

/** Onde a API guarda o que o SDK lhe deu: o lugar é o mesmo em toda versão 1 dela, e em toda cópia. */
const DADO_PELO_SDK = Symbol.for('opentelemetry.js.api.1');

function haSdk(): boolean {
  const dado = (globalThis as { [DADO_PELO_SDK]?: { readonly trace?: unknown } })[DADO_PELO_SDK];
  return dado?.trace !== undefined;
}

/**
 * @param aoAvisar recebe, numa linha, por que um SDK que está carregado não pode ser usado
 * @param abertos quem o fecha com o resto; quem usa a biblioteca cuida do seu próprio SDK, e não o diz
 */
export async function tracarSeHaSdk(
  aoAvisar: (texto: string) => void,
  abertos?: Pick<Opened, 'add'>,
): Promise<Tracado | undefined> {
  if (!haSdk()) return undefined;
  try {
    const { abrirTracado } = await import('./tracado.ts');
    const tracado = abrirTracado();
    return abertos?.add(tracado) ?? tracado;
  } catch (erro) {
    if ((erro as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw erro;
    aoAvisar('há um SDK do OpenTelemetry, mas falta o pacote @opentelemetry/api: instale-o ao lado do chat');
    return undefined;
  }
}

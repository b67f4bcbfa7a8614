/** O que as opções do servidor precisam dizer juntas: um engano se conta na partida, e não a cada chamada. */

import { ehEndereco } from '../contract/binder.ts';
import { semColchetes } from '../process/enderecos.ts';
import { StartupError } from '../process/lifecycle.ts';
import { STATUS_DE_USO_ERRADO } from '../process/opcoes/options.ts';
import type { Identidade } from '../process/tls/tls.ts';

/**
 * O endereço que o servidor registra no binder: o de `--endereco`, ou o host em que escuta.
 * @throws StartupError se não é um endereço que o binder aceite, ou se falta, porque ninguém alcança "todos os endereços"
 */
export function enderecoAnunciado(
  processo: string,
  { host, endereco }: { readonly host: string; readonly endereco: string | undefined },
): string {
  if (endereco === undefined && (host === '0.0.0.0' || host === '::')) {
    throw new StartupError(
      `${processo}: com --host ${host}, diga em --endereco (ou CHAT_ENDERECO) por onde os clientes alcançam este servidor`,
      STATUS_DE_USO_ERRADO,
    );
  }
  const texto = endereco ?? host;
  const address = semColchetes(texto);
  if (ehEndereco(address)) return address;
  throw new StartupError(
    `${processo}: --endereco deve ser um nome de máquina ou endereço IP; veio ${JSON.stringify(texto)}`,
    STATUS_DE_USO_ERRADO,
  );
}

/**
 * O sistema todo usa um esquema só (http ou https): o cliente usa com o servidor o mesmo que usou com o binder.
 * @throws StartupError se um é https e o outro não
 */
export function exigirUmEsquema(
  processo: string,
  binders: readonly string[],
  identidade: Identidade | undefined,
): void {
  if (binders.every((url) => url.startsWith('https:')) === (identidade !== undefined)) return;
  throw new StartupError(
    identidade
      ? `${processo}: com --tls-cert, --binder deve ser uma URL https: o sistema todo usa um esquema só`
      : `${processo}: com um binder https, o servidor também precisa de --tls-cert e --tls-key`,
    STATUS_DE_USO_ERRADO,
  );
}

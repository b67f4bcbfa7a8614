/** O endereço em que um processo escuta: o que conferir antes, e como explicar uma falha. */

import { lookup } from 'node:dns/promises';
import { ehLoopback, hostComPorta } from './enderecos.ts';
import { StartupError } from './lifecycle.ts';

interface Escuta {
  readonly processo: string;
  readonly host: string;
  readonly porta: number;
  /** A variável de ambiente da porta. */
  readonly variavelDaPorta: string;
}

/** @returns se o host só é alcançável desta máquina; de um nome que não se resolve, a falha aparece ao escutar nele */
export async function escutaSoNestaMaquina(host: string): Promise<boolean> {
  try {
    const enderecos = await lookup(host, { all: true });
    return enderecos.every(({ address }) => ehLoopback(address));
  } catch {
    return false;
  }
}

/** @returns por que nomes se chega a quem escuta nesse host; de todos os endereços da máquina não se sabe nenhum */
export function nomesDeQuemEscuta(host: string): string[] {
  if (host === '0.0.0.0' || host === '::') return [];
  return ehLoopback(host) ? [host, 'localhost'] : [host];
}

/**
 * Quem outras máquinas alcançam só escuta com um segredo.
 * @throws StartupError se falta o segredo
 */
export async function exigirSegredoForaDaqui(
  processo: string,
  host: string,
  segredo: string | undefined,
): Promise<void> {
  if (segredo !== undefined || (await escutaSoNestaMaquina(host))) return;
  throw new StartupError(`${processo}: escutar em ${host}, fora desta máquina, exige um segredo em CHAT_SEGREDO`);
}

const FRASES: Readonly<Record<string, (escuta: Escuta) => string>> = {
  EADDRINUSE: ({ host, porta, variavelDaPorta }) =>
    `a porta ${porta} já está em uso em ${host}; escolha outra com --porta ou ${variavelDaPorta}`,
  EACCES: ({ porta }) => `sem permissão para escutar na porta ${porta}; escolha uma acima de 1023 com --porta`,
  EADDRNOTAVAIL: ({ host }) => `o endereço ${host} não é desta máquina; veja --host`,
  ENOTFOUND: ({ host }) => `o nome ${host} não foi encontrado; veja --host`,
  EAI_AGAIN: ({ host }) => `o nome ${host} não foi encontrado; veja --host`,
};

/** @returns a falha de `listen` numa linha, com o que fazer */
export function falhaDeEscuta(erro: unknown, escuta: Escuta): StartupError {
  const codigo = (erro as NodeJS.ErrnoException).code ?? String(erro);
  const frase =
    FRASES[codigo]?.(escuta) ?? `não foi possível escutar em ${hostComPorta(escuta.host, escuta.porta)} (${codigo})`;
  return new StartupError(`${escuta.processo}: ${frase}`);
}

/** @returns o aviso de que as mensagens viajam sem cifra, quando é o caso */
export async function avisoDeTextoClaro(host: string, cifrado: boolean): Promise<string | undefined> {
  if (cifrado || (await escutaSoNestaMaquina(host))) return undefined;
  return `sem --tls-cert, as mensagens viajam sem cifra na rede em que está ${host}`;
}

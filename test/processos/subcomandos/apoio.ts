/** O cliente sem terminal, como um script o usa: argumentos, entrada, e o que sai. */

import { randomUUID } from 'node:crypto';
import { mainDe, type Terminado } from '../../../scripts/comum/processos.ts';
import { lancar } from '../../../scripts/comum/programa.ts';
import { type Chat, conectar } from '../../../src/cliente/biblioteca/biblioteca.ts';
import type { Mensagem } from '../../../src/contract/chat.ts';

export const CLIENTE = mainDe('cliente');

export interface Comando extends AsyncDisposable {
  readonly saida: () => string;
  readonly fecharEntrada: () => void;
  /** Deixa de ler o que ele escreve, como um `head` que já terminou. */
  readonly fecharSaida: () => void;
  readonly sinal: (sinal: NodeJS.Signals) => void;
  readonly fim: Promise<Terminado>;
}

export function abrirComando(argumentos: readonly string[]): Comando {
  const { filho, saida, erros, lido, encerrar } = lancar([process.execPath, CLIENTE, ...argumentos], {
    entrada: true,
  });
  // Quem termina sem ler a entrada não é um erro do teste.
  filho.stdin?.on('error', () => {});
  return {
    saida,
    fecharEntrada: () => filho.stdin?.end(),
    fecharSaida: () => filho.stdout?.destroy(),
    sinal: (sinal) => filho.kill(sinal),
    fim: lido.then((status) => ({
      status: typeof status === 'number' ? status : null,
      saida: saida(),
      erros: erros(),
    })),
    [Symbol.asyncDispose]: async () => {
      await encerrar('SIGKILL');
    },
  };
}

/** Roda até o fim, com a entrada vazia. */
export async function rodarComando(argumentos: readonly string[]): Promise<Terminado> {
  await using comando = abrirComando(argumentos);
  comando.fecharEntrada();
  return await comando.fim;
}

export function linhasDe(saida: string): string[] {
  return saida.split('\n').slice(0, -1);
}

/** Como começa uma mensagem numa linha. */
export const EM_LINHA = /^\[\d\d:\d\d:\d\d] /;

/** Um nome que nenhum outro teste usa. */
export function unico(base: string): string {
  return `${base} ${randomUUID().slice(0, 8)}`;
}

/** Alguém numa sala só deste teste. @param binder a URL dele */
export async function abrirSala(binder: string): Promise<{ readonly sala: string; readonly ana: Chat }> {
  const sala = unico('Sala');
  const ana = await conectar({ nome: unico('Ana'), sala, criarSala: true, binder });
  return { sala, ana };
}

/** O que as pessoas disseram na sala. */
export async function ultimas(ana: Chat, sala: string): Promise<readonly Mensagem[]> {
  return (await ana.entrar(sala)).mensagens.filter(({ origem }) => origem !== 'SERVER');
}

/** Um sistema e os clientes que conversam por ele em terminais, com as regras, o store e o protocolo de verdade. */

import { afterEach, beforeEach } from 'vitest';
import type { Abertura, TerminalDeTeste } from '../terminal.ts';
import { abrirClienteLocal } from './cliente-local.ts';
import type { SistemaLocal } from './sistema-local.ts';

type Janela = Omit<Abertura, 'argumentos'>;

export interface Palco<S> {
  readonly sistema: () => S;
  readonly abrir: (argumentos?: readonly string[], janela?: Janela) => TerminalDeTeste;
  /** Um cliente já dentro da sala, que é criada se preciso. */
  readonly abrirNaSala: (nome: string, sala?: string, janela?: Janela) => Promise<TerminalDeTeste>;
  /** O mesmo, sempre dentro do teste: para quem só faz companhia ao processo que se prova. */
  readonly acompanhar: (nome: string) => Promise<TerminalDeTeste>;
}

/**
 * Um sistema novo a cada teste; o que se abriu nele acaba antes dele.
 * @param iniciar `abrirSistemaLocal`, ou `abrirSistemaQueCai`
 * @param abrirUm `abrirClienteLocal`, dentro do teste, ou `abrirCliente`, um processo num pseudoterminal
 */
export function montarPalco<S extends SistemaLocal>(
  iniciar: () => Promise<S>,
  abrirUm: (abertura: Abertura) => TerminalDeTeste,
): Palco<S> {
  let sistema: S;
  let abertos: TerminalDeTeste[] = [];

  beforeEach(async () => {
    sistema = await iniciar();
  });

  afterEach(async () => {
    await Promise.all(abertos.map((aberto) => aberto[Symbol.asyncDispose]()));
    abertos = [];
    await sistema[Symbol.asyncDispose]();
  });

  function abrir(argumentos: readonly string[] = [], janela: Janela = {}, abrirEste = abrirUm): TerminalDeTeste {
    const cliente = abrirEste({
      argumentos: ['--binder', sistema.binder.url, '--intervalo', '50', ...argumentos],
      ...janela,
    });
    abertos.push(cliente);
    return cliente;
  }

  async function abrirNaSala(
    nome: string,
    sala = 'Geral',
    janela: Janela = {},
    abrirEste = abrirUm,
  ): Promise<TerminalDeTeste> {
    const cliente = abrir(['--nome', nome, '--sala', sala, '--criar'], janela, abrirEste);
    await cliente.verMenu('1) Enviar mensagem');
    return cliente;
  }

  return {
    sistema: () => sistema,
    abrir,
    abrirNaSala,
    acompanhar: (nome) => abrirNaSala(nome, 'Geral', {}, abrirClienteLocal),
  };
}

/** Em quantas linhas, roladas ou não, o texto aparece. */
export function vezes(cliente: TerminalDeTeste, texto: string): number {
  return cliente.linhas().filter((linha) => linha.includes(texto)).length;
}

/** Clientes de verdade em pseudoterminais, com as regras, o store e o protocolo de verdade. */

import { afterEach, beforeEach } from 'vitest';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { iniciarSistema, type Sistema } from '../../suporte/processos.ts';
import { abrirSistemaLocal, type SistemaLocal } from '../../suporte/sistema-local.ts';
import { abrirCliente, type TerminalDeTeste } from '../../suporte/terminal.ts';

interface Abertura {
  readonly colunas?: number;
  readonly fileiras?: number;
  readonly ambiente?: Readonly<Record<string, string>>;
}

export interface Palco<S> {
  readonly sistema: () => S;
  readonly abrir: (argumentos?: readonly string[], abertura?: Abertura) => TerminalDeTeste;
  /** Um cliente já dentro da sala, que é criada se preciso. */
  readonly abrirNaSala: (nome: string, sala?: string, abertura?: Abertura) => Promise<TerminalDeTeste>;
}

/** Um sistema novo a cada teste, dentro dele; o que se abriu é morto no fim. */
export function montarPalco(): Palco<SistemaLocal> {
  return montar(abrirSistemaLocal);
}

/** Com o binder e o servidor em processos seus, que o teste pode matar. */
export function montarPalcoDeProcessos(): Palco<Sistema> {
  return montar(() => iniciarSistema({ argumentos: SEM_LIMITES }));
}

function montar<S extends SistemaLocal>(iniciar: () => Promise<S>): Palco<S> {
  let sistema: S;
  let abertos: TerminalDeTeste[] = [];

  beforeEach(async () => {
    sistema = await iniciar();
  });

  afterEach(async () => {
    for (const aberto of abertos) aberto[Symbol.dispose]();
    abertos = [];
    await sistema[Symbol.asyncDispose]();
  });

  function abrir(argumentos: readonly string[] = [], abertura: Abertura = {}): TerminalDeTeste {
    const cliente = abrirCliente({
      argumentos: ['--binder', sistema.binder.url, '--intervalo', '50', ...argumentos],
      ...abertura,
    });
    abertos.push(cliente);
    return cliente;
  }

  async function abrirNaSala(nome: string, sala = 'Geral', abertura: Abertura = {}): Promise<TerminalDeTeste> {
    const cliente = abrir(['--nome', nome, '--sala', sala, '--criar'], abertura);
    await cliente.verMenu('1) Enviar mensagem');
    return cliente;
  }

  return { sistema: () => sistema, abrir, abrirNaSala };
}

/** Em quantas linhas, roladas ou não, o texto aparece. */
export function vezes(cliente: TerminalDeTeste, texto: string): number {
  return cliente.linhas().filter((linha) => linha.includes(texto)).length;
}

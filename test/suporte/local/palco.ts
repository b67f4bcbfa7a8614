/** Um sistema e os clientes que conversam por ele em terminais, com as regras, o store e o protocolo de verdade. */

import { afterEach, beforeEach } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { resultado } from '../../../scripts/comum/jsonrpc.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { CHAT_CONTRACT } from '../../../src/contract/chat.ts';
import { iniciarSistema, type Sistema } from '../processos/processos.ts';
import type { Abertura, TerminalDeTeste } from '../terminal.ts';
import type { SistemaLocal } from './sistema-local.ts';

type Janela = Omit<Abertura, 'argumentos'>;

export interface Palco<S> {
  readonly sistema: () => S;
  readonly abrir: (argumentos?: readonly string[], janela?: Janela) => TerminalDeTeste;
  /** Um cliente já dentro da sala, que é criada se preciso. */
  readonly abrirNaSala: (nome: string, sala?: string, janela?: Janela) => Promise<TerminalDeTeste>;
}

const PROCEDIMENTOS = Object.keys(CHAT_CONTRACT.procedures);

/** Com o binder e o servidor em processos seus, que o teste pode matar; quem chega já acha o servidor. */
export async function iniciarSemLimites(): Promise<Sistema> {
  const sistema = await iniciarSistema({ argumentos: SEM_LIMITES });
  const conhecidos = async (): Promise<{ procedure_name: string }[]> =>
    resultado(sistema.binder.url, 'list_procedures');
  await ate(async () => {
    const nomes = new Set((await conhecidos()).map(({ procedure_name }) => procedure_name));
    return PROCEDIMENTOS.every((procedimento) => nomes.has(procedimento));
  }, 'o servidor registrado');
  return sistema;
}

/**
 * Um sistema novo a cada teste; o que se abriu nele acaba antes dele.
 * @param iniciar `abrirSistemaLocal`, dentro do teste, ou `iniciarSemLimites`
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

  function abrir(argumentos: readonly string[] = [], janela: Janela = {}): TerminalDeTeste {
    const cliente = abrirUm({
      argumentos: ['--binder', sistema.binder.url, '--intervalo', '50', ...argumentos],
      ...janela,
    });
    abertos.push(cliente);
    return cliente;
  }

  async function abrirNaSala(nome: string, sala = 'Geral', janela: Janela = {}): Promise<TerminalDeTeste> {
    const cliente = abrir(['--nome', nome, '--sala', sala, '--criar'], janela);
    await cliente.verMenu('1) Enviar mensagem');
    return cliente;
  }

  return { sistema: () => sistema, abrir, abrirNaSala };
}

/** Em quantas linhas, roladas ou não, o texto aparece. */
export function vezes(cliente: TerminalDeTeste, texto: string): number {
  return cliente.linhas().filter((linha) => linha.includes(texto)).length;
}

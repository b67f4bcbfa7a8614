/** O cliente dentro do teste, sobre um terminal emulado: para quando não é o processo nem o terminal que se prova. */

import { PassThrough, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { type Canal, emular } from '../../../scripts/comum/terminal.ts';
import { abrirConversa } from '../../../src/cliente/abrir-conversa.ts';
import { pastaDeEstado, SessoesGuardadas } from '../../../src/cliente/sessao/guardado/sessoes-guardadas.ts';
import { TABELAS_DA_LINHA } from '../../../src/cliente/subcomandos/subcomandos.ts';
import { abrirTerminal } from '../../../src/cliente/terminal/terminal.ts';
import { Opened } from '../../../src/process/lifecycle.ts';
import { criarLog } from '../../../src/process/log.ts';
import { lerComando } from '../../../src/process/opcoes/subcomandos.ts';
import type { Abertura, TerminalDeTeste } from '../terminal.ts';

const LINHA = { nome: 'chat-cliente', versao: '', descricao: '' };
const AMBIENTE = { TERM: 'xterm-256color' };

/** O que o processo teria em `process.stdin`: o que se digita espera enquanto ninguém lê. */
class Entrada extends PassThrough {
  readonly isTTY = true;

  setRawMode(): this {
    return this;
  }
}

/** O que o processo teria em `process.stdout`. */
class Saida extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly #receber: (pedaco: string) => void;

  constructor(columns: number, rows: number, receber: (pedaco: string) => void) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.#receber = receber;
  }

  override _write(pedaco: string | Buffer, _codificacao: BufferEncoding, feito: () => void): void {
    this.#receber(String(pedaco));
    feito();
  }

  mudar(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** Abre um cliente, que acaba com qualquer sinal, em ordem, como o processo com um SIGTERM. */
export function abrirClienteLocal({
  argumentos = [],
  ambiente = {},
  colunas = 80,
  fileiras = 24,
}: Abertura): TerminalDeTeste {
  const inicioMs = performance.now();
  const estado = pastaTemporaria();
  const entrada = new Entrada();
  let receber: (pedaco: string) => void = () => {};
  const saida = new Saida(colunas, fileiras, (pedaco) => receber(pedaco));
  const abertos = new Opened(criarLog((linha) => saida.write(linha)));
  let acabou: (fim: { readonly exitCode: number }) => void = () => {};
  const encerrar = () => void abertos.close().then(() => acabou({ exitCode: 0 }));
  const canal: Canal = {
    pid: process.pid,
    onData: (ouvinte) => {
      receber = ouvinte;
    },
    onExit: (ouvinte) => {
      acabou = ouvinte;
    },
    write: (teclas) => entrada.write(teclas),
    resize: (novas, nova) => saida.mudar(novas, nova),
    kill: encerrar,
  };
  const terminal = emular(canal, { colunas, fileiras }, inicioMs);
  const pasta = pastaDeEstado({ XDG_STATE_HOME: estado.caminho, ...ambiente });
  conduzir({ argumentos, entrada, saida, pasta, abertos, encerrar });
  const fechar = () => {
    terminal[Symbol.dispose]();
    estado[Symbol.dispose]();
  };
  return {
    ...terminal,
    verMenu: (ativa) => terminal.ver(`\n> ${ativa}\n`),
    [Symbol.dispose]: fechar,
    [Symbol.asyncDispose]: async () => {
      await terminal.encerrarEmOrdem();
      fechar();
    },
  };
}

interface Conduzida {
  readonly argumentos: readonly string[];
  readonly entrada: Entrada;
  readonly saida: Saida;
  readonly pasta: string | undefined;
  readonly abertos: Opened;
  readonly encerrar: () => void;
}

/** O mesmo que o processo faz, na mesma ordem. */
function conduzir({ argumentos, entrada, saida, pasta, abertos, encerrar }: Conduzida): void {
  const { opcoes } = lerComando(LINHA, TABELAS_DA_LINHA, argumentos, {});
  const terminal = abertos.add(
    abrirTerminal({
      entrada: entrada as unknown as ReadStream,
      saida: saida as unknown as WriteStream,
      ambiente: AMBIENTE,
      aoEncerrar: encerrar,
    }),
  );
  let despediu = false;
  const despedir = () => {
    if (despediu) return;
    despediu = true;
    terminal.tela.retirar();
    terminal.tela.mostrar('Encerrando...');
  };
  abertos.add({ close: despedir });
  const conversa = abertos.add(
    abrirConversa({
      opcoes,
      ca: undefined,
      observador: undefined,
      terminal,
      sessoes: new SessoesGuardadas(opcoes.binder.join(','), pasta),
      pasta,
      despedir,
      aoEncerrar: encerrar,
    }),
  );
  void conversa.conduzir();
}

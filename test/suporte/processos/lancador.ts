/** O lançador como uma pessoa o usa: chat_start numa cópia do checkout, num terminal ou sem ele. */

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ate } from '../../../scripts/comum/condicao.ts';
import type { Terminado } from '../../../scripts/comum/processos.ts';
import { lancar } from '../../../scripts/comum/programa.ts';
import { abrirTerminal } from '../../../scripts/comum/terminal.ts';

const NO_WINDOWS = process.platform === 'win32';

export type Ambiente = Readonly<Record<string, string>>;

/** Um chat_start aberto num pseudoterminal. */
export interface NoTerminal {
  readonly saida: () => string;
  readonly escrever: (texto: string) => void;
  /** Espera por um texto que apareça depois do último que se escreveu. */
  readonly esperarPor: (texto: string, prazoMs?: number) => Promise<void>;
  readonly fim: Promise<number>;
}

/** Pode incluir uma construção, numa máquina ocupada. */
const PRAZO_NA_TELA_MS = 40_000;

export const PERGUNTA_DO_NOME = 'Digite seu nome de usuário:';

/** Portas que estavam livres agora há pouco: o lançador as recebe, porque escolhe antes de escutar. */
export async function ambienteComPortasLivres(): Promise<Ambiente> {
  const [binder, servidor, janela] = await Promise.all([tomarPorta(), tomarPorta(), tomarPorta()]);
  await Promise.all([binder.soltar(), servidor.soltar(), janela.soltar()]);
  return {
    CHAT_PORTA_BINDER: String(binder.porta),
    CHAT_PORTA_SERVIDOR: String(servidor.porta),
    CHAT_PORTA_JANELA: String(janela.porta),
  };
}

interface PortaTomada extends AsyncDisposable {
  readonly porta: number;
  readonly soltar: () => Promise<void>;
}

/** Um programa alheio: aceita a conexão e responde o que não é HTTP. */
export function tomarPorta(porta = 0): Promise<PortaTomada> {
  return new Promise((resolve, reject) => {
    const servidor = createServer((conexao) =>
      conexao
        .on('error', () => {})
        .resume()
        .end('220 outro programa\r\n'),
    );
    servidor.on('error', reject);
    servidor.listen(porta, '127.0.0.1', () => {
      const soltar = () => new Promise<void>((feito) => servidor.close(() => feito()));
      resolve({ porta: (servidor.address() as { port: number }).port, soltar, [Symbol.asyncDispose]: soltar });
    });
  });
}

function linhaDe(raiz: string, argumentos: readonly string[], programa?: string): readonly [string, ...string[]] {
  if (NO_WINDOWS) return ['cmd.exe', '/d', '/c', join(raiz, 'chat_start.bat'), ...argumentos];
  return [programa ?? join(raiz, 'chat_start.sh'), ...argumentos];
}

/** Sem cores, que partiriam os textos esperados; e um cliente não volta como o que outro teste matou. */
function ambienteDoTeste(ambiente: Ambiente): Ambiente {
  return { NO_COLOR: '1', XDG_STATE_HOME: join(tmpdir(), `chat-estado-${randomUUID()}`), ...ambiente };
}

interface Partida {
  readonly raiz: string;
  readonly ambiente: Ambiente;
  readonly argumentos?: readonly string[];
  /** O que se chama no lugar de chat_start.sh, por exemplo um atalho para ele. */
  readonly programa?: string;
  readonly cwd?: string;
}

/** Roda o lançador sem terminal até o fim. */
export async function rodarLancador({
  raiz,
  ambiente,
  argumentos = [],
  programa,
  cwd = raiz,
}: Partida): Promise<Terminado> {
  const filho = lancar(linhaDe(raiz, argumentos, programa), { ambiente: ambienteDoTeste(ambiente), cwd });
  const status = await filho.lido;
  return { status: typeof status === 'number' ? status : null, saida: filho.saida(), erros: filho.erros() };
}

/** Abre o lançador num pseudoterminal de verdade. */
export function abrirLancador({ raiz, ambiente, argumentos = [], programa, cwd = raiz }: Partida): NoTerminal {
  const [comando, ...linha] = linhaDe(raiz, argumentos, programa);
  const janela = { colunas: 100, fileiras: 40, cwd, ambiente: ambienteDoTeste(ambiente) };
  const terminal = abrirTerminal(comando, linha, janela);
  let terminou = false;
  void terminal.fim.then(() => {
    terminou = true;
  });
  let escritoAte = 0;
  const escrever = (texto: string) => {
    escritoAte = terminal.bytes().length;
    terminal.digitar(texto);
  };
  const apareceu = (texto: string) => terminal.bytes().indexOf(texto, escritoAte) !== -1;
  const esperarPor = async (texto: string, prazoMs = PRAZO_NA_TELA_MS) => {
    await ate(() => apareceu(texto) || terminou, `"${texto}" na tela`, prazoMs).catch((erro: Error) => {
      throw new Error(`${erro.message}; a tela: ${terminal.bytes()}`);
    });
    if (!apareceu(texto)) throw new Error(`o lançador terminou sem mostrar "${texto}": ${terminal.bytes()}`);
  };
  return { saida: terminal.bytes, escrever, esperarPor, fim: terminal.fim };
}

/** @returns o pid anotado do processo que se iniciou ao fundo */
export function pidAnotado(raiz: string, processo: 'binder' | 'servidor' | 'janela'): number {
  return JSON.parse(readFileSync(join(raiz, '.chat', `${processo}.json`), 'utf8')).pid;
}

/** @returns as linhas de comando dos processos vivos que nomeiam a pasta temporária desta cópia */
export function processosDe(raiz: string): string[] {
  const pasta = basename(dirname(raiz));
  const [comando, ...argumentos] = NO_WINDOWS
    ? ['powershell.exe', '-NoProfile', '-Command', '(Get-CimInstance Win32_Process).CommandLine']
    : ['ps', '-ww', '-eo', 'args='];
  const linhas = execFileSync(comando as string, argumentos, { encoding: 'utf8' }).split('\n');
  return linhas.filter((linha) => linha.includes(pasta)).map((linha) => linha.trim());
}

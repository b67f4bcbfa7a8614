/** O lançador como uma pessoa o usa: chat_start numa cópia do checkout, num terminal ou sem ele. */

import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { spawn as abrirPty } from '@lydell/node-pty';
import { ate } from '../../scripts/comum/condicao.ts';

const NO_WINDOWS = process.platform === 'win32';

export type Ambiente = Readonly<Record<string, string>>;

export interface Terminado {
  readonly status: number | null;
  readonly saida: string;
  readonly erros: string;
}

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

/** Duas portas que estavam livres agora há pouco: o lançador as recebe, porque escolhe antes de escutar. */
export async function ambienteComPortasLivres(): Promise<Ambiente> {
  const [binder, servidor] = await Promise.all([tomarPorta(), tomarPorta()]);
  await Promise.all([binder.soltar(), servidor.soltar()]);
  return { CHAT_PORTA_BINDER: String(binder.porta), CHAT_PORTA_SERVIDOR: String(servidor.porta) };
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

function linhaDe(raiz: string, argumentos: readonly string[], programa?: string): [string, string[]] {
  if (NO_WINDOWS) return ['cmd.exe', ['/d', '/c', join(raiz, 'chat_start.bat'), ...argumentos]];
  return [programa ?? join(raiz, 'chat_start.sh'), [...argumentos]];
}

/** O ambiente sem as variáveis CHAT_ de quem roda os testes, e sem cores, que partiriam os textos esperados. */
function ambienteLimpo(extra: Ambiente): Record<string, string> {
  const herdado = Object.entries(process.env).filter(([nome]) => !/^(CHAT_|FORCE_COLOR$)/.test(nome));
  // Um cliente não volta como o que outro teste matou.
  const proprio = { NO_COLOR: '1', XDG_STATE_HOME: join(tmpdir(), `chat-teste-estado-${randomUUID()}`) };
  return { ...(Object.fromEntries(herdado) as Record<string, string>), ...proprio, ...extra };
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
export function rodarLancador({ raiz, ambiente, argumentos = [], programa, cwd }: Partida): Promise<Terminado> {
  const [comando, linha] = linhaDe(raiz, argumentos, programa);
  const filho = spawn(comando, linha, {
    env: ambienteLimpo(ambiente),
    cwd: cwd ?? raiz,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let saida = '';
  let erros = '';
  filho.stdout.on('data', (pedaco) => {
    saida += pedaco;
  });
  filho.stderr.on('data', (pedaco) => {
    erros += pedaco;
  });
  return new Promise((resolve, reject) => {
    filho.on('error', reject);
    filho.on('close', (status) => resolve({ status, saida, erros }));
  });
}

/** Abre o lançador num pseudoterminal de verdade. */
export function abrirLancador({ raiz, ambiente, argumentos = [], programa, cwd }: Partida): NoTerminal {
  const [comando, linha] = linhaDe(raiz, argumentos, programa);
  const pty = abrirPty(comando, linha, { cols: 100, rows: 40, cwd: cwd ?? raiz, env: ambienteLimpo(ambiente) });
  let saida = '';
  pty.onData((pedaco) => {
    saida += pedaco;
  });
  let terminou = false;
  const fim = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      terminou = true;
      resolve(exitCode);
    });
  });
  let escritoAte = 0;
  const escrever = (texto: string) => {
    escritoAte = saida.length;
    pty.write(texto);
  };
  const apareceu = (texto: string) => saida.indexOf(texto, escritoAte) !== -1;
  const esperarPor = async (texto: string, prazoMs = PRAZO_NA_TELA_MS) => {
    await ate(() => apareceu(texto) || terminou, `"${texto}" na tela`, prazoMs).catch((erro: Error) => {
      throw new Error(`${erro.message}; a tela: ${saida}`);
    });
    if (!apareceu(texto)) throw new Error(`o lançador terminou sem mostrar "${texto}": ${saida}`);
  };
  return { saida: () => saida, escrever, esperarPor, fim };
}

/** @returns o pid anotado do processo que se iniciou ao fundo */
export function pidAnotado(raiz: string, processo: 'binder' | 'servidor'): number {
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

/** Um redis-server só para o laboratório, quando há mais de um servidor: eles precisam do mesmo estado. */

import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { StartupError } from '../../../process/lifecycle.ts';
import { SOB_VIGIA } from './sob-vigia.ts';

const PRAZO_MS = 10_000;
/** Com este status um shell diz que não achou o comando (POSIX, Shell Command Language, 2.8.2). */
const STATUS_SEM_O_COMANDO = 127;
const NAO_ENCONTRADO = 'não foi encontrado nesta máquina';

export class RedisDePassagem {
  readonly #filho: ChildProcess;
  readonly url: string;

  private constructor(filho: ChildProcess, porta: number) {
    this.#filho = filho;
    this.url = `redis://127.0.0.1:${porta}`;
  }

  /**
   * @param pasta onde ele guarda o que for preciso
   * @throws StartupError quando esta máquina não tem um redis-server
   */
  static async abrir(pasta: string): Promise<RedisDePassagem> {
    const porta = await portaLivre();
    const [comando, ...vigia] = SOB_VIGIA;
    const argumentos = [
      ...vigia,
      'redis-server',
      '--port',
      `${porta}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      pasta,
      '--save',
      '',
      '--maxmemory-policy',
      'noeviction',
    ];
    const filho = spawn(comando, argumentos, { stdio: ['pipe', 'pipe', 'ignore'] });
    await new Promise<void>((resolve, reject) => {
      const falhar = (motivo: string) =>
        reject(new StartupError(`chat-janela: --servidores maior que 1 precisa do redis-server, que ${motivo}`));
      const prazo = setTimeout(() => falhar('não ficou pronto a tempo'), PRAZO_MS);
      filho.once('error', () => falhar(NAO_ENCONTRADO));
      filho.once('exit', (status) => falhar(status === STATUS_SEM_O_COMANDO ? NAO_ENCONTRADO : 'terminou ao começar'));
      filho.stdout?.on('data', (pedaco) => {
        if (!String(pedaco).includes('Ready to accept connections')) return;
        clearTimeout(prazo);
        resolve();
      });
    });
    return new RedisDePassagem(filho, porta);
  }

  close(): void {
    this.#filho.stdin?.end();
  }
}

function portaLivre(): Promise<number> {
  return new Promise((resolve, reject) => {
    const servidor = createServer();
    servidor.once('error', reject);
    servidor.listen(0, '127.0.0.1', () => {
      const { port } = servidor.address() as AddressInfo;
      servidor.close(() => resolve(port));
    });
  });
}

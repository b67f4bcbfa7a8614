/** O fio cru: uma conexão em que o teste é quem escreve os bytes. */

import { connect } from 'node:net';
import { setImmediate as proximaVolta } from 'node:timers/promises';

/** Uma conexão TCP em que o teste escreve os bytes que quiser. */
export interface Conexao extends Disposable {
  readonly escrever: (bytes: string | Buffer) => void;
  /** Escreve enquanto o outro lado aceita; @returns quantos bytes o sistema aceitou até a conexão acabar */
  readonly despejar: (pedaco: Buffer, maximoBytes: number) => Promise<number>;
  readonly texto: () => string;
  readonly aberta: () => boolean;
  /** Cumpre-se quando a conexão acaba, com há quanto tempo ela foi aberta. */
  readonly fechadaEmMs: Promise<number>;
  readonly derrubar: () => void;
}

export function conectar(porta: number, host = '127.0.0.1'): Promise<Conexao> {
  return new Promise((resolve, reject) => {
    const inicioMs = performance.now();
    const socket = connect({ port: porta, host });
    let texto = '';
    let aberta = true;
    socket.on('data', (pedaco) => {
      texto += pedaco.toString();
    });
    const fechadaEmMs = new Promise<number>((fechar) => {
      const fim = () => {
        aberta = false;
        fechar(performance.now() - inicioMs);
      };
      // O outro lado pode só encerrar a sua metade: para quem espera, é o fim.
      socket.once('end', fim);
      socket.once('close', fim);
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Um reset é um fim como outro: o teste olha o que chegou antes dele.
      socket.on('error', () => {});
      resolve({
        escrever: (bytes) => void socket.write(bytes),
        despejar: async (pedaco, maximoBytes) => {
          for (let bytes = 0; bytes < maximoBytes && aberta; bytes += pedaco.length) {
            if (!socket.write(pedaco)) await Promise.race([new Promise((ok) => socket.once('drain', ok)), fechadaEmMs]);
            await proximaVolta();
          }
          return socket.bytesWritten;
        },
        texto: () => texto,
        aberta: () => aberta,
        fechadaEmMs,
        derrubar: () => socket.resetAndDestroy(),
        [Symbol.dispose]: () => void socket.destroy(),
      });
    });
  });
}

/** @returns o status e o corpo da primeira resposta HTTP de um texto cru */
export function lerRespostaCrua(texto: string): { status: number; corpo: string } {
  const [cabecalhos = '', corpo = ''] = texto.split('\r\n\r\n', 2);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(cabecalhos)?.[1] ?? 0), corpo };
}

/** Os pedidos que ainda não têm resposta: quantos cada conexão pode ter, e quando acabam. */

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Numa conexão. Um cliente comum espera por uma resposta antes do pedido seguinte; de quem não espera, o que passa disto
 * fica por ler na conexão, e não na memória daqui.
 */
const MAXIMO_POR_CONEXAO = 64;

interface Fila {
  /** Os que já entraram, e ainda não têm resposta. */
  dentro: number;
  /** Os que já foram lidos da conexão, e esperam por lugar. */
  readonly fora: (() => void)[];
}

export class PedidosSemResposta {
  readonly #filas = new Map<Socket, Fila>();
  #dentro = 0;
  #aoResponderTodos = () => {};

  /**
   * Conta um pedido, até que a resposta dele acabe ou a conexão caia. Quem espera por lugar não lê o corpo do pedido: é
   * a leitura de um corpo que faria o Node voltar a ler da conexão.
   * @returns `undefined` quando já há lugar; a espera também termina se a conexão cair
   */
  entrar(socket: Socket, res: ServerResponse): Promise<void> | undefined {
    if (socket.destroyed) return undefined;
    const fila = this.#filas.get(socket) ?? this.#abrir(socket);
    res.on('close', () => this.#responder(socket, fila));
    if (fila.dentro < MAXIMO_POR_CONEXAO) {
      this.#contar(fila, 1);
      return undefined;
    }
    return new Promise((resolve) => {
      fila.fora.push(resolve);
      // Não já: no meio da leitura de um pedido, o Node torna a ler da conexão quando o pedido acaba.
      if (fila.fora.length === 1) process.nextTick(() => pararDeLer(socket, fila));
    });
  }

  /** @returns se todos tiveram resposta no prazo, em ms */
  esperarRespostas(prazoMs: number): Promise<boolean> {
    if (this.#dentro === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const prazo = setTimeout(() => resolve(false), prazoMs);
      this.#aoResponderTodos = () => {
        clearTimeout(prazo);
        resolve(true);
      };
    });
  }

  #abrir(socket: Socket): Fila {
    const fila: Fila = { dentro: 0, fora: [] };
    this.#filas.set(socket, fila);
    // O Node também volta a ler por conta própria, ao fim de cada pedido que ainda estava na última leitura.
    socket.on('resume', () => pararDeLer(socket, fila));
    // As respostas que esperavam a sua vez na conexão não avisam que acabaram com ela.
    socket.on('close', () => {
      this.#filas.delete(socket);
      this.#contar(fila, -fila.dentro);
      for (const entrar of fila.fora.splice(0)) entrar();
    });
    return fila;
  }

  #responder(socket: Socket, fila: Fila): void {
    if (!this.#filas.has(socket)) return;
    this.#contar(fila, -1);
    const entrar = fila.fora.shift();
    if (!entrar) return;
    this.#contar(fila, 1);
    entrar();
    if (fila.fora.length === 0) socket.resume();
  }

  #contar(fila: Fila, quantos: number): void {
    fila.dentro += quantos;
    this.#dentro += quantos;
    if (this.#dentro === 0) this.#aoResponderTodos();
  }
}

function pararDeLer(socket: Socket, { fora }: Fila): void {
  if (fora.length > 0) socket.pause();
}

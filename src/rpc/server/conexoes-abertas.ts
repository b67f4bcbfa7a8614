/** As conexões de uma borda: quantas cabem, de quem são, e como acabam. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Conexões ao mesmo tempo; ao passar disto, as ociosas são fechadas para dar lugar. */
const MAXIMO_DE_CONEXOES = 12_000;
/** De um endereço só, fora desta máquina: uma turma inteira atrás de um NAT ainda cabe. */
const MAXIMO_POR_ENDERECO = 1_000;

/** Depois de pedir o fim, quanto se espera pelas respostas em andamento antes de derrubar as conexões. */
const PRAZO_DAS_RESPOSTAS_MS = 2_500;

export class ConexoesAbertas {
  readonly #servidor: Server;
  /** Os do sistema: para o http, uma conexão que não terminou o aperto de mãos do TLS ainda não existe. */
  readonly #sockets = new Set<Socket>();
  readonly #porEndereco = new Map<string, number>();
  #emAndamento = 0;
  #aoResponderTodas = () => {};

  /** Passa a acompanhar as conexões de um servidor que ainda não escuta. */
  constructor(servidor: Server) {
    this.#servidor = servidor;
    servidor.maxConnections = MAXIMO_DE_CONEXOES;
    // Conexões paradas não podem tomar o lugar de quem quer ser atendido.
    servidor.on('drop', () => servidor.closeIdleConnections());
    servidor.on('connection', (socket) => this.#anotar(socket));
    const aoFechar = () => {
      this.#emAndamento -= 1;
      if (this.#emAndamento === 0) this.#aoResponderTodas();
    };
    servidor.on('request', (_req: IncomingMessage, res: ServerResponse) => {
      this.#emAndamento += 1;
      res.on('close', aoFechar);
    });
  }

  /** Para de aceitar, espera pelas respostas em andamento até o prazo, e derruba o resto. */
  async close(): Promise<void> {
    const fechado = new Promise<void>((resolve) => this.#servidor.close(() => resolve()));
    this.#servidor.closeIdleConnections();
    await this.#respostas();
    // Quem não tem resposta a receber está calado, ou no meio de um pedido que não se vai atender.
    for (const socket of this.#sockets) socket.destroy();
    await fechado;
  }

  #respostas(): Promise<void> {
    if (this.#emAndamento === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const prazo = setTimeout(resolve, PRAZO_DAS_RESPOSTAS_MS);
      this.#aoResponderTodas = () => {
        clearTimeout(prazo);
        resolve();
      };
    });
  }

  #anotar(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const endereco = socket.remoteAddress;
    if (endereco === undefined || ehLoopback(endereco)) return;
    const abertas = (this.#porEndereco.get(endereco) ?? 0) + 1;
    this.#porEndereco.set(endereco, abertas);
    if (abertas > MAXIMO_POR_ENDERECO) socket.destroy();
    socket.once('close', () => {
      const restantes = (this.#porEndereco.get(endereco) ?? 1) - 1;
      if (restantes > 0) this.#porEndereco.set(endereco, restantes);
      else this.#porEndereco.delete(endereco);
    });
  }
}

export function ehLoopback(endereco: string): boolean {
  return endereco === '::1' || /^(::ffff:)?127\./.test(endereco);
}

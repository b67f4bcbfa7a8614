/**
 * As respostas que quem chamou ainda não leu: ficam na memória até que ele leia, e ele pode nunca ler.
 * Juntas têm um teto; cada uma, um prazo. Quem perde a conexão pode chamar de novo.
 */

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A maior resposta do contrato tem perto de 1 MB. */
const MAXIMO_PENDENTE_BYTES = 64 * 1024 * 1024;

/** A maior resposta, numa conexão de 300 kbit/s. */
const PRAZO_DE_LEITURA_MS = 30_000;

interface Pendente {
  bytes: number;
  readonly prazo: NodeJS.Timeout;
  readonly aoFechar: () => void;
}

export class RespostasPendentes {
  readonly #porSocket = new Map<Socket, Pendente>();
  #bytes = 0;

  /**
   * Anota uma resposta que se acabou de escrever.
   * @param socket o do pedido: numa conexão com vários em fila, a resposta ainda pode não ter o seu
   */
  anotar(res: ServerResponse, socket: Socket, bytes: number): void {
    const jaFoi = res.socket !== null && socket.writableLength === 0;
    if (jaFoi || socket.destroyed) return;
    this.#somar(socket, bytes);
    res.on('finish', () => this.#somar(socket, -bytes));
    while (this.#bytes > MAXIMO_PENDENTE_BYTES) this.#derrubarMaior();
  }

  #somar(socket: Socket, bytes: number): void {
    const pendente = this.#porSocket.get(socket) ?? (bytes > 0 ? this.#abrir(socket) : undefined);
    if (!pendente) return;
    pendente.bytes += bytes;
    this.#bytes += bytes;
    if (pendente.bytes === 0) this.#esquecer(socket);
    else if (bytes < 0) pendente.prazo.refresh();
  }

  #abrir(socket: Socket): Pendente {
    const prazo = setTimeout(() => socket.destroy(), PRAZO_DE_LEITURA_MS).unref();
    const pendente = { bytes: 0, prazo, aoFechar: () => this.#esquecer(socket) };
    this.#porSocket.set(socket, pendente);
    socket.on('close', pendente.aoFechar);
    return pendente;
  }

  #esquecer(socket: Socket): void {
    const pendente = this.#porSocket.get(socket);
    if (!pendente) return;
    clearTimeout(pendente.prazo);
    socket.off('close', pendente.aoFechar);
    this.#bytes -= pendente.bytes;
    this.#porSocket.delete(socket);
  }

  #derrubarMaior(): void {
    const [[maior] = []] = [...this.#porSocket].sort(([, a], [, b]) => b.bytes - a.bytes);
    if (!maior) return;
    this.#esquecer(maior);
    maior.destroy();
  }
}

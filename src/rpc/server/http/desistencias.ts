/** Quem precisa saber que a conexão de um pedido caiu antes da resposta. */

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * @param socket o do pedido: a resposta só emite `close` quando chega a sua vez na conexão, e ela pode cair antes
 * @returns o que anota um interessado; já o avisa, se a conexão já caiu
 */
export function criarDesistencias(socket: Socket, res: ServerResponse): (aoDesistir: () => void) => void {
  // Um ouvinte por pedido, não por interessado: um batch tem muitos.
  let interessados: (() => void)[] | undefined;

  function escutar(): (() => void)[] {
    const novos: (() => void)[] = [];
    const avisar = () => {
      for (const aoDesistir of novos) aoDesistir();
    };
    // Pedidos em fila numa conexão só são muitos ouvintes legítimos.
    socket.setMaxListeners(0);
    socket.on('close', avisar);
    res.on('finish', () => socket.off('close', avisar));
    return novos;
  }

  return (aoDesistir) => {
    if (socket.destroyed) return aoDesistir();
    interessados ??= escutar();
    interessados.push(aoDesistir);
  };
}

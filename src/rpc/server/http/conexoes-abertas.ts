/** As conexões de uma borda: quantas cabem, de quem são, e como acabam. */

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { ehLoopback, ipCanonico, redeDoEndereco } from '../../../process/enderecos.ts';
import type { PedidosSemResposta } from './pedidos-sem-resposta.ts';

/** De uma rede só, fora desta máquina: uma turma inteira atrás de um NAT ainda cabe. */
const MAXIMO_POR_REDE = 1_000;

/** Depois de pedir o fim, quanto se espera pelas respostas em andamento antes de derrubar as conexões. */
const PRAZO_DAS_RESPOSTAS_MS = 2_500;

interface Limites {
  /** Conexões ao mesmo tempo; ao passar disto, as ociosas são fechadas para dar lugar. */
  readonly maximo: number;
  /** Os IPs dos proxies, que trazem as conexões de muita gente. */
  readonly proxiesConfiaveis: readonly string[];
}

export class ConexoesAbertas {
  readonly #servidor: Server;
  readonly #proxies: ReadonlySet<string | undefined>;
  /** Os do sistema: para o http, uma conexão que não terminou o handshake do TLS ainda não existe. */
  readonly #sockets = new Set<Socket>();
  readonly #porRede = new Map<string, number>();

  /** Passa a acompanhar as conexões de um servidor que ainda não escuta. */
  constructor(servidor: Server, { maximo, proxiesConfiaveis }: Limites) {
    this.#servidor = servidor;
    this.#proxies = new Set(proxiesConfiaveis.map(ipCanonico));
    servidor.maxConnections = maximo;
    // Conexões paradas não podem tomar o lugar de quem quer ser atendido.
    servidor.on('drop', () => servidor.closeIdleConnections());
    servidor.on('connection', (socket) => this.#anotar(socket));
  }

  get quantas(): number {
    return this.#sockets.size;
  }

  /** Para de aceitar, espera pelas respostas em andamento até o prazo, e derruba o resto. */
  async close(pedidos: PedidosSemResposta): Promise<void> {
    const fechado = new Promise<void>((resolve) => this.#servidor.close(() => resolve()));
    this.#servidor.closeIdleConnections();
    await pedidos.esperarRespostas(PRAZO_DAS_RESPOSTAS_MS);
    // Quem não tem resposta a receber está calado, ou no meio de um pedido que não se vai atender.
    for (const socket of this.#sockets) socket.destroy();
    await fechado;
  }

  #anotar(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const endereco = socket.remoteAddress;
    if (endereco === undefined || ehLoopback(endereco) || this.#proxies.has(ipCanonico(endereco))) return;
    const rede = redeDoEndereco(endereco);
    const abertas = (this.#porRede.get(rede) ?? 0) + 1;
    this.#porRede.set(rede, abertas);
    socket.on('close', () => {
      const restantes = (this.#porRede.get(rede) ?? 1) - 1;
      if (restantes > 0) this.#porRede.set(rede, restantes);
      else this.#porRede.delete(rede);
    });
    if (abertas > MAXIMO_POR_REDE) socket.destroy();
  }
}

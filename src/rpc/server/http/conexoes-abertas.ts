/** As conexões de uma borda: quantas cabem, de quem são, quanto cada uma pode pedir de uma vez, e como acabam. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ehLoopback, ipCanonico, redeDoEndereco } from '../../../process/enderecos.ts';

/** De uma rede só, fora desta máquina: uma turma inteira atrás de um NAT ainda cabe. */
const MAXIMO_POR_REDE = 1_000;

/**
 * Pedidos sem resposta numa conexão. Um cliente comum tem um por vez; com este tanto, deixa-se de ler dela até que a
 * metade tenha resposta.
 */
const MAXIMO_SEM_RESPOSTA = 64;

/** Depois de pedir o fim, quanto se espera pelas respostas em andamento antes de derrubar as conexões. */
const PRAZO_DAS_RESPOSTAS_MS = 2_500;

interface Limites {
  /** Conexões ao mesmo tempo; ao passar disto, as ociosas são fechadas para dar lugar. */
  readonly maximo: number;
  /** Os IPs dos proxies, que trazem as conexões de muita gente. */
  readonly proxiesConfiaveis: readonly string[];
}

/** Os pedidos sem resposta de uma conexão. */
interface Fila {
  semResposta: number;
  pausada: boolean;
}

export class ConexoesAbertas {
  readonly #servidor: Server;
  readonly #proxies: ReadonlySet<string | undefined>;
  /** Os do sistema: para o http, uma conexão que não terminou o aperto de mãos do TLS ainda não existe. */
  readonly #sockets = new Set<Socket>();
  readonly #porRede = new Map<string, number>();
  /** Pelo socket dos pedidos: com TLS, é outro que o do sistema. */
  readonly #filas = new Map<Socket, Fila>();
  #semResposta = 0;
  #aoResponderTodas = () => {};

  /** Passa a acompanhar as conexões de um servidor que ainda não escuta. */
  constructor(servidor: Server, { maximo, proxiesConfiaveis }: Limites) {
    this.#servidor = servidor;
    this.#proxies = new Set(proxiesConfiaveis.map(ipCanonico));
    servidor.maxConnections = maximo;
    // Conexões paradas não podem tomar o lugar de quem quer ser atendido.
    servidor.on('drop', () => servidor.closeIdleConnections());
    servidor.on('connection', (socket) => this.#anotar(socket));
    servidor.on('request', (req: IncomingMessage, res: ServerResponse) => this.#enfileirar(req.socket, res));
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
    if (this.#semResposta === 0) return Promise.resolve();
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
    if (endereco === undefined || ehLoopback(endereco) || this.#proxies.has(ipCanonico(endereco))) return;
    const rede = redeDoEndereco(endereco);
    const abertas = (this.#porRede.get(rede) ?? 0) + 1;
    this.#porRede.set(rede, abertas);
    if (abertas > MAXIMO_POR_REDE) socket.destroy();
    socket.once('close', () => {
      const restantes = (this.#porRede.get(rede) ?? 1) - 1;
      if (restantes > 0) this.#porRede.set(rede, restantes);
      else this.#porRede.delete(rede);
    });
  }

  #enfileirar(socket: Socket, res: ServerResponse): void {
    const fila = this.#filas.get(socket) ?? this.#abrirFila(socket);
    fila.semResposta += 1;
    this.#semResposta += 1;
    if (fila.semResposta >= MAXIMO_SEM_RESPOSTA) {
      fila.pausada = true;
      socket.pause();
    }
    res.once('close', () => this.#responder(socket, fila));
  }

  #abrirFila(socket: Socket): Fila {
    const fila = { semResposta: 0, pausada: false };
    this.#filas.set(socket, fila);
    // As respostas que ainda esperavam a sua vez na conexão não avisam que acabaram com ela.
    socket.once('close', () => {
      this.#filas.delete(socket);
      this.#descontar(fila, fila.semResposta);
    });
    return fila;
  }

  #responder(socket: Socket, fila: Fila): void {
    if (!this.#filas.has(socket)) return;
    this.#descontar(fila, 1);
    if (!fila.pausada || fila.semResposta > MAXIMO_SEM_RESPOSTA / 2) return;
    fila.pausada = false;
    socket.resume();
  }

  #descontar(fila: Fila, quantas: number): void {
    fila.semResposta -= quantas;
    this.#semResposta -= quantas;
    if (this.#semResposta === 0) this.#aoResponderTodas();
  }
}

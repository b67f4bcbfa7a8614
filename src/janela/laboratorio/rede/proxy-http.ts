/**
 * Um proxy HTTP entre um processo e outro: por ele passam as chamadas de um lado só, e é aqui que a rede falha.
 * As falhas são de verdade: a resposta perdida saiu do servidor, e o pedido duplicado chega duas vezes a ele.
 */

import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as esperar } from 'node:timers/promises';
import type { CondicaoDaRede } from './condicao-da-rede.ts';

/** Igual ao limite da borda: um corpo maior ela recusaria. */
const MAXIMO_DO_CORPO_BYTES = 65_536;

export interface Destino {
  /** Onde o destino atende agora: muda quando ele reinicia. */
  readonly porta: () => number;
  readonly rede: CondicaoDaRede;
}

export interface ProxyOptions {
  /** A rede de quem chama. */
  readonly origem: CondicaoDaRede;
  readonly destino: Destino;
  /** Se a chamada muda alguma coisa: só uma dessas se perde ou se duplica. */
  readonly muda: (corpo: string) => boolean;
  /** O que segue no lugar do pedido; `undefined` para um que não chega, como se a rede o tivesse perdido. */
  readonly mudarPedido?: (pedido: string) => string | undefined;
  /** O que fazer da resposta antes de entregá-la, por exemplo trocar um endereço. */
  readonly traduzir?: (resposta: string, pedido: string) => Promise<string>;
}

/** Abre o proxy numa porta livre desta máquina. */
export async function abrirProxy(options: ProxyOptions): Promise<ProxyHttp> {
  const proxy = new ProxyHttp(options);
  await proxy.abrir();
  return proxy;
}

export class ProxyHttp {
  readonly #options: ProxyOptions;
  readonly #agente = new Agent({ keepAlive: true });
  readonly #sockets = new Set<Socket>();
  readonly #servidor = createServer((req, res) => {
    this.#passar(req, res).catch(() => res.destroy());
  });
  readonly #desligar: (() => void)[];

  constructor(options: ProxyOptions) {
    this.#options = options;
    const derrubar = () => this.#derrubar();
    this.#desligar = [options.origem.aoCortar(derrubar), options.destino.rede.aoCortar(derrubar)];
    this.#servidor.on('connection', (socket) => {
      if (this.#cortado()) socket.resetAndDestroy();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get porta(): number {
    return (this.#servidor.address() as AddressInfo).port;
  }

  abrir(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#servidor.once('error', reject);
      this.#servidor.listen(0, '127.0.0.1', () => resolve());
    });
  }

  async close(): Promise<void> {
    for (const desligar of this.#desligar) desligar();
    this.#derrubar();
    this.#agente.destroy();
    await new Promise((resolve) => this.#servidor.close(resolve));
  }

  async #passar(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { destino, muda, mudarPedido = (pedido: string) => pedido, traduzir } = this.#options;
    const corpo = mudarPedido(await lerTudo(req));
    await this.#atrasar();
    if (corpo === undefined) {
      req.socket.resetAndDestroy();
      return;
    }
    const mudaAlgo = muda(corpo);
    if (mudaAlgo && destino.rede.tomarDuplicacao()) await this.#encaminhar(req, corpo, res);
    const resposta = await this.#encaminhar(req, corpo, res);
    await this.#atrasar();
    if (this.#cortado() || (mudaAlgo && destino.rede.tomarPerda())) {
      req.socket.resetAndDestroy();
      return;
    }
    const texto = traduzir ? await traduzir(resposta.texto, corpo) : resposta.texto;
    const cabecalhos = { ...resposta.cabecalhos, 'content-length': `${Buffer.byteLength(texto)}` };
    res.writeHead(resposta.status, cabecalhos).end(texto);
  }

  #encaminhar({ method, url, headers }: IncomingMessage, corpo: string, res: ServerResponse): Promise<Resposta> {
    return new Promise((resolve, reject) => {
      if (this.#cortado()) return reject(new Error('a rede está cortada'));
      const porta = this.#options.destino.porta();
      const pedido = request({
        host: '127.0.0.1',
        port: porta,
        method: method ?? 'POST',
        path: url ?? '/',
        headers: { ...headers, host: `127.0.0.1:${porta}`, 'content-length': `${Buffer.byteLength(corpo)}` },
        agent: this.#agente,
      });
      // Quem chamou já se foi: quem atende fica sabendo, como se a conexão fosse uma só.
      res.once('close', () => pedido.destroy());
      pedido.on('error', reject);
      pedido.on('response', (resposta) => {
        const { statusCode: status = 502, headers: cabecalhos } = resposta;
        lerTudo(resposta).then((texto) => resolve({ status, cabecalhos: semTransporte(cabecalhos), texto }), reject);
      });
      pedido.end(corpo);
    });
  }

  async #atrasar(): Promise<void> {
    const { origem, destino } = this.#options;
    const atrasoMs = Math.max(origem.atrasoMs, destino.rede.atrasoMs);
    if (atrasoMs > 0) await esperar(atrasoMs);
  }

  #cortado(): boolean {
    return this.#options.origem.cortada || this.#options.destino.rede.cortada;
  }

  #derrubar(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}

interface Resposta {
  readonly status: number;
  readonly cabecalhos: Readonly<Record<string, string | string[] | undefined>>;
  readonly texto: string;
}

/** O que é de uma conexão não passa à outra (RFC 9110, seção 7.6.1). */
function semTransporte(cabecalhos: IncomingMessage['headers']): Resposta['cabecalhos'] {
  const { connection, 'keep-alive': _, 'transfer-encoding': __, 'content-length': ___, ...resto } = cabecalhos;
  return resto;
}

async function lerTudo(fluxo: IncomingMessage): Promise<string> {
  const pedacos: Buffer[] = [];
  let bytes = 0;
  for await (const pedaco of fluxo as AsyncIterable<Buffer>) {
    bytes += pedaco.length;
    if (bytes > MAXIMO_DO_CORPO_BYTES * 64) throw new Error('o corpo é grande demais');
    pedacos.push(pedaco);
  }
  return Buffer.concat(pedacos).toString('utf8');
}

/**
 * Um proxy TCP entre dois processos, que falha quando o teste manda: corta, cala, retém, recusa.
 * Conta bytes, não tempo: a mesma ordem dá sempre a mesma falha.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export type Direcao = 'pedido' | 'resposta';

export interface Falha {
  /**
   * `reset`: os dois lados recebem um RST. `fim`: os dois lados veem a conexão acabar em ordem.
   * `calar`: nada mais passa, e nenhum lado fica sabendo (uma conexão meio aberta).
   * `reter`: dali em diante, o que vem fica guardado até `soltar`.
   */
  readonly como: 'reset' | 'fim' | 'calar' | 'reter';
  /** Quantos bytes do pedaço ainda passam antes da falha (nenhum). */
  readonly depoisDeBytes?: number;
}

/** Decide, a cada pedaço que chega, se e como a conexão falha ali. */
export type Regra = (direcao: Direcao, pedaco: Buffer) => Falha | undefined;

export interface ProxyDeRede extends AsyncDisposable {
  readonly porta: number;
  readonly url: string;
  /** A porta para onde vão as conexões novas. */
  destino: number;
  /** Sem ela, tudo passa. */
  regra: Regra | undefined;
  /** Quantos pedidos HTTP começaram a vir de quem chama. */
  readonly pedidos: () => number;
  /** Entrega o que estava retido e deixa essas conexões livres. */
  readonly soltar: () => void;
  /** Derruba com RST as conexões abertas; as novas continuam a ser aceitas. */
  readonly cortar: () => void;
  /** Deixa de escutar e corta: quem tentar é recusado, como se ninguém estivesse lá. */
  readonly recusar: () => Promise<void>;
  /** Volta a escutar, na mesma porta. */
  readonly aceitar: () => Promise<void>;
}

interface Conexao {
  readonly cliente: Socket;
  readonly servidor: Socket;
  calada: boolean;
  retida: boolean;
  /** O que espera por `soltar`, na ordem. */
  readonly guardado: (() => void)[];
}

const INICIO_DE_PEDIDO = /^(?:POST|GET|HEAD) /;

/** @param destino a porta, nesta máquina */
export async function abrirProxy(destino: number): Promise<ProxyDeRede> {
  const conexoes = new Set<Conexao>();
  let pedidos = 0;
  let ouvinte = await escutar(0, atender);
  const { port: porta } = ouvinte.address() as AddressInfo;

  const proxy: ProxyDeRede = {
    porta,
    url: `http://127.0.0.1:${porta}`,
    destino,
    regra: undefined,
    pedidos: () => pedidos,
    soltar: () => {
      for (const conexao of conexoes) soltar(conexao);
    },
    cortar: () => {
      for (const conexao of conexoes) acabar(conexao, 'reset');
    },
    recusar: async () => {
      if (!ouvinte.listening) return;
      const fechado = once(ouvinte, 'close');
      ouvinte.close();
      proxy.cortar();
      await fechado;
    },
    aceitar: async () => {
      ouvinte = await escutar(porta, atender);
    },
    [Symbol.asyncDispose]: () => proxy.recusar(),
  };
  return proxy;

  function atender(cliente: Socket): void {
    const servidor = connect({ port: proxy.destino, host: '127.0.0.1', allowHalfOpen: true });
    const conexao: Conexao = { cliente, servidor, calada: false, retida: false, guardado: [] };
    conexoes.add(conexao);
    ligar(conexao, 'pedido', cliente, servidor);
    ligar(conexao, 'resposta', servidor, cliente);
  }

  function ligar(conexao: Conexao, direcao: Direcao, de: Socket, para: Socket): void {
    de.setNoDelay(true);
    de.on('data', (pedaco: Buffer) => passar(conexao, direcao, pedaco, para));
    de.on('end', () => {
      if (!conexao.calada) entregar(conexao, () => para.end());
    });
    de.on('error', () => {
      if (!conexao.calada) acabar(conexao, 'reset');
    });
    de.on('close', () => {
      if (para.destroyed) conexoes.delete(conexao);
    });
  }

  function passar(conexao: Conexao, direcao: Direcao, pedaco: Buffer, para: Socket): void {
    if (conexao.calada) return;
    if (direcao === 'pedido' && INICIO_DE_PEDIDO.test(pedaco.toString('latin1', 0, 5))) pedidos += 1;
    const falha = proxy.regra?.(direcao, pedaco);
    const ate = falha ? (falha.depoisDeBytes ?? 0) : pedaco.length;
    if (ate > 0) entregar(conexao, () => para.write(pedaco.subarray(0, ate)));
    if (falha?.como === 'reter') {
      conexao.retida = true;
      entregar(conexao, () => para.write(pedaco.subarray(ate)));
    } else if (falha) {
      acabar(conexao, falha.como);
    }
  }
}

async function escutar(porta: number, atender: (cliente: Socket) => void): Promise<Server> {
  const ouvinte = createServer({ allowHalfOpen: true }, atender);
  ouvinte.listen(porta, '127.0.0.1');
  await once(ouvinte, 'listening');
  return ouvinte;
}

function entregar(conexao: Conexao, acao: () => void): void {
  if (conexao.retida) conexao.guardado.push(acao);
  else acao();
}

function soltar(conexao: Conexao): void {
  conexao.retida = false;
  for (const acao of conexao.guardado.splice(0)) acao();
}

function acabar(conexao: Conexao, como: 'reset' | 'fim' | 'calar'): void {
  conexao.calada = true;
  if (como === 'calar') return;
  for (const socket of [conexao.cliente, conexao.servidor]) {
    if (como === 'fim') socket.end(() => socket.destroySoon());
    else socket.resetAndDestroy();
  }
}

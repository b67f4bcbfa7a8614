/**
 * Um Redis, ou um Redis Cluster de um mestre só, que não guarda nada: responde ao que a conexão pergunta ao abrir e ao
 * pulso, e ao resto com a recusa que o teste mandar. Um de verdade não recusa por encomenda.
 */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RedisDeMentira extends AsyncDisposable {
  readonly url: string;
  /** Com que recusa o pulso e os comandos, daqui em diante; vazio, com nada. */
  recusa: string;
  /** O mesmo, só para os comandos. */
  recusaDosComandos: string;
  /** Quantas conexões já se abriram. */
  readonly abertas: () => number;
  /** Quantas vezes se perguntou a topologia. */
  readonly topologias: () => number;
}

const OK = '+OK\r\n';
const texto = (valor: string) => `$${valor.length}\r\n${valor}\r\n`;
const lista = (...partes: readonly string[]) => `*${partes.length}\r\n${partes.join('')}`;

export async function abrirRedisDeMentira(emCluster = false): Promise<RedisDeMentira> {
  let abertas = 0;
  let topologias = 0;
  const sockets = new Set<Socket>();
  const responder = ([comando = '', sub = '']: readonly string[], socket: Socket): string => {
    const { port } = socket.address() as AddressInfo;
    // O que um cliente diz ao conectar-se, um Redis aceita mesmo quando recusa o resto.
    if (comando === 'HELLO' || comando === 'CLIENT') return OK;
    if (comando === 'PING') return '+PONG\r\n';
    if (comando === 'INFO') {
      return texto(`redis_version:7.2.0\r\nmaxmemory_policy:noeviction\r\ncluster_enabled:${emCluster ? 1 : 0}\r\n`);
    }
    if (comando === 'CLUSTER' && sub === 'SLOTS') {
      topologias += 1;
      return lista(lista(':0\r\n', ':16383\r\n', lista(texto('127.0.0.1'), `:${port}\r\n`, texto('a'.repeat(40)))));
    }
    if (deMentira.recusa !== '') return `-${deMentira.recusa}\r\n`;
    if (comando === 'SET' && deMentira.recusaDosComandos !== '') return `-${deMentira.recusaDosComandos}\r\n`;
    if (comando === 'CLUSTER') return texto('cluster_state:ok\r\n');
    if (comando === 'EVALSHA') return '-NOSCRIPT não há\r\n';
    if (comando === 'EVAL') return lista(texto(String(Math.floor(Date.now() / 1_000))), texto('0'));
    return OK;
  };
  const servidor = createServer((socket) => {
    abertas += 1;
    sockets.add(socket);
    let resto = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      resto += bytes.toString('latin1');
      for (let lido = lerComando(resto); lido; lido = lerComando(resto)) {
        resto = resto.slice(lido.tamanho);
        if (lido.partes[0] === 'QUIT') socket.end(OK);
        else socket.write(responder(lido.partes, socket));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  const { port } = servidor.address() as AddressInfo;
  const deMentira: RedisDeMentira = {
    url: `redis://127.0.0.1:${port}`,
    recusa: '',
    recusaDosComandos: '',
    abertas: () => abertas,
    topologias: () => topologias,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await once(servidor.close(), 'close');
    },
  };
  return deMentira;
}

/** Um comando, como os clientes os mandam: uma lista de textos. @returns `undefined` se ainda falta uma parte dele */
function lerComando(bytes: string): { readonly partes: string[]; readonly tamanho: number } | undefined {
  const comeco = /^\*(\d+)\r\n/.exec(bytes);
  if (!comeco) return undefined;
  let tamanho = comeco[0].length;
  const partes: string[] = [];
  for (let falta = Number(comeco[1]); falta > 0; falta -= 1) {
    const medida = /^\$(\d+)\r\n/.exec(bytes.slice(tamanho, tamanho + 16));
    if (!medida) return undefined;
    tamanho += medida[0].length;
    const parte = bytes.slice(tamanho, tamanho + Number(medida[1]));
    tamanho += Number(medida[1]) + 2;
    if (bytes.length < tamanho) return undefined;
    partes.push(parte);
  }
  return { partes, tamanho };
}

/** HTTP como ninguém devia escrever: um pedido certo, e estragos nele. */

import { connect } from 'node:net';
import type { Sorteio } from '../../scripts/comum/sorteio.ts';

interface Pedido {
  linha: string;
  cabecalhos: string[];
  corpo: string | Buffer;
  /** Depois de tudo, o que ainda se escreve na mesma conexão. */
  resto: string | Buffer;
  quebra: string;
}

const CHAMADA = '{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}';

function certo(corpo: string): Pedido {
  return {
    linha: 'POST / HTTP/1.1',
    cabecalhos: ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(corpo)}`],
    corpo,
    resto: '',
    quebra: '\r\n',
  };
}

function emBytes({ linha, cabecalhos, corpo, resto, quebra }: Pedido): Buffer {
  const cabeca = [linha, ...cabecalhos, '', ''].join(quebra);
  return Buffer.concat([Buffer.from(cabeca, 'latin1'), Buffer.from(corpo), Buffer.from(resto)]);
}

const LINHAS = [
  ...['GET / HTTP/1.1', 'PUT / HTTP/1.1', 'OPTIONS * HTTP/1.1', 'CONNECT localhost:1 HTTP/1.1', 'TRACE / HTTP/1.1'],
  ...['POST / HTTP/1.0', 'POST / HTTP/9.9', 'POST /', 'POST', '', ' ', 'POST  /  HTTP/1.1', 'post / HTTP/1.1'],
  ...['POST //evil/ HTTP/1.1', 'POST http://localhost/ HTTP/1.1', 'POST http://[/ HTTP/1.1', 'POST /%zz HTTP/1.1'],
  ...['POST /../../etc/passwd HTTP/1.1', 'GET /saude?x=1 HTTP/1.1', 'HEAD /saude HTTP/1.1', 'POST /saude HTTP/1.1'],
  ...['POST / HTTP/1.1\u0000', '\u0016\u0003\u0001\u0002\u0000\u0001', 'PRI * HTTP/2.0', 'POST /\u00ff HTTP/1.1'],
  `POST /${'a'.repeat(20_000)} HTTP/1.1`,
  `${'X'.repeat(5_000)} / HTTP/1.1`,
];

const CABECALHOS = [
  ...['Content-Length: 0', 'Content-Length: -1', 'Content-Length: 1e3', 'Content-Length: 99999999999999999999'],
  ...['Content-Length: 5', 'Content-Length: 65537', 'Content-Length: 3, 4', 'Content-Length:', 'Content-Length: 0x10'],
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: x', 'TE: trailers'],
  ...['Content-Encoding: gzip', 'Expect: 100-continue', 'Expect: 200-maybe', 'Upgrade: websocket', 'Connection: close'],
  ...['Connection: upgrade', 'Connection: keep-alive, x', 'Keep-Alive: timeout=999999', 'Range: bytes=0-1'],
  ...[
    'Host: evil.example',
    'Host:',
    'Host: localhost:99999',
    'Host: [::1',
    'Host: localhost\u0000',
    'Origin: http://x',
  ],
  ...['Content-Type: text/plain', 'Content-Type: application/json; charset=utf-16', 'Content-Type:', 'X: \u0000'],
  ...['Authorization: Bearer', 'Authorization: Bearer \u00ff\u00fe', 'Authorization: Basic eDp5', 'Authorization:'],
  ...[': vazio', 'sem dois pontos', ' dobrado', '\tdobrado', 'X Y: z', 'X: \r', '__proto__: x', 'constructor: x'],
  `Authorization: Bearer ${'A'.repeat(10_000)}`,
  `Cookie: ${'a=b; '.repeat(5_000)}`,
  Array.from({ length: 3_000 }, (_, i) => `X-${i}: ${i}`).join('\r\n'),
];

const CHUNKS = [
  ...[
    '0\r\n\r\n',
    '5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
    'zz\r\nabc\r\n',
    '-1\r\n\r\n',
    'ffffffffffffffff\r\nx',
    '5;x=y\r\nabcde\r\n',
  ],
  ...['1\r\n{\r\n0\r\nTrailer: x\r\n\r\n', '0\r\n', '3\r\nabcd\r\n0\r\n\r\n', `${'1'.repeat(200)}\r\n`, '10000\r\n'],
  `1;${'e'.repeat(30_000)}\r\na\r\n0\r\n\r\n`,
  `11000\r\n${' '.repeat(0x11000)}\r\n0\r\n\r\n`,
];

type Estrago = (pedido: Pedido, sorteio: Sorteio) => void;

const ESTRAGOS: readonly Estrago[] = [
  (pedido, sorteio) => {
    pedido.linha = sorteio.um(LINHAS);
  },
  (pedido, sorteio) => {
    pedido.cabecalhos.splice(sorteio.inteiro(pedido.cabecalhos.length + 1), 0, sorteio.um(CABECALHOS));
  },
  (pedido, sorteio) => {
    pedido.cabecalhos[sorteio.inteiro(pedido.cabecalhos.length)] = sorteio.um(CABECALHOS);
  },
  (pedido, sorteio) => {
    pedido.cabecalhos.splice(sorteio.inteiro(pedido.cabecalhos.length), 1);
  },
  (pedido, sorteio) => {
    pedido.cabecalhos = pedido.cabecalhos.filter((linha) => !linha.startsWith('Content-Length'));
    pedido.cabecalhos.push('Transfer-Encoding: chunked');
    pedido.corpo = sorteio.um(CHUNKS);
  },
  (pedido, sorteio) => {
    pedido.corpo = Buffer.from(pedido.corpo).subarray(0, sorteio.inteiro(pedido.corpo.length + 1));
  },
  (pedido, sorteio) => {
    pedido.corpo = Buffer.from(Array.from({ length: sorteio.inteiro(300) }, () => sorteio.inteiro(256)));
  },
  (pedido) => {
    pedido.quebra = '\n';
  },
  // Vários pedidos numa escrita só; às vezes o último não acaba.
  (pedido, sorteio) => {
    const outros = Buffer.concat(Array.from({ length: 1 + sorteio.inteiro(30) }, () => emBytes(certo(CHAMADA))));
    pedido.resto = sorteio.inteiro(2) === 0 ? outros : outros.subarray(0, -1 - sorteio.inteiro(40));
  },
];

/** @returns os bytes de um pedido com um a quatro estragos, e às vezes alguns bytes trocados ao acaso */
export function pedidoEstragado(sorteio: Sorteio): Buffer {
  const pedido = certo(CHAMADA);
  for (let vez = 0; vez <= sorteio.inteiro(4); vez += 1) sorteio.um(ESTRAGOS)(pedido, sorteio);
  const bytes = emBytes(pedido);
  if (sorteio.inteiro(4) === 0) bytes[sorteio.inteiro(bytes.length)] = sorteio.inteiro(256);
  return bytes;
}

export interface Mandado {
  readonly texto: () => string;
  readonly fechada: () => boolean;
  readonly largar: () => void;
}

/** Abre uma conexão, escreve os bytes, e junta o que vier. */
export function mandar(porta: number, bytes: Buffer): Mandado {
  const socket = connect({ port: porta, host: '127.0.0.1' });
  const pedacos: Buffer[] = [];
  let fechada = false;
  socket.on('error', () => {});
  socket.on('close', () => {
    fechada = true;
  });
  socket.on('end', () => socket.end());
  socket.on('data', (pedaco) => void pedacos.push(pedaco));
  socket.write(bytes);
  return {
    texto: () => Buffer.concat(pedacos).toString('utf8'),
    fechada: () => fechada,
    largar: () => void socket.destroy(),
  };
}

interface RespostaCrua {
  readonly status: number;
  readonly tipo: string | undefined;
  readonly corpo: string;
}

/** As respostas HTTP inteiras de um texto; a última pode ter ficado pelo meio. */
export function respostasDe(texto: string): RespostaCrua[] {
  const respostas: RespostaCrua[] = [];
  let bytes = Buffer.from(texto);
  for (;;) {
    const fim = bytes.indexOf('\r\n\r\n');
    if (fim < 0) return respostas;
    const cabeca = bytes.subarray(0, fim).toString();
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(cabeca)?.[1]);
    if (!status) throw new Error(`não é uma resposta HTTP: ${cabeca.slice(0, 200)}`);
    // Só o próprio Node responde aos pedaços, e sem corpo: a um `Expect` que não conhece.
    const aosPedacos = /^transfer-encoding: chunked$/im.test(cabeca) ? '0\r\n\r\n'.length : 0;
    const comprimento = aosPedacos || Number(/^content-length: (\d+)$/im.exec(cabeca)?.[1] ?? 0);
    const corpo = bytes.subarray(fim + 4, fim + 4 + comprimento);
    if (corpo.length < comprimento) return respostas;
    const semCorpo = aosPedacos > 0;
    respostas.push({
      status,
      tipo: /^content-type: (.*)$/im.exec(cabeca)?.[1],
      corpo: semCorpo ? '' : corpo.toString(),
    });
    bytes = bytes.subarray(fim + 4 + comprimento);
  }
}

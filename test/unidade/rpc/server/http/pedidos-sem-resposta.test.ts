/** Quem escreve muitos pedidos sem ler as respostas não enche a memória: o que passa do limite fica por ler. */

import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ate } from '../../../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../../../scripts/comum/pasta.ts';
import { PedidosSemResposta } from '../../../../../src/rpc/server/http/pedidos-sem-resposta.ts';
import { criarAutoridade } from '../../../../suporte/certificados.ts';

const CORPO = '{"jsonrpc":"2.0","id":1,"method":"x"}';
const PEDIDO = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${CORPO.length}\r\n\r\n${CORPO}`;

const POR_CONEXAO = 64;
/** Os da leitura em que se chegou ao limite também já vieram: o Node lê até 64 KB de cada vez. */
const DE_UMA_LEITURA = Math.ceil(65_536 / PEDIDO.length);

function clara(atender: RequestListener) {
  return { servidor: createServer(atender), ligar: (port: number): Socket => connect({ port, host: '127.0.0.1' }) };
}

function cifrada(atender: RequestListener) {
  using pasta = pastaTemporaria();
  const autoridade = criarAutoridade(pasta.caminho);
  const { cert, key } = autoridade.emitir('daqui', ['127.0.0.1']);
  const servidor = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, atender);
  return { servidor, ligar: (port: number): Socket => connectTls({ port, host: '127.0.0.1', ca: autoridade.pem }) };
}

/** Um servidor que lê o corpo de cada pedido que entra, e só responde quando o teste deixa. */
async function abrir(tipo: typeof clara | typeof cifrada) {
  const pedidos = new PedidosSemResposta();
  const conta = { chegaram: 0, entraram: 0, respondidos: 0, maiorEspera: 0 };
  let derrubar: () => void = () => {};
  let responder: () => void = () => {};
  const podeResponder = new Promise<void>((resolve) => {
    responder = resolve;
  });
  const { servidor, ligar } = tipo(async (req, res) => {
    conta.chegaram += 1;
    derrubar = () => void req.socket.destroy();
    conta.maiorEspera = Math.max(conta.maiorEspera, conta.chegaram - conta.respondidos);
    await pedidos.entrar(req.socket, res);
    conta.entraram += 1;
    if (req.socket.destroyed) return;
    for await (const _ of req);
    await podeResponder;
    await new Promise(setImmediate);
    conta.respondidos += 1;
    res.end('ok');
  });
  await new Promise<void>((resolve) => servidor.listen(0, '127.0.0.1', resolve));
  const socket = ligar((servidor.address() as AddressInfo).port);
  socket.on('error', () => {});
  let recebido = '';
  socket.setEncoding('latin1').on('data', (pedaco: string) => {
    recebido += pedaco;
  });
  onTestFinished(() => fechar(servidor, socket));
  return {
    pedidos,
    conta,
    socket,
    derrubar: () => derrubar(),
    responder,
    respostas: () => recebido.split('HTTP/1.1 200').length - 1,
  };
}

function fechar(servidor: Server, socket: Socket): void {
  socket.destroy();
  servidor.close();
}

describe.each([
  ['sem cifra', clara],
  ['cifrada', cifrada],
])('numa conexão %s', (_, tipo) => {
  test('só entram 64 pedidos sem resposta, e o resto fica por ler; todos são atendidos, na sua vez', async () => {
    const { conta, socket, responder, respostas } = await abrir(tipo);
    const total = 5_000;
    socket.write(PEDIDO.repeat(total));
    await ate(() => conta.chegaram > POR_CONEXAO, 'o limite');
    for (let volta = 0; volta < 100; volta += 1) await new Promise(setImmediate);
    expect(conta.entraram).toBe(POR_CONEXAO);
    responder();
    await ate(() => respostas() === total, 'todas as respostas');
    expect(conta.maiorEspera).toBeLessThanOrEqual(POR_CONEXAO + 2 * DE_UMA_LEITURA);
  });

  test('quem cai deixa de contar, também o que esperava por lugar', async () => {
    const { conta, pedidos, socket, derrubar } = await abrir(tipo);
    socket.write(PEDIDO.repeat(100));
    await ate(() => conta.chegaram === 100, 'os cem');
    derrubar();
    await ate(() => conta.entraram === 100, 'os que esperavam');
    expect(await pedidos.esperarRespostas(0)).toBe(true);
  });
});

test('as respostas que faltam são esperadas até o prazo', async () => {
  const { conta, pedidos, socket, responder } = await abrir(clara);
  socket.write(PEDIDO.repeat(3));
  await ate(() => conta.entraram === 3, 'os três');
  expect(await pedidos.esperarRespostas(1)).toBe(false);
  const espera = pedidos.esperarRespostas(60_000);
  responder();
  expect(await espera).toBe(true);
  expect(conta.respondidos).toBe(3);
});

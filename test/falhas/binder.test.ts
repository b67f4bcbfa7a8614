/** O binder que demora, ou responde disparates; e o servidor que some do binder. */

import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { abrirProxy } from '../../scripts/comum/proxy.ts';
import { CHAT_CONTRACT } from '../../src/contract/chat.ts';
import { nomesChamaveis } from '../../src/contract/procedure.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { abrirBinder } from '../suporte/local/binder.ts';
import { relogioDeTeste } from '../suporte/relogio.ts';
import { saude, servidorQueVolta } from './apoio.ts';

const NOMES = nomesChamaveis(CHAT_CONTRACT);

/** O contrato: quando o binder volta vazio, tudo está registrado de novo dentro disto. */
const REGISTRO_DE_VOLTA_MS = 15_000;
const LEASE_MAXIMO_S = 30;

interface Procedimento {
  readonly procedure_name: string;
  readonly endpoints: readonly { readonly ttl_s: number | null }[];
}

const listar = (binder: string): Promise<Procedimento[]> => resultado(binder, 'list_procedures');

/** Espera que todos os nomes estejam lá, e diz em quanto tempo ficaram. */
async function registrados(binder: string): Promise<number> {
  const comecoMs = performance.now();
  await ate(async () => (await listar(binder)).length === NOMES.length, 'o registro de todos os nomes');
  return performance.now() - comecoMs;
}

/** O que alguém que não é um binder pode responder. */
const DISPARATES: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.end(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end('lixo\r\n\r\n'),
  // Uma troca de protocolo que ninguém pediu: o `http` do Node fecha sem erro algum.
  (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
  (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>'),
  (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull'),
  (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n'),
  (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{"jsonrpc'),
  (socket) => socket.write('HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\nContent-Length: 0\r\n\r\n'),
  (socket) => responder(socket, { error: { code: 'x', message: 1 } }),
  (socket) => responder(socket, { error: { code: 9999, message: 'não há' } }),
  (socket) =>
    responder(socket, { error: { code: 2008, message: 'não é daqui', data: { tenteEmMs: 'x', problemas: 7 } } }),
  (socket) => responder(socket, { result: { procedure_name: 7 } }),
];

function responder(socket: Socket, resposta: object): void {
  const corpo = JSON.stringify({ jsonrpc: '2.0', id: null, ...resposta });
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(corpo)}\r\n\r\n${corpo}`);
}

test.concurrent('um binder que responde disparates não prende nem derruba o servidor, que se registra no de verdade', async () => {
  let respostas = 0;
  const falso = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      (DISPARATES[respostas % DISPARATES.length] as (typeof DISPARATES)[0])(socket);
      respostas += 1;
    });
  });
  await new Promise<void>((resolve) => falso.listen(0, '127.0.0.1', resolve));
  const { port } = falso.address() as { port: number };
  await using verdadeiro = await abrirBinder(relogioDoSistema);
  await using proxy = await abrirProxy(port);
  await using servidor = await servidorQueVolta(proxy.url);
  // Cada volta tenta todos os nomes: em duas, todos os disparates já vieram.
  await ate(() => respostas >= 2 * NOMES.length, 'duas voltas de disparates');
  expect(await saude(servidor.url)).toBe(200);
  // O primeiro nome pode ter recebido outro disparate em cada volta: cada motivo é dito uma vez só.
  const avisos = servidor.processo().erros().trim().split('\n');
  const motivos = avisos.map((aviso) => /não registrou os procedimentos.* motivo=(\S+)/u.exec(aviso)?.[1]);
  expect(motivos).not.toContain(undefined);
  expect(new Set(motivos).size).toBe(motivos.length);

  proxy.destino = verdadeiro.porta;
  proxy.cortar();
  expect(await registrados(verdadeiro.url)).toBeLessThan(REGISTRO_DE_VOLTA_MS);
  falso.close();
});

test.concurrent('um binder que demora mais que o prazo, ou que fica meio aberto, tem tudo registrado quando volta a responder', async () => {
  await using binder = await abrirBinder(relogioDoSistema);
  await using proxy = await abrirProxy(binder.porta);
  proxy.regra = (direcao) => (direcao === 'resposta' ? { como: 'reter' } : undefined);
  await using servidor = await servidorQueVolta(proxy.url);
  await ate(() => servidor.processo().erros().includes('tentando de novo'), 'o aviso de que o binder não responde');
  expect(await saude(servidor.url)).toBe(200);
  proxy.regra = () => ({ como: 'calar' });
  proxy.soltar();
  const antes = proxy.pedidos();
  await ate(() => proxy.pedidos() > antes, 'uma nova tentativa, que se cala');
  proxy.regra = undefined;
  const comecoMs = performance.now();
  await ate(() => servidor.processo().erros().includes('INFO procedimentos registrados'), 'o registro');
  expect(performance.now() - comecoMs).toBeLessThan(REGISTRO_DE_VOLTA_MS);
  expect(await listar(binder.url)).toHaveLength(NOMES.length);
});

test.concurrent('um servidor morto com kill -9 some do binder quando seu lease acaba, e nem um instante antes', async () => {
  const relogio = relogioDeTeste();
  await using binder = await abrirBinder(relogio);
  await using servidor = await servidorQueVolta(binder.url);
  await registrados(binder.url);
  await servidor.matar();
  const restos = (await listar(binder.url)).flatMap(({ endpoints }) => endpoints.map(({ ttl_s }) => ttl_s));
  expect(new Set(restos)).toEqual(new Set([LEASE_MAXIMO_S]));
  relogio.avancar(LEASE_MAXIMO_S * 1_000 - 1);
  expect(await listar(binder.url)).toHaveLength(NOMES.length);
  relogio.avancar(1);
  expect(await listar(binder.url)).toEqual([]);
});

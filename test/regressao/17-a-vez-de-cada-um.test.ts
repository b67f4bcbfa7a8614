/**
 * Defeito 17: quem pedia páginas grandes em muitas conexões, ou muitas de uma vez na mesma, tinha todas feitas na mesma
 * volta do event loop: os outros esperavam segundos por cada chamada.
 */

import { connect } from 'node:net';
import { setImmediate as proximaVolta } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { Rodizio } from '../../src/rpc/server/http/rodizio.ts';
import { abrirFregues } from '../fuzz/vitima.ts';
import { salaCom } from '../suporte/pessoas.ts';
import { iniciarSemBinder } from '../suporte/processos.ts';

const CONEXOES = 20;
const POR_CONEXAO = 20;

test('quem pede muitas páginas grandes de uma vez não toma o tempo dos outros', async () => {
  await using sistema = await iniciarSemBinder({ argumentos: ['--limite-mensagens', '0'] });
  const { url, porta } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro');
  const [pedro] = pessoas;
  for (let vez = 0; vez < 50; vez += 1) await pedro.dizer(sala, '\u{1f600}'.repeat(1_500));
  const pagina = Buffer.byteLength(JSON.stringify(await pedro.receber(sala)));
  await using outra = await abrirFregues(url, 'Outra');
  await outra.continuar(5);

  const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'receber_mensagens', params: [pedro.nome, sala] });
  const pedido = [
    ...['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', `Authorization: Bearer ${pedro.token}`],
    ...[`Content-Length: ${Buffer.byteLength(corpo)}`, '', corpo],
  ].join('\r\n');
  let bytes = 0;
  const antes = outra.voltas();
  const sockets = Array.from({ length: CONEXOES }, () => {
    const socket = connect({ port: porta, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.on('data', (pedaco) => {
      bytes += pedaco.length;
    });
    socket.write(pedido.repeat(POR_CONEXAO));
    return socket;
  });
  const paginas = CONEXOES * POR_CONEXAO;
  await ate(() => bytes >= paginas * pagina, 'todas as páginas');
  for (const socket of sockets) socket.destroy();
  // A conta é de voltas por página, não de tempo: a pressa da máquina não muda nada.
  expect(outra.voltas() - antes).toBeGreaterThan(paginas / 40);
});

/** Deixa rodar o que já está pronto, sem que a volta acabe. */
async function proximoPasso(): Promise<void> {
  for (let passo = 0; passo < 5; passo += 1) await Promise.resolve();
}

function anotando(rodizio: Rodizio) {
  const comecaram: string[] = [];
  const pedir = (nome: string, socket: object, quem = 'ninguém que pese') => {
    const aVez = rodizio.esperar(socket, quem);
    if (aVez) void aVez.then(() => comecaram.push(nome));
    else comecaram.push(nome);
  };
  return { comecaram, pedir };
}

test('as respostas saem juntas, no fim da volta em que os pedidos começaram; fora dela, na hora', async () => {
  const rodizio = new Rodizio();
  const sairam: string[] = [];
  const responder = async (nome: string) => {
    await rodizio.esperarSaida();
    sairam.push(nome);
  };
  void responder('de antes');
  await proximoPasso();
  expect(sairam).toEqual(['de antes']);

  await rodizio.esperar({}, 'alguém');
  await rodizio.esperar({}, 'alguém');
  for (const nome of ['a', 'b']) void responder(nome);
  await proximoPasso();
  expect(sairam).toEqual(['de antes']);
  await proximaVolta();
  expect(sairam).toEqual(['de antes', 'a', 'b']);
});

test('de muitos que pedem ao mesmo tempo começam 32 por volta; quem tem vários em fila não passa à frente dos outros', async () => {
  const { comecaram, pedir } = anotando(new Rodizio());
  const insistentes = Array.from({ length: 32 }, (_, n) => ({ n }));
  for (const socket of insistentes) for (const nome of ['1', '2', '3']) pedir(`${socket.n}.${nome}`, socket);
  for (let n = 32; n < 60; n += 1) pedir(`${n}.1`, {});
  await proximoPasso();
  expect(comecaram).toEqual(insistentes.map(({ n }) => `${n}.1`));
  await proximaVolta();
  await proximaVolta();
  expect(comecaram).toHaveLength(3 * 32);
  for (let n = 32; n < 60; n += 1) expect(comecaram).toContain(`${n}.1`);
  await proximaVolta();
  expect(comecaram).toHaveLength(3 * 32 + 28);
  for (const { n } of insistentes) {
    expect(comecaram.filter((nome) => nome.startsWith(`${n}.`))).toEqual([`${n}.1`, `${n}.2`, `${n}.3`]);
  }
});

test('os pedidos de uma conexão começam um por volta, na ordem, e os de outra não esperam por eles', async () => {
  const { comecaram, pedir } = anotando(new Rodizio());
  const [uma, outra] = [{}, {}];
  for (const nome of ['a1', 'a2', 'a3']) pedir(nome, uma);
  pedir('b1', outra);
  await Promise.resolve();
  await Promise.resolve();
  expect(comecaram).toEqual(['a1', 'b1']);
  await proximaVolta();
  expect(comecaram).toEqual(['a1', 'b1', 'a2']);
  // Quem chega depois fica atrás de quem já esperava.
  pedir('a4', uma);
  await proximaVolta();
  await proximaVolta();
  expect(comecaram).toEqual(['a1', 'b1', 'a2', 'a3', 'a4']);
});

test('de quem recebeu uma resposta grande, em qualquer conexão, começa um pedido por volta; dos outros, todos', async () => {
  const rodizio = new Rodizio();
  const { comecaram, pedir } = anotando(rodizio);
  rodizio.anotar('pesado', 1_000_000);
  rodizio.anotar('leve', 1_000);
  for (const nome of ['p1', 'p2']) pedir(nome, {}, 'pesado');
  for (const nome of ['l1', 'l2']) pedir(nome, {}, 'leve');
  for (const nome of ['s1', 's2']) pedir(nome, {});
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(comecaram.toSorted()).toEqual(['l1', 'l2', 'p1', 's1', 's2']);
  await proximaVolta();
  expect(comecaram).toContain('p2');
});

import { setImmediate as proximaVolta } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Rodizio } from '../../../../../src/rpc/server/http/rodizio.ts';

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
  rodizio.anotar(1_000_000, () => 'pesado');
  rodizio.anotar(1_000, () => 'leve');
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

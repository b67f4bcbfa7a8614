/**
 * Defeito 14: um batch de cinquenta leituras de uma sala de mensagens longas dava uma resposta de 40 MB. Quem os pedia
 * em muitas conexões, sem ler as respostas, tomava os gigabytes do servidor até que ele caísse, e meio segundo de todos
 * a cada vez.
 */

import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { postar, type Resposta } from '../../scripts/comum/jsonrpc.ts';
import { abrirFregues, consumo } from '../fuzz/vitima.ts';
import { type Pessoa, salaCom } from '../suporte/pessoas.ts';
import { iniciarSemBinder } from '../suporte/processos.ts';

const SEM_LIMITE = { argumentos: ['--limite-mensagens', '0'] };

/** A maior página que cabe no contrato: cinquenta mensagens de quatro mil caracteres de quatro bytes. */
async function encher(pessoa: Pessoa, sala: string): Promise<void> {
  for (let vez = 0; vez < 50; vez += 1) await pessoa.dizer(sala, '\u{1f600}'.repeat(4_000));
}

function cinquenta(method: string, params: unknown): string {
  return JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ jsonrpc: '2.0', id, method, params })));
}

test('as respostas de um batch têm um tamanho máximo: o que não cabe fica para outro pedido', async () => {
  await using sistema = await iniciarSemBinder(SEM_LIMITE);
  const { url } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro');
  const [pedro] = pessoas;
  await encher(pedro, sala);

  const { corpo } = await postar(url, cinquenta('receber_mensagens', [pedro.nome, sala]), pedro.token);
  const respostas = JSON.parse(corpo) as Resposta[];
  expect(corpo.length).toBeLessThan(4 * 1024 * 1024);
  expect(respostas.map(({ id }) => id).sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 50 }, (_, i) => i),
  );
  const atendidas = respostas.filter(({ result }) => result?.length === 50);
  const adiadas = respostas.filter(({ error }) => error?.code === 2008 && error.data.tenteEmMs === 0);
  expect(atendidas.length).toBeGreaterThan(0);
  expect(atendidas.length + adiadas.length).toBe(50);
});

test('num batch grande, o que age age uma vez e é respondido; só o que se pode repetir fica para depois', async () => {
  await using sistema = await iniciarSemBinder(SEM_LIMITE);
  const { url } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro');
  const [pedro] = pessoas;
  await encher(pedro, sala);

  const ler = { method: 'receber_mensagens', params: [pedro.nome, sala] };
  const dizer = (id: number) => ({ method: 'enviar_mensagem', params: [pedro.nome, sala, `depois ${id}`] });
  const entradas = Array.from({ length: 50 }, (_, id) => ({
    jsonrpc: '2.0',
    id,
    ...(id % 2 === 0 ? ler : dizer(id)),
  }));
  const { corpo } = await postar(url, JSON.stringify(entradas), pedro.token);
  const envios = (JSON.parse(corpo) as Resposta[]).filter(({ id }) => Number(id) % 2 === 1);
  expect(envios.map(({ result }) => result?.conteudo)).toEqual(envios.map(({ id }) => `depois ${id}`));
  const conteudos = (await pedro.receber(sala)).map(({ conteudo }) => conteudo);
  expect(conteudos.filter((conteudo) => conteudo.startsWith('depois'))).toHaveLength(25);
});

test('quem pede e não lê as respostas não toma a memória do servidor, nem o tempo dos outros', {
  timeout: 60_000,
}, async () => {
  await using sistema = await iniciarSemBinder(SEM_LIMITE);
  const { servidor } = sistema;
  const { sala, pessoas } = await salaCom(servidor.url, 'Pedro');
  const [pedro] = pessoas;
  await encher(pedro, sala);
  await using outra = await abrirFregues(servidor.url, 'Outra');

  const corpo = cinquenta('receber_mensagens', [pedro.nome, sala]);
  const cabecalhos = [
    'POST / HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Authorization: Bearer ${pedro.token}`,
    `Content-Length: ${Buffer.byteLength(corpo)}`,
  ];
  using surdas = socketsQueAcabam();
  for (let vez = 0; vez < 150; vez += 1) {
    surdas.abertos.push(pedirSemLer(servidor.porta, `${cabecalhos.join('\r\n')}\r\n\r\n${corpo}`));
    if (vez % 10 === 9) await outra.continuar(1);
  }
  await outra.continuar(5);
  expect(consumo(servidor).memoriaMb).toBeLessThan(1_000);
});

function socketsQueAcabam(): Disposable & { abertos: Socket[] } {
  const abertos: Socket[] = [];
  return {
    abertos,
    [Symbol.dispose]: () => {
      for (const socket of abertos) socket.destroy();
    },
  };
}

function pedirSemLer(porta: number, pedido: string): Socket {
  const socket = connect({ port: porta, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.pause();
  socket.write(pedido);
  return socket;
}

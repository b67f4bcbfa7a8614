/**
 * Defeito 14: um batch de cinquenta leituras de uma sala de mensagens longas dava uma resposta de 40 MB. Quem os pedia
 * em muitas conexões, sem ler as respostas, tomava os gigabytes do servidor até que ele caísse, e meio segundo de todos
 * a cada vez.
 */

import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { postar, type Resposta } from '../../scripts/comum/jsonrpc.ts';
import { abrirBordaLocal } from '../suporte/local/borda.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { type Pessoa, salaCom } from '../suporte/pessoas.ts';

const sistema = dividirSistemaLocal();

/** A maior página que cabe no contrato: cinquenta mensagens de quatro mil caracteres de quatro bytes. */
async function encher(pessoa: Pessoa, sala: string): Promise<void> {
  for (let vez = 0; vez < 50; vez += 1) await pessoa.dizer(sala, '\u{1f600}'.repeat(4_000));
}

function cinquenta(method: string, params: unknown): string {
  return JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ jsonrpc: '2.0', id, method, params })));
}

test('as respostas de um batch têm um tamanho máximo: o que não cabe fica para outro pedido', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro');
  const [pedro] = pessoas;
  await encher(pedro, sala);

  const { corpo } = await postar(url, cinquenta('receber_mensagens', [pedro.nome, sala]), pedro.token);
  const respostas = JSON.parse(corpo) as Resposta[];
  expect(corpo.length).toBeLessThan(4 * 1024 * 1024);
  expect(respostas.map(({ id }) => id).sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 50 }, (_, i) => i),
  );
  const atendidas = respostas.filter(({ result }) => result?.length === 51);
  const adiadas = respostas.filter(({ error }) => error?.code === 2008 && error.data.tenteEmMs === 0);
  expect(atendidas.length).toBeGreaterThan(0);
  expect(atendidas.length + adiadas.length).toBe(50);
});

test('num batch grande, o que age age uma vez e é respondido; só o que se pode repetir fica para depois', async () => {
  const { url } = sistema().servidor;
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

test('as que esperam que alguém as leia têm um tamanho máximo juntas: o que passa dele é derrubado', async () => {
  let respondidas = 0;
  const edge = await abrirBordaLocal({
    processo: 'servidor',
    responder: async () => {
      respondidas += 1;
      return { corpo: ENORME, reconhecido: true };
    },
  });
  onTestFinished(() => edge.close());
  const surdas: Surda[] = [];
  for (let vez = 1; vez <= SURDAS; vez += 1) {
    surdas.push(pedirSemLer(edge.porta));
    await ate(() => respondidas === vez, 'a resposta que não se lê');
  }
  for (const { socket } of surdas) socket.resume();
  const inteiras = (await Promise.all(surdas.map(({ lidos }) => lidos))).filter((bytes) => bytes > ENORME.length);
  // Das primeiras ainda cabem 64 MB; sem o máximo, todas estariam inteiras.
  expect(inteiras.length).toBeLessThanOrEqual(3);
});

/** Maior do que o sistema guarda por uma conexão em que ninguém lê: o resto fica na memória do servidor. */
const ENORME = JSON.stringify('x'.repeat(24 * 1024 * 1024));
const SURDAS = 5;

interface Surda {
  readonly socket: Socket;
  /** Quantos bytes leu até que a conexão acabasse, ou até a resposta inteira. */
  readonly lidos: Promise<number>;
}

function pedirSemLer(porta: number): Surda {
  const socket = connect({ port: porta, host: '127.0.0.1' });
  const corpo = '{"jsonrpc":"2.0","id":1,"method":"x"}';
  const cabecalhos = ['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  socket.write(`${cabecalhos.join('\r\n')}\r\nContent-Length: ${corpo.length}\r\n\r\n${corpo}`);
  const lidos = new Promise<number>((resolve) => {
    let bytes = 0;
    socket.on('data', (pedaco) => {
      bytes += pedaco.length;
      if (bytes > ENORME.length) resolve(bytes);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(bytes));
  });
  socket.pause();
  onTestFinished(() => void socket.destroy());
  return { socket, lidos };
}

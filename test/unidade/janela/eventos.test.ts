/** Quem olha a janela não a derruba: as páginas são contadas, e a que não lê se fecha. */

import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as naVoltaSeguinte } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { Eventos } from '../../../src/janela/eventos.ts';
import { Janela } from '../../../src/janela/janela.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';

const MAXIMO_DE_PAGINAS = 50;
const MEGABYTE = 1024 * 1024;
/** Mais que os 16 que se guardam para quem não lê, e que o que cabe nos buffers dos sockets. */
const MUITOS_MB = 64;

async function abrirEventos() {
  const janela = new Janela({ clock: relogioDeTeste() });
  const eventos = new Eventos(janela);
  const atendidas: ServerResponse[] = [];
  const servidor = createServer((req, res) => {
    atendidas.push(res);
    eventos.atender(req, res);
  }).listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  const { port } = servidor.address() as AddressInfo;
  return {
    janela,
    atendidas,
    abrirPagina: async () => {
      const [resposta] = (await once(get({ port, host: '127.0.0.1', agent: false }), 'response')) as [IncomingMessage];
      return resposta.on('error', () => {});
    },
    [Symbol.asyncDispose]: async () => {
      eventos.close();
      servidor.closeAllConnections();
      await once(servidor.close(), 'close');
    },
  };
}

test('50 páginas olham ao mesmo tempo; a seguinte ouve que são demais, e entra quando uma sai', async () => {
  await using eventos = await abrirEventos();
  const paginas: IncomingMessage[] = [];
  for (let quantas = 0; quantas < MAXIMO_DE_PAGINAS; quantas += 1) paginas.push(await eventos.abrirPagina());
  expect(new Set(paginas.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  const demais = await eventos.abrirPagina();
  expect([demais.statusCode, demais.headers['retry-after']]).toEqual([503, '5']);
  paginas[0]?.destroy();
  await ate(() => eventos.atendidas[0]?.closed, 'a que saiu se fechar');
  expect((await eventos.abrirPagina()).statusCode).toBe(200);
});

test('a página que não lê se fecha, e a que lê recebe tudo', async () => {
  await using eventos = await abrirEventos();
  const parada = await eventos.abrirPagina();
  parada.pause();
  const leitora = await eventos.abrirPagina();
  let lidos = 0;
  leitora.on('data', (bytes: Buffer) => {
    lidos += bytes.length;
  });
  const [daParada, daLeitora] = eventos.atendidas;
  for (let mb = 1; mb <= MUITOS_MB; mb += 1) {
    eventos.janela.dizer({ tipo: 'redes_cortadas', nomes: ['x'.repeat(MEGABYTE)] });
    await ate(() => lidos >= mb * MEGABYTE, 'a leitora ler');
    await naVoltaSeguinte();
    if (mb === 8) expect(daParada?.destroyed).toBe(false);
  }
  expect(daParada?.destroyed).toBe(true);
  expect(daLeitora?.destroyed).toBe(false);
});

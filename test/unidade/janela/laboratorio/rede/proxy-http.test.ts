import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { CondicaoDaRede } from '../../../../../src/janela/laboratorio/rede/condicao-da-rede.ts';
import { abrirProxy, type ProxyOptions } from '../../../../../src/janela/laboratorio/rede/proxy-http.ts';
import { relogioDoSistema } from '../../../../../src/process/clock.ts';

/** Quem atende responde o que recebeu, e lembra de tudo. */
async function montar(mais: Partial<ProxyOptions> = {}) {
  const recebidos: string[] = [];
  const servidor = createServer(async (req, res) => {
    let corpo = '';
    for await (const pedaco of req) corpo += pedaco;
    recebidos.push(corpo);
    res.end(`eco de ${corpo}`);
  });
  await new Promise<void>((resolve) => servidor.listen(0, '127.0.0.1', resolve));
  const [origem, rede] = [new CondicaoDaRede(relogioDoSistema), new CondicaoDaRede(relogioDoSistema)];
  const destino = { porta: () => (servidor.address() as AddressInfo).port, rede };
  const proxy = await abrirProxy({ origem, destino, muda: (corpo) => corpo.startsWith('muda'), ...mais });
  const postar = async (body: string) =>
    (await fetch(`http://127.0.0.1:${proxy.porta}`, { method: 'POST', body })).text();
  const fechar = async () => {
    await proxy.close();
    servidor.closeAllConnections();
    await new Promise((resolve) => servidor.close(resolve));
  };
  return { recebidos, origem, rede, postar, [Symbol.asyncDispose]: fechar };
}

test('uma resposta perdida saiu de quem atende, e só uma que muda algo se perde', async () => {
  await using sistema = await montar();
  sistema.rede.perderProximaResposta();
  expect(await sistema.postar('lê')).toBe('eco de lê');
  await expect(sistema.postar('muda 1')).rejects.toThrow();
  expect(sistema.recebidos).toEqual(['lê', 'muda 1']);
  expect(await sistema.postar('muda 2')).toBe('eco de muda 2');
});

test('um pedido duplicado chega duas vezes a quem atende, e uma resposta a quem chama', async () => {
  await using sistema = await montar();
  sistema.rede.duplicarProximoPedido();
  expect(await sistema.postar('muda')).toBe('eco de muda');
  expect(await sistema.postar('muda outra')).toBe('eco de muda outra');
  expect(sistema.recebidos).toEqual(['muda', 'muda', 'muda outra']);
});

test.each(['origem', 'rede'] as const)('com a %s cortada nada passa; religada, tudo passa', async (qual) => {
  await using sistema = await montar();
  sistema[qual].cortar();
  await expect(sistema.postar('lê')).rejects.toThrow();
  expect(sistema.recebidos).toEqual([]);
  sistema[qual].religar();
  expect(await sistema.postar('lê')).toBe('eco de lê');
});

test('o pedido que se muda chega mudado, e o que se segura não chega', async () => {
  await using sistema = await montar({ mudarPedido: (pedido) => (pedido === 'não' ? undefined : `${pedido}!`) });
  expect(await sistema.postar('sim')).toBe('eco de sim!');
  await expect(sistema.postar('não')).rejects.toThrow();
  expect(sistema.recebidos).toEqual(['sim!']);
});

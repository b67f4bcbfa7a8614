import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { http } from '../../../../../scripts/comum/jsonrpc.ts';
import type { Responder } from '../../../../../src/rpc/server/http/atendimento.ts';
import { abrirBordaLocal } from '../../../../suporte/local/borda.ts';

const responder: Responder = () => Promise.reject(new Error('ninguém chama'));

async function saudeComHost(url: string, Host: string): Promise<number> {
  return (await http(url, { method: 'GET', caminho: '/saude', headers: { Host } })).status;
}

function temIpv6(): boolean {
  return Object.values(networkInterfaces()).some((enderecos) => enderecos?.some(({ address }) => address === '::1'));
}

test.skipIf(!temIpv6())('em ::1 a URL tem colchetes, e só se atende pelos nomes desta máquina', async () => {
  const edge = await abrirBordaLocal({ processo: 'binder', responder, host: '::1' });
  expect(edge.url).toBe(`http://[::1]:${edge.porta}`);
  expect(await saudeComHost(edge.url, `[::1]:${edge.porta}`)).toBe(200);
  expect(await saudeComHost(edge.url, 'localhost')).toBe(200);
  expect(await saudeComHost(edge.url, 'pagina.example')).toBe(403);
  await edge.close();
});

test.skipIf(process.platform !== 'linux')('em outro endereço de loopback, atende também por ele', async () => {
  const edge = await abrirBordaLocal({ processo: 'servidor', responder, host: '127.0.0.2' });
  expect(await saudeComHost(edge.url, '127.0.0.2')).toBe(200);
  expect(await saudeComHost(edge.url, 'localhost')).toBe(200);
  expect(await saudeComHost(edge.url, '127.0.0.3')).toBe(403);
  await edge.close();
});

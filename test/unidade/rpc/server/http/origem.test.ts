import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { criarOrigem } from '../../../../../src/rpc/server/http/origem.ts';

const PROXIES = ['10.0.0.1', '10.0.0.2', '2001:db8::9'];

function pedidoDe(remoto: string, passou?: string): IncomingMessage {
  return {
    socket: { remoteAddress: remoto },
    headers: passou === undefined ? {} : { 'x-forwarded-for': passou },
  } as unknown as IncomingMessage;
}

describe('de onde vem um pedido', () => {
  test('sem proxies de confiança, é da conexão, diga o cabeçalho o que disser', () => {
    expect(criarOrigem([])(pedidoDe('10.0.0.1', '192.0.2.7'))).toBe('10.0.0.1');
  });

  test('de quem não é um proxy de confiança, o cabeçalho não se lê', () => {
    expect(criarOrigem(PROXIES)(pedidoDe('198.51.100.1', '192.0.2.7'))).toBe('198.51.100.1');
  });

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['203.0.113.5, 192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, 10.0.0.2', '192.0.2.7'],
    ['inventado, 192.0.2.7,10.0.0.2 , 10.0.0.1', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:4321', '192.0.2.7'],
    ['[2001:db8::7]:4321', '2001:db8:0:0:0:0:0:7'],
    ['2001:DB8::7, 2001:db8:0::9', '2001:db8:0:0:0:0:0:7'],
  ])('por um deles, %j diz %s: o último endereço que não é de um deles', (passou, origem) => {
    expect(criarOrigem(PROXIES)(pedidoDe('10.0.0.1', passou))).toBe(origem);
  });

  test('o proxy se reconhece também como IPv4 dentro de um IPv6', () => {
    expect(criarOrigem(PROXIES)(pedidoDe('::ffff:10.0.0.1', '192.0.2.7'))).toBe('192.0.2.7');
  });

  test.each([undefined, '', '10.0.0.2', '192.0.2.7, desconhecido', 'unknown'])(
    'com %j, que não diz de onde veio, é o do proxy',
    (passou) => {
      expect(criarOrigem(PROXIES)(pedidoDe('10.0.0.1', passou))).toBe('10.0.0.1');
    },
  );
});

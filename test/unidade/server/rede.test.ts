import { describe, expect, test } from 'vitest';
import { redeDoEndereco } from '../../../src/server/rede.ts';

describe('a quem um endereço pertence', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
  ])('%s conta como o IPv4 %s', (endereco, rede) => {
    expect(redeDoEndereco(endereco)).toBe(rede);
  });

  test('dois IPv4 vizinhos são duas pessoas', () => {
    expect(redeDoEndereco('192.0.2.7')).not.toBe(redeDoEndereco('192.0.2.8'));
  });

  test('dois endereços do mesmo /64 são uma pessoa só, como quer que se escrevam', () => {
    const rede = redeDoEndereco('2001:db8:0:7::1');
    expect(redeDoEndereco('2001:0db8:0000:0007:ffff:ffff:ffff:ffff')).toBe(rede);
    expect(redeDoEndereco('2001:DB8:0:7:1:2:3:4')).toBe(rede);
    expect(redeDoEndereco('2001:db8:0:8::1')).not.toBe(rede);
    expect(redeDoEndereco('2001:db8::7:0:0:0:1')).toBe(rede);
  });

  test('a zona de um endereço local não separa nem junta pessoas', () => {
    expect(redeDoEndereco('fe80::1%eth0')).toBe(redeDoEndereco('fe80::2%eth0'));
    expect(redeDoEndereco('::1')).toBe('0:0:0:0');
  });
});

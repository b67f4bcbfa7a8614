import { describe, expect, test } from 'vitest';
import {
  comColchetes,
  ehLoopback,
  hostComPorta,
  ipCanonico,
  redeDoEndereco,
  semColchetes,
} from '../../../src/process/enderecos.ts';

describe('um endereço de loopback', () => {
  test.each([
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::FFFF:127.0.0.1',
    '::ffff:7f00:1',
  ])('%s só é alcançável desta máquina', (ip) => {
    expect(ehLoopback(ip)).toBe(true);
  });

  test.each([
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '::2',
    '::ffff:192.0.2.7',
    'fe80::1%lo',
    '127.0.0.1.exemplo',
    'localhost',
    '',
  ])('%j não é um', (texto) => {
    expect(ehLoopback(texto)).toBe(false);
  });
});

describe('numa URL', () => {
  test('um IPv6 vai entre colchetes, e os outros como são', () => {
    expect(['::1', '127.0.0.1', 'maquina'].map(comColchetes)).toEqual(['[::1]', '127.0.0.1', 'maquina']);
    expect(hostComPorta('2001:db8::1', 80)).toBe('[2001:db8::1]:80');
    expect(hostComPorta('maquina', 80)).toBe('maquina:80');
  });

  test('os colchetes se tiram de quem os tem', () => {
    expect(['[::1]', '::1', 'maquina'].map(semColchetes)).toEqual(['::1', '::1', 'maquina']);
  });
});

describe('a forma única de um IP', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'],
    ['2001:0db8:0:0::0001', '2001:db8:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0:0:0:c000:207'],
  ])('de %s é %s', (ip, canonico) => {
    expect(ipCanonico(ip)).toBe(canonico);
  });

  test.each(['', 'maquina', '192.0.2', '192.0.2.7:80', '[::1]', '::1::'])('de %j não há: não é um IP', (texto) => {
    expect(ipCanonico(texto)).toBeUndefined();
  });
});

describe('a rede a que um endereço pertence', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
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

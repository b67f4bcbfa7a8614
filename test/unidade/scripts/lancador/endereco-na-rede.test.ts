import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  enderecosNaRede,
  escolherEndereco,
  lerEnderecoDito,
} from '../../../../scripts/lancador/enderecos/endereco-na-rede.js';

function ipv4(address: string, internal = false): NetworkInterfaceInfo {
  return { address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01', internal, cidr: null, family: 'IPv4' };
}

function ipv6(address: string): NetworkInterfaceInfo {
  return { ...ipv4(address), family: 'IPv6', scopeid: 0 };
}

const WIFI = { placa: 'wlan0', endereco: '192.168.0.10' };
const CABO = { placa: 'eth0', endereco: '10.0.0.7' };

/** Quem responde uma frase por vez, e guarda o que lhe perguntaram. */
function pessoaQueResponde(...respostas: string[]) {
  const perguntas: string[] = [];
  const perguntar = async (frase: string) => {
    perguntas.push(frase);
    return respostas.shift() as string;
  };
  return { perguntas, perguntar };
}

describe('os endereços desta máquina', () => {
  test('são os IPv4 das placas que estão em uma rede', () => {
    const placas = {
      lo: [ipv4('127.0.0.1', true)],
      wlan0: [ipv6('fe80::1'), ipv4('192.168.0.10')],
      eth1: [ipv4('169.254.10.20')],
      eth2: undefined,
    };
    expect(enderecosNaRede(placas)).toEqual([WIFI]);
  });

  test('os de contêineres e máquinas virtuais vêm depois dos outros', () => {
    const placas = {
      docker0: [ipv4('172.17.0.1')],
      'vEthernet (WSL)': [ipv4('172.30.0.1')],
      wlan0: [ipv4('192.168.0.10')],
      eth0: [ipv4('10.0.0.7')],
    };
    expect(enderecosNaRede(placas).map(({ placa }) => placa)).toEqual(['wlan0', 'eth0', 'docker0', 'vEthernet (WSL)']);
  });
});

describe('a escolha do endereço', () => {
  test('um só não se pergunta', async () => {
    const { perguntas, perguntar } = pessoaQueResponde();
    expect(await escolherEndereco([WIFI], perguntar)).toBe('192.168.0.10');
    expect(perguntas).toEqual([]);
  });

  test('entre vários, pergunta, e pergunta de novo o que não é um número da lista', async () => {
    const { perguntas, perguntar } = pessoaQueResponde('0', '3', 'eth0', '1.5', ' 2 ');
    expect(await escolherEndereco([WIFI, CABO], perguntar)).toBe('10.0.0.7');
    expect(perguntas[0]).toContain('1) 192.168.0.10 (wlan0)\n  2) 10.0.0.7 (eth0)\n');
    expect(perguntas.slice(1)).toEqual(new Array(4).fill('Digite um número de 1 a 2: '));
  });

  test('Enter escolhe o primeiro', async () => {
    expect(await escolherEndereco([WIFI, CABO], pessoaQueResponde('').perguntar)).toBe('192.168.0.10');
  });

  test('entre vários, sem ninguém no terminal, diz quais são e como se escolhe', async () => {
    const escolha = escolherEndereco([WIFI, CABO], undefined);
    await expect(escolha).rejects.toThrow(/192\.168\.0\.10 \(wlan0\), 10\.0\.0\.7 \(eth0\).* rede 192\.168\.0\.10"/);
  });

  test('sem nenhum, diz que falta uma rede', async () => {
    await expect(escolherEndereco([], undefined)).rejects.toThrow(/não tem um endereço IPv4 em nenhuma rede/);
  });
});

describe('o endereço que a pessoa diz', () => {
  test.each(['192.168.0.10', 'chat.exemplo', 'maquina-3', 'localhost'])('%s serve', (texto) => {
    expect(lerEnderecoDito(texto)).toBe(texto);
  });

  test.each([
    '',
    '192.168.0.300',
    '192.168.0',
    'http://chat.exemplo',
    'chat.exemplo:5000',
    'a b',
    '-x',
    'a;rm',
    '$(x)',
  ])('%j é recusado', (texto) => {
    expect(() => lerEnderecoDito(texto)).toThrow('o endereço deve ser um IPv4 ou um nome');
  });
});

import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ConexoesAbertas } from '../../../../../src/rpc/server/http/conexoes-abertas.ts';

/** O contrato da casa: o que uma rede pode abrir fora desta máquina. */
const POR_REDE = 1_000;

class SocketDeMentira extends EventEmitter {
  readonly remoteAddress: string;
  vivo = true;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.vivo = false;
    this.emit('close');
  }
}

function abrir(proxiesConfiaveis: readonly string[] = []) {
  const servidor = new EventEmitter() as unknown as Server;
  new ConexoesAbertas(servidor, { maximo: 20_000, proxiesConfiaveis });
  return {
    servidor,
    chegar: (endereco: string) => {
      const socket = new SocketDeMentira(endereco);
      servidor.emit('connection', socket as never);
      return socket;
    },
  };
}

describe('as conexões de uma rede', () => {
  test.each([
    ['um IPv4', () => '192.0.2.7', '192.0.2.8'],
    ['um /64 inteiro de IPv6', (n: number) => `2001:db8:0:7::${n.toString(16)}`, '2001:db8:0:8::1'],
    ['um IPv4 dentro de um IPv6', () => '::ffff:192.0.2.7', '::ffff:192.0.2.8'],
  ])('%s tem até mil, e as das outras não contam com elas', (_caso, endereco, vizinho) => {
    const { chegar } = abrir();
    const abertas = Array.from({ length: POR_REDE }, (_, n) => chegar(endereco(n)));
    expect(abertas.every(({ vivo }) => vivo)).toBe(true);
    expect(chegar(endereco(POR_REDE)).vivo).toBe(false);
    expect(chegar(vizinho).vivo).toBe(true);
    abertas[0]?.destroy();
    expect(chegar(endereco(POR_REDE)).vivo).toBe(true);
  });

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::ffff:10.0.0.1'])(
    'de %s, que é esta máquina ou um proxy de confiança, não se contam',
    (endereco) => {
      const { chegar } = abrir(['10.0.0.1']);
      for (let n = 0; n < POR_REDE; n += 1) chegar(endereco);
      expect(chegar(endereco).vivo).toBe(true);
    },
  );

  test('o máximo do processo é o que se pediu', () => {
    expect(abrir().servidor.maxConnections).toBe(20_000);
  });
});

/** O registro do binder com o tempo na mão: o que um processo de verdade só mostraria esperando. */

import { describe, expect, test } from 'vitest';
import { Registry } from '../../src/binder/registry.ts';

const A = { address: 'um.example', port: 1 };
const B = { address: 'dois.example', port: 2 };
const C = { address: 'tres.example', port: 3 };

/** Um registro e o seu relógio, que só anda quando o teste manda. */
function abrir() {
  let agora = 1_000_000.25;
  const registry = new Registry({ agoraMs: () => 0, monotonicoMs: () => agora });
  return {
    registry,
    passar: (ms: number) => {
      agora += ms;
    },
    endereco: (nome: string) => registry.lookup(nome).address,
  };
}

const NAO_REGISTRADO = expect.objectContaining({ tipo: 'PROCEDIMENTO_NAO_REGISTRADO' });

describe('um lease', () => {
  test('vale até o último instante do seu tempo, e nem um a mais', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, 2);
    passar(1_999);
    expect(registry.lookup('p')).toMatchObject(A);
    passar(1);
    expect(() => registry.lookup('p')).toThrow(NAO_REGISTRADO);
  });

  test('diz o que resta dele, arredondado para cima: nunca 0 enquanto vive', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, 3);
    const restos: (number | null)[] = [];
    for (const ms of [0, 1, 998, 1, 1, 999, 998]) {
      passar(ms);
      restos.push(registry.lookup('p').ttl_s);
    }
    expect(restos).toEqual([3, 3, 3, 2, 2, 1, 1]);
  });

  test('registrado de novo recomeça inteiro', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, 2);
    passar(1_500);
    registry.register('p', A, 2);
    passar(1_500);
    expect(registry.lookup('p')).toEqual({ ...A, ttl_s: 1 });
  });

  test('vencido pode ser registrado de novo, e então vive', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, 1);
    passar(5_000);
    registry.register('p', A, 1);
    expect(registry.lookup('p')).toMatchObject(A);
  });

  test('renovado com menos tempo passa a valer menos: o último registro decide', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, 100);
    registry.register('p', A, 1);
    passar(1_000);
    expect(() => registry.lookup('p')).toThrow(NAO_REGISTRADO);
  });

  test('dado a quem não tinha nenhum passa a valer, e tirado deixa de valer', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, undefined);
    registry.register('p', A, 1);
    registry.register('q', A, 1);
    registry.register('q', A, undefined);
    passar(1_000);
    expect(() => registry.lookup('p')).toThrow(NAO_REGISTRADO);
    expect(registry.lookup('q')).toEqual({ ...A, ttl_s: null });
  });

  test('nenhum: o endpoint fica', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, undefined);
    passar(1_000 * 86_400_000);
    expect(registry.lookup('p')).toEqual({ ...A, ttl_s: null });
  });

  test('vencido não conta como estar lá ao ser retirado', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, 1);
    passar(1_000);
    expect(registry.unregister('p', A)).toBe(false);
  });

  test('de um procedimento não é o de outro no mesmo endpoint', () => {
    const { registry, passar } = abrir();
    registry.register('p', A, 1);
    registry.register('q', A, 2);
    passar(1_000);
    expect(() => registry.lookup('p')).toThrow(NAO_REGISTRADO);
    expect(registry.lookup('q')).toMatchObject(A);
  });
});

describe('a vez', () => {
  test('passa por todos os vivos antes de voltar ao primeiro', () => {
    const { registry, endereco } = abrir();
    for (const endpoint of [A, B, C]) registry.register('p', endpoint, 10);
    const vistos = Array.from({ length: 6 }, () => endereco('p'));
    expect(new Set(vistos.slice(0, 3))).toEqual(new Set([A.address, B.address, C.address]));
    expect(vistos.slice(3)).toEqual(vistos.slice(0, 3));
  });

  test('pula os vencidos, e nunca os entrega', () => {
    const { registry, passar, endereco } = abrir();
    registry.register('p', A, 10);
    registry.register('p', B, 1);
    registry.register('p', C, 10);
    endereco('p');
    passar(1_000);
    expect(new Set(Array.from({ length: 4 }, () => endereco('p')))).toEqual(new Set([A.address, C.address]));
  });

  test('não se perde com as renovações: ninguém fica sem receber nem recebe em dobro', () => {
    const { registry, passar, endereco } = abrir();
    const contagem = new Map<string, number>();
    for (let rodada = 0; rodada < 30; rodada += 1) {
      // Renovam na mesma cadência em que são procurados, o pior caso para quem reordena ao renovar.
      for (const endpoint of [A, B]) registry.register('p', endpoint, 30);
      passar(5_000);
      const qual = endereco('p');
      contagem.set(qual, (contagem.get(qual) ?? 0) + 1);
    }
    expect([...contagem.values()]).toEqual([15, 15]);
  });

  test('de um procedimento não mexe na de outro', () => {
    const { registry, endereco } = abrir();
    for (const nome of ['p', 'q']) for (const endpoint of [A, B]) registry.register(nome, endpoint, undefined);
    const primeiro = endereco('p');
    expect(endereco('q')).toBe(primeiro);
    expect(endereco('p')).not.toBe(primeiro);
  });

  test('não muda por listar nem por retirar outro', () => {
    const { registry, endereco } = abrir();
    for (const endpoint of [A, B, C]) registry.register('p', endpoint, undefined);
    expect(endereco('p')).toBe(A.address);
    registry.list();
    registry.unregister('p', C);
    expect(endereco('p')).toBe(B.address);
    expect(endereco('p')).toBe(A.address);
  });
});

describe('a lista', () => {
  test('está em ordem de code points, não na de registro nem na de dicionário', () => {
    const { registry } = abrir();
    for (const nome of ['b', 'a', 'B', '_', '10', '9', 'a.b', 'a-b', 'aa']) registry.register(nome, A, undefined);
    expect(registry.list().map(({ procedure_name }) => procedure_name)).toEqual([
      '10',
      '9',
      'B',
      '_',
      'a',
      'a-b',
      'a.b',
      'aa',
      'b',
    ]);
  });

  test('não traz quem já não tem endpoint vivo, nem os endpoints vencidos de quem tem', () => {
    const { registry, passar } = abrir();
    registry.register('acabou', A, 1);
    registry.register('retirado', A, undefined);
    registry.unregister('retirado', A);
    registry.register('metade', A, 1);
    registry.register('metade', B, 3);
    passar(1_500);
    expect(registry.list()).toEqual([{ procedure_name: 'metade', endpoints: [{ ...B, ttl_s: 2 }] }]);
  });

  test('traz um endpoint uma só vez, por mais que ele se registre', () => {
    const { registry } = abrir();
    for (let vez = 0; vez < 3; vez += 1) registry.register('p', A, 10);
    expect(registry.list()[0]?.endpoints).toHaveLength(1);
  });
});

test('a mesma porta noutro endereço, ou outra porta no mesmo, é outro endpoint', () => {
  const { registry } = abrir();
  registry.register('p', { address: 'a', port: 1 }, undefined);
  registry.register('p', { address: 'a', port: 2 }, undefined);
  registry.register('p', { address: 'b', port: 1 }, undefined);
  expect(registry.list()[0]?.endpoints).toHaveLength(3);
  expect(registry.unregister('p', { address: 'b', port: 2 })).toBe(false);
  expect(registry.unregister('p', { address: 'a', port: 2 })).toBe(true);
  expect(registry.list()[0]?.endpoints).toHaveLength(2);
});

test.each(['__proto__', 'constructor', 'toString'])('%s é um nome como outro', (nome) => {
  const { registry } = abrir();
  expect(() => registry.lookup(nome)).toThrow(NAO_REGISTRADO);
  expect(registry.unregister(nome, A)).toBe(false);
  registry.register(nome, A, undefined);
  expect(registry.lookup(nome)).toMatchObject(A);
});

import { expect, test } from 'vitest';
import { seguir } from '../../../../src/cliente/subcomandos/procedimentos.ts';

const FIM = new Error('basta');

/** Pergunta a um binder que responde já, a cada vez com um endpoint destes; o relógio só anda quando se espera. */
async function seguirAte(hosts: readonly string[]) {
  const passos: string[] = [];
  const fila = [...hosts];
  const consultar = async () => {
    const address = fila.shift();
    if (address === undefined) throw FIM;
    passos.push(address);
    const endpoints = [{ address, port: 1, ttl_s: null, instancia: null }];
    return { versao: String(passos.length), procedures: [{ procedure_name: 'oi', endpoints }] };
  };
  const esperar = async (ms: number) => {
    passos.push(`${ms} ms`);
  };
  await expect(seguir(consultar, async () => {}, { esperar })).rejects.toBe(FIM);
  return passos;
}

test('uma resposta que nada traz de novo faz descansar, e uma mudança não', async () => {
  expect(await seguirAte(['a', 'a', 'a', 'b', 'c', 'c'])).toEqual([
    'a',
    'a',
    '1000 ms',
    'a',
    '1000 ms',
    'b',
    'c',
    'c',
    '1000 ms',
  ]);
});

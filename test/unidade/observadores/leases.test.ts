import { expect, test } from 'vitest';
import { juntarLeases } from '../../../src/observadores/leases.ts';

function anotar() {
  const anotados: unknown[] = [];
  return {
    anotados,
    aoRegistrar: (...registro: unknown[]) => void anotados.push(registro),
    aoTerminar: (...fim: unknown[]) => void anotados.push(fim),
  };
}

test('com dois que assistem aos registros, os dois sabem de tudo; com um só, é ele mesmo', () => {
  const [um, outro] = [anotar(), anotar()];
  const juntos = juntarLeases(um, outro);
  juntos?.aoRegistrar('a', 'h:1', null);
  juntos?.aoTerminar('a', 'h:1', 'retirado');
  expect(um.anotados).toEqual([
    ['a', 'h:1', null],
    ['a', 'h:1', 'retirado'],
  ]);
  expect(outro.anotados).toEqual(um.anotados);
  expect(juntarLeases(undefined, um)).toBe(um);
  expect(juntarLeases(undefined, undefined)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { NomesDasChamadas } from '../../../../src/observadores/janela/nomes-das-chamadas.ts';

test('cada chamada tem um nome só seu, com a forma do W3C Trace Context, e dois processos não se confundem', () => {
  const [um, outro] = [new NomesDasChamadas(), new NomesDasChamadas()];
  const spans = Array.from({ length: 1_000 }, () => [um.span(), outro.span()]).flat();
  expect(new Set(spans).size).toBe(2_000);
  for (const span of spans) expect(span).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  expect(um.trace()).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
  expect(um.trace()).not.toBe(outro.trace());
});

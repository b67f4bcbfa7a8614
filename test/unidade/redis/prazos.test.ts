/** O que se recusa por demora não acontece depois: o prazo que vai com cada script, e quando se desiste dele. */

import { expect, test, vi } from 'vitest';
import { RedisConnection } from '../../../src/redis/connection.ts';
import type { Motor } from '../../../src/redis/motor.ts';
import { nada, texto } from '../../../src/redis/resposta.ts';
import { definirScript } from '../../../src/redis/script.ts';

const script = definirScript('nada', { chaves: ['k'], corpo: 'return 1', ler: nada });
/** Muito longe do relógio daqui. */
const DIFERENCA_MS = 1_700_000_000_000;

/** Quanto um pulso leva a chegar ao Redis, e a resposta a voltar, em ms. */
interface Pulso {
  readonly ida: number;
  readonly volta: number;
}

/** Passa com o tempo do teste, que só o teste adianta. */
const passar = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Mais que um pulso inteiro, o mais demorado, e o intervalo até ele. */
const UM_PULSO_MS = 2_500;

/** Um Redis que só existe aqui. */
function ligar(pulso: () => Pulso, enviar: Motor['enviar']) {
  const motor: Motor = {
    enviar,
    hora: async () => {
      const { ida, volta } = pulso();
      await passar(ida);
      const horaMs = performance.now() + DIFERENCA_MS;
      await passar(volta);
      return [String(Math.floor(horaMs / 1_000)), String((horaMs % 1_000) * 1_000)];
    },
    banco: 0,
    mestres: async () => [],
    procurarDeNovo: async () => {},
    assinar: async () => {},
    desassinar: async () => {},
    close: () => {},
  };
  return new RedisConnection(motor, () => {});
}

test('o Redis deixa de agir antes que aqui se desista, por mais que tenha demorado a dizer que horas são', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
  let pulso: Pulso = { ida: 0, volta: 0 };
  let prazo = 0;
  const redis = ligar(
    () => pulso,
    async (_, argumentos) => {
      prazo = Number(argumentos[4]);
      return new Promise(() => {});
    },
  );
  try {
    // A ida longa é a de quem estava congelado: a hora que ele dá é a de quando acorda.
    for (pulso of [
      { ida: 300, volta: 0 },
      { ida: 2, volta: 0 },
      { ida: 0, volta: 2 },
      { ida: 600, volta: 0 },
      { ida: 0, volta: 300 },
      { ida: 300, volta: 300 },
    ]) {
      await vi.advanceTimersByTimeAsync(UM_PULSO_MS);
      const enviadoMs = performance.now();
      const recusado = redis.executar(script, { k: 'k' }, {}).catch(() => performance.now());
      await vi.advanceTimersByTimeAsync(10_000);
      expect(enviadoMs).toBeLessThan(prazo - DIFERENCA_MS);
      expect((await recusado) as number).toBeLessThan(enviadoMs + 1_000);
      expect(prazo - DIFERENCA_MS, `depois de ${JSON.stringify(pulso)}`).toBeLessThan(enviadoMs + 510);
    }
  } finally {
    const fechado = redis.close();
    await vi.advanceTimersByTimeAsync(UM_PULSO_MS);
    await fechado;
    vi.useRealTimers();
  }
});

test('se foi este processo que parou, a resposta que já tinha chegado vale', async () => {
  const redis = ligar(
    () => ({ ida: 0, volta: 0 }),
    () => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('chegou')))),
  );
  const pedido = redis.comando(texto, 'k', 'GET', 'k');
  await new Promise((resolve) => setImmediate(resolve));
  // O event loop para por mais tempo que o prazo; a resposta só se lê depois do timer.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  expect(await pedido).toBe('chegou');
  await redis.close();
});

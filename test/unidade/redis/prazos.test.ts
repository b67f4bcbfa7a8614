/** O que se recusa por demora não acontece depois: o prazo que vai com cada script, e quando se desiste dele. */

import { SocketTimeoutError } from '@redis/client';
import { expect, test } from 'vitest';
import { RedisConnection } from '../../../src/redis/connection.ts';
import type { Motor } from '../../../src/redis/motor.ts';
import { nada, texto } from '../../../src/redis/resposta.ts';
import { definirScript } from '../../../src/redis/script.ts';
import { agendaDeTeste } from '../../suporte/agenda.ts';
import { assentar } from '../../suporte/local/servico-de-mentira.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';

const script = definirScript('nada', { chaves: ['k'], corpo: 'return 1', ler: nada });
/** Muito longe do relógio daqui. */
const DIFERENCA_MS = 1_700_000_000_000;

/** Quanto um pulso leva a chegar ao Redis, e a resposta a voltar, em ms. */
interface Pulso {
  readonly ida: number;
  readonly volta: number;
}

/** Mais que um pulso inteiro, o mais demorado, e o intervalo até ele. */
const UM_PULSO_MS = 2_500;
/** Bem mais que o prazo de um comando. */
const MUITO_MS = 1_500;
/** O tempo passa de tanto em tanto: nenhuma duração deste arquivo é menor. */
const PASSO_MS = 2;

function tempoDeTeste() {
  const { monotonicoMs, avancar } = relogioDeTeste();
  const { agendar, passar } = agendaDeTeste();
  return {
    monotonicoMs,
    agendar,
    durar: async (ms: number) => ms > 0 && new Promise<void>((resolve) => void agendar(ms, resolve)),
    /** Passa tempo, e deixa acontecer o que cada instante traz. */
    passar: async (ms: number) => {
      for (let passados = 0; passados < ms; passados += PASSO_MS) {
        avancar(PASSO_MS);
        passar(PASSO_MS);
        await assentar();
      }
    },
  };
}

/** Um Redis que só existe aqui. */
function motorDe(hora: Motor['hora'], enviar: Motor['enviar']): Motor {
  return {
    enviar,
    hora,
    banco: 0,
    emCluster: false,
    mestres: async () => [],
    procurarDeNovo: async () => {},
    assinar: async () => {},
    desassinar: async () => {},
    close: () => {},
  };
}

test('o Redis deixa de agir antes que aqui se desista, por mais que tenha demorado a dizer que horas são', async () => {
  const tempo = tempoDeTeste();
  let pulso: Pulso = { ida: 0, volta: 0 };
  let prazo = 0;
  const motor = motorDe(
    async () => {
      const { ida, volta } = pulso;
      await tempo.durar(ida);
      const horaMs = tempo.monotonicoMs() + DIFERENCA_MS;
      await tempo.durar(volta);
      return [String(Math.floor(horaMs / 1_000)), String((horaMs % 1_000) * 1_000)];
    },
    async (_, argumentos) => {
      prazo = Number(argumentos[4]);
      return new Promise(() => {});
    },
  );
  const redis = new RedisConnection(motor, () => {}, undefined, tempo);
  // A ida longa é a de quem estava congelado: a hora que ele dá é a de quando acorda.
  for (pulso of [
    { ida: 300, volta: 0 },
    { ida: 2, volta: 0 },
    { ida: 0, volta: 2 },
    { ida: 600, volta: 0 },
    { ida: 0, volta: 300 },
    { ida: 300, volta: 300 },
  ]) {
    await tempo.passar(UM_PULSO_MS);
    const enviadoMs = tempo.monotonicoMs();
    const recusado = redis.executar(script, { k: 'k' }, {}).catch(() => tempo.monotonicoMs());
    await tempo.passar(MUITO_MS);
    expect(prazo - DIFERENCA_MS).toBeGreaterThan(enviadoMs + 490);
    expect((await recusado) as number).toBeLessThan(enviadoMs + 1_000);
    expect(prazo - DIFERENCA_MS, `depois de ${JSON.stringify(pulso)}`).toBeLessThan(enviadoMs + 510);
  }
  const fechado = redis.close();
  await tempo.passar(UM_PULSO_MS);
  await fechado;
});

test('se foi este processo que parou, a resposta que já tinha chegado vale', async () => {
  const motor = motorDe(
    async () => ['0', '0'],
    () => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('chegou')))),
  );
  const redis = new RedisConnection(motor, () => {});
  const pedido = redis.comando(texto, 'k', 'GET', 'k');
  await new Promise((resolve) => setImmediate(resolve));
  // O event loop para por mais tempo que o prazo; a resposta só se lê depois do timer.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  expect(await pedido).toBe('chegou');
  await redis.close();
});

test('quem acompanha a conexão sabe, em português, por que o Redis não responde', async () => {
  const mudancas: unknown[] = [];
  const hora = () => Promise.reject(new SocketTimeoutError(3_000));
  const redis = new RedisConnection(motorDe(hora, hora), (...mudanca) => mudancas.push(mudanca));
  await redis.pulsar();
  expect(mudancas).toEqual([[false, 'ele deixou de responder']]);
  await redis.close();
});

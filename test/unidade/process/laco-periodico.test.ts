import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LacoPeriodico } from '../../../src/process/laco-periodico.ts';
import { promessaAberta } from '../server/apoio.ts';

const INTERVALO_MS = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function lacoDe(agir: () => Promise<unknown> | unknown, intervaloMs: number | (() => number) = INTERVALO_MS) {
  const falhas: unknown[] = [];
  const laco = new LacoPeriodico({ intervaloMs, agir, aoFalhar: (erro) => falhas.push(erro) });
  return { laco, falhas };
}

describe('um laço periódico', () => {
  test('age a cada intervalo, e a primeira vez só depois de um', async () => {
    const agir = vi.fn();
    const { laco } = lacoDe(agir);
    laco.iniciar();
    expect(agir).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(INTERVALO_MS);
    expect(agir).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3 * INTERVALO_MS);
    expect(agir).toHaveBeenCalledTimes(4);
    await laco.close();
  });

  test('nunca age duas vezes ao mesmo tempo: a seguinte espera um intervalo inteiro depois do fim da anterior', async () => {
    const { promise, resolve } = promessaAberta<void>();
    const agir = vi.fn().mockReturnValueOnce(promise);
    const { laco } = lacoDe(agir);
    laco.iniciar();
    await vi.advanceTimersByTimeAsync(10 * INTERVALO_MS);
    expect(agir).toHaveBeenCalledTimes(1);
    resolve();
    await vi.advanceTimersByTimeAsync(INTERVALO_MS - 1);
    expect(agir).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('uma vez que falha é contada, e não para as seguintes', async () => {
    const erro = new Error('não deu');
    const agir = vi.fn().mockRejectedValueOnce(erro);
    const { laco, falhas } = lacoDe(agir);
    laco.iniciar();
    await vi.advanceTimersByTimeAsync(2 * INTERVALO_MS);
    expect(falhas).toEqual([erro]);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('pode agir já, e quem pede isso no meio de uma vez espera por ela', async () => {
    const { promise, resolve } = promessaAberta<void>();
    const agir = vi.fn().mockReturnValueOnce(promise);
    const { laco } = lacoDe(agir);
    const primeira = laco.agora();
    expect(laco.agora()).toBe(primeira);
    expect(agir).toHaveBeenCalledTimes(1);
    resolve();
    await primeira;
    await vi.advanceTimersByTimeAsync(INTERVALO_MS);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('o intervalo pode depender de como foi a última vez', async () => {
    let intervaloMs = 10;
    const agir = vi.fn(() => {
      intervaloMs = 500;
    });
    const { laco } = lacoDe(agir, () => intervaloMs);
    laco.iniciar();
    await vi.advanceTimersByTimeAsync(10);
    expect(agir).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(499);
    expect(agir).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('fechado, não age mais, e o fechamento espera pela vez em andamento', async () => {
    const { promise, resolve } = promessaAberta<void>();
    const agir = vi.fn().mockReturnValueOnce(promise);
    const { laco } = lacoDe(agir);
    const emAndamento = laco.agora();
    let fechou = false;
    const fim = laco.close().then(() => {
      fechou = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(fechou).toBe(false);
    resolve();
    await Promise.all([emAndamento, fim]);
    await vi.advanceTimersByTimeAsync(10 * INTERVALO_MS);
    await laco.agora();
    laco.iniciar();
    await vi.advanceTimersByTimeAsync(10 * INTERVALO_MS);
    expect(agir).toHaveBeenCalledTimes(1);
  });
});

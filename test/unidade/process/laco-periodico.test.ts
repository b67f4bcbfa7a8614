import { describe, expect, test, vi } from 'vitest';
import { LacoPeriodico } from '../../../src/process/laco-periodico.ts';
import { agendaDeTeste } from '../../suporte/agenda.ts';
import { assentar } from '../../suporte/local/servico-de-mentira.ts';
import { promessaAberta } from '../server/apoio.ts';

const INTERVALO_MS = 1_000;

function lacoDe(agir: () => Promise<unknown> | unknown, intervaloMs: number | (() => number) = INTERVALO_MS) {
  const falhas: unknown[] = [];
  const { agendar, passar } = agendaDeTeste();
  const laco = new LacoPeriodico({ intervaloMs, agir, aoFalhar: (erro) => falhas.push(erro), agendar });
  /** Passa tempo, tantas vezes, e deixa acontecer o que cada uma traz. */
  const passarTempo = async (ms: number, vezes = 1) => {
    for (let vez = 0; vez < vezes; vez += 1) {
      passar(ms);
      await assentar();
    }
  };
  return { laco, falhas, passarTempo };
}

describe('um laço periódico', () => {
  test('age a cada intervalo, e a primeira vez só depois de um', async () => {
    const agir = vi.fn();
    const { laco, passarTempo } = lacoDe(agir);
    laco.iniciar();
    expect(agir).toHaveBeenCalledTimes(0);
    await passarTempo(INTERVALO_MS);
    expect(agir).toHaveBeenCalledTimes(1);
    await passarTempo(INTERVALO_MS, 3);
    expect(agir).toHaveBeenCalledTimes(4);
    await laco.close();
  });

  test('nunca age duas vezes ao mesmo tempo: a seguinte espera um intervalo inteiro depois do fim da anterior', async () => {
    const { promise, resolve } = promessaAberta<void>();
    const agir = vi.fn().mockReturnValueOnce(promise);
    const { laco, passarTempo } = lacoDe(agir);
    laco.iniciar();
    await passarTempo(INTERVALO_MS, 10);
    expect(agir).toHaveBeenCalledTimes(1);
    resolve();
    await assentar();
    await passarTempo(INTERVALO_MS - 1);
    expect(agir).toHaveBeenCalledTimes(1);
    await passarTempo(1);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('uma vez que falha é contada, e não para as seguintes', async () => {
    const erro = new Error('não deu');
    const agir = vi.fn().mockRejectedValueOnce(erro);
    const { laco, falhas, passarTempo } = lacoDe(agir);
    laco.iniciar();
    await passarTempo(INTERVALO_MS, 2);
    expect(falhas).toEqual([erro]);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('pode agir já, e quem pede isso no meio de uma vez espera por ela', async () => {
    const { promise, resolve } = promessaAberta<void>();
    const agir = vi.fn().mockReturnValueOnce(promise);
    const { laco, passarTempo } = lacoDe(agir);
    const primeira = laco.agora();
    expect(laco.agora()).toBe(primeira);
    expect(agir).toHaveBeenCalledTimes(1);
    resolve();
    await primeira;
    await passarTempo(INTERVALO_MS);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('o intervalo pode depender de como foi a última vez', async () => {
    let intervaloMs = 10;
    const agir = vi.fn(() => {
      intervaloMs = 500;
    });
    const { laco, passarTempo } = lacoDe(agir, () => intervaloMs);
    laco.iniciar();
    await passarTempo(10);
    expect(agir).toHaveBeenCalledTimes(1);
    await passarTempo(499);
    expect(agir).toHaveBeenCalledTimes(1);
    await passarTempo(1);
    expect(agir).toHaveBeenCalledTimes(2);
    await laco.close();
  });

  test('fechado, não age mais, e o fechamento espera pela vez em andamento', async () => {
    const { promise, resolve } = promessaAberta<void>();
    const agir = vi.fn().mockReturnValueOnce(promise);
    const { laco, passarTempo } = lacoDe(agir);
    const emAndamento = laco.agora();
    let fechou = false;
    const fim = laco.close().then(() => {
      fechou = true;
    });
    await passarTempo(0);
    expect(fechou).toBe(false);
    resolve();
    await Promise.all([emAndamento, fim]);
    await passarTempo(INTERVALO_MS, 10);
    await laco.agora();
    laco.iniciar();
    await passarTempo(INTERVALO_MS, 10);
    expect(agir).toHaveBeenCalledTimes(1);
  });
});

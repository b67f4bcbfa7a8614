import { expect, test } from 'vitest';
import { insistirNaPartida } from '../../../src/redis/insistir-na-partida.ts';
import { DireitosFaltam, RedisError, RedisIndisponivel } from '../../../src/redis/redis-error.ts';

function falhando(erros: readonly Error[]) {
  const esperadosMs: number[] = [];
  let vezes = 0;
  const agir = async () => {
    const erro = erros[vezes];
    vezes += 1;
    if (erro) throw erro;
    return 'aberto';
  };
  const esperar = async (ms: number) => void esperadosMs.push(ms);
  return { abrir: () => insistirNaPartida(agir, undefined, { esperar }), esperadosMs, vezes: () => vezes };
}

test('um Redis que não respondeu a tempo é tentado de novo, com uma pausa', async () => {
  const { abrir, esperadosMs } = falhando([new RedisIndisponivel('tarde'), new RedisIndisponivel('tarde')]);
  expect(await abrir()).toBe('aberto');
  expect(esperadosMs).toEqual([500, 500]);
});

test('um que nunca responde é tentado cinco vezes, e a última falha é a que se diz', async () => {
  const erros = [1, 2, 3, 4, 5].map((vez) => new RedisIndisponivel(`vez ${vez}`));
  const { abrir, esperadosMs } = falhando(erros);
  await expect(abrir()).rejects.toThrow('vez 5');
  expect(esperadosMs).toHaveLength(4);
});

test.each([new RedisError('a senha não é essa'), new DireitosFaltam('+spublish'), new TypeError('defeito')])(
  '%s não melhora por se insistir',
  async (erro) => {
    const { abrir, vezes } = falhando([erro]);
    await expect(abrir()).rejects.toBe(erro);
    expect(vezes()).toBe(1);
  },
);

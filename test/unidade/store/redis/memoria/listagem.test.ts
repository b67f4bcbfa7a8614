/** A lista das salas, pedida por muitos ao mesmo tempo: quantas vezes se lê o Redis, e o que cada um recebe. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ate } from '../../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../../scripts/comum/redis.ts';
import { type Listadas, Listagem } from '../../../../../src/store/redis/memoria/listagem.ts';
import type { Sessao } from '../../../../../src/store/store.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../../suporte/relogio.ts';
import { criarSala, registrar } from '../../conformidade/apoio.ts';
import { abrirFrota, emLugarDe, type Frota } from '../apoio.ts';

const SALAS = 1_000;
const QUANTOS_PEDEM = 50;
const INTEIRA = ['GET', 'HVALS', 'HGETALL', 'HGETALL'];

describe.skipIf(!HA_REDIS)(`a lista das salas no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let um: Frota;
  let Ana: Sessao;
  let relogio: RelogioDeTeste;
  let listagem: Listagem;
  let idas: string[];
  /** O que se faz entre a resposta do Redis e quem a pediu. */
  let aoResponder: (comando: string) => Promise<void> | void;

  beforeAll(async () => {
    redis = await iniciarRedis();
    um = await abrirFrota(redis);
    Ana = await registrar(um.store, 'Ana');
    await Promise.all(Array.from({ length: SALAS }, (_, numero) => criarSala(um.store, Ana, `Sala ${numero}`)));
  });
  beforeEach(() => {
    relogio = relogioDeTeste();
    idas = [];
    aoResponder = () => {};
    const contada = emLugarDe(um.redis, (propriedade, original) => {
      if (propriedade !== 'comando') return original;
      return async (...argumentos: unknown[]) => {
        const comando = argumentos[2] as string;
        idas.push(comando);
        const resposta = await original(...argumentos);
        await aoResponder(comando);
        return resposta;
      };
    });
    listagem = new Listagem(contada, relogio, relogio.esperar);
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  const pedirem = (quantos: number) => Array.from({ length: quantos }, () => listagem.listar());
  const nomes = ({ salas }: Listadas) => salas.map(({ nomeSala }) => nomeSala);

  test('muitos que a pedem juntos a leem uma vez, e recebem a mesma', async () => {
    const listadas = await Promise.all(pedirem(QUANTOS_PEDEM));
    // O primeiro a lê; os outros, que chegam durante a leitura, dividem a seguinte, que vê que nada mudou.
    expect(idas).toEqual([...INTEIRA, 'GET']);
    expect(new Set(listadas).size).toBe(1);
    expect(listadas[0]?.salas).toHaveLength(SALAS);
  });

  test('enquanto nada muda, pedir de novo custa a conferência da versão', async () => {
    const antes = await listagem.listar();
    idas = [];
    expect(await listagem.listar()).toBe(antes);
    expect(idas).toEqual(['GET']);
  });

  test('quem chega durante uma leitura recebe o que mudou depois que ela começou', async () => {
    let soltar = () => {};
    const solta = new Promise<void>((resolve) => {
      soltar = resolve;
    });
    let respondidas = 0;
    aoResponder = () => {
      respondidas += 1;
      return solta;
    };
    const primeira = listagem.listar();
    await ate(() => respondidas === INTEIRA.length, 'o Redis responder à primeira leitura');
    await criarSala(um.store, Ana, 'Nova');
    const outras = pedirem(QUANTOS_PEDEM);
    soltar();
    const lidas = await Promise.all(outras);
    expect(nomes(await primeira)).not.toContain('Nova');
    for (const lida of lidas) expect(nomes(lida)).toContain('Nova');
    expect(idas).toEqual([...INTEIRA, 'GET', ...INTEIRA]);
  });

  test('uma leitura inteira faz descansar dez vezes o que levou, e todos os que chegam dividem a seguinte', async () => {
    aoResponder = (comando) => {
      if (comando === 'HVALS') relogio.avancar(20);
    };
    await listagem.listar();
    await criarSala(um.store, Ana, 'Depois do descanso');
    idas = [];
    const pedidas = pedirem(QUANTOS_PEDEM);
    await ate(() => relogio.esperas().length > 0, 'a leitura descansar');
    expect(relogio.esperas()).toEqual([200]);
    expect(idas).toEqual(['GET']);
    relogio.avancar(200);
    for (const lida of await Promise.all(pedidas)) expect(nomes(lida)).toContain('Depois do descanso');
    expect(idas).toEqual(['GET', ...INTEIRA, 'GET']);
  });

  test('uma leitura que falha não é a de quem chegou durante ela', async () => {
    let falhas = 1;
    aoResponder = (comando) => {
      if (comando === 'GET' && falhas > 0) {
        falhas -= 1;
        throw new Error('caiu');
      }
    };
    const [primeira, ...outras] = pedirem(QUANTOS_PEDEM);
    await expect(primeira).rejects.toThrow('caiu');
    for (const lida of await Promise.all(outras)) expect(lida.salas.length).toBeGreaterThanOrEqual(SALAS);
  });
});

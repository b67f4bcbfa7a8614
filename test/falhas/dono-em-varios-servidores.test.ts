/** O que o dono decide por um servidor vale já na chamada seguinte a qualquer outro, e depois que esse servidor é morto. */

import { describe, expect, test } from 'vitest';
import { chamar, resultado } from '../../scripts/comum/jsonrpc.ts';
import { HA_REDIS, SEM_REDIS } from '../../scripts/comum/redis.ts';
import { abrirServidoresNoRedis } from '../suporte/processos/servidores-no-redis.ts';

const [SILENCIADO, EXPULSO, FORA_DA_SALA] = [2013, 2011, 2006];

describe.runIf(HA_REDIS)(`a sala com dono em três servidores${SEM_REDIS}`, () => {
  test('quem é silenciado ou expulso por um é recusado por todos na chamada seguinte, e depois de um kill -9', async () => {
    await using servidores = await abrirServidoresNoRedis(3);
    const pelo = (qual: number) => servidores.urls()[qual] as string;
    const entrar = async (qual: number, nome: string): Promise<string> => {
      const { token } = await resultado(pelo(qual), 'registrar_usuario', [nome]);
      if (nome === 'Ana') await resultado(pelo(qual), 'criar_sala', ['Geral'], token);
      await resultado(pelo(qual), 'entrar_sala', [nome, 'Geral'], token);
      return token;
    };
    const ana = await entrar(0, 'Ana');
    const beto = await entrar(1, 'Beto');
    const TODOS = [0, 1, 2];
    /** Um depois do outro: o primeiro a responder é sempre outro. */
    const codigos = async (metodo: string, params: unknown[], comeco: number) => {
      const vistos: (number | undefined)[] = [];
      for (const qual of TODOS) {
        const { error } = await chamar(pelo((qual + comeco) % 3), metodo, params, beto);
        vistos.push(error?.code);
      }
      return vistos;
    };
    const falar = (comeco: number) => codigos('enviar_mensagem', ['Beto', 'Geral', 'oi'], comeco);

    for (const comeco of [1, 2]) {
      await resultado(pelo(0), 'silenciar_usuario', ['Ana', 'Geral', 'Beto', true], ana);
      expect(await falar(comeco)).toEqual(TODOS.map(() => SILENCIADO));
      await resultado(pelo(0), 'silenciar_usuario', ['Ana', 'Geral', 'Beto', false], ana);
      expect(await falar(comeco)).toEqual(TODOS.map(() => undefined));
    }
    await resultado(pelo(0), 'silenciar_usuario', ['Ana', 'Geral', 'Beto', true], ana);
    await servidores.reiniciar(0, 'SIGKILL');
    expect(await falar(1)).toEqual(TODOS.map(() => SILENCIADO));

    await resultado(pelo(0), 'expulsar_usuario', ['Ana', 'Geral', 'Beto'], ana);
    expect(await falar(1)).toEqual(TODOS.map(() => FORA_DA_SALA));
    expect(await codigos('entrar_sala', ['Beto', 'Geral'], 2)).toEqual(TODOS.map(() => EXPULSO));
    await servidores.reiniciar(0, 'SIGKILL');
    expect(await codigos('entrar_sala', ['Beto', 'Geral'], 0)).toEqual(TODOS.map(() => EXPULSO));
    await resultado(pelo(1), 'expulsar_usuario', ['Ana', 'Geral', 'Beto', 0], ana);
    const { error } = await chamar(pelo(2), 'entrar_sala', ['Beto', 'Geral'], beto);
    expect(error).toBeUndefined();
  });
});

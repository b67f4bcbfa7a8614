/** O direito aos canais tirado enquanto se usa: o aviso se perde, e o que se confirmou está guardado. */

import { expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarRedis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { DIREITOS } from '../../../../src/store/redis/direitos.ts';
import { comSoOsDireitos, USUARIO } from '../../../suporte/redis/direitos-do-redis.ts';
import { enviar, ler, reunir, textos } from '../conformidade/apoio.ts';
import { abrirStore } from './apoio.ts';

test.skipIf(!HA_REDIS)(
  `um envio cujo aviso o Redis nega é confirmado e guardado uma vez; repetido com a chave, é o primeiro${SEM_REDIS}`,
  async () => {
    await using redis = await iniciarRedis();
    await using aberto = await abrirStore(await comSoOsDireitos(redis, DIREITOS));
    const { store } = aberto;
    const { Ana } = await reunir(store, 'Geral', 'Ana');
    const antes = await ler(store, Ana);

    await redis.comando('ACL', 'SETUSER', USUARIO, 'resetchannels');
    const primeiro = await enviar(store, Ana, 'sem canal', { chave: 'um' });
    // Depois que o servidor soube que o direito falta, é igual.
    await ate(() => !store.disponivel, 'o pulso ver o que falta');
    const repetido = await enviar(store, Ana, 'sem canal', { chave: 'um' });
    expect(repetido.mensagem).toEqual(primeiro.mensagem);
    const outro = await enviar(store, Ana, 'ainda sem canal', { chave: 'dois' });
    expect(await redis.comando('ACL', 'LOG')).toContain('channel');

    await redis.comando('ACL', 'SETUSER', USUARIO, `&${DIREITOS.prefixo}*`);
    await ate(() => store.disponivel, 'o pulso ver que já não falta');
    expect((await enviar(store, Ana, 'ainda sem canal', { chave: 'dois' })).mensagem).toEqual(outro.mensagem);
    expect(textos((await ler(store, Ana)).slice(antes.length))).toEqual(['sem canal', 'ainda sem canal']);
  },
);

/** Dois sistemas em dois bancos de dados de um Redis, cujos canais são os mesmos. */

import { expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarRedis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import type { Gravada } from '../../../../src/store/store.ts';
import { enviar, ler, reunir, textos } from '../conformidade/apoio.ts';
import { abrirStore } from './apoio.ts';

test.skipIf(!HA_REDIS)(`a sala de mesmo nome é de cada um, e nenhum ouve o outro${SEM_REDIS}`, async () => {
  await using redis = await iniciarRedis();
  await using um = await abrirStore({ ...redis, url: `${redis.url}/0` });
  const ouvidas: Gravada[] = [];
  await using outro = await abrirStore(
    { ...redis, url: `${redis.url}/1` },
    { opcoes: { aoGravar: (gravada) => ouvidas.push(gravada) } },
  );
  const { Ana } = await reunir(um.store, 'Geral', 'Ana');
  const { Bia } = await reunir(outro.store, 'Geral', 'Bia');
  await outro.store.ler({ sessaoId: Bia.id, nomeSala: 'Geral', desde: 0, acompanhar: true });
  await enviar(um.store, Ana, 'de um');
  const { mensagem } = await enviar(outro.store, Bia, 'do outro');
  await ate(() => ouvidas.some(({ mensagemId }) => mensagemId === mensagem.id), 'o segundo ouvir a si mesmo');
  expect(ouvidas.map(({ mensagemId }) => mensagemId)).toEqual([mensagem.id]);
  expect(textos(await ler(outro.store, Bia, 0))).toEqual(['Bia entrou na sala.', 'do outro']);
});

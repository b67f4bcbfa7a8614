/** A hora de um Redis que salta de verdade: o que se repete é um só. */

import { expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS } from '../../../../scripts/comum/redis.ts';
import { abrirRedisComHora, HA_HORA_FALSA, type RedisComHora } from '../../../../scripts/resistencia/redis-com-hora.ts';
import { enviar, ler, reunir, textos } from '../conformidade/apoio.ts';
import { abrirStore } from './apoio.ts';

const FALTA = HA_REDIS && HA_HORA_FALSA ? '' : ' (pulado: falta o redis-server ou a libfaketime)';
/** Uma hora adiante, a verdadeira, uma hora atrás, e a verdadeira outra vez. */
const SALTOS = ['adiante', 'de volta', 'para trás', 'de novo à certa'];
const MEIA_HORA_S = 1_800;

async function saltar({ comando, saltar }: RedisComHora): Promise<void> {
  const hora = async () => Number(/\d{10}/.exec(await comando('TIME'))?.[0]);
  const antes = await hora();
  saltar();
  await ate(async () => Math.abs((await hora()) - antes) > MEIA_HORA_S, 'a hora do Redis saltar');
}

/** Até que o pulso aprenda a hora nova, o Redis dá o que se pede por atrasado: quem chama insiste. */
function insistir<T>(agir: () => Promise<T>): Promise<NonNullable<T>> {
  return ate(
    () =>
      agir().catch((erro: { tipo?: string }) => {
        if (erro.tipo === 'SERVICO_INDISPONIVEL') return undefined;
        throw erro;
      }),
    'o Redis atender depois do salto',
  );
}

test.skipIf(FALTA !== '')(`uma chave dá uma mensagem, a cada salto da hora do Redis${FALTA}`, async () => {
  await using redis = await abrirRedisComHora();
  await using aberto = await abrirStore(redis);
  const { store } = aberto;
  const { Ana } = await reunir(store, 'Geral', 'Ana');
  const antes = (await ler(store, Ana)).length;
  for (const chave of SALTOS) {
    const primeiro = await insistir(() => enviar(store, Ana, chave, { chave }));
    await saltar(redis);
    const repetido = await insistir(() => enviar(store, Ana, chave, { chave }));
    expect(repetido.mensagem).toEqual(primeiro.mensagem);
  }
  const lidas = (await ler(store, Ana)).slice(antes);
  expect(textos(lidas)).toEqual(SALTOS);
});

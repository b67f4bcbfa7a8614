/** A hora de um Redis que salta de verdade: o que se repete é um só, e um lease dura o que se disse. */

import { expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS } from '../../../../scripts/comum/redis.ts';
import { abrirRedisComHora, HA_HORA_FALSA, type RedisComHora } from '../../../../scripts/resistencia/redis-com-hora.ts';
import { RedisRegistry } from '../../../../src/binder/registry/redis-registry.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';
import { enviar, ler, reunir, textos } from '../conformidade/apoio.ts';
import { abrirStore, conectar } from './apoio.ts';

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
      agir().catch((erro: { tipo?: string; name?: string }) => {
        if (erro.tipo === 'SERVICO_INDISPONIVEL' || erro.name === 'RedisIndisponivel') return undefined;
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

test.skipIf(FALTA !== '')(`um lease nem acaba antes nem dura mais, a cada salto da hora do Redis${FALTA}`, async () => {
  await using redis = await abrirRedisComHora();
  const relogio = relogioDeTeste();
  const registry = await RedisRegistry.abrir(await conectar(redis), relogio);
  try {
    const endpoint = { address: 'um.example', port: 1 };
    for (const indice of SALTOS.keys()) {
      const nome = `procedimento-${indice}`;
      await insistir(() => registry.register(nome, endpoint, 60).then(() => true));
      await saltar(redis);
      relogio.avancar(59_000);
      expect(await insistir(() => registry.lookup(nome))).toMatchObject({ ...endpoint, ttl_s: 1 });
      relogio.avancar(1_000);
      await expect(insistir(() => registry.lookup(nome))).rejects.toMatchObject({
        tipo: 'PROCEDIMENTO_NAO_REGISTRADO',
      });
    }
  } finally {
    await registry.close();
  }
});

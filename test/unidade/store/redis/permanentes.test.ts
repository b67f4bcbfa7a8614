import { describe, test } from 'vitest';
import { HA_REDIS, iniciarRedis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { INDICE } from '../../../../src/store/redis/formato/chaves.ts';
import { reservarPermanente } from '../../../../src/store/redis/scripts/indice.ts';
import { criarSala, recusa, registrar } from '../conformidade/apoio.ts';
import { abrirStore } from './apoio.ts';

const AO_TODO = 1_000;

describe.skipIf(!HA_REDIS)(`salas permanentes no Redis${SEM_REDIS}`, () => {
  test('cabem 1.000 ao todo', async () => {
    await using servidor = await iniciarRedis();
    await using aberto = await abrirStore(servidor);
    const { redis, store } = aberto;
    const pedro = await registrar(store, 'Pedro');
    for (const nomeSala of ['A última', 'Mais uma']) await criarSala(store, pedro, nomeSala);
    const reservas = Array.from({ length: AO_TODO - 1 }, (_, numero) => ({
      comparavel: `sala ${numero}`,
      donoId: `de outro ${numero}`,
      maximo: AO_TODO,
      maximoDoDono: AO_TODO,
    }));
    await Promise.all(reservas.map((reserva) => redis.executar(reservarPermanente, INDICE, reserva)));
    const fixar = (nomeSala: string) => store.configurarSala({ sessaoId: pedro.id, nomeSala, permanente: true });
    await fixar('A última');
    await recusa(fixar('Mais uma'), 'LIMITE_EXCEDIDO');
  });
});

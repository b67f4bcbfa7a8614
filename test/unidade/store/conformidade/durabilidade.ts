/** O que fica depois de fechar e abrir de novo. */

import { describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/store/store.ts';
import { type AbrirBancada, criarSala, entrar, enviar, esperarRemocaoDeSalas, hashDe, ler, reunir } from './apoio.ts';

export function descreverDurabilidade(abrir: AbrirBancada): void {
  describe('durabilidade', () => {
    test('reaberto, tudo está como foi confirmado', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await criarSala(store, Pedro, 'Vazia');
      await enviar(store, Pedro, 'segredo', { destinatario: 'Maria' });
      const ler2 = async (onde: Store) => ({
        sessoes: await onde.sessoes(),
        salas: await onde.listarSalas(),
        pedro: await ler(onde, Pedro),
        maria: await ler(onde, Maria),
        token: await onde.identificar(hashDe('token de Maria')),
      });
      const antes = await ler2(store);
      expect(await ler2(await aberto.reabrir())).toEqual(antes);
    });

    test('os ids crescem também depois de reabrir sem nenhuma mensagem guardada', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      const { mensagem } = await enviar(store, Pedro, 'x');
      await store.sair(Pedro.id);
      await esperarRemocaoDeSalas(aberto, Pedro);
      expect(await store.listarSalas()).toEqual([]);
      const reaberto = await aberto.reabrir();
      await criarSala(reaberto, Pedro, 'Geral');
      const entrou = await entrar(reaberto, Pedro, 'Geral');
      expect(entrou.mensagens[0]?.id).toBeGreaterThan(mensagem.id);
      expect(await ler(reaberto, Pedro, mensagem.id)).toEqual(entrou.mensagens);
    });

    test('a varredura não toca no que se alcança', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const fica = await enviar(store, Maria, 'fica', { chave: 'k' });
      await enviar(store, Pedro, 'fica', { chave: 'k' });
      await store.encerrar(Pedro.id);
      const antes = await ler(store, Maria);
      for (let vez = 0; vez < 3; vez += 1) await aberto.passar(1);
      expect(await ler(store, Maria)).toEqual(antes);
      expect(await enviar(store, Maria, 'x', { chave: 'k' })).toEqual({ ...fica, repetida: true });
    });
  });
}

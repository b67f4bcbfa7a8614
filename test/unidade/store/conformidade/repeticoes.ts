/** As chaves de repetição: o mesmo envio, feito de novo, não grava outra mensagem. */

import { describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/store/store.ts';
import { type AbrirBancada, entrar, enviar, esperarRemocaoDeSalas, ler, registrar, reunir, textos } from './apoio.ts';

export function descreverRepeticoes(abrir: AbrirBancada): void {
  describe('chaves de repetição', () => {
    test('a mesma chave dá a primeira mensagem e não grava outra, nem na mesma volta', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const [primeira, segunda] = await Promise.all([
        enviar(store, Pedro, 'um', { chave: 'k', destinatario: 'Maria' }),
        enviar(store, Pedro, 'dois', { chave: 'k' }),
      ]);
      expect(primeira.repetida).toBe(false);
      expect(segunda).toEqual({ mensagem: primeira.mensagem, repetida: true });
      expect(textos(await ler(store, Maria, primeira.mensagem.id - 1))).toEqual(['um']);
    });

    test('a chave é comparada exatamente, e é de cada sessão', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      for (const chave of ['k', 'K', ' k', 'k\0', 'k\0a', 'é', 'é'.normalize('NFD')]) {
        expect((await enviar(store, Pedro, 'x', { chave })).repetida).toBe(false);
        expect((await enviar(store, Pedro, 'x', { chave })).repetida).toBe(true);
      }
      expect((await enviar(store, Maria, 'x', { chave: 'k' })).repetida).toBe(false);
    });

    test('a chave sobrevive à saída, à remoção da sala e a uma nova abertura', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const privada = await enviar(store, Pedro, 'só para Maria', { chave: 'p', destinatario: 'Maria' });
      const geral = await enviar(store, Pedro, 'para todos', { chave: 'g' });
      const repetir = async (onde: Store) => {
        expect(await enviar(onde, Pedro, 'x', { chave: 'p' })).toEqual({ ...privada, repetida: true });
        expect(await enviar(onde, Pedro, 'x', { chave: 'g' })).toEqual({ ...geral, repetida: true });
      };
      await repetir(store);
      await store.sair(Pedro.id);
      await repetir(store);
      await store.encerrar(Maria.id);
      await esperarRemocaoDeSalas(aberto, Pedro);
      expect(await store.listarSalas()).toEqual([]);
      await repetir(store);
      await repetir(await aberto.reabrir());
    });

    test('a chave acaba com a sessão, também para quem registra o mesmo nome', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await enviar(store, Pedro, 'um', { chave: 'k' });
      await store.encerrar(Pedro.id);
      const novo = await registrar(store, 'Pedro');
      await entrar(store, novo, 'Geral');
      expect((await enviar(store, novo, 'dois', { chave: 'k' })).repetida).toBe(false);
      await aberto.passar(1);
      expect((await enviar(store, novo, 'três', { chave: 'k' })).mensagem.conteudo).toBe('dois');
    });
  });
}

/** As sessões: de quem é um nome, de quem é um token, e quando acabam. */

import { describe, expect, test } from 'vitest';
import { type AbrirBancada, criarSala, entrar, enviar, hashDe, ler, recusa, registrar, reunir } from './apoio.ts';

export function descreverSessoes(abrir: AbrirBancada): void {
  describe('sessões', () => {
    test('um nome é de uma pessoa só, sem distinção de caixa nem de forma Unicode', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const jose = await registrar(store, 'José');
      await recusa(registrar(store, 'josé'.normalize('NFD')), 'NOME_EM_USO');
      await recusa(registrar(store, 'ＪＯＳÉ'), 'NOME_EM_USO');
      expect(await store.sessoes()).toEqual([jose]);
      expect(jose).toEqual({ id: expect.any(Number), nome: 'José', sala: null });
    });

    test('dois registros do mesmo nome ao mesmo tempo dão um só dono', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const resultados = await Promise.allSettled(
        ['um', 'dois'].map((token) => store.registrar({ nome: 'Pedro', tokenHash: hashDe(token) })),
      );
      expect(resultados.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(await store.identificar(hashDe('um'))).toMatchObject({ nome: 'Pedro' });
      expect(await store.identificar(hashDe('dois'))).toBeUndefined();
    });

    test('o token acha a sessão como ela está agora', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const token = hashDe('token de Pedro');
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      expect(await store.identificar(token)).toEqual({ ...Pedro, sala: 'Geral' });
      await store.sair(Pedro.id);
      expect(await store.identificar(token)).toEqual(Pedro);
      await store.encerrar(Pedro.id);
      expect(await store.identificar(token)).toBeUndefined();
    });

    test('encerrar libera o nome para outra pessoa, de outro id', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const antigo = await registrar(store, 'Pedro');
      expect(await store.encerrar(antigo.id)).toBe(true);
      expect(await store.encerrar(antigo.id)).toBe(false);
      const novo = await store.registrar({ nome: 'pedro', tokenHash: hashDe('outro') });
      expect(novo.id).not.toBe(antigo.id);
      store.renovar(antigo.id);
      expect(await store.sessoes()).toEqual([novo]);
    });

    test('quem já não tem sessão não faz nada', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await enviar(store, Pedro, 'Oi', { chave: 'k' });
      await store.encerrar(Pedro.id);
      await recusa(criarSala(store, Pedro, 'Outra'), 'NAO_AUTENTICADO');
      await recusa(entrar(store, Pedro, 'Geral'), 'NAO_AUTENTICADO');
      await recusa(store.sair(Pedro.id), 'NAO_AUTENTICADO');
      await recusa(enviar(store, Pedro, 'Oi', { chave: 'k' }), 'NAO_AUTENTICADO');
      await recusa(ler(store, Pedro), 'NAO_AUTENTICADO');
      await recusa(store.listarUsuarios(Pedro.id, 'Geral'), 'NAO_AUTENTICADO');
    });

    test('cada nome que nasce ou acaba é avisado', async () => {
      await using aberto = await abrir();
      const { store, mudancasDeNomes: avisos } = aberto;
      // De quem já estava não se avisa.
      await store.sessoes();
      const pedro = await registrar(store, 'Pedro');
      await recusa(registrar(store, 'PEDRO'), 'NOME_EM_USO');
      await expect.poll(() => avisos).toEqual(['Pedro nasceu']);
      await store.encerrar(pedro.id);
      await store.encerrar(pedro.id);
      await expect.poll(() => avisos).toEqual(['Pedro nasceu', 'Pedro acabou']);
    });
  });
}

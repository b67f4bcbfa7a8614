/** As salas: criar, entrar, sair, e a que se remove. */

import { describe, expect, test } from 'vitest';
import type { Sessao } from '../../../../src/store/store.ts';
import { type AbrirBancada, acompanhar, criarSala, entrar, ler, recusa, registrar, reunir, textos } from './apoio.ts';

export function descreverSalas(abrir: AbrirBancada): void {
  describe('salas', () => {
    test('criar não é entrar, e o nome é comparado como os de pessoas', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const pedro = await registrar(store, 'Pedro');
      await criarSala(store, pedro, 'Café');
      await recusa(criarSala(store, pedro, 'CAFÉ'), 'SALA_JA_EXISTE');
      expect(await store.listarSalas()).toEqual([{ nomeSala: 'Café', usuarios: 0 }]);
      await recusa(store.listarUsuarios(pedro.id, undefined), 'FORA_DA_SALA');
      expect(await store.listarUsuarios(pedro.id, 'café')).toEqual([]);
    });

    test('entrar anuncia, e dá quem está e o que se vê, com os nomes como foram criados', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      await reunir(store, 'Geral', 'Pedro');
      const maria = await registrar(store, 'Maria');
      const entrou = await entrar(store, maria, 'GERAL');
      expect(entrou).toMatchObject({ nomeSala: 'Geral', usuarios: ['Maria', 'Pedro'] });
      expect(entrou.mensagens).toEqual([
        {
          id: expect.any(Number),
          sala: 'Geral',
          tipo: 'broadcast',
          origem: 'SERVER',
          destino: 'todos',
          conteudo: 'Maria entrou na sala.',
          timestamp: '2024-05-06T12:34:56.789Z',
        },
      ]);
    });

    test('entrar onde já se está não muda nada', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      const entrou = await entrar(store, Pedro, 'geral');
      expect(entrou).toMatchObject({ nomeSala: 'Geral', usuarios: ['Pedro'] });
      expect(textos(entrou.mensagens)).toEqual(['Pedro entrou na sala.']);
      expect(await ler(store, Pedro)).toEqual(entrou.mensagens);
    });

    test('entrar em outra sala é sair da primeira', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await criarSala(store, Pedro, 'Outra');
      const gravadas = await acompanhar(aberto, Maria);
      const entrou = await entrar(store, Pedro, 'Outra');
      await expect
        .poll(() => gravadas)
        .toContainEqual(expect.objectContaining({ sala: 'geral', visivelPara: 'todos' }));
      expect(textos(entrou.mensagens)).toEqual(['Pedro entrou na sala.']);
      expect(textos(await ler(store, Maria, 0)).at(-1)).toBe('Pedro saiu da sala.');
      expect(await store.listarUsuarios(Maria.id, undefined)).toEqual(['Maria']);
      expect(await store.listarSalas()).toEqual([
        { nomeSala: 'Geral', usuarios: 1 },
        { nomeSala: 'Outra', usuarios: 1 },
      ]);
      await recusa(ler(store, Pedro), 'FORA_DA_SALA');
    });

    test('entrar numa sala que não há não tira ninguém da sua', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await recusa(entrar(store, Pedro, 'Nenhuma'), 'SALA_NAO_ENCONTRADA');
      expect(textos(await ler(store, Pedro))).toEqual(['Pedro entrou na sala.']);
    });

    test('sair anuncia aos que ficam, e só sai quem está', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      expect(await store.sair(Pedro.id)).toEqual({ nomeSala: 'Geral' });
      await recusa(store.sair(Pedro.id), 'FORA_DA_SALA');
      expect(textos(await ler(store, Maria, 0)).filter((texto) => texto.includes('saiu'))).toEqual([
        'Pedro saiu da sala.',
      ]);
    });

    test('encerrar a sessão sai da sala', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await store.encerrar(Pedro.id);
      expect(textos(await ler(store, Maria, 0)).at(-2)).toBe('Pedro saiu da sala.');
      expect(await store.listarUsuarios(Maria.id, 'Geral')).toEqual(['Maria']);
    });

    test('nomes saem em ordem de code points, que não é a das unidades UTF-16', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const nomes = ['𐐷', 'ﬂor', 'zé', 'Ana', 'ana maria', 'É'];
      const emOrdem = ['Ana', 'ana maria', 'zé', 'É', 'ﬂor', '𐐷'];
      const pessoas = await reunir(store, 'Geral', ...nomes);
      const primeira = pessoas['𐐷'] as Sessao;
      expect(await store.listarUsuarios(primeira.id, undefined)).toEqual(emOrdem);
      expect((await entrar(store, primeira, 'Geral')).usuarios).toEqual(emOrdem);
      for (const nomeSala of nomes) await criarSala(store, primeira, nomeSala);
      const salas = (await store.listarSalas()).map(({ nomeSala }) => nomeSala);
      expect(salas).toEqual(['Ana', 'Geral', ...emOrdem.slice(1)]);
    });
  });
}

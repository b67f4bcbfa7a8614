/** A leitura: a página, o cursor, e o que cada um alcança. */

import { describe, expect, test } from 'vitest';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import {
  type AbrirBancada,
  criarSala,
  entrar,
  enviar,
  esperarRemocaoDeSalas,
  ler,
  recusa,
  registrar,
  reunir,
  textos,
} from './apoio.ts';

export function descreverLeitura(abrir: AbrirBancada): void {
  describe('leitura', () => {
    test('sem cursor dá as últimas 50 e a própria entrada, da mais antiga à mais nova; com ele, as 50 seguintes', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const [, entrada] = await ler(store, Maria, 0);
      const todas = (await ler(store, Maria, 0)).concat(
        await Promise.all(
          Array.from({ length: 120 }, async (_, n) => {
            const destinatario = n % 3 === 0 ? 'Maria' : undefined;
            return (await enviar(store, Pedro, `mensagem ${n}`, { destinatario })).mensagem;
          }),
        ),
      );
      expect(await ler(store, Maria)).toEqual([entrada, ...todas.slice(-50)]);
      let lidas: Mensagem[] = [];
      let cursor = 0;
      for (const esperadas of [50, 50, 22, 0]) {
        const pagina = await ler(store, Maria, cursor);
        expect(pagina).toHaveLength(esperadas);
        lidas = lidas.concat(pagina);
        cursor = lidas.at(-1)?.id ?? 0;
      }
      expect(lidas).toEqual(todas);
      expect(await ler(store, Maria, Number.MAX_SAFE_INTEGER)).toEqual([]);
    });

    test('quem entrou e quem saiu não ocupa lugar entre as últimas; a própria entrada está no lugar dela', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      for (let vez = 0; vez < 3; vez += 1) await enviar(store, Pedro, `antes ${vez}`);
      await store.sair(Maria.id);
      await entrar(store, Maria, 'Geral');
      const eco = await registrar(store, 'Eco');
      for (let vez = 0; vez < 60; vez += 1) {
        await entrar(store, eco, 'Geral');
        await store.sair(eco.id);
      }
      await enviar(store, Pedro, 'depois');
      const esperados = ['antes 0', 'antes 1', 'antes 2', 'Maria entrou na sala.', 'depois'];
      expect(textos(await ler(store, Maria))).toEqual(esperados);
      expect(textos((await entrar(store, Maria, 'Geral')).mensagens)).toEqual(esperados);
      const [entrada] = (await ler(store, Maria)).filter(({ origem }) => origem === 'SERVER');
      expect(textos(await ler(store, Maria, entrada?.id)).slice(0, 2)).toEqual([
        'Eco entrou na sala.',
        'Eco saiu da sala.',
      ]);
    });

    test('as privadas de outros não ocupam lugar na página de ninguém', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Ana', 'Maria');
      await enviar(store, Pedro, 'para todos');
      await Promise.all(Array.from({ length: 120 }, () => enviar(store, Pedro, 'x', { destinatario: 'Ana' })));
      expect(textos(await ler(store, Maria)).at(-1)).toBe('para todos');
      expect(textos(await ler(store, Maria, 0)).at(-1)).toBe('para todos');
    });

    test('só lê quem está na sala', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      await reunir(store, 'Geral', 'Pedro');
      const maria = await registrar(store, 'Maria');
      await recusa(ler(store, maria, 0), 'FORA_DA_SALA');
      await recusa(ler(store, maria, 0, 'Nenhuma'), 'SALA_NAO_ENCONTRADA');
      await recusa(store.listarUsuarios(maria.id, 'Nenhuma'), 'SALA_NAO_ENCONTRADA');
    });

    test('uma mensagem de outra sala não aparece, por mais nova que seja', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      const { Maria } = await reunir(store, 'Outra', 'Maria');
      const [ultima] = (await ler(store, Pedro)).slice(-1);
      await enviar(store, Maria, 'longe', { nomeSala: 'Outra' });
      expect(await ler(store, Pedro, ultima?.id)).toEqual([]);
      expect(textos(await ler(store, Pedro, 0))).toEqual(['Pedro entrou na sala.']);
    });

    test('uma sala recriada não mostra as mensagens da antiga, e seus ids continuam crescendo', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      for (const destinatario of ['Pedro', 'Maria']) await enviar(store, Pedro, 'antiga', { destinatario });
      const { mensagem } = await enviar(store, Pedro, 'antiga');
      for (const { id } of [Pedro, Maria]) await store.sair(id);
      await esperarRemocaoDeSalas(aberto, Pedro, Maria);
      await criarSala(store, Pedro, 'geral');
      const entrou = await entrar(store, Pedro, 'geral');
      expect(textos(entrou.mensagens)).toEqual(['Pedro entrou na sala.']);
      expect(entrou.mensagens[0]?.id).toBeGreaterThan(mensagem.id);
      await aberto.passar(1);
      expect(await ler(store, Pedro, 0)).toEqual(entrou.mensagens);
      const deMaria = [...(await entrar(store, Maria, 'geral')).mensagens, ...(await ler(store, Maria, 0))];
      expect(textos(deMaria)).not.toContain('antiga');
    });
  });
}

/** O envio: quem vê o quê, o que se confere e em que ordem, os limites. */

import { describe, expect, test } from 'vitest';
import type { Sessao, Store } from '../../../../src/store/store.ts';
import {
  type AbrirBancada,
  acompanhar,
  criarSala,
  entrar,
  enviar,
  hashDe,
  ler,
  recusa,
  registrar,
  reunir,
  textos,
  UM,
} from './apoio.ts';

export function descreverMensagens(abrir: AbrirBancada): void {
  describe('mensagens', () => {
    test('a mensagem de todos chega igual a todos, e como foi escrita', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const conteudo = `  Olá,\n\tmundo 👩‍👩‍👧 ${'字'.repeat(3900)} `;
      const { mensagem, repetida } = await enviar(store, Pedro, conteudo, { nomeSala: 'GERAL' });
      expect(repetida).toBe(false);
      expect(mensagem).toEqual({
        id: expect.any(Number),
        sala: 'Geral',
        tipo: 'broadcast',
        origem: 'Pedro',
        destino: 'todos',
        conteudo,
        timestamp: '2024-05-06T12:34:56.789Z',
      });
      for (const quem of [Pedro, Maria]) expect((await ler(store, quem)).at(-1)).toEqual(mensagem);
    });

    test('a mensagem privada é de quem envia e de quem recebe, e de ninguém mais', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria, João: joao } = await reunir(store, 'Geral', 'Pedro', 'Maria', 'João');
      const gravadas = await acompanhar(aberto, Pedro);
      const { mensagem } = await enviar(store, Pedro, 'segredo', { destinatario: 'MARIA' });
      expect(mensagem).toMatchObject({ tipo: 'unicast', origem: 'Pedro', destino: 'Maria', sala: 'Geral' });
      await expect
        .poll(() => gravadas)
        .toEqual([
          { sala: 'geral', mensagemId: mensagem.id, visivelPara: expect.toSatisfy((ids) => new Set(ids).size === 2) },
        ]);
      expect(gravadas[0]?.visivelPara).toEqual(expect.arrayContaining([Pedro.id, Maria.id]));
      for (const quem of [Pedro, Maria]) {
        expect(await ler(store, quem, mensagem.id - 1)).toEqual([mensagem]);
        expect((await ler(store, quem)).at(-1)).toEqual(mensagem);
        expect((await entrar(store, quem, 'Geral')).mensagens.at(-1)).toEqual(mensagem);
      }
      const outra = await registrar(store, 'Ana');
      const vistas = [
        ...(await ler(store, joao, 0)),
        ...(await ler(store, joao)),
        ...(await entrar(store, joao, 'Geral')).mensagens,
        ...(await entrar(store, outra, 'Geral')).mensagens,
      ];
      expect(textos(vistas)).not.toContain('segredo');
    });

    test('a mensagem privada é da pessoa: volta com ela, e não passa a quem tomar o nome', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, João: joao, Maria } = await reunir(store, 'Geral', 'Pedro', 'João', 'Maria');
      await enviar(store, Pedro, 'segredo', { destinatario: 'Maria' });
      await store.sair(Maria.id);
      expect(textos((await entrar(store, Maria, 'Geral')).mensagens)).toContain('segredo');
      await store.encerrar(Maria.id);
      const tomarONome = async (onde: Store, token: string): Promise<Sessao> => {
        const outraMaria = await onde.registrar({ nome: 'Maria', tokenHash: hashDe(token) });
        const entrou = await entrar(onde, outraMaria, 'Geral');
        expect(textos([...entrou.mensagens, ...(await ler(onde, outraMaria, 0))])).not.toContain('segredo');
        expect(textos(await ler(onde, joao, 0))).not.toContain('segredo');
        expect(textos(await ler(onde, Pedro))).toContain('segredo');
        return outraMaria;
      };
      await store.encerrar((await tomarONome(store, 'outra')).id);
      await tomarONome(await aberto.reabrir(), 'ainda outra');
    });

    test('a mensagem a si mesmo é uma só', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const gravadas = await acompanhar(aberto, Pedro);
      await enviar(store, Pedro, 'nota', { destinatario: 'pedro' });
      expect(textos(await ler(store, Pedro)).filter((texto) => texto === 'nota')).toHaveLength(1);
      expect(textos(await ler(store, Maria))).not.toContain('nota');
      await expect.poll(() => gravadas[0]?.visivelPara).toEqual([Pedro.id]);
    });

    test('o envio confere sessão, chave, sala, presença, destinatário e limite, nesta ordem, e recusado não grava', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const ana = await registrar(store, 'Ana');
      // Com o único lugar do limite já tomado, tudo o que se confere antes ainda se diz primeiro.
      const { mensagem } = await enviar(store, Pedro, 'valeu', { chave: 'k', limite: UM });
      const errado = { nomeSala: 'Nenhuma', destinatario: 'Ana', limite: UM };
      const antes = await ler(store, Maria);
      await recusa(enviar(store, { ...ana, id: 999_999 }, 'x', errado), 'NAO_AUTENTICADO');
      await recusa(enviar(store, ana, 'x', errado), 'SALA_NAO_ENCONTRADA');
      await recusa(enviar(store, ana, 'x', { ...errado, nomeSala: 'Geral' }), 'FORA_DA_SALA');
      for (const destinatario of ['Ana', 'Ninguém']) {
        const envio = { ...errado, nomeSala: 'Geral', destinatario };
        await recusa(enviar(store, Pedro, 'x', envio), 'DESTINATARIO_FORA_DA_SALA');
      }
      await expect(enviar(store, Pedro, 'x', { limite: UM })).rejects.toMatchObject({
        tipo: 'LIMITE_EXCEDIDO',
        detalhes: { tenteEmMs: expect.toSatisfy((ms) => ms > 0 && ms <= UM.janelaMs) },
      });
      expect(await ler(store, Maria)).toEqual(antes);
      expect(await enviar(store, Pedro, 'x', { ...errado, chave: 'k' })).toEqual({ mensagem, repetida: true });
    });

    test('criar e entrar também conferem o limite por último, e recusados não mudam nada', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await criarSala(store, Pedro, 'Toma o lugar', UM);
      await recusa(criarSala(store, Pedro, 'geral', UM), 'SALA_JA_EXISTE');
      await recusa(criarSala(store, Pedro, 'Outra', UM), 'LIMITE_EXCEDIDO');
      await recusa(entrar(store, Pedro, 'Outra', UM), 'SALA_NAO_ENCONTRADA');
      await criarSala(store, Maria, 'Outra');
      await recusa(entrar(store, Pedro, 'Outra', UM), 'LIMITE_EXCEDIDO');
      expect(await store.listarUsuarios(Pedro.id, undefined)).toEqual(['Maria', 'Pedro']);
      expect((await entrar(store, Pedro, 'Geral', UM)).nomeSala).toBe('Geral');
    });

    test('só o que muda algo ocupa um lugar no limite', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const limite = { maximo: 2, janelaMs: 60_000 };
      const primeira = await enviar(store, Pedro, 'x', { chave: 'k', limite });
      await enviar(store, Pedro, 'x', { chave: 'k', limite });
      await recusa(enviar(store, Pedro, 'x', { nomeSala: 'Nenhuma', limite }), 'SALA_NAO_ENCONTRADA');
      await recusa(enviar(store, Pedro, 'x', { destinatario: 'Ninguém', limite }), 'DESTINATARIO_FORA_DA_SALA');
      // Juntas, como num batch: nenhuma respondeu quando a nova chega.
      const juntas = await Promise.all([
        enviar(store, Pedro, 'x', { chave: 'k', limite }),
        enviar(store, Pedro, 'x', { chave: 'k', limite }),
        enviar(store, Pedro, 'y', { limite }),
      ]);
      expect(juntas.map(({ repetida }) => repetida)).toEqual([true, true, false]);
      await recusa(enviar(store, Pedro, 'z', { limite }), 'LIMITE_EXCEDIDO');
      expect(await enviar(store, Pedro, 'x', { chave: 'k', limite })).toEqual({ ...primeira, repetida: true });
      expect((await enviar(store, Maria, 'o limite é de cada um', { limite })).repetida).toBe(false);
    });

    test('um lugar volta a servir quando a janela passa, e não antes', async () => {
      await using aberto = await abrir();
      const { store, relogio } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await enviar(store, Pedro, 'x', { limite: UM });
      relogio.avancar(UM.janelaMs - 1);
      await expect(enviar(store, Pedro, 'y', { limite: UM })).rejects.toMatchObject({ detalhes: { tenteEmMs: 1 } });
      relogio.avancar(1);
      await enviar(store, Pedro, 'y', { limite: UM });
    });

    test('os registros de uma rede têm o seu limite, que conta também os recusados', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const limite = { maximo: 2, janelaMs: 60_000 };
      const registrarDe = (rede: string, nome: string) =>
        store.registrar({ nome, tokenHash: hashDe(`${rede} ${nome}`), rede, limite });
      await registrarDe('192.0.2.1', 'Pedro');
      await recusa(registrarDe('192.0.2.1', 'Pedro'), 'NOME_EM_USO');
      await recusa(registrarDe('192.0.2.1', 'Maria'), 'LIMITE_EXCEDIDO');
      expect((await registrarDe('192.0.2.2', 'Maria')).nome).toBe('Maria');
    });

    test('uma chave recusada não fica usada', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await enviar(store, Pedro, 'x', { limite: UM });
      await recusa(enviar(store, Pedro, 'x', { chave: 'k', limite: UM }), 'LIMITE_EXCEDIDO');
      expect((await enviar(store, Pedro, 'y', { chave: 'k' })).repetida).toBe(false);
    });
  });
}

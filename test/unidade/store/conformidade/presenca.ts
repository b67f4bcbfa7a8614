/** A presença e os prazos, com o tempo parado: quem se ausenta, a sessão que acaba, a sala que se remove. */

import { describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import type { Sessao } from '../../../../src/store/store.ts';
import {
  type AbrirBancada,
  type Bancada,
  criarSala,
  entrar,
  enviar,
  esperarRemocaoDeSalas,
  hashDe,
  ler,
  PRAZOS,
  recusa,
  registrar,
  reunir,
  textos,
} from './apoio.ts';

/** O que o contrato dá a quem acaba com o que venceu. */
const FOLGA_MS = 3_000;
const REGISTRO_SEM_CHAMADA_MS = 300_000;

export function descreverPresenca(abrir: AbrirBancada): void {
  describe('o usuário ausente', () => {
    test('sai da sala no fim do prazo, não antes, e uma vez só', async () => {
      await using bancada = await abrir();
      const { store, passar } = bancada;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      bancada.emEspera.add(Maria.id);
      await passar(PRAZOS.usuarioAusenteMs - 1);
      expect(await presentes(bancada, Maria)).toEqual(['Maria', 'Pedro']);
      await passar(FOLGA_MS);
      expect(await presentes(bancada, Maria)).toEqual(['Maria']);
      await passar(2 * PRAZOS.salaInativaMs);
      expect(await saidasDePedro(bancada, Maria)).toHaveLength(1);
      await recusa(ler(store, Pedro), 'FORA_DA_SALA');
    });

    test.each<[string, (bancada: Bancada, quem: Sessao) => unknown]>([
      ['uma chamada com o token', ({ store }) => store.identificar(hashDe('token de Pedro'))],
      ['renovar', ({ store }, { id }) => store.renovar(id)],
      ['uma espera', ({ emEspera }, { id }) => emEspera.add(id)],
    ])('%s é presença', async (_, darSinal) => {
      await using bancada = await abrir();
      const { store, passar } = bancada;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await passar(PRAZOS.usuarioAusenteMs - 5_000);
      await darSinal(bancada, Pedro);
      await passar(PRAZOS.usuarioAusenteMs - 5_000);
      expect(await store.sessoes()).toMatchObject([{ nome: 'Pedro', sala: 'Geral' }]);
    });

    test('a ausência de quem esperava conta desde o fim da espera', async () => {
      await using bancada = await abrir();
      const { store, passar, emEspera } = bancada;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      emEspera.add(Pedro.id);
      await passar(3 * PRAZOS.usuarioAusenteMs);
      emEspera.delete(Pedro.id);
      store.renovar(Pedro.id);
      await passar(PRAZOS.usuarioAusenteMs - 5_000);
      expect(await store.sessoes()).toMatchObject([{ sala: 'Geral' }]);
      await passar(5_000 + FOLGA_MS);
      expect(await store.sessoes()).toMatchObject([{ sala: null }]);
    });

    test('continua com a sessão e o nome, e quem volta pode sair de novo por ausência', async () => {
      await using bancada = await abrir();
      const { store, passar, emEspera } = bancada;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      emEspera.add(Maria.id);
      for (let vez = 0; vez < 2; vez += 1) {
        await passar(PRAZOS.usuarioAusenteMs + FOLGA_MS);
        expect(await store.identificar(hashDe('token de Pedro'))).toMatchObject({ nome: 'Pedro', sala: null });
        await recusa(store.registrar({ nome: 'Pedro', tokenHash: hashDe('outro') }), 'NOME_EM_USO');
        await entrar(store, Pedro, 'Geral');
      }
      expect(await saidasDePedro(bancada, Maria)).toHaveLength(2);
    });

    test('são muitos de uma vez, e nenhum fica', async () => {
      await using bancada = await abrir();
      const { store, passar } = bancada;
      const { Ana } = await reunir(store, 'Geral', 'Ana');
      const muitos = await Promise.all(Array.from({ length: 300 }, (_, n) => registrar(store, `P${n}`)));
      for (const pessoa of muitos) await entrar(store, pessoa, 'Geral');
      bancada.emEspera.add(Ana.id);
      await passar(PRAZOS.usuarioAusenteMs + FOLGA_MS);
      // Uma passada em que o store não respondeu a tempo, numa máquina ocupada, deixa o que falta para a seguinte.
      await ate(async () => {
        await passar(1_000);
        return (await presentes(bancada, Ana)).length === 1;
      }, 'a saída de todos');
      expect(await presentes(bancada, Ana)).toEqual(['Ana']);
    });

    test('a hora do mundo que salta uma hora não tira ninguém da sala, não acaba sessão nem remove sala', async () => {
      await using bancada = await abrir();
      const { store, passar, relogio } = bancada;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await criarSala(store, Pedro, 'Vazia');
      for (const saltoMs of [3_600_000, -7_200_000]) {
        relogio.acertarHora(saltoMs);
        await passar(1_000);
      }
      expect(await store.sessoes()).toMatchObject([{ sala: 'Geral' }]);
      expect(await store.listarSalas()).toHaveLength(2);
    });
  });

  describe('a sessão sem presença', () => {
    test('acaba no fim do prazo, não antes, e o nome fica livre; quem espera mantém a sua', async () => {
      await using bancada = await abrir();
      const { store, passar } = bancada;
      const { Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await store.identificar(hashDe('token de Pedro'));
      bancada.emEspera.add(Maria.id);
      await passar(PRAZOS.sessaoExpiraMs - 1);
      expect(await nomes(bancada)).toEqual(['Maria', 'Pedro']);
      await passar(FOLGA_MS);
      expect(await nomes(bancada)).toEqual(['Maria']);
      expect(await store.identificar(hashDe('token de Pedro'))).toBeUndefined();
      await store.registrar({ nome: 'Pedro', tokenHash: hashDe('outro') });
      // Já tinha saído da sala por ausência.
      expect(await saidasDePedro(bancada, Maria)).toHaveLength(1);
    });

    test('que acaba antes do prazo da ausência tira da sala, uma vez só', async () => {
      const usuarioAusenteMs = 1.5 * PRAZOS.sessaoExpiraMs;
      await using bancada = await abrir({ prazos: { ...PRAZOS, usuarioAusenteMs } });
      const { store, passar } = bancada;
      const { Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await store.identificar(hashDe('token de Pedro'));
      bancada.emEspera.add(Maria.id);
      await passar(PRAZOS.sessaoExpiraMs - 1);
      expect(await presentes(bancada, Maria)).toEqual(['Maria', 'Pedro']);
      expect(await saidasDePedro(bancada, Maria)).toEqual([]);
      await passar(FOLGA_MS);
      expect(await presentes(bancada, Maria)).toEqual(['Maria']);
      expect(await store.identificar(hashDe('token de Pedro'))).toBeUndefined();
      await passar(PRAZOS.sessaoExpiraMs);
      expect(await saidasDePedro(bancada, Maria)).toHaveLength(1);
    });

    test('de que nenhuma chamada veio acaba 5 min depois do registro, mesmo que não expire antes', async () => {
      const prazos = { ...PRAZOS, sessaoExpiraMs: 2 * REGISTRO_SEM_CHAMADA_MS };
      await using bancada = await abrir({ prazos });
      const { store, passar } = bancada;
      await registrar(store, 'Nunca');
      await registrar(store, 'Chamou');
      await store.identificar(hashDe('token de Chamou'));
      await passar(REGISTRO_SEM_CHAMADA_MS - 1);
      expect(await nomes(bancada)).toEqual(['Chamou', 'Nunca']);
      await passar(FOLGA_MS);
      expect(await nomes(bancada)).toEqual(['Chamou']);
    });
  });

  describe('a sala sem ninguém', () => {
    test('é removida no fim do prazo, não antes, também a que nunca teve ninguém; o nome fica livre', async () => {
      await using bancada = await abrir();
      const { store, passar, emEspera } = bancada;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      emEspera.add(Pedro.id);
      await criarSala(store, Pedro, 'Nunca');
      await criarSala(store, Pedro, 'Ocupada');
      await entrar(store, Pedro, 'Ocupada');
      await passar(PRAZOS.salaInativaMs - 1);
      expect(await salas(bancada)).toEqual(['Geral', 'Nunca', 'Ocupada']);
      await passar(FOLGA_MS);
      expect(await salas(bancada)).toEqual(['Ocupada']);
      await recusa(entrar(store, Pedro, 'Geral'), 'SALA_NAO_ENCONTRADA');
      await recusa(ler(store, Pedro), 'SALA_NAO_ENCONTRADA');
      await criarSala(store, Pedro, 'geral');
      expect((await entrar(store, Pedro, 'Geral')).nomeSala).toBe('geral');
    });

    test('que teve alguém e deixou de ter conta o prazo desde a última saída', async () => {
      await using bancada = await abrir();
      const { store, passar, emEspera } = bancada;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      emEspera.add(Pedro.id);
      await store.sair(Pedro.id);
      await passar(PRAZOS.salaInativaMs - 5_000);
      // Nenhuma passada a vê com alguém.
      await entrar(store, Pedro, 'Geral');
      await store.sair(Pedro.id);
      await passar(PRAZOS.salaInativaMs - 1);
      expect(await salas(bancada)).toEqual(['Geral']);
      await passar(FOLGA_MS);
      expect(await salas(bancada)).toEqual([]);
    });

    test('e o que havia nela já não se alcança: nem por uma sala nova de mesmo nome', async () => {
      await using bancada = await abrir();
      const { store } = bancada;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await enviar(store, Pedro, 'antiga');
      await store.sair(Pedro.id);
      await esperarRemocaoDeSalas(bancada, Pedro);
      await criarSala(store, Pedro, 'Geral');
      expect(textos((await entrar(store, Pedro, 'Geral')).mensagens)).toEqual(['Pedro entrou na sala.']);
    });
  });

  describe('depois de uma interrupção', () => {
    test('os prazos começam de novo: ninguém podia dar sinal de vida', async () => {
      await using bancada = await abrir();
      const { store, passar, relogio } = bancada;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await criarSala(store, Pedro, 'Vazia');
      await passar(5_000);
      relogio.avancar(10 * PRAZOS.sessaoExpiraMs);
      await store.varrer();
      expect(await store.sessoes()).toMatchObject([{ sala: 'Geral' }]);
      expect(await salas(bancada)).toEqual(['Geral', 'Vazia']);
      await passar(PRAZOS.salaInativaMs - 1);
      expect(await salas(bancada)).toEqual(['Geral', 'Vazia']);
      await passar(FOLGA_MS);
      expect(await salas(bancada)).toEqual(['Geral']);
      await passar(PRAZOS.usuarioAusenteMs - PRAZOS.salaInativaMs);
      expect(await store.sessoes()).toMatchObject([{ sala: null }]);
      await entrar(store, Pedro, 'Geral');
      expect(await saidasDePedro(bancada, Pedro)).toHaveLength(1);
    });

    test('a que é curta não conta: os prazos seguem', async () => {
      await using bancada = await abrir();
      const { store, passar, relogio } = bancada;
      await reunir(store, 'Geral', 'Pedro');
      await passar(PRAZOS.usuarioAusenteMs - 8_000);
      relogio.avancar(8_000 + FOLGA_MS - 1_000);
      await store.varrer();
      expect(await store.sessoes()).toMatchObject([{ sala: null }]);
    });
  });
}

async function presentes({ store }: Bancada, quem: Sessao): Promise<string[]> {
  return store.listarUsuarios(quem.id, 'Geral');
}

/** O que quem está na sala vê das saídas de Pedro. */
async function saidasDePedro({ store }: Bancada, quem: Sessao): Promise<string[]> {
  return textos(await ler(store, quem, 0)).filter((texto) => texto === 'Pedro saiu da sala.');
}

async function nomes({ store }: Bancada): Promise<string[]> {
  return (await store.sessoes()).map(({ nome }) => nome).sort();
}

async function salas({ store }: Bancada): Promise<string[]> {
  return (await store.listarSalas()).map(({ nomeSala }) => nomeSala);
}

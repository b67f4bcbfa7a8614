/**
 * O que todo store tem de cumprir, como função de "como abrir um": cada implementação se prova com isto.
 */

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Mensagem } from '../../../src/contract/chat.ts';
import type { TipoDeErro } from '../../../src/contract/errors.ts';
import type { Envio, Gravada, SalaVazia, Sessao, Store } from '../../../src/store/store.ts';

export interface StoreAberto extends AsyncDisposable {
  readonly store: Store;
  /** Fecha e abre de novo, sobre os mesmos dados. */
  readonly reabrir: () => Promise<Store>;
}

export const AGORA_MS = Date.UTC(2024, 4, 6, 12, 34, 56, 789);

export function hashDe(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function registrar(store: Store, nome: string): Promise<Sessao> {
  return store.registrar({ nome, tokenHash: hashDe(`token de ${nome}`) });
}

/** Registra cada nome e o põe na sala, que é criada antes. */
export async function reunir<N extends string>(
  store: Store,
  nomeSala: string,
  ...nomes: N[]
): Promise<Record<N, Sessao>> {
  const pessoas = {} as Record<N, Sessao>;
  for (const [indice, nome] of nomes.entries()) {
    const pessoa = await registrar(store, nome);
    if (indice === 0) await store.criarSala(pessoa.id, nomeSala);
    await entrar(store, pessoa, nomeSala);
    pessoas[nome] = pessoa;
  }
  return pessoas;
}

export function entrar(store: Store, { id }: Sessao, nomeSala: string) {
  return store.entrar({ sessaoId: id, nomeSala, agoraMs: AGORA_MS });
}

export function enviar(store: Store, { id }: Sessao, conteudo: string, envio: Partial<Envio> = {}) {
  return store.enviar({
    sessaoId: id,
    nomeSala: 'Geral',
    conteudo,
    destinatario: undefined,
    chave: undefined,
    agoraMs: AGORA_MS,
    ...envio,
  });
}

export async function ler(
  store: Store,
  { id }: Sessao,
  desde?: number,
  nomeSala = 'Geral',
): Promise<readonly Mensagem[]> {
  return (await store.ler({ sessaoId: id, nomeSala, desde })).mensagens;
}

export function textos(mensagens: readonly Mensagem[]): string[] {
  return mensagens.map(({ conteudo }) => conteudo);
}

export async function recusa(promessa: Promise<unknown>, tipo: TipoDeErro): Promise<void> {
  await expect(promessa).rejects.toMatchObject({ name: 'ContractError', tipo });
}

async function removerSala(store: Store, nomeSala: string): Promise<void> {
  const sala = (await store.salasVazias()).find((vazia) => vazia.nomeSala === nomeSala);
  expect(await store.removerSalaVazia(sala as SalaVazia)).toBe(true);
}

/** Um limite que já não tem lugar para quem o usou uma vez. */
const UM = { maximo: 1, janelaMs: 60_000 };

/** O que se avisa de uma sala, a partir de agora. */
async function acompanhar(store: Store, { id }: Sessao, nomeSala = 'Geral'): Promise<Gravada[]> {
  const gravadas: Gravada[] = [];
  store.aoGravar((gravada) => gravadas.push(gravada));
  await store.ler({ sessaoId: id, nomeSala, desde: undefined, acompanhar: true });
  return gravadas;
}

export async function limparTudo(store: Store): Promise<void> {
  while (await store.limpar());
}

export function descreverConformidade(nome: string, abrir: () => Promise<StoreAberto>): void {
  describe(nome, () => {
    describe('sessões', () => {
      test('um nome é de uma pessoa só, sem distinção de caixa nem de forma Unicode', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const jose = await registrar(store, 'José');
        await recusa(registrar(store, 'josé'.normalize('NFD')), 'NOME_EM_USO');
        await recusa(registrar(store, 'ＪＯＳÉ'), 'NOME_EM_USO');
        expect(await store.sessoes()).toEqual([jose]);
        expect(jose).toEqual({ id: expect.any(Number), nome: 'José', sala: null, confirmada: false });
      });

      test('dois registros do mesmo nome ao mesmo tempo dão um só dono', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const resultados = await Promise.allSettled(
          ['um', 'dois'].map((token) => store.registrar({ nome: 'Pedro', tokenHash: hashDe(token) })),
        );
        expect(resultados.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
        expect(await store.sessaoDoToken(hashDe('um'))).toMatchObject({ nome: 'Pedro' });
        expect(await store.sessaoDoToken(hashDe('dois'))).toBeUndefined();
      });

      test('o token acha a sessão como ela está agora', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const token = hashDe('token de Pedro');
        const { Pedro } = await reunir(store, 'Geral', 'Pedro');
        expect(await store.sessaoDoToken(token)).toEqual({ ...Pedro, sala: 'Geral' });
        await store.confirmar(Pedro.id);
        await store.confirmar(Pedro.id);
        expect(await store.sessaoDoToken(token)).toEqual({ ...Pedro, sala: 'Geral', confirmada: true });
        await store.sair(Pedro.id, AGORA_MS);
        expect(await store.sessaoDoToken(token)).toEqual({ ...Pedro, confirmada: true });
        await store.encerrar(Pedro.id, AGORA_MS);
        expect(await store.sessaoDoToken(token)).toBeUndefined();
      });

      test('encerrar libera o nome para outra pessoa, de outro id', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const antigo = await registrar(store, 'Pedro');
        expect(await store.encerrar(antigo.id, AGORA_MS)).toBe(true);
        expect(await store.encerrar(antigo.id, AGORA_MS)).toBe(false);
        const novo = await store.registrar({ nome: 'pedro', tokenHash: hashDe('outro') });
        expect(novo.id).not.toBe(antigo.id);
        await store.confirmar(antigo.id);
        expect(await store.sessoes()).toEqual([novo]);
      });

      test('quem já não tem sessão não faz nada', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        await enviar(store, Pedro, 'Oi', { chave: 'k' });
        await store.encerrar(Pedro.id, AGORA_MS);
        await recusa(store.criarSala(Pedro.id, 'Outra'), 'NAO_AUTENTICADO');
        await recusa(entrar(store, Pedro, 'Geral'), 'NAO_AUTENTICADO');
        await recusa(store.sair(Pedro.id, AGORA_MS), 'NAO_AUTENTICADO');
        await recusa(enviar(store, Pedro, 'Oi', { chave: 'k' }), 'NAO_AUTENTICADO');
        await recusa(ler(store, Pedro), 'NAO_AUTENTICADO');
        await recusa(store.listarUsuarios(Pedro.id, 'Geral'), 'NAO_AUTENTICADO');
      });

      test('cada nome que nasce ou acaba é avisado', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const avisos: string[] = [];
        store.aoMudarNomes((nome, mudanca) => avisos.push(`${nome} ${mudanca}`));
        const pedro = await registrar(store, 'Pedro');
        await recusa(registrar(store, 'PEDRO'), 'NOME_EM_USO');
        await expect.poll(() => avisos).toEqual(['Pedro nasceu']);
        await store.encerrar(pedro.id, AGORA_MS);
        await store.encerrar(pedro.id, AGORA_MS);
        await expect.poll(() => avisos).toEqual(['Pedro nasceu', 'Pedro acabou']);
      });
    });

    describe('salas', () => {
      test('criar não é entrar, e o nome é comparado como os de pessoas', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const pedro = await registrar(store, 'Pedro');
        const criada = await store.criarSala(pedro.id, 'Café');
        await recusa(store.criarSala(pedro.id, 'CAFÉ'), 'SALA_JA_EXISTE');
        expect(criada.nomeSala).toBe('Café');
        expect(await store.salasVazias()).toEqual([criada]);
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
        expect(textos(entrou.mensagens)).toEqual(['Pedro entrou na sala.', 'Maria entrou na sala.']);
        expect(entrou.mensagens[1]).toEqual({
          id: expect.any(Number),
          sala: 'Geral',
          tipo: 'broadcast',
          origem: 'SERVER',
          destino: 'todos',
          conteudo: 'Maria entrou na sala.',
          timestamp: '2024-05-06T12:34:56.789Z',
        });
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
        await store.criarSala(Pedro.id, 'Outra');
        const gravadas = await acompanhar(store, Maria);
        const entrou = await entrar(store, Pedro, 'Outra');
        await expect
          .poll(() => gravadas)
          .toContainEqual(expect.objectContaining({ sala: 'geral', visivelPara: 'todos' }));
        expect(textos(entrou.mensagens)).toEqual(['Pedro entrou na sala.']);
        expect(textos(await ler(store, Maria)).at(-1)).toBe('Pedro saiu da sala.');
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
        expect(await store.sair(Pedro.id, AGORA_MS)).toEqual({ nomeSala: 'Geral' });
        await recusa(store.sair(Pedro.id, AGORA_MS), 'FORA_DA_SALA');
        expect(textos(await ler(store, Maria)).filter((texto) => texto.includes('saiu'))).toEqual([
          'Pedro saiu da sala.',
        ]);
      });

      test('encerrar a sessão sai da sala', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        await store.encerrar(Pedro.id, AGORA_MS);
        expect(textos(await ler(store, Maria)).at(-1)).toBe('Pedro saiu da sala.');
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
        for (const nomeSala of nomes) await store.criarSala(primeira.id, nomeSala);
        const salas = (await store.listarSalas()).map(({ nomeSala }) => nomeSala);
        expect(salas).toEqual(['Ana', 'Geral', ...emOrdem.slice(1)]);
      });

      test('só uma sala sem ninguém pode ser removida, e o nome fica livre', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro } = await reunir(store, 'Geral', 'Pedro');
        await store.sair(Pedro.id, AGORA_MS);
        const [vazia = { salaId: -1, nomeSala: '' }] = await store.salasVazias();
        await entrar(store, Pedro, 'Geral');
        expect(await store.removerSalaVazia(vazia)).toBe(false);
        expect(await store.salasVazias()).toEqual([]);
        await store.sair(Pedro.id, AGORA_MS);
        expect(await store.removerSalaVazia(vazia)).toBe(true);
        expect(await store.removerSalaVazia(vazia)).toBe(false);
        expect(await store.listarSalas()).toEqual([]);
        expect(await store.salasVazias()).toEqual([]);
        await recusa(entrar(store, Pedro, 'Geral'), 'SALA_NAO_ENCONTRADA');
        await recusa(ler(store, Pedro), 'SALA_NAO_ENCONTRADA');
        expect((await store.criarSala(Pedro.id, 'geral')).nomeSala).toBe('geral');
      });

      test('o id de uma sala removida não volta: removê-lo de novo não leva outra sala', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const pedro = await registrar(store, 'Pedro');
        const antiga = await store.criarSala(pedro.id, 'Geral');
        await store.removerSalaVazia(antiga);
        await limparTudo(store);
        const nova = await store.criarSala(pedro.id, 'Geral');
        expect(await store.removerSalaVazia(antiga)).toBe(false);
        expect(await store.salasVazias()).toEqual([nova]);
      });
    });

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
        const gravadas = await acompanhar(store, Pedro);
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
        const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        await enviar(store, Pedro, 'segredo', { destinatario: 'Maria' });
        await store.sair(Maria.id, AGORA_MS);
        expect(textos((await entrar(store, Maria, 'Geral')).mensagens)).toContain('segredo');
        await store.encerrar(Maria.id, AGORA_MS);
        const outraMaria = await store.registrar({ nome: 'Maria', tokenHash: hashDe('outra') });
        const entrou = await entrar(store, outraMaria, 'Geral');
        expect(textos([...entrou.mensagens, ...(await ler(store, outraMaria, 0))])).not.toContain('segredo');
        expect(textos(await ler(store, Pedro))).toContain('segredo');
      });

      test('a mensagem a si mesmo é uma só', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        const gravadas = await acompanhar(store, Pedro);
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
        const entrar = (nomeSala: string) =>
          store.entrar({ sessaoId: Pedro.id, nomeSala, agoraMs: AGORA_MS, limite: UM });
        await store.criarSala(Pedro.id, 'Toma o lugar', UM);
        await recusa(store.criarSala(Pedro.id, 'geral', UM), 'SALA_JA_EXISTE');
        await recusa(store.criarSala(Pedro.id, 'Outra', UM), 'LIMITE_EXCEDIDO');
        await recusa(entrar('Outra'), 'SALA_NAO_ENCONTRADA');
        await store.criarSala(Maria.id, 'Outra');
        await recusa(entrar('Outra'), 'LIMITE_EXCEDIDO');
        expect(await store.listarUsuarios(Pedro.id, undefined)).toEqual(['Maria', 'Pedro']);
        expect((await entrar('Geral')).nomeSala).toBe('Geral');
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

      test('um lugar volta a servir quando a janela passa', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro } = await reunir(store, 'Geral', 'Pedro');
        const limite = { maximo: 1, janelaMs: 40 };
        await enviar(store, Pedro, 'x', { limite });
        await expect
          .poll(() =>
            enviar(store, Pedro, 'y', { limite }).then(
              () => 'foi',
              () => 'ainda não',
            ),
          )
          .toBe('foi');
      });

      test('os registros de uma rede têm o seu limite, que conta também os recusados', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const limite = { maximo: 2, janelaMs: 60_000 };
        const registrarDe = (rede: string, nome: string) =>
          store.registrar({ nome, tokenHash: hashDe(`${rede} ${nome}`), rede }, limite);
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

    describe('chaves de idempotência', () => {
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

      test('a chave sobrevive à saída, à remoção da sala, à limpeza e a uma nova abertura', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        const privada = await enviar(store, Pedro, 'só para ti', { chave: 'p', destinatario: 'Maria' });
        const geral = await enviar(store, Pedro, 'para todos', { chave: 'g' });
        const repetir = async (onde: Store) => {
          expect(await enviar(onde, Pedro, 'x', { chave: 'p' })).toEqual({ ...privada, repetida: true });
          expect(await enviar(onde, Pedro, 'x', { chave: 'g' })).toEqual({ ...geral, repetida: true });
        };
        await repetir(store);
        await store.sair(Pedro.id, AGORA_MS);
        await repetir(store);
        await store.encerrar(Maria.id, AGORA_MS);
        await removerSala(store, 'Geral');
        await repetir(store);
        await limparTudo(store);
        await repetir(store);
        await repetir(await aberto.reabrir());
      });

      test('a chave acaba com a sessão, também para quem registra o mesmo nome', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        await enviar(store, Pedro, 'um', { chave: 'k' });
        await store.encerrar(Pedro.id, AGORA_MS);
        const novo = await registrar(store, 'Pedro');
        await entrar(store, novo, 'Geral');
        expect((await enviar(store, novo, 'dois', { chave: 'k' })).repetida).toBe(false);
        await limparTudo(store);
        expect((await enviar(store, novo, 'três', { chave: 'k' })).mensagem.conteudo).toBe('dois');
      });
    });

    describe('leitura', () => {
      test('sem cursor dá as últimas 50, da mais antiga à mais nova; com ele, as 50 seguintes', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        const todas = (await ler(store, Maria)).concat(
          await Promise.all(
            Array.from({ length: 120 }, async (_, n) => {
              const destinatario = n % 3 === 0 ? 'Maria' : undefined;
              return (await enviar(store, Pedro, `mensagem ${n}`, { destinatario })).mensagem;
            }),
          ),
        );
        expect(await ler(store, Maria)).toEqual(todas.slice(-50));
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
        const { Pedro } = await reunir(store, 'Geral', 'Pedro');
        await enviar(store, Pedro, 'antiga', { destinatario: 'Pedro' });
        const { mensagem } = await enviar(store, Pedro, 'antiga');
        await store.sair(Pedro.id, AGORA_MS);
        await removerSala(store, 'Geral');
        await store.criarSala(Pedro.id, 'geral');
        const entrou = await entrar(store, Pedro, 'geral');
        expect(textos(entrou.mensagens)).toEqual(['Pedro entrou na sala.']);
        expect(entrou.mensagens[0]?.id).toBeGreaterThan(mensagem.id);
        await limparTudo(store);
        expect(await ler(store, Pedro, 0)).toEqual(entrou.mensagens);
      });
    });

    describe('durabilidade', () => {
      test('reaberto, tudo está como foi confirmado', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        await store.confirmar(Maria.id);
        await store.criarSala(Pedro.id, 'Vazia');
        await enviar(store, Pedro, 'segredo', { destinatario: 'Maria' });
        const ler2 = async (onde: Store) => ({
          sessoes: await onde.sessoes(),
          salas: await onde.listarSalas(),
          vazias: await onde.salasVazias(),
          pedro: await ler(onde, Pedro),
          maria: await ler(onde, Maria),
          token: await onde.sessaoDoToken(hashDe('token de Maria')),
        });
        const antes = await ler2(store);
        expect(await ler2(await aberto.reabrir())).toEqual(antes);
      });

      test('os ids crescem também depois de reabrir sem nenhuma mensagem guardada', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro } = await reunir(store, 'Geral', 'Pedro');
        const { mensagem } = await enviar(store, Pedro, 'x');
        await store.sair(Pedro.id, AGORA_MS);
        await removerSala(store, 'Geral');
        await limparTudo(store);
        const reaberto = await aberto.reabrir();
        await reaberto.criarSala(Pedro.id, 'Geral');
        const entrou = await entrar(reaberto, Pedro, 'Geral');
        expect(entrou.mensagens[0]?.id).toBeGreaterThan(mensagem.id);
        expect(await ler(reaberto, Pedro, mensagem.id)).toEqual(entrou.mensagens);
      });

      test('limpar diz quando acabou, e não toca no que se alcança', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        expect(await store.limpar()).toBe(false);
        const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        const fica = await enviar(store, Maria, 'fica', { chave: 'k' });
        await enviar(store, Pedro, 'fica', { chave: 'k' });
        await store.encerrar(Pedro.id, AGORA_MS);
        const antes = await ler(store, Maria);
        await limparTudo(store);
        expect(await store.limpar()).toBe(false);
        expect(await ler(store, Maria)).toEqual(antes);
        expect(await enviar(store, Maria, 'x', { chave: 'k' })).toEqual({ ...fica, repetida: true });
      });
    });

    describe('ordem', () => {
      test('os verbos de uma sessão fazem efeito na ordem em que foram pedidos, sem que se espere por cada um', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const pedro = await registrar(store, 'Pedro');
        const resultados = await Promise.all([
          store.criarSala(pedro.id, 'Geral'),
          store.criarSala(pedro.id, 'GERAL').catch((erro) => erro.tipo),
          entrar(store, pedro, 'Geral'),
          enviar(store, pedro, 'Oi'),
          ler(store, pedro, 0).then(textos),
          store.listarUsuarios(pedro.id, undefined),
          store.sair(pedro.id, AGORA_MS),
          enviar(store, pedro, 'Tarde').catch((erro) => erro.tipo),
          store.encerrar(pedro.id, AGORA_MS),
          store.encerrar(pedro.id, AGORA_MS),
        ]);
        expect(resultados).toEqual([
          expect.objectContaining({ nomeSala: 'Geral' }),
          'SALA_JA_EXISTE',
          expect.objectContaining({ usuarios: ['Pedro'] }),
          expect.objectContaining({ repetida: false }),
          ['Pedro entrou na sala.', 'Oi'],
          ['Pedro'],
          { nomeSala: 'Geral' },
          'FORA_DA_SALA',
          true,
          false,
        ]);
        expect(await store.sessoes()).toEqual([]);
        expect(await store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 0 }]);
      });

      test('os avisos saem na ordem dos ids, e um ouvinte que falha não estraga o envio', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
        await acompanhar(store, Pedro);
        const avisados: number[] = [];
        store.aoGravar(({ mensagemId }) => {
          avisados.push(mensagemId);
          throw new Error('ouvinte com defeito');
        });
        const enviadas = await Promise.all(
          Array.from({ length: 40 }, (_, n) =>
            enviar(store, Pedro, `${n}`, { destinatario: n % 2 ? 'Maria' : undefined }),
          ),
        );
        const ids = enviadas.map(({ mensagem }) => mensagem.id);
        expect(ids).toEqual(ids.toSorted((um, outro) => um - outro));
        await expect.poll(() => avisados).toEqual(ids);
      });
    });

    describe('fim', () => {
      test('fechar conclui o que está em andamento; depois, tudo é recusado', async () => {
        await using aberto = await abrir();
        const { store } = aberto;
        const { Pedro } = await reunir(store, 'Geral', 'Pedro');
        expect(store.disponivel).toBe(true);
        const envio = enviar(store, Pedro, 'última');
        await store.close();
        await store.close();
        await expect(envio).resolves.toMatchObject({ repetida: false });
        await recusa(enviar(store, Pedro, 'x'), 'SERVICO_INDISPONIVEL');
        await recusa(ler(store, Pedro), 'SERVICO_INDISPONIVEL');
        await recusa(store.sessaoDoToken(hashDe('token de Pedro')), 'SERVICO_INDISPONIVEL');
        const reaberto = await aberto.reabrir();
        expect(textos(await ler(reaberto, Pedro)).at(-1)).toBe('última');
      });
    });
  });
}

/** As mensagens que ficam na memória: o que elas respondem é o que o arquivo responderia, ou não respondem. */

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { abrirArquivo } from '../../../../src/store/embutido/open.ts';
import { EmbeddedStore } from '../../../../src/store/embutido/store.ts';
import { Mensagens } from '../../../../src/store/embutido/tabelas/mensagens.ts';
import { Sessoes } from '../../../../src/store/embutido/tabelas/sessoes.ts';
import { Recentes } from '../../../../src/store/recentes.ts';
import type { Sessao } from '../../../../src/store/store.ts';
import { opcoesDoStore, PRAZOS_LONGOS } from '../../../suporte/opcoes-do-store.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';
import { AGORA_MS, criarSala, enviar, hashDe, ler, recusa, reunir, textos } from '../conformidade/apoio.ts';

const POR_PAGINA = 50;

function mensagem(id: number, conteudo: string): Mensagem {
  const timestamp = new Date(AGORA_MS).toISOString();
  return { id, sala: 'Geral', tipo: 'broadcast', origem: 'Pedro', destino: 'todos', conteudo, timestamp };
}

interface Guardada {
  readonly salaId: number;
  readonly mensagem: Mensagem;
  readonly passagem: boolean;
  readonly visivelPara: readonly number[] | undefined;
}

/** Tudo o que se gravou, e por onde se sabe o que a memória pode responder. */
class Historia {
  readonly recentes = new Recentes<number>();
  readonly #guardadas: Guardada[] = [];
  #ultimoId = 0;
  readonly #tetos = new Map<number, number>();

  gravar(salaId: number, visivelPara: readonly number[] | undefined, conteudo: string, passagem = false): number {
    this.#ultimoId += 1;
    const nova = { salaId, mensagem: mensagem(this.#ultimoId, conteudo), passagem, visivelPara };
    this.#guardadas.push(nova);
    this.recentes.acrescentar(salaId, this.#tetos.get(salaId) ?? 0, nova);
    this.#tetos.set(salaId, this.#ultimoId);
    return this.#ultimoId;
  }

  /** Alguém lê as últimas que se disseram a todos: do store, se a cauda não as tem. */
  lembrarDitas(salaId: number): void {
    if (this.recentes.ditas(salaId)) return;
    this.recentes.lembrarDitas(salaId, this.#tetos.get(salaId) ?? 0, this.#ditas(salaId));
  }

  #ditas(salaId: number): Mensagem[] {
    const aTodos = this.#guardadas.filter((uma) => uma.salaId === salaId && !uma.passagem && !uma.visivelPara);
    return aTodos.slice(-POR_PAGINA).map(({ mensagem }) => mensagem);
  }

  #visiveis(salaId: number, sessaoId: number): Mensagem[] {
    return this.#guardadas
      .filter((guardada) => guardada.salaId === salaId && (guardada.visivelPara?.includes(sessaoId) ?? true))
      .map(({ mensagem }) => mensagem);
  }

  /** @param cursores de onde uma sessão lê */
  conferir(salaId: number, sessaoId: number, cursores: readonly number[]): void {
    const ditas = this.recentes.ditas(salaId);
    if (ditas) expect(ditas).toEqual(this.#ditas(salaId));
    const visiveis = this.#visiveis(salaId, sessaoId);
    for (const desde of cursores) {
      const depois = this.recentes.depoisDe(salaId, sessaoId, desde);
      const primeira = visiveis.findIndex(({ id }) => id > desde);
      const esperadas = primeira < 0 ? [] : visiveis.slice(primeira, primeira + POR_PAGINA);
      if (depois) expect(depois).toEqual(esperadas);
      const achada = this.recentes.buscar(salaId, desde);
      // Os ids são os lugares na história, a partir de 1.
      if (achada) expect(this.#guardadas[desde - 1]).toMatchObject({ salaId, mensagem: achada });
    }
  }
}

const SESSOES = [1, 2, 3];
const SALAS = [1, 2];

const gravacao = fc.record({
  salaId: fc.constantFrom(...SALAS),
  visivelPara: fc.option(fc.uniqueArray(fc.constantFrom(...SESSOES), { minLength: 1, maxLength: 2 }), {
    nil: undefined,
  }),
  passagem: fc.boolean(),
  lembrarAntes: fc.boolean(),
  vezes: fc.integer({ min: 1, max: 700 }),
  tamanho: fc.constantFrom(1, 50, 4_000),
});

describe('a cauda de uma sala', () => {
  test('responde o mesmo que a história inteira, para cada pessoa e qualquer cursor, ou não responde', () => {
    fc.assert(
      fc.property(fc.array(gravacao, { maxLength: 12 }), fc.array(fc.nat({ max: 5_000 })), (gravacoes, cursores) => {
        const historia = new Historia();
        for (const { salaId, visivelPara, passagem, lembrarAntes, vezes, tamanho } of gravacoes) {
          let ultimo = 0;
          if (lembrarAntes) historia.lembrarDitas(salaId);
          for (let vez = 0; vez < vezes; vez += 1) {
            ultimo = historia.gravar(salaId, visivelPara, 'x'.repeat(tamanho), passagem && !visivelPara);
          }
          const deOnde = [0, ultimo - 1, ultimo, ultimo - POR_PAGINA, ultimo - POR_PAGINA - 1, ...cursores];
          for (const sessaoId of SESSOES) {
            for (const sala of SALAS) historia.conferir(sala, sessaoId, deOnde);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('responde a quem acompanha a conversa, e dá a mesma página a todos', () => {
    const historia = new Historia();
    const antes = historia.gravar(1, undefined, 'um');
    const nova = historia.gravar(1, undefined, 'dois');
    const pagina = historia.recentes.depoisDe(1, 1, antes);
    expect(pagina?.map(({ id }) => id)).toEqual([nova]);
    expect(historia.recentes.depoisDe(1, 2, antes)).toBe(pagina);
    expect(Object.isFrozen(pagina)).toBe(true);
  });

  test('sabe as últimas que se disseram a todos depois que alguém as leu, e busca uma mensagem pelo id', () => {
    const historia = new Historia();
    const entrada = historia.gravar(1, undefined, 'Maria entrou na sala.', true);
    const dita = historia.gravar(1, undefined, 'bom dia');
    expect(historia.recentes.ditas(1)).toBeUndefined();
    historia.lembrarDitas(1);
    historia.gravar(1, [1], 'segredo');
    const ultima = historia.gravar(1, undefined, 'e boa tarde');
    expect(historia.recentes.ditas(1)?.map(({ id }) => id)).toEqual([dita, ultima]);
    expect(historia.recentes.buscar(1, entrada)?.conteudo).toBe('Maria entrou na sala.');
    expect(historia.recentes.buscar(1, ultima + 1)).toBeUndefined();
    expect(historia.recentes.buscar(2, entrada)).toBeUndefined();
  });

  test('as últimas que se disseram também contam no tamanho: saem as das salas paradas há mais tempo', () => {
    const historia = new Historia();
    for (let salaId = 1; salaId <= 7; salaId += 1) {
      for (let vez = 0; vez < POR_PAGINA; vez += 1) historia.gravar(salaId, undefined, 'x'.repeat(4_000));
    }
    for (let salaId = 1; salaId <= 7; salaId += 1) historia.lembrarDitas(salaId);
    expect(historia.recentes.ditas(1)).toBeUndefined();
    expect(historia.recentes.ditas(7)).toHaveLength(POR_PAGINA);
  });

  test('lidas de novo, não pesam duas vezes', () => {
    const historia = new Historia();
    const primeira = historia.gravar(1, undefined, 'x'.repeat(4_000));
    for (let vez = 0; vez < 1_000; vez += 1)
      historia.recentes.lembrarDitas(1, primeira, [mensagem(primeira, 'x'.repeat(4_000))]);
    expect(historia.recentes.depoisDe(1, 1, 0)).toHaveLength(1);
  });

  test('uma página com uma privada não passa a quem não a pode ver', () => {
    const historia = new Historia();
    historia.gravar(1, [1, 2], 'segredo');
    expect(historia.recentes.depoisDe(1, 1, 0)).toHaveLength(1);
    expect(historia.recentes.depoisDe(1, 3, 0)).toEqual([]);
    historia.gravar(1, undefined, 'para todos');
    expect(historia.recentes.depoisDe(1, 3, 0)).toHaveLength(1);
    expect(historia.recentes.depoisDe(1, 1, 0)).toHaveLength(2);
  });

  test('tem fim: as mais antigas saem, e as salas paradas antes das outras', () => {
    const historia = new Historia();
    historia.gravar(1, undefined, 'de uma sala que parou');
    const primeira = historia.gravar(2, undefined, 'x');
    for (let vez = 0; vez < 2_000; vez += 1) historia.gravar(2, undefined, 'x');
    expect(historia.recentes.depoisDe(1, 1, 0)).toHaveLength(1);
    expect(historia.recentes.depoisDe(2, 1, primeira)).toBeUndefined();
    let penultima = primeira;
    for (let vez = 0; vez < 10_000; vez += 1) {
      historia.gravar(3 + (vez % 500), undefined, 'x');
      const ultima = historia.gravar(2, undefined, 'x');
      if (vez > 0) expect(historia.recentes.depoisDe(2, 1, penultima - 1)?.at(-1)?.id).toBe(ultima);
      penultima = ultima;
    }
    expect(historia.recentes.depoisDe(1, 1, 0)).toBeUndefined();
  });

  test('conta também o tamanho: mil mensagens das maiores não ficam', () => {
    const historia = new Historia();
    for (let vez = 0; vez < 1_000; vez += 1) {
      const ultima = historia.gravar(1, undefined, 'x'.repeat(4_000));
      expect(historia.recentes.depoisDe(1, 1, ultima - 1)).toHaveLength(1);
    }
    expect(historia.recentes.depoisDe(1, 1, 600)).toBeUndefined();
  });
});

const PESSOAS = ['Pedro', 'Maria', 'Ana', 'João'];
const NOMES_DE_SALA = ['Geral', 'Outra'];

const ato = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      tipo: fc.constant('enviar' as const),
      quem: fc.nat({ max: PESSOAS.length - 1 }),
      para: fc.option(fc.constantFrom(...PESSOAS), { nil: undefined }),
      vezes: fc.constantFrom(1, 1, 20, 60),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      tipo: fc.constantFrom('entrar' as const, 'sair' as const, 'renascer' as const, 'ler' as const),
      quem: fc.nat({ max: PESSOAS.length - 1 }),
      sala: fc.constantFrom(...NOMES_DE_SALA),
    }),
  },
  { weight: 1, arbitrary: fc.record({ tipo: fc.constant('remover' as const) }) },
);
type Ato = typeof ato extends fc.Arbitrary<infer T> ? T : never;

/** O que se pede junto; o commit pode falhar. */
const turno = fc.record({ atos: fc.array(ato, { minLength: 1, maxLength: 5 }), falha: fc.boolean() });

/** Menos que uma interrupção. */
const SALA_INATIVA_MS = 5_000;

/** Pessoas que agem sobre um store, e o arquivo dele, lido por quem nada tem na memória. */
async function abrirCena() {
  const pasta = pastaTemporaria();
  const relogio = relogioDeTeste();
  /** As que se tornaram duráveis, também as que já foram apagadas com a sala. */
  const gravadas = new Set<number>();
  const opcoes = opcoesDoStore({
    clock: relogio,
    prazos: { ...PRAZOS_LONGOS, salaInativaMs: SALA_INATIVA_MS },
    aoGravar: ({ mensagemId }) => gravadas.add(mensagemId),
    aoFalhar: () => {},
  });
  const { connection, store } = abrirArquivo(pasta.caminho, (aberta) => ({
    connection: aberta,
    store: new EmbeddedStore(aberta, opcoes),
  }));
  const pessoas: Sessao[] = [];
  for (const nome of PESSOAS) pessoas.push(await nascer(nome));
  for (const nomeSala of NOMES_DE_SALA) await criarSala(store, pessoas[0] as Sessao, nomeSala);
  let mensagens = 0;

  function nascer(nome: string): Promise<Sessao> {
    return store.registrar({ nome, tokenHash: hashDe(`${nome} ${Math.random()}`) });
  }

  async function renascer(quem: number): Promise<void> {
    const { id, nome } = pessoas[quem] as Sessao;
    if (await store.encerrar(id)) pessoas[quem] = await nascer(nome);
  }

  async function removerVazias(): Promise<void> {
    const antes = await store.listarSalas();
    relogio.avancar(SALA_INATIVA_MS);
    // Um commit que falha deixa as salas para a próxima.
    await store.varrer().catch(() => {});
    const restam = new Set((await store.listarSalas()).map(({ nomeSala }) => nomeSala));
    for (const { nomeSala } of antes) if (!restam.has(nomeSala)) await criarSala(store, pessoas[0] as Sessao, nomeSala);
  }

  function salaDe(id: number): string {
    return connection.registro<[string]>(
      'SELECT salas.nome FROM sessoes JOIN salas ON salas.id = sala_id WHERE sessoes.id = ?',
    )(id)?.[0] as string;
  }

  async function agir(um: Ato): Promise<readonly Mensagem[]> {
    if (um.tipo === 'remover') return removerVazias().then(() => []);
    const { id } = pessoas[um.quem] as Sessao;
    if (um.tipo === 'enviar') {
      const nomeSala = salaDe(id) ?? 'Geral';
      const envios = Array.from({ length: um.vezes }, () => {
        mensagens += 1;
        return enviar(store, { id } as Sessao, `mensagem ${mensagens}`, { nomeSala, destinatario: um.para });
      });
      // Todos, e não só até o primeiro recusado: os que passam de um grupo ainda vão ao seguinte.
      await Promise.allSettled(envios);
    } else if (um.tipo === 'entrar') {
      return (await store.entrar({ sessaoId: id, nomeSala: um.sala })).mensagens;
    } else if (um.tipo === 'ler') {
      return (await store.ler({ sessaoId: id, nomeSala: um.sala, desde: 0 })).mensagens;
    } else if (um.tipo === 'sair') await store.sair(id);
    else await renascer(um.quem);
    return [];
  }

  /** O que cada pessoa lê é o que o arquivo tem para ela. */
  async function conferir(): Promise<void> {
    const arquivo = new Mensagens(connection, 0);
    const sessoes = new Sessoes(connection);
    for (const { id } of pessoas) {
      const nomeSala = salaDe(id);
      if (nomeSala === undefined) continue;
      const [salaId] = connection.registro<[number]>('SELECT id FROM salas WHERE nome = ? AND chave IS NOT NULL')(
        nomeSala,
      ) as [number];
      const sala = { id: salaId, nome: nomeSala };
      const ultimas = arquivo.ultimas(sala, sessoes.exigir(id));
      expect(await ler(store, { id } as Sessao, undefined, nomeSala)).toEqual(ultimas);
      for (const desde of [0, ...ultimas.flatMap((lida) => [lida.id - 1, lida.id])]) {
        expect(await ler(store, { id } as Sessao, desde, nomeSala)).toEqual(arquivo.depoisDe(sala, id, desde));
      }
    }
  }

  return {
    store,
    connection,
    agir,
    conferir,
    foiGravada: ({ id }: Mensagem) => gravadas.has(id),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      pasta[Symbol.dispose]();
    },
  };
}

describe('o store que as tem', () => {
  test('em qualquer história, com commits que falham no meio, todos leem o que está no arquivo e só isso', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turno, { minLength: 1, maxLength: 15 }), async (turnos) => {
        await using cena = await abrirCena();
        for (const { atos, falha } of turnos) {
          const confirmar = vi.spyOn(cena.connection, 'confirmar');
          if (falha) {
            confirmar.mockImplementation(() => {
              throw new Error('não coube');
            });
          }
          const feitos = atos.map((um) => cena.agir(um));
          const lidas = (await Promise.allSettled(feitos)).flatMap((feito) =>
            feito.status === 'fulfilled' ? feito.value : [],
          );
          confirmar.mockRestore();
          expect(lidas.filter((lida) => !cena.foiGravada(lida))).toEqual([]);
          await cena.conferir();
        }
      }),
      { numRuns: 40 },
    );
  });

  test('uma mensagem cujo commit falhou nunca é lida, nem por quem lê no mesmo grupo', async () => {
    await using cena = await abrirCena();
    const { store, connection } = cena;
    const { Rui } = await reunir(store, 'Nova', 'Rui');
    const antes = await ler(store, Rui, 0, 'Nova');
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('não coube');
    });
    const envio = enviar(store, Rui, 'nunca', { nomeSala: 'Nova' });
    const leitura = ler(store, Rui, 0, 'Nova');
    await recusa(envio, 'SERVICO_INDISPONIVEL');
    expect(await leitura).toEqual(antes);
    confirmar.mockRestore();
    expect(await ler(store, Rui, 0, 'Nova')).toEqual(antes);
    await enviar(store, Rui, 'agora sim', { nomeSala: 'Nova' });
    expect(textos(await ler(store, Rui, 0, 'Nova'))).toEqual([...textos(antes), 'agora sim']);
  });

  test('as últimas que se disseram a todos se leem do arquivo uma vez, e não por quem entra', async () => {
    await using cena = await abrirCena();
    const { store, connection } = cena;
    const { Rui, Eva } = await reunir(store, 'Nova', 'Rui', 'Eva');
    await enviar(store, Rui, 'bom dia', { nomeSala: 'Nova' });
    await ler(store, Rui, undefined, 'Nova');
    // Por trás do store: o que ele lesse agora do arquivo seria nada.
    connection.executar('DELETE FROM mensagens');
    await enviar(store, Rui, 'e boa tarde', { nomeSala: 'Nova' });
    expect(textos(await ler(store, Eva, undefined, 'Nova'))).toEqual(['Eva entrou na sala.', 'bom dia', 'e boa tarde']);
  });

  test('numa sala em que nada se diz desde a abertura, quem nada achou não volta ao arquivo até a primeira mensagem', async () => {
    await using cena = await abrirCena();
    const { store, connection } = cena;
    const { Rui, Eva } = await reunir(store, 'Nova', 'Rui', 'Eva');
    const { mensagem: ultima } = await enviar(store, Rui, 'última', { nomeSala: 'Nova' });
    const [id] = connection.registro<[number]>("SELECT id FROM salas WHERE nome = 'Nova'")() as [number];
    const sala = { id, nome: 'Nova' };
    const reaberto = new Mensagens(connection, AGORA_MS * 2);
    expect(reaberto.depoisDe(sala, Rui.id, ultima.id)).toEqual([]);
    // Por trás do store: só quem lê o arquivo a vê.
    connection.executar(`UPDATE mensagens SET id = id + 10 WHERE id = ${ultima.id}`);
    expect(reaberto.depoisDe(sala, Rui.id, ultima.id)).toEqual([]);
    expect(reaberto.depoisDe(sala, Rui.id, ultima.id + 1)).toEqual([]);
    expect(textos(reaberto.depoisDe(sala, Rui.id, ultima.id - 1))).toEqual(['última']);
    expect(textos(reaberto.depoisDe(sala, Eva.id, ultima.id))).toEqual(['última']);
    reaberto.inserir({ sala, origem: 'Eva', conteudo: 'outra', agoraMs: AGORA_MS });
    expect(textos(reaberto.depoisDe(sala, Rui.id, ultima.id))).toEqual(['última', 'outra']);
  });

  test('as que se leem do arquivo também são um objeto só para todos, e ninguém o pode mudar', async () => {
    await using cena = await abrirCena();
    const { store, connection } = cena;
    const { Rui, Eva } = await reunir(store, 'Nova', 'Rui', 'Eva');
    await enviar(store, Rui, 'oi', { nomeSala: 'Nova' });
    // Um commit que falha faz esquecer as recentes.
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('não coube');
    });
    await recusa(enviar(store, Rui, 'nunca', { nomeSala: 'Nova' }), 'SERVICO_INDISPONIVEL');
    confirmar.mockRestore();
    const paraRui = (await ler(store, Rui, undefined, 'Nova')).find(({ conteudo }) => conteudo === 'oi');
    const paraEva = (await ler(store, Eva, undefined, 'Nova')).find(({ conteudo }) => conteudo === 'oi');
    expect(paraRui).toBeDefined();
    expect(paraEva).toBe(paraRui);
    expect(Object.isFrozen(paraRui)).toBe(true);
  });

  test('a mesma mensagem é um objeto só para todos, e ninguém o pode mudar', async () => {
    await using cena = await abrirCena();
    const { store } = cena;
    const { Rui, Eva } = await reunir(store, 'Nova', 'Rui', 'Eva');
    const { mensagem: enviada } = await enviar(store, Rui, 'oi', { nomeSala: 'Nova' });
    const [paraRui] = await ler(store, Rui, enviada.id - 1, 'Nova');
    const [paraEva] = await ler(store, Eva, enviada.id - 1, 'Nova');
    expect(paraRui).toBe(enviada);
    expect(paraEva).toBe(enviada);
    expect(Object.isFrozen(enviada)).toBe(true);
  });
});

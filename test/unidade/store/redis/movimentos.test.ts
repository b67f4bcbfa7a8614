/** Um servidor que morre entre dois passos: o que fica no meio, outro acaba, e nada sobra nem falta. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { RedisIndisponivel } from '../../../../src/redis/redis-error.ts';
import { nada } from '../../../../src/redis/resposta.ts';
import { Indice } from '../../../../src/store/redis/estado/indice.ts';
import { Limpeza } from '../../../../src/store/redis/estado/limpeza.ts';
import { Sessoes } from '../../../../src/store/redis/estado/sessoes.ts';
import { chaveDoDono } from '../../../../src/store/redis/formato/chaves.ts';
import type { SalaCitada } from '../../../../src/store/redis/formato/registros.ts';
import { NomesRegistrados } from '../../../../src/store/redis/memoria/nomes-registrados.ts';
import type { BaseDoStore, RedisStore } from '../../../../src/store/redis/store.ts';
import type { Sessao, Store } from '../../../../src/store/store.ts';
import { criarSala, entrar, enviar, hashDe, ler, recusa, registrar, reunir, textos } from '../conformidade/apoio.ts';
import { abrirFrota, emLugarDe, type Frota, interceptar } from './apoio.ts';
import { expectTudoInteiro } from './inteiro.ts';

/** Depois disto um movimento que alguém deixou por acabar já pode ser assumido. */
const MOVIMENTO_VENCIDO_MS = 2_000;
const SALA_INATIVA_MS = 60_000;
const REGISTRO_SEM_CHAMADA_MS = 300_000;

/** Quem está onde, e o que se faz com ele. */
interface Cena {
  readonly nome: string;
  readonly preparar: (store: Store) => Promise<void>;
  /** Quem age: é buscado antes, para que só se morra entre os passos do que se faz. */
  readonly quem: string;
  readonly agir: (store: RedisStore, quem: Sessao, base: BaseDoStore) => Promise<unknown>;
  /** Depois de tudo posto em ordem. */
  readonly conferir?: (store: Store) => Promise<void>;
}

async function sessaoDe(store: Store, nome: string): Promise<Sessao> {
  return (await store.sessoes()).find((uma) => uma.nome === nome) as Sessao;
}

/** Ana fica em Geral e Bia em Outra, para que nenhuma das duas salas se esvazie. */
async function comTestemunhas(store: Store): Promise<void> {
  await reunir(store, 'Geral', 'Ana', 'Pedro');
  await reunir(store, 'Outra', 'Bia');
}

/** O que a varredura faz com uma sala cujo prazo passou. */
async function removerGeral({ redis, relogio }: BaseDoStore): Promise<void> {
  const indice = new Indice(redis, relogio);
  const buscada = await indice.buscar('Geral');
  await new Limpeza(redis, relogio, indice).removerVazia(buscada?.sala as SalaCitada, 0);
}

function expulsarPedro(store: Store, { id }: Sessao): Promise<void> {
  return store.expulsar({ sessaoId: id, nomeSala: 'Geral', alvo: 'Pedro', duracaoMs: 60_000 });
}

const CENAS: readonly Cena[] = [
  {
    nome: 'entrar, de fora',
    preparar: async (store) => {
      await comTestemunhas(store);
      await registrar(store, 'Caio');
    },
    quem: 'Caio',
    agir: (store, quem) => entrar(store, quem, 'Geral'),
  },
  {
    nome: 'entrar, de outra sala',
    preparar: comTestemunhas,
    quem: 'Pedro',
    agir: (store, quem) => entrar(store, quem, 'Outra'),
  },
  {
    nome: 'entrar, deixando a outra sala sem ninguém',
    preparar: async (store) => {
      await reunir(store, 'Geral', 'Pedro');
      await reunir(store, 'Outra', 'Bia');
    },
    quem: 'Pedro',
    agir: (store, quem) => entrar(store, quem, 'Outra'),
  },
  {
    nome: 'sair',
    preparar: comTestemunhas,
    quem: 'Pedro',
    agir: (store, quem) => store.sair(quem.id),
  },
  {
    nome: 'sair, e a sala fica sem ninguém',
    preparar: async (store) => {
      await reunir(store, 'Geral', 'Pedro');
    },
    quem: 'Pedro',
    agir: (store, quem) => store.sair(quem.id),
  },
  {
    nome: 'encerrar',
    preparar: comTestemunhas,
    quem: 'Pedro',
    agir: (store, quem) => store.encerrar(quem.id),
  },
  {
    nome: 'encerrar, com mensagens privadas em duas salas',
    preparar: async (store) => {
      const { Pedro } = await reunir(store, 'Geral', 'Ana', 'Pedro');
      await enviar(store, Pedro, 'a mim', { destinatario: 'Pedro' });
      await reunir(store, 'Outra', 'Bia');
      await entrar(store, Pedro, 'Outra');
      await enviar(store, Pedro, 'a mim', { destinatario: 'Pedro', nomeSala: 'Outra' });
    },
    quem: 'Pedro',
    agir: (store, quem) => store.encerrar(quem.id),
  },
  {
    nome: 'encerrar, fora de qualquer sala',
    preparar: async (store) => {
      await registrar(store, 'Pedro');
    },
    quem: 'Pedro',
    agir: (store, quem) => store.encerrar(quem.id),
  },
  {
    nome: 'encerrar quem é dono de uma sala em que está e de outra em que não está',
    preparar: async (store) => {
      const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Ana');
      await criarSala(store, Pedro, 'Outra');
      const bia = await registrar(store, 'Bia');
      await entrar(store, bia, 'Outra');
      await criarSala(store, Pedro, 'Vazia');
    },
    quem: 'Pedro',
    agir: (store, quem) => store.encerrar(quem.id),
  },
  {
    nome: 'entrar numa sala que não é de ninguém',
    preparar: async (store) => {
      const pedro = await registrar(store, 'Pedro');
      const ana = await registrar(store, 'Ana');
      await criarSala(store, ana, 'Geral');
      await store.encerrar(ana.id);
      await store.identificar(hashDe('token de Pedro'));
      await reunir(store, 'Outra', 'Bia');
      await entrar(store, pedro, 'Outra');
    },
    quem: 'Pedro',
    agir: (store, quem) => entrar(store, quem, 'Geral'),
  },
  {
    nome: 'passar uma sala',
    preparar: comTestemunhas,
    quem: 'Ana',
    agir: (store, ana) => store.passarSala({ sessaoId: ana.id, nomeSala: 'Geral', alvo: 'Pedro' }),
    // Fora dela, só o que a sessão sabe diz que a sala era sua.
    conferir: async (store) => {
      const pedro = await sessaoDe(store, 'Pedro');
      await store.sair(pedro.id);
      await store.encerrar(pedro.id);
    },
  },
  {
    nome: 'expulsar alguém',
    preparar: comTestemunhas,
    quem: 'Ana',
    agir: expulsarPedro,
    // Quem não teve resposta insiste: Pedro não saiu por si, e não volta.
    conferir: async (store) => {
      const ana = await sessaoDe(store, 'Ana');
      await expulsarPedro(store, ana);
      await recusa(entrar(store, await sessaoDe(store, 'Pedro'), 'Geral'), 'EXPULSO');
      expect(textos(await ler(store, ana, 0)).slice(-2)).toEqual([
        'Pedro entrou na sala.',
        'Pedro foi expulso da sala.',
      ]);
    },
  },
  {
    nome: 'fixar uma sala',
    preparar: comTestemunhas,
    quem: 'Ana',
    agir: (store, ana) => store.configurarSala({ sessaoId: ana.id, nomeSala: 'Geral', permanente: true }),
    conferir: async (store) => {
      const ana = await sessaoDe(store, 'Ana');
      const { permanente } = await store.detalharSala(ana.id, 'Geral');
      await store.configurarSala({ sessaoId: ana.id, nomeSala: 'Geral', permanente: !permanente });
    },
  },
  {
    nome: 'criar uma sala',
    preparar: comTestemunhas,
    quem: 'Pedro',
    agir: (store, quem) => criarSala(store, quem, 'Nova'),
    conferir: async (store) => {
      const pedro = await sessaoDe(store, 'Pedro');
      await criarSala(store, pedro, 'Nova').catch(() => {});
      await entrar(store, pedro, 'Nova');
      expect(textos(await ler(store, pedro, undefined, 'Nova'))).toEqual(['Pedro entrou na sala.']);
    },
  },
  {
    nome: 'remover uma sala vazia, que tem mensagens de todos e privadas',
    preparar: async (store) => {
      const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Ana');
      await enviar(store, Pedro, 'de todos');
      await enviar(store, Pedro, 'só de Ana', { destinatario: 'Ana', chave: 'k' });
      for (const { id } of await store.sessoes()) await store.sair(id);
    },
    quem: 'Pedro',
    agir: (_, __, base) => removerGeral(base),
    conferir: async (store) => {
      const pedro = await sessaoDe(store, 'Pedro');
      const chegar = async () => {
        await criarSala(store, pedro, 'Geral').catch(() => {});
        return entrar(store, pedro, 'Geral');
      };
      // Quem a acha fechada acaba de a remover.
      const { mensagens } = await chegar().catch(chegar);
      // Ou a sala ainda é a de antes, inteira, ou é outra, sem nada dela.
      const antigas = textos(mensagens).filter((texto) => ['de todos', 'só de Ana'].includes(texto));
      expect(antigas).toEqual(mensagens.length === 1 ? [] : ['de todos', 'só de Ana']);
    },
  },
];

describe.skipIf(!HA_REDIS)(`movimentos no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let um: Frota;
  beforeAll(async () => {
    redis = await iniciarRedis();
    um = await abrirFrota(redis, { salaInativaMs: SALA_INATIVA_MS });
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => um.esvaziar());

  describe('um servidor que morre entre dois passos quaisquer', () => {
    test.each(CENAS)('$nome', async ({ preparar, quem, agir, conferir }) => {
      for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
        await um.esvaziar();
        await preparar(um.store);
        const sessao = await sessaoDe(um.store, quem);
        acabou = await um.agirEMorrer((store, base) => agir(store, sessao, base), comandos);
        await um.passar(MOVIMENTO_VENCIDO_MS);
        await conferir?.(um.store);
        await expectTudoInteiro(um.redis);
        // E quem fica conversa.
        for (const { id, sala } of await um.store.sessoes()) {
          if (sala) await enviar(um.store, { id } as Sessao, 'oi', { nomeSala: sala, chave: 'c' });
        }
        await expectTudoInteiro(um.redis);
      }
    });

    test('registrar: o nome volta a servir, e nada fica de quem não chegou a ser', async () => {
      for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
        await um.esvaziar();
        acabou = await um.agirEMorrer((store) => registrar(store, 'Pedro'), comandos);
        if (acabou) break;
        // Ninguém chama com o token que não chegou a ninguém.
        await um.passar(REGISTRO_SEM_CHAMADA_MS + 5_000);
        expect(await um.store.sessoes(), `morto depois de ${comandos} comandos`).toEqual([]);
        await um.store.registrar({ nome: 'pedro', tokenHash: hashDe('outro') });
        await expectTudoInteiro(um.redis);
      }
    });

    test('quem não pode esperar pela varredura acaba ele mesmo o que ficou por acabar', async () => {
      for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
        await um.esvaziar();
        await comTestemunhas(um.store);
        const pedro = await sessaoDe(um.store, 'Pedro');
        acabou = await um.agirEMorrer((store) => entrar(store, pedro, 'Outra'), comandos);
        um.relogio.avancar(MOVIMENTO_VENCIDO_MS);
        expect(await entrar(um.store, pedro, 'Outra')).toMatchObject({ usuarios: ['Bia', 'Pedro'] });
        await expectTudoInteiro(um.redis);
      }
    });
  });

  test('um passo que chega duas vezes se dá uma só', async () => {
    const repetida = emLugarDe(um.redis, (propriedade, original) => {
      if (propriedade !== 'executar') return original;
      return async (script: { nome: string }, ...resto: unknown[]) => {
        const resposta = await original(script, ...resto);
        // O que começa um movimento não é passo dele: repetido, seria outro.
        if (script.nome !== 'iniciarMovimento') await original(script, ...resto);
        return resposta;
      };
    });
    const store = um.outro(repetida);
    await comTestemunhas(um.store);
    const pedro = await sessaoDe(um.store, 'Pedro');
    await entrar(store, pedro, 'Outra');
    await expectTudoInteiro(um.redis);
    await store.sair(pedro.id);
    await expectTudoInteiro(um.redis);
    await entrar(store, pedro, 'Geral');
    await store.encerrar(pedro.id);
    await expectTudoInteiro(um.redis);
    const conversa = await ler(um.store, await sessaoDe(um.store, 'Ana'), 0);
    expect(textos(conversa).slice(-3)).toEqual(['Pedro saiu da sala.', 'Pedro entrou na sala.', 'Pedro saiu da sala.']);
  });

  test('quem acaba tarde um movimento que já não é seu não acaba o de outro', async () => {
    await comTestemunhas(um.store);
    const pedro = await sessaoDe(um.store, 'Pedro');
    const lento = interceptar(um.redis, async (comando) => {
      if (comando !== 'concluirMovimento') return;
      um.relogio.avancar(MOVIMENTO_VENCIDO_MS);
      // Outro o assume, acaba-o, e morre no meio da saída: já fora da sala, sem que a sessão o diga.
      expect(await um.agirEMorrer((store) => store.sair(pedro.id), 9)).toBe(false);
      expect(await um.store.listarUsuarios(pedro.id, 'Outra')).toEqual(['Bia']);
    });
    await entrar(um.outro(lento), pedro, 'Outra');
    await um.passar(MOVIMENTO_VENCIDO_MS);
    await expectTudoInteiro(um.redis);
  });

  test('antes que o movimento de outro possa ser assumido, quem chama é mandado tentar depois', async () => {
    await comTestemunhas(um.store);
    const pedro = await sessaoDe(um.store, 'Pedro');
    await um.agirEMorrer((store) => store.sair(pedro.id), 2);
    await um.store.varrer();
    await expect(entrar(um.store, pedro, 'Outra')).rejects.toMatchObject({
      tipo: 'SERVICO_INDISPONIVEL',
      detalhes: { tenteEmMs: expect.any(Number) },
    });
  });

  test('uma sala que alguém morreu ao remover não fica nem na lista nem no caminho de quem a quer criar', async () => {
    for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
      await um.esvaziar();
      const { Pedro } = await reunir(um.store, 'Geral', 'Pedro');
      await um.store.sair(Pedro.id);
      acabou = await um.agirEMorrer((_, base) => removerGeral(base), comandos);
      // Antes de qualquer varredura.
      const entrou = await entrar(um.store, Pedro, 'Geral').catch(() => undefined);
      if (!entrou) await criarSala(um.store, Pedro, 'Geral');
      await entrar(um.store, Pedro, 'Geral');
      expect(await um.store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);
      await um.store.varrer();
      await expectTudoInteiro(um.redis);
    }
  });

  test('uma sala que se esvazia enquanto se vê que tinha alguém continua por remover', async () => {
    const { Pedro } = await reunir(um.store, 'Geral', 'Pedro');
    const lento = interceptar(um.redis, async (comando) => {
      if (comando === 'anotarSituacao') await um.store.sair(Pedro.id).catch(() => {});
    });
    await removerGeral({ ...um.base, redis: lento });
    await expectTudoInteiro(um.redis);
    await um.passar(SALA_INATIVA_MS + 5_000);
    expect(await um.store.listarSalas()).toEqual([]);
  });

  test('a lista de nomes não fica com quem acabou, por mais devagar que acabe', async () => {
    const Pedro = await registrar(um.store, 'Pedro');
    await using nomes = await acompanharNomes();
    const lento = interceptar(um.redis, async (comando) => {
      if (comando === 'apagarSessao') await nomes.reler();
    });
    await um.outro(lento).encerrar(Pedro.id);
    await nomes.reler();
    expect([...nomes.conhecidos]).toEqual([]);
  });

  test('a lista de nomes não perde o dono de um nome quando acaba quem não chegou a tê-lo', async () => {
    // Cria a sessão, e morre antes que o nome seja dela.
    await um.agirEMorrer((store) => registrar(store, 'Pedro'), 3);
    const dono = chaveDoDono('Pedro');
    await um.redis.comando(nada, dono, 'DEL', dono);
    await using nomes = await acompanharNomes();
    const [fantasma] = await um.store.sessoes();
    await um.store.registrar({ nome: 'Pedro', tokenHash: hashDe('outro') });
    await nomes.reler();
    await um.store.encerrar(fantasma?.id as number);
    await nomes.reler();
    expect([...nomes.conhecidos]).toEqual(['Pedro']);
    await expectTudoInteiro(um.redis);
  });

  /** Os nomes como outro servidor os vê, relidos quando o teste manda. */
  async function acompanharNomes() {
    const conhecidos = new Set((await um.store.sessoes()).map(({ nome }) => nome));
    const nomes = new NomesRegistrados(new Sessoes(um.redis, um.base.relogio), um.relogio, (nome, mudanca) =>
      mudanca === 'nasceu' ? conhecidos.add(nome) : conhecidos.delete(nome),
    );
    nomes.partirDe(await um.store.sessoes());
    return {
      conhecidos,
      reler: () => nomes.conferir(),
      [Symbol.asyncDispose]: () => nomes.close(),
    };
  }

  test('dois servidores movem a mesma sessão ao mesmo tempo: ela fica num lugar só, e cada passo se diz uma vez', async () => {
    await comTestemunhas(um.store);
    const pedro = await sessaoDe(um.store, 'Pedro');
    const stores = [um.store, um.outro(), um.outro()];
    for (let vez = 0; vez < 10; vez += 1) {
      const feitos = await Promise.allSettled(
        stores.map((store, indice) => {
          const qual = (vez + indice) % 3;
          return qual === 2 ? store.sair(pedro.id) : entrar(store, pedro, qual === 0 ? 'Geral' : 'Outra');
        }),
      );
      for (const feito of feitos) {
        if (feito.status === 'rejected') expect(['FORA_DA_SALA', 'SERVICO_INDISPONIVEL']).toContain(feito.reason.tipo);
      }
      await expectTudoInteiro(um.redis);
    }
  });

  test('o mesmo, e um deles a encerra: não sobra nada dela', async () => {
    const outro = um.outro();
    for (let vez = 0; vez < 5; vez += 1) {
      await um.esvaziar();
      await comTestemunhas(um.store);
      const pedro = await sessaoDe(um.store, 'Pedro');
      await Promise.allSettled([entrar(outro, pedro, 'Outra'), um.store.encerrar(pedro.id)]);
      await um.store.encerrar(pedro.id);
      expect((await um.store.sessoes()).map(({ nome }) => nome)).not.toContain('Pedro');
      await expectTudoInteiro(um.redis);
      await recusa(entrar(outro, pedro, 'Geral'), 'NAO_AUTENTICADO');
    }
  });

  test.each(['entrarNaSala', 'sairDaSala', 'concluirMovimento'])(
    'um %s que ficou no caminho não age depois que outro assumiu o movimento',
    async (passo) => {
      await comTestemunhas(um.store);
      const pedro = await sessaoDe(um.store, 'Pedro');
      let atrasou = false;
      const lento = emLugarDe(um.redis, (propriedade, original) => {
        if (propriedade !== 'executar') return original;
        return async (
          script: { nome: string },
          chaves: unknown,
          argumentos: unknown,
          opcoes?: { prazoMs?: number },
        ) => {
          if (script.nome !== passo || atrasou) return original(script, chaves, argumentos, opcoes);
          atrasou = true;
          // O movimento vence com o passo no caminho; outro o assume, e leva a sessão para outro lugar.
          um.relogio.avancar(MOVIMENTO_VENCIDO_MS);
          await entrar(um.store, pedro, 'Geral');
          const resta = opcoes?.prazoMs === undefined ? {} : { prazoMs: opcoes.prazoMs - MOVIMENTO_VENCIDO_MS };
          return original(script, chaves, argumentos, resta);
        };
      });
      await entrar(um.outro(lento), pedro, 'Outra').catch((erro) =>
        expect(erro).toMatchObject({ tipo: 'SERVICO_INDISPONIVEL' }),
      );
      expect(atrasou).toBe(true);
      expect(await um.store.listarUsuarios(pedro.id, undefined)).toEqual(['Ana', 'Pedro']);
      await expectTudoInteiro(um.redis);
    },
  );

  test.each(['reservarNome', 'registrarSessao', 'fixarNome'])(
    'um %s que age e não responde não deixa o nome preso: quem tenta de novo o tem',
    async (passo) => {
      const calado = emLugarDe(um.redis, (propriedade, original) => {
        if (propriedade !== 'executar') return original;
        return async (script: { nome: string }, ...resto: unknown[]) => {
          const resposta = await original(script, ...resto);
          if (script.nome === passo) throw new RedisIndisponivel('o Redis não respondeu a tempo');
          return resposta;
        };
      });
      const caio = { nome: 'Caio', tokenHash: hashDe('um') };
      await recusa(um.outro(calado).registrar(caio), 'SERVICO_INDISPONIVEL');
      await um.store.registrar({ ...caio, tokenHash: hashDe('outro') });
      expect(await um.store.identificar(hashDe('outro'))).toMatchObject({ nome: 'Caio' });
    },
  );
});

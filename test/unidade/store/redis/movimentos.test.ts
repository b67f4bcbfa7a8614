/** Um servidor que morre entre dois passos: o que fica no meio, outro acaba, e nada sobra nem falta. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { chaveDoDono, INDICE } from '../../../../src/store/redis/chaves.ts';
import { ListaDeNomes } from '../../../../src/store/redis/lista-de-nomes.ts';
import { Pessoas } from '../../../../src/store/redis/sessoes.ts';
import { RedisStore } from '../../../../src/store/redis/store.ts';
import type { SalaVazia, Store } from '../../../../src/store/store.ts';
import { AGORA_MS, entrar, enviar, hashDe, ler, recusa, registrar, reunir, textos } from '../conformidade.ts';
import {
  abrirStore,
  envelhecer,
  interceptar,
  PRAZOS_LONGOS,
  queMorreDepoisDe,
  type StoreNoRedis,
  varrer,
  varridoSemParar,
  vencerMovimentos,
} from './apoio.ts';
import { expectTudoInteiro } from './inteiro.ts';

/** Quem está onde, e o que se faz com ele. */
interface Cena {
  readonly nome: string;
  readonly preparar: (store: Store) => Promise<void>;
  readonly agir: (store: RedisStore) => Promise<unknown>;
  /** Depois de tudo posto em ordem. */
  readonly conferir?: (store: Store) => Promise<void>;
  /** Quanto uma sala pode ficar vazia. */
  readonly salaInativaMs?: number;
}

const idDe = async (store: Store, nome: string) => {
  const sessao = (await store.sessoes()).find((uma) => uma.nome === nome);
  return { ...sessao, id: sessao?.id as number, nome, sala: null, confirmada: true };
};

/** Ana fica em Geral e Bia em Outra, para que nenhuma das duas salas se esvazie. */
async function comTestemunhas(store: Store): Promise<void> {
  await reunir(store, 'Geral', 'Ana', 'Pedro');
  await reunir(store, 'Outra', 'Bia');
}

async function removerGeral(store: Store): Promise<boolean> {
  return store.removerSalaVazia((await store.salasVazias())[0] as SalaVazia);
}

const CENAS: readonly Cena[] = [
  {
    nome: 'entrar, de fora',
    preparar: async (store) => {
      await comTestemunhas(store);
      await registrar(store, 'Caio');
    },
    agir: async (store) => entrar(store, await idDe(store, 'Caio'), 'Geral'),
  },
  {
    nome: 'entrar, de outra sala',
    preparar: comTestemunhas,
    agir: async (store) => entrar(store, await idDe(store, 'Pedro'), 'Outra'),
  },
  {
    nome: 'entrar, deixando a outra sala sem ninguém',
    preparar: async (store) => {
      await reunir(store, 'Geral', 'Pedro');
      await reunir(store, 'Outra', 'Bia');
    },
    agir: async (store) => entrar(store, await idDe(store, 'Pedro'), 'Outra'),
  },
  {
    nome: 'sair',
    preparar: comTestemunhas,
    agir: async (store) => store.sair((await idDe(store, 'Pedro')).id, AGORA_MS),
  },
  {
    nome: 'sair, e a sala fica sem ninguém',
    preparar: async (store) => {
      await reunir(store, 'Geral', 'Pedro');
    },
    agir: async (store) => store.sair((await idDe(store, 'Pedro')).id, AGORA_MS),
  },
  {
    nome: 'encerrar',
    preparar: comTestemunhas,
    agir: async (store) => store.encerrar((await idDe(store, 'Pedro')).id, AGORA_MS),
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
    agir: async (store) => store.encerrar((await idDe(store, 'Pedro')).id, AGORA_MS),
  },
  {
    nome: 'encerrar, fora de qualquer sala',
    preparar: async (store) => {
      await registrar(store, 'Pedro');
    },
    agir: async (store) => store.encerrar((await idDe(store, 'Pedro')).id, AGORA_MS),
  },
  {
    nome: 'criar uma sala',
    preparar: comTestemunhas,
    agir: async (store) => store.criarSala((await idDe(store, 'Pedro')).id, 'Nova'),
    conferir: async (store) => {
      const pedro = await idDe(store, 'Pedro');
      await store.criarSala(pedro.id, 'Nova').catch(() => {});
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
      for (const { id } of await store.sessoes()) await store.sair(id, AGORA_MS);
    },
    agir: removerGeral,
    salaInativaMs: 0,
    conferir: async (store) => {
      const pedro = await idDe(store, 'Pedro');
      await store.criarSala(pedro.id, 'Geral');
      const { mensagens } = await entrar(store, pedro, 'Geral');
      expect(mensagens.map(({ id, conteudo }) => [id, conteudo])).toEqual([[7, 'Pedro entrou na sala.']]);
    },
  },
];

describe.skipIf(!HA_REDIS)(`movimentos no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let um: StoreNoRedis;
  beforeAll(async () => {
    redis = await iniciarRedis();
    um = await abrirStore(redis);
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => redis.esvaziar());

  /** Um servidor que morre depois de tantos comandos. @returns se acabou antes de morrer */
  async function agirEMorrer(agir: Cena['agir'], comandos: number): Promise<boolean> {
    const store = new RedisStore(queMorreDepoisDe(um.redis, comandos), 10_000, () => {});
    try {
      await agir(store);
      return true;
    } catch (erro) {
      expect(erro).toMatchObject({ tipo: 'SERVICO_INDISPONIVEL' });
      return false;
    }
  }

  describe('um servidor que morre entre dois passos quaisquer', () => {
    test.each(CENAS)('$nome', async ({ preparar, agir, conferir, salaInativaMs = PRAZOS_LONGOS.salaInativaMs }) => {
      for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
        await redis.esvaziar();
        await preparar(um.store);
        // A varredura já viu que as salas têm alguém: quem as esvaziar tem de o anotar.
        if (salaInativaMs > 0) await um.redis.comando(INDICE.vazias, 'DEL', INDICE.vazias);
        acabou = await agirEMorrer(agir, comandos);
        await vencerMovimentos(um.redis);
        await varridoSemParar(um.redis);
        await varrer(um, { salaInativaMs });
        await expectTudoInteiro(um.redis);
        await conferir?.(um.store);
        // E quem fica conversa.
        for (const { id, sala } of await um.store.sessoes()) {
          if (sala)
            await um.store.enviar({
              sessaoId: id,
              nomeSala: sala,
              conteudo: 'oi',
              destinatario: undefined,
              chave: 'c',
              agoraMs: AGORA_MS,
            });
        }
        await expectTudoInteiro(um.redis);
      }
    });

    test('registrar: o nome volta a servir, e nada fica de quem não chegou a ser', async () => {
      for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
        await redis.esvaziar();
        acabou = await agirEMorrer((store) => registrar(store, 'Pedro'), comandos);
        if (acabou) break;
        // A reserva do nome acaba, e ninguém chama com o token que não chegou a ninguém.
        const dono = chaveDoDono('Pedro');
        if (Number(await um.redis.comando(dono, 'PTTL', dono)) > 0) await um.redis.comando(dono, 'DEL', dono);
        for (const { id } of await um.store.sessoes()) await envelhecer(um.redis, 'novas', id, 10_000);
        await varridoSemParar(um.redis);
        await varrer(um, { semChamadaMs: 5_000 });
        expect(await um.store.sessoes(), `morto depois de ${comandos} comandos`).toEqual([]);
        await expectTudoInteiro(um.redis);
        await um.store.registrar({ nome: 'pedro', tokenHash: hashDe('outro') });
        await expectTudoInteiro(um.redis);
      }
    });

    test('quem não pode esperar pela varredura acaba ele mesmo o que ficou no meio', async () => {
      for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
        await redis.esvaziar();
        await comTestemunhas(um.store);
        const pedro = await idDe(um.store, 'Pedro');
        acabou = await agirEMorrer((store) => entrar(store, pedro, 'Outra'), comandos);
        await vencerMovimentos(um.redis);
        expect(await entrar(um.store, pedro, 'Outra')).toMatchObject({ usuarios: ['Bia', 'Pedro'] });
        await expectTudoInteiro(um.redis);
      }
    });
  });

  test('um passo que chega duas vezes se dá uma só', async () => {
    const repetida = new Proxy(um.redis, {
      get(alvo, propriedade) {
        const valor = Reflect.get(alvo, propriedade, alvo);
        if (propriedade !== 'executar') return typeof valor === 'function' ? valor.bind(alvo) : valor;
        return async (script: { nome: string }, ...resto: unknown[]) => {
          const resposta = await valor.call(alvo, script, ...resto);
          // O que começa um movimento não é passo dele: repetido, seria outro.
          if (script.nome !== 'iniciarMovimento') await valor.call(alvo, script, ...resto);
          return resposta;
        };
      },
    });
    const store = new RedisStore(repetida, 10_000, () => {});
    await comTestemunhas(um.store);
    const pedro = await idDe(um.store, 'Pedro');
    await entrar(store, pedro, 'Outra');
    await expectTudoInteiro(um.redis);
    await store.sair(pedro.id, AGORA_MS);
    await expectTudoInteiro(um.redis);
    await entrar(store, pedro, 'Geral');
    await store.encerrar(pedro.id, AGORA_MS);
    await expectTudoInteiro(um.redis);
    const conversa = await ler(um.store, await idDe(um.store, 'Ana'));
    expect(textos(conversa).slice(-3)).toEqual(['Pedro saiu da sala.', 'Pedro entrou na sala.', 'Pedro saiu da sala.']);
  });

  test('quem acaba tarde um movimento que já não é seu não acaba o de outro', async () => {
    await comTestemunhas(um.store);
    const pedro = await idDe(um.store, 'Pedro');
    const lento = interceptar(um.redis, async (comando) => {
      if (comando !== 'concluirMovimento') return;
      await vencerMovimentos(um.redis);
      // Outro o assume, acaba-o, e morre no meio da saída: já fora da sala, sem que a sessão o diga.
      await agirEMorrer((store) => store.sair(pedro.id, AGORA_MS), 7);
      expect(await um.store.listarUsuarios(pedro.id, 'Outra')).toEqual(['Bia']);
    });
    await entrar(new RedisStore(lento, 10_000, () => {}), pedro, 'Outra');
    await vencerMovimentos(um.redis);
    await varridoSemParar(um.redis);
    await varrer(um);
    await expectTudoInteiro(um.redis);
  });

  test('antes que o movimento de outro possa ser assumido, quem chama é mandado tentar depois', async () => {
    await comTestemunhas(um.store);
    const pedro = await idDe(um.store, 'Pedro');
    await agirEMorrer((store) => store.sair(pedro.id, AGORA_MS), 2);
    await varridoSemParar(um.redis);
    await varrer(um);
    await expect(entrar(um.store, pedro, 'Outra')).rejects.toMatchObject({
      tipo: 'SERVICO_INDISPONIVEL',
      detalhes: { tenteEmMs: expect.any(Number) },
    });
  });

  test('uma sala que alguém morreu a remover não fica nem na lista nem no caminho de quem a quer criar', async () => {
    for (let comandos = 0, acabou = false; !acabou; comandos += 1) {
      await redis.esvaziar();
      const { Pedro } = await reunir(um.store, 'Geral', 'Pedro');
      await um.store.sair(Pedro.id, AGORA_MS);
      acabou = await agirEMorrer(removerGeral, comandos);
      // Sem varredura: depois de uma interrupção, ela espera um prazo inteiro pelas salas vazias.
      const entrou = await entrar(um.store, Pedro, 'Geral').catch(() => undefined);
      if (!entrou) await um.store.criarSala(Pedro.id, 'Geral');
      await entrar(um.store, Pedro, 'Geral');
      expect(await um.store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);
      await um.store.limpar();
      await expectTudoInteiro(um.redis);
    }
  });

  test('uma sala que se esvazia enquanto se vê que tinha alguém continua por remover', async () => {
    const { Pedro } = await reunir(um.store, 'Geral', 'Pedro');
    await varridoSemParar(um.redis);
    const lento = interceptar(um.redis, async (comando) => {
      if (comando === 'ZREM' || comando === 'esquecerVazia') await um.store.sair(Pedro.id, AGORA_MS);
    });
    const store = new RedisStore(lento, 10_000, () => {});
    await varrer({ ...um, store }, { salaInativaMs: 0 });
    await expectTudoInteiro(um.redis);
    await varridoSemParar(um.redis);
    await varrer(um, { salaInativaMs: 0 });
    expect(await um.store.listarSalas()).toEqual([]);
  });

  test('a lista de nomes não fica com quem acabou, por mais devagar que acabe', async () => {
    const Pedro = await registrar(um.store, 'Pedro');
    using nomes = await acompanharNomes();
    const lento = interceptar(um.redis, async (comando) => {
      if (comando === 'apagarSessao') await nomes.reler();
    });
    await new RedisStore(lento, 10_000, () => {}).encerrar(Pedro.id, AGORA_MS);
    await nomes.reler();
    expect([...nomes.conhecidos]).toEqual([]);
  });

  test('a lista de nomes não perde o dono de um nome quando acaba quem não chegou a tê-lo', async () => {
    // Cria a sessão, e morre antes que o nome seja dela.
    await agirEMorrer((store) => registrar(store, 'Pedro'), 3);
    await um.redis.comando(chaveDoDono('Pedro'), 'DEL', chaveDoDono('Pedro'));
    using nomes = await acompanharNomes();
    const [fantasma] = await um.store.sessoes();
    await um.store.registrar({ nome: 'Pedro', tokenHash: hashDe('outro') });
    await nomes.reler();
    await um.store.encerrar(fantasma?.id as number, AGORA_MS);
    await nomes.reler();
    expect([...nomes.conhecidos]).toEqual(['Pedro']);
    await expectTudoInteiro(um.redis);
  });

  /** Os nomes como outro servidor os vê, relidos quando o teste manda. */
  async function acompanharNomes() {
    const conhecidos = new Set((await um.store.sessoes()).map(({ nome }) => nome));
    let conferidas = 0;
    const contada = interceptar(um.redis, (comando) => {
      if (comando === 'GET') conferidas += 1;
    });
    const lista = new ListaDeNomes(new Pessoas(contada));
    lista.partirDe(await um.store.sessoes());
    lista.ouvir((nome, mudanca) => (mudanca === 'nasceu' ? conhecidos.add(nome) : conhecidos.delete(nome)));
    return {
      conhecidos,
      reler: async () => {
        const antes = conferidas;
        await ate(async () => {
          await lista.conferir();
          return conferidas > antes;
        }, 'a lista descansar');
      },
      [Symbol.dispose]: () => lista.close(),
    };
  }

  test('dois servidores movem a mesma pessoa ao mesmo tempo: ela fica num lugar só, e cada passo se diz uma vez', async () => {
    await comTestemunhas(um.store);
    const pedro = await idDe(um.store, 'Pedro');
    await using outro = await abrirStore(redis);
    await using terceiro = await abrirStore(redis);
    const stores = [um.store, outro.store, terceiro.store];
    for (let vez = 0; vez < 10; vez += 1) {
      const feitos = await Promise.allSettled(
        stores.map((store, indice) => {
          const qual = (vez + indice) % 3;
          return qual === 2 ? store.sair(pedro.id, AGORA_MS) : entrar(store, pedro, qual === 0 ? 'Geral' : 'Outra');
        }),
      );
      for (const feito of feitos) {
        if (feito.status === 'rejected') expect(['FORA_DA_SALA', 'SERVICO_INDISPONIVEL']).toContain(feito.reason.tipo);
      }
      await expectTudoInteiro(um.redis);
    }
  });

  test('o mesmo, e um deles a encerra: não sobra nada dela', async () => {
    await using outro = await abrirStore(redis);
    for (let vez = 0; vez < 5; vez += 1) {
      await redis.esvaziar();
      await comTestemunhas(um.store);
      const pedro = await idDe(um.store, 'Pedro');
      await Promise.allSettled([entrar(outro.store, pedro, 'Outra'), um.store.encerrar(pedro.id, AGORA_MS)]);
      await um.store.encerrar(pedro.id, AGORA_MS);
      expect((await um.store.sessoes()).map(({ nome }) => nome)).not.toContain('Pedro');
      await expectTudoInteiro(um.redis);
      await recusa(entrar(outro.store, pedro, 'Geral'), 'NAO_AUTENTICADO');
    }
  });

  test.each(['entrarNaSala', 'sairDaSala', 'concluirMovimento'])(
    'um %s que ficou no caminho não age depois que outro assumiu o movimento',
    async (passo) => {
      await comTestemunhas(um.store);
      const pedro = await idDe(um.store, 'Pedro');
      // No meio do passo, o movimento vence, outro o assume, e a pessoa vai para outro lugar.
      const lento = interceptar(um.redis, async (comando) => {
        if (comando !== passo) return;
        await vencerMovimentos(um.redis);
        await entrar(um.store, pedro, 'Geral');
      });
      // O passo vale até a hora que o script deu: aqui ela já passou.
      const atrasado = new Proxy(lento, {
        get: (alvo, propriedade) => {
          const valor = Reflect.get(alvo, propriedade, alvo);
          if (propriedade !== 'executar') return valor;
          return (script: { nome: string }, chaves: string[], argumentos: string[]) =>
            valor(script, chaves, argumentos, passo === script.nome && passo !== 'concluirMovimento' ? { ate: 1 } : {});
        },
      });
      const store = new RedisStore(atrasado, 10_000, () => {});
      await entrar(store, pedro, 'Outra').catch((erro) => expect(erro).toMatchObject({ tipo: 'SERVICO_INDISPONIVEL' }));
      expect(await um.store.listarUsuarios(pedro.id, undefined)).toEqual(['Ana', 'Pedro']);
      await expectTudoInteiro(um.redis);
    },
  );
});

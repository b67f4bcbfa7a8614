/** Vários servidores sobre os mesmos dados, num Redis e num cluster: o que um faz, os outros veem; e o que fica lá. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { ESPERA_MAXIMA_MS } from '../../../../src/contract/limites.ts';
import type { RedisConnection } from '../../../../src/redis/connection.ts';
import { lista, nada, numero, texto } from '../../../../src/redis/resposta.ts';
import { chaveDasPrivadas, chavesDaSala } from '../../../../src/store/redis/formato/chaves.ts';
import { Avisos } from '../../../../src/store/redis/memoria/avisos.ts';
import type { RedisStore } from '../../../../src/store/redis/store.ts';
import type { Gravada, Sessao } from '../../../../src/store/store.ts';
import { PRAZOS_LONGOS } from '../../../suporte/opcoes-do-store.ts';
import { criarSala, entrar, enviar, hashDe, ler, recusa, registrar, reunir, textos } from '../conformidade/apoio.ts';
import { abrirFrota, conectar, emLugarDe, type Frota, interceptar } from './apoio.ts';

const HISTORIA = 100;
const SALA_INATIVA_MS = 5_000;
/** O Redis corta a história aos pedaços, para não reescrever um a cada mensagem: quanto pode sobrar. */
const PEDACO = 100;

interface Servidor {
  readonly store: RedisStore;
  readonly redis: RedisConnection;
  readonly gravadas: Gravada[];
}

/**
 * O que cada servidor avisa da sala de agora em diante. Um aviso de antes que chegasse tarde faria com que a sala se lesse,
 * e um aviso só valeria por vários: por isso se espera pelo de uma mensagem, depois do qual não vem nenhum de antes.
 */
async function ouvir(sessao: Sessao, ...servidores: readonly Servidor[]): Promise<(qual: Servidor) => Gravada[]> {
  for (const { store, gravadas } of servidores) {
    await store.ler({ sessaoId: sessao.id, nomeSala: 'Geral', desde: undefined, acompanhar: true });
    gravadas.length = 0;
  }
  const [{ store }] = servidores as readonly [Servidor];
  const { mensagem } = await enviar(store, sessao, 'daqui em diante');
  const emDia = ({ gravadas }: Servidor) => gravadas.some(({ mensagemId }) => mensagemId === mensagem.id);
  await ate(() => servidores.every(emDia), 'cada servidor avisar de uma mensagem');
  return ({ gravadas }) => gravadas.filter(({ mensagemId }) => mensagemId > mensagem.id);
}

describe.skipIf(!HA_REDIS).each([
  ['um Redis', iniciarRedis, false],
  ['um Redis Cluster de três mestres', iniciarCluster, true],
] as const)(`vários servidores sobre %s${SEM_REDIS}`, (_, iniciar, emCluster) => {
  /** O script que grava a mensagem de um envio. */
  const gravar = emCluster ? 'gravarEnvio' : 'enviarDeUmaVez';
  let redis: Redis;
  let frota: Frota;
  let conexoes: RedisConnection[];
  let um: Servidor;
  let dois: Servidor;
  beforeAll(async () => {
    redis = await iniciar();
    frota = await abrirFrota(redis, { salaInativaMs: SALA_INATIVA_MS }, HISTORIA);
    conexoes = [];
    const servidor = async () => {
      const conexao = await conectar(redis);
      conexoes.push(conexao);
      const gravadas: Gravada[] = [];
      const opcoes = { prazos: { ...PRAZOS_LONGOS, salaInativaMs: SALA_INATIVA_MS } };
      const store = frota.outro(conexao, { ...opcoes, aoGravar: (gravada) => gravadas.push(gravada) });
      return { store, redis: conexao, gravadas };
    };
    [um, dois] = [await servidor(), await servidor()];
  });
  afterAll(async () => {
    await frota?.[Symbol.asyncDispose]();
    for (const conexao of conexoes ?? []) await conexao.close();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => frota.esvaziar());

  describe('o que o dono decide', () => {
    test('vale na chamada seguinte em cada um de três servidores: o silenciado não fala, o expulso não lê nem volta', async () => {
      const tres = frota.outro();
      const todos = [um.store, dois.store, tres];
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      // Cada um já conhece a sala e quem está nela.
      for (const store of todos) await enviar(store, Pedro, 'posso');
      for (const [qual, noServidor] of todos.entries()) {
        const ato = { sessaoId: Ana.id, nomeSala: 'Geral', alvo: 'Pedro' };
        await noServidor.silenciar({ ...ato, silenciado: true });
        for (const store of todos) await recusa(enviar(store, Pedro, 'não posso'), 'SILENCIADO');
        await noServidor.silenciar({ ...ato, silenciado: false });
        for (const store of todos) await enviar(store, Pedro, 'posso de novo');
        await noServidor.expulsar({ ...ato, duracaoMs: 60_000 });
        for (const store of todos) {
          await recusa(enviar(store, Pedro, 'fora'), 'FORA_DA_SALA');
          await recusa(ler(store, Pedro), 'FORA_DA_SALA');
          await recusa(entrar(store, Pedro, 'Geral'), 'EXPULSO');
        }
        await noServidor.expulsar({ ...ato, duracaoMs: 0 });
        await entrar(todos[(qual + 1) % todos.length] as RedisStore, Pedro, 'Geral');
      }
    });
  });

  describe('os avisos', () => {
    test('quem espera em qualquer um sabe do que passa por outro, na ordem dos ids', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const avisadas = await ouvir(Ana, um, dois);
      for (let numero = 0; numero < 5; numero += 1) await enviar(numero % 2 ? um.store : dois.store, Ana, `${numero}`);
      const ids = (await ler(um.store, Ana)).slice(-5).map(({ id }) => id);
      for (const servidor of [um, dois]) {
        await ate(() => avisadas(servidor).length >= 5, 'os avisos chegarem');
        expect(avisadas(servidor).map(({ mensagemId }) => mensagemId)).toEqual(ids);
        expect(avisadas(servidor).map(({ visivelPara }) => visivelPara)).toEqual(Array(5).fill('todos'));
      }
    });

    test('de uma privada, só nomeiam quem a pode ver', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro', 'Caio');
      const avisadas = await ouvir(Ana, dois);
      await enviar(um.store, Ana, 'segredo', { destinatario: 'Pedro' });
      await enviar(um.store, Ana, 'nota', { destinatario: 'Ana' });
      await enviar(um.store, Ana, 'fim');
      await ate(() => avisadas(dois).length >= 3, 'os avisos chegarem');
      expect(avisadas(dois).map(({ visivelPara }) => visivelPara)).toEqual([[Ana.id, Pedro.id], [Ana.id], 'todos']);
    });

    test('de entradas e saídas também, e só de salas que se acompanham', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await reunir(um.store, 'Outra', 'Bia');
      const avisadas = await ouvir(Ana, dois);
      const Caio = await registrar(um.store, 'Caio');
      await entrar(um.store, Caio, 'Outra');
      await entrar(um.store, Caio, 'Geral');
      await um.store.sair(Caio.id);
      await ate(() => avisadas(dois).length >= 2, 'os avisos chegarem');
      const ids = (await ler(um.store, Ana, 0)).slice(-2).map(({ id }) => id);
      expect(avisadas(dois)).toEqual(ids.map((mensagemId) => ({ sala: 'geral', mensagemId, visivelPara: 'todos' })));
    });

    describe('que se perdem', () => {
      let avisos: Avisos;
      let gravadas: Gravada[];
      let receber: (texto: string) => void;
      let falhas: unknown[];

      /** Uma conexão que só entrega os avisos que o teste deixa passar. */
      async function acompanhar(
        perdem: (texto: string) => boolean,
        aoGravar = (gravada: Gravada) => void gravadas.push(gravada),
      ): Promise<void> {
        const surda = emLugarDe(dois.redis, (propriedade, original) => {
          if (propriedade !== 'assinar') return original;
          return async (canal: string, ouvinte: (texto: string) => void) => {
            receber = ouvinte;
            await original(canal, (texto: string) => {
              if (!perdem(texto)) ouvinte(texto);
            });
          };
        });
        [gravadas, falhas] = [[], []];
        avisos = new Avisos({ redis: surda, clock: frota.relogio, aoGravar, aoFalhar: (erro) => falhas.push(erro) });
        await avisos.acompanhar('geral');
      }

      test('a primeira ronda os supre, e uma vez só', async () => {
        const { Ana } = await reunir(um.store, 'Geral', 'Ana');
        await acompanhar(() => true);
        const { mensagem } = await enviar(um.store, Ana, 'perdida');
        for (let ronda = 0; ronda < 3; ronda += 1) await avisos.rondar();
        expect(gravadas, 'enquanto nada diz que algum se perdeu').toEqual([]);
        dois.redis.perderAvisos();
        for (let ronda = 0; ronda < 4; ronda += 1) await avisos.rondar();
        await avisos.close();
        expect(gravadas).toEqual([{ sala: 'geral', mensagemId: mensagem.id, visivelPara: 'todos' }]);
      });

      test('e o seguinte, que chega e não é para quem esperava pelo perdido, acorda todos', async () => {
        const { Ana } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
        await acompanhar((texto) => texto.includes('perdida'));
        await enviar(um.store, Ana, 'perdida');
        const { mensagem } = await enviar(um.store, Ana, 'só de Pedro', { destinatario: 'Pedro' });
        await ate(() => gravadas.length > 0, 'a sala ser lida');
        await avisos.rondar();
        await avisos.close();
        expect(gravadas).toEqual([{ sala: 'geral', mensagemId: mensagem.id, visivelPara: 'todos' }]);
      });

      test('um da versão 1.0.0 só diz que a mensagem existe: a sala é lida, e quem espera a recebe', async () => {
        const { Ana } = await reunir(um.store, 'Geral', 'Ana');
        await acompanhar(() => true);
        const { mensagem: anterior } = await enviar(um.store, Ana, 'anterior');
        const { mensagem } = await enviar(um.store, Ana, 'dita');
        receber(`${mensagem.id} ${anterior.id} todos`);
        await ate(() => gravadas.length > 0, 'a sala ser lida');
        const janela = await avisos.acompanhar('geral');
        expect(janela.depoisDe(Ana.id, anterior.id)).toEqual([mensagem]);
        await avisos.close();
        expect(gravadas).toEqual([{ sala: 'geral', mensagemId: mensagem.id, visivelPara: 'todos' }]);
      });

      test('enquanto a conexão não cai, rondar não pede nada ao Redis; depois que cai, pede por três rondas', async () => {
        await reunir(um.store, 'Geral', 'Ana');
        const pedidos: string[] = [];
        const contada = interceptar(dois.redis, (comando) => {
          pedidos.push(comando);
        });
        const contados = new Avisos({ redis: contada, clock: frota.relogio, aoGravar: () => {}, aoFalhar: () => {} });
        await contados.acompanhar('geral');
        pedidos.length = 0;
        for (let ronda = 0; ronda < 5; ronda += 1) await contados.rondar();
        expect(pedidos).toEqual([]);
        dois.redis.perderAvisos();
        for (let ronda = 0; ronda < 5; ronda += 1) await contados.rondar();
        expect(pedidos).toEqual(['HMGET', 'HMGET', 'HMGET']);
        await contados.close();
      });

      test('um ouvinte que falha não estraga os seguintes', async () => {
        const { Ana } = await reunir(um.store, 'Geral', 'Ana');
        await acompanhar(
          () => false,
          ({ mensagemId }) => {
            throw new Error(`de propósito, na ${mensagemId}`);
          },
        );
        const { mensagem: uma } = await enviar(um.store, Ana, 'uma');
        const { mensagem: outra } = await enviar(um.store, Ana, 'outra');
        await ate(() => falhas.length >= 2, 'os dois avisos chegarem');
        await avisos.close();
        expect(falhas).toEqual([uma, outra].map(({ id }) => new Error(`de propósito, na ${id}`)));
      });
    });

    test('o fim de uma sessão num servidor chega aos outros que já conheciam quem chama, sem que passe tempo nenhum', async () => {
      const Ana = await registrar(um.store, 'Ana');
      const token = hashDe('token de Ana');
      const pedidos: string[] = [];
      const contada = interceptar(dois.redis, (comando) => {
        pedidos.push(comando);
      });
      const outro = frota.outro(contada);
      await ate(async () => {
        // Num cluster, a primeira assinatura em cada mestre abre uma conexão: por um tempo, o outro ainda pergunta.
        frota.relogio.avancar(1_000);
        pedidos.length = 0;
        return (await outro.reconhecer(token))?.id === Ana.id && pedidos.length === 0;
      }, 'o outro conhecer Ana');
      await um.store.encerrar(Ana.id);
      await ate(async () => (await outro.reconhecer(token)) === undefined, 'o fim chegar');
    });

    test('uma espera nova num servidor termina a que a sessão tinha em outro, e custa um aviso quando ela chega', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const terminadas: string[] = [];
      // O que se conta de novo, enquanto as conexões se assentam, termina outra vez o que já terminou.
      const deAna = () => [...new Set(terminadas.filter((terminada) => terminada.startsWith(`${Ana.id} `)))];
      const pedidos: string[] = [];
      const servidores = [um, dois].map((servidor, indice) => {
        const contada = interceptar(servidor.redis, (comando) => {
          pedidos.push(comando);
        });
        return frota.outro(contada, { aoEsperarEmOutro: (id) => terminadas.push(`${id} em ${indice}`) });
      });
      const esperar = async ({ id }: Sessao, onde: number) => {
        await servidores[onde]?.ler({ sessaoId: id, nomeSala: 'Geral', desde: 0, acompanhar: true });
      };
      await esperar(Ana, 0);
      await esperar(Pedro, 1);
      await esperar(Ana, 1);
      await ate(() => terminadas.includes(`${Ana.id} em 0`), 'o primeiro saber que Ana foi para o segundo');
      await ate(async () => {
        // Num cluster, as conexões que ainda se abrem fazem com que se conte de novo.
        pedidos.length = 0;
        await esperar(Ana, 1);
        await esperar(Pedro, 1);
        return pedidos.length === 0;
      }, 'esperar de novo no mesmo servidor não custar nada');
      expect(deAna()).toEqual([`${Ana.id} em 0`]);
      await esperar(Ana, 0);
      await ate(() => terminadas.includes(`${Ana.id} em 1`), 'o segundo saber que Ana voltou');
      expect(deAna()).toEqual([`${Ana.id} em 0`, `${Ana.id} em 1`]);
    });

    test('quem não está numa sala não faz com que se ouça o canal dela, exista ou não', async () => {
      const canais = async () =>
        (await redis.emTodos('PUBSUB', 'SHARDCHANNELS')).join('').match(/chat:\d+:\{s:[^}]*\}:avisos/g) ?? [];
      const Ana = await registrar(um.store, 'Ana');
      await criarSala(um.store, Ana, 'Alheia');
      const antes = await canais();
      const espera = (nomeSala: string) =>
        dois.store.ler({ sessaoId: Ana.id, nomeSala, desde: undefined, acompanhar: true });
      for (let numero = 0; numero < 20; numero += 1) await recusa(espera(`Inventada ${numero}`), 'SALA_NAO_ENCONTRADA');
      await recusa(espera('Alheia'), 'FORA_DA_SALA');
      expect((await canais()).sort()).toEqual(antes.sort());
    });

    test('há um teto: a sala que se usou há mais tempo dá o lugar, quando ninguém mais pode esperar nela', async () => {
      const { relogio } = frota;
      const ouvidos: string[] = [];
      const contada = emLugarDe(dois.redis, (propriedade, original) =>
        propriedade === 'assinar' || propriedade === 'desassinar'
          ? (canal: string, ouvinte: unknown) => {
              ouvidos.push(`${propriedade} ${canal}`);
              return original(canal, ouvinte);
            }
          : original,
      );
      const avisos = new Avisos({ redis: contada, clock: relogio, aoGravar: () => {}, aoFalhar: () => {}, maximo: 2 });
      await avisos.acompanhar('a');
      await avisos.acompanhar('b');
      relogio.avancar(ESPERA_MAXIMA_MS);
      await avisos.acompanhar('a');
      await recusa(avisos.acompanhar('c'), 'LIMITE_EXCEDIDO');
      relogio.avancar(1);
      await avisos.acompanhar('c');
      await ate(() => ouvidos.includes('desassinar chat:0:{s:b}:avisos'), 'a mais antiga dar o lugar');
      expect(['a', 'b', 'c'].filter((sala) => avisos.acompanha(sala))).toEqual(['a', 'c']);
      await avisos.close();
    });

    test('com as conexões cortadas, voltam por si, e o que passou no meio se sabe', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const avisadas = await ouvir(Pedro, dois);
      await redis.emTodos('CLIENT', 'KILL', 'TYPE', 'pubsub');
      const { mensagem } = await enviar(um.store, Ana, 'no meio');
      await ate(() => avisadas(dois).some(({ mensagemId }) => mensagemId >= mensagem.id), 'a ronda ou o canal avisar');
      // Cada ronda avisa uma vez, e elas são poucas: mais avisos que isso só o canal dá.
      const depois: number[] = [];
      await ate(async () => {
        depois.push((await enviar(um.store, Ana, 'depois')).mensagem.id);
        return avisadas(dois).filter(({ mensagemId }) => depois.includes(mensagemId)).length >= 20;
      }, 'o canal voltar');
    });
  });

  describe('uma conversa por dois servidores', () => {
    test('tem uma só ordem, e cada um lê o mesmo', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const enviadas = await Promise.all(
        Array.from({ length: 20 }, (_, numero) =>
          enviar(numero % 2 ? um.store : dois.store, numero % 3 ? Ana : Pedro, `${numero}`),
        ),
      );
      const ids = enviadas.map(({ mensagem }) => mensagem.id).sort((a, b) => a - b);
      expect(new Set(ids).size).toBe(20);
      const antes = (ids[0] as number) - 1;
      expect(await ler(um.store, Ana, antes)).toEqual(await ler(dois.store, Pedro, antes));
      expect((await ler(um.store, Ana, antes)).map(({ id }) => id)).toEqual(ids);
    });

    test('os limites contam o que passa por todos', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      const limite = { maximo: 4, janelaMs: 60_000 };
      const tentativas = await Promise.allSettled(
        Array.from({ length: 10 }, (_, numero) => enviar(numero % 2 ? um.store : dois.store, Ana, 'a', { limite })),
      );
      expect(tentativas.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
      const registros = await Promise.allSettled(
        Array.from({ length: 10 }, (_, numero) =>
          (numero % 2 ? um : dois).store.registrar({
            nome: `P${numero}`,
            tokenHash: hashDe(`${numero}`),
            rede: '10.0.0.0',
            limite,
          }),
        ),
      );
      expect(registros.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
      const salas = ['A', 'B', 'C', 'D', 'E', 'F'].map((nome, indice) =>
        criarSala((indice % 2 ? um : dois).store, Ana, nome, limite),
      );
      expect((await Promise.allSettled(salas)).filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    });

    test('o mesmo nome registrado em dois ao mesmo tempo é de um só; a mesma sala criada, também', async () => {
      for (const nome of ['A', 'B', 'C']) {
        const registros = await Promise.allSettled(
          [um, dois].map(({ store }, indice) => store.registrar({ nome, tokenHash: hashDe(`${nome}${indice}`) })),
        );
        expect(registros.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      }
      const [alguem] = (await um.store.sessoes()) as [Sessao];
      const salas = await Promise.allSettled([um, dois].map(({ store }) => criarSala(store, alguem, 'Geral')));
      expect(salas.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });
  });

  describe('a chave de repetição', () => {
    const limite = { maximo: 2, janelaMs: 60_000 };

    test('em dois servidores ao mesmo tempo, grava uma vez, e ocupa um lugar no limite', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      const enviadas = await Promise.all(
        [um, dois].map(({ store }) => enviar(store, Ana, 'uma vez', { chave: 'k', limite })),
      );
      expect(enviadas[0]?.mensagem).toEqual(enviadas[1]?.mensagem);
      expect(enviadas.map(({ repetida }) => repetida).sort()).toEqual([false, true]);
      expect(textos(await ler(um.store, Ana))).toEqual(['Ana entrou na sala.', 'uma vez']);
      await enviar(um.store, Ana, 'cabe', { limite });
      await recusa(enviar(dois.store, Ana, 'não cabe', { limite }), 'LIMITE_EXCEDIDO');
      expect(await enviar(dois.store, Ana, 'uma vez', { chave: 'k', limite })).toMatchObject({ repetida: true });
    });

    test('usada, vale também quando se insiste de outra sala', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await criarSala(um.store, Ana, 'Outra');
      const { mensagem } = await enviar(um.store, Ana, 'uma vez', { chave: 'k' });
      await entrar(um.store, Ana, 'Outra');
      expect(await enviar(dois.store, Ana, 'uma vez', { chave: 'k', nomeSala: 'Outra' })).toEqual({
        mensagem,
        repetida: true,
      });
    });

    test('recusada em duas salas, serve em qualquer uma delas', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await criarSala(um.store, Ana, 'Outra');
      await um.store.sair(Ana.id);
      for (const nomeSala of ['Geral', 'Outra', 'Geral', 'Outra']) {
        await recusa(enviar(um.store, Ana, 'a', { chave: 'k', nomeSala }), 'FORA_DA_SALA');
      }
      await entrar(um.store, Ana, 'Geral');
      expect(await enviar(dois.store, Ana, 'a', { chave: 'k' })).toMatchObject({ repetida: false });
      expect(await enviar(um.store, Ana, 'a', { chave: 'k', nomeSala: 'Outra' })).toMatchObject({ repetida: true });
    });

    test('um envio que se atrasa enquanto a chave passa a outra sala não grava uma segunda mensagem', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await criarSala(um.store, Ana, 'Outra');
      const lento = interceptar(um.redis, async (comando) => {
        if (comando !== gravar) return;
        await entrar(dois.store, Ana, 'Outra');
        expect(await enviar(dois.store, Ana, 'a', { chave: 'k', nomeSala: 'Outra' })).toMatchObject({
          repetida: false,
        });
        await entrar(dois.store, Ana, 'Geral');
      });
      const atrasado = enviar(frota.outro(lento), Ana, 'a', { chave: 'k' });
      // Num Redis só, o que se atrasa é o envio inteiro, e ele vê que a chave já serviu.
      if (emCluster) await recusa(atrasado, 'SERVICO_INDISPONIVEL');
      else expect(await atrasado).toMatchObject({ repetida: true });
      expect(textos(await ler(um.store, Pedro))).not.toContain('a');
      expect(await enviar(um.store, Ana, 'a', { chave: 'k' })).toMatchObject({ repetida: true });
    });
  });

  describe('um comando preso num Redis congelado não age quando ele acorda', () => {
    const PRAZO_CURTO_MS = 700;

    /** O Redis congela logo antes de um passo; solta-se quando o servidor já desistiu dele. */
    async function congelarEm(passo: string, agir: (store: RedisStore) => Promise<unknown>): Promise<void> {
      const conexao = await conectar(redis, { prazoDoComandoMs: PRAZO_CURTO_MS });
      const preso = interceptar(conexao, async (comando) => {
        if (comando === passo) await redis.congelar();
      });
      try {
        await recusa(agir(frota.outro(preso)), 'SERVICO_INDISPONIVEL');
      } finally {
        redis.soltar();
        await conexao.close();
      }
      // O que estava na mesma conexão já foi respondido quando isto o é.
      await ate(() => um.store.sessoes().catch(() => undefined), 'o Redis voltar a responder');
    }

    test.each([
      ['enviar uma mensagem', gravar, (store: RedisStore, ana: Sessao) => enviar(store, ana, 'recusada')],
      ['criar uma sala', 'criarNoIndice', (store: RedisStore, ana: Sessao) => criarSala(store, ana, 'Recusada')],
      ['registrar', 'registrarSessao', (store: RedisStore) => registrar(store, 'Recusado')],
      ['sair', 'iniciarMovimento', (store: RedisStore, { id }: Sessao) => store.sair(id)],
    ])('%s', async (_, passo, agir) => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      const antes = [await um.store.sessoes(), await um.store.listarSalas(), await ler(um.store, Ana)];
      await congelarEm(passo, (store) => agir(store, Ana));
      expect([await um.store.sessoes(), await um.store.listarSalas(), await ler(um.store, Ana)]).toEqual(antes);
    });
  });

  test('o que se diz depois de o Redis perder as últimas gravações vem depois de todo cursor, e ninguém o perde', async () => {
    const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
    const { mensagem: fica } = await enviar(um.store, Ana, 'fica');
    const perdidas = [];
    for (const conteudo of ['um', 'dois', 'três']) perdidas.push((await enviar(um.store, Ana, conteudo)).mensagem.id);
    const cursor = perdidas.at(-1) as number;
    const { dados, mensagens } = chavesDaSala('geral');
    await um.redis.comando(nada, dados, 'HSET', dados, 'ultimo', fica.id);
    await um.redis.comando(nada, mensagens, 'XDEL', mensagens, ...perdidas.map((id) => `${id}-0`));
    await um.redis.comando(nada, mensagens, 'XSETID', mensagens, `${fica.id}-0`);
    frota.relogio.avancar(1);
    const { mensagem: nova } = await enviar(dois.store, Ana, 'nova');
    expect(nova.id).toBeGreaterThan(cursor);
    expect(await ler(um.store, Pedro, cursor)).toEqual([nova]);
  });

  describe('o que fica no Redis', () => {
    test('a história é cortada, e ficam as mais novas; as privadas de cada um também', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const total = 3 * HISTORIA;
      for (let numero = 0; numero < total; numero += 20) {
        const privada = { destinatario: 'Ana' };
        await Promise.all(
          Array.from({ length: 20 }, (_, indice) => [
            enviar(um.store, Ana, `${numero + indice}`),
            enviar(dois.store, Pedro, `p${numero + indice}`, privada),
          ]).flat(),
        );
      }
      const { mensagens } = chavesDaSala('geral');
      const privadas = [Ana, Pedro].map(({ id }) => chaveDasPrivadas('geral', id));
      for (const chave of [mensagens, ...privadas]) {
        const quantas = await um.redis.comando(numero, chave, 'XLEN', chave);
        expect(quantas, chave).toBeGreaterThanOrEqual(HISTORIA);
        expect(quantas, chave).toBeLessThan(HISTORIA + PEDACO);
      }
      const [entrada, ...lidas] = await ler(um.store, Ana);
      expect(entrada?.conteudo).toBe('Ana entrou na sala.');
      expect(lidas).toHaveLength(50);
      expect(textos(lidas)).toEqual(expect.arrayContaining([`${total - 1}`, `p${total - 1}`]));
      expect(await ler(dois.store, Ana, lidas[39]?.id)).toEqual(lidas.slice(40));
      // Quem lê desde o começo recebe o que há, em ordem.
      const desdeOComeco = await ler(dois.store, Ana, 0);
      expect(desdeOComeco).toHaveLength(50);
      expect(textos(desdeOComeco)).not.toContain('0');
    });

    test('o que é de um momento tem prazo: os limites', async () => {
      const limite = { maximo: 5, janelaMs: 60_000 };
      const Ana = await um.store.registrar({
        nome: 'Ana',
        tokenHash: hashDe('token de Ana'),
        rede: '10.0.0.0',
        limite,
      });
      await criarSala(um.store, Ana, 'Geral', limite);
      await criarSala(um.store, Ana, 'Outra');
      await um.store.entrar({ sessaoId: Ana.id, nomeSala: 'Geral', limite });
      await enviar(um.store, Ana, 'a', { chave: 'k', limite });
      await recusa(enviar(um.store, Ana, 'a', { chave: 'l', nomeSala: 'Outra', limite }), 'FORA_DA_SALA');
      await enviar(um.store, Ana, 'a', { chave: 'l', limite });
      const passageiras = /:(ritmo|registros)\b/;
      const prazos = await prazosDasChaves();
      expect([...prazos.keys()].filter((chave) => passageiras.test(chave)).length).toBeGreaterThanOrEqual(3);
      const duasHorasMs = 2 * 3_600_000;
      for (const [chave, prazo] of prazos) {
        if (passageiras.test(chave)) {
          expect(prazo, chave).toBeGreaterThan(0);
          expect(prazo, chave).toBeLessThanOrEqual(limite.janelaMs + duasHorasMs);
        } else expect(prazo, chave).toBe(-1);
      }
    });

    test('quem se foi não deixa as suas privadas nas salas por que passou; os outros ainda têm as deles', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const Caio = await registrar(um.store, 'Caio');
      await criarSala(um.store, Caio, 'Outra');
      await enviar(um.store, Ana, 'a Pedro', { destinatario: 'Pedro' });
      for (const { id } of [Pedro, Caio, Ana]) {
        await dois.store.entrar({ sessaoId: id, nomeSala: 'Outra' });
      }
      await enviar(um.store, Pedro, 'a Ana', { destinatario: 'Ana', nomeSala: 'Outra' });
      await entrar(um.store, Pedro, 'Geral');
      const comPrivadas = async () =>
        [...(await prazosDasChaves()).keys()].filter((chave) => chave.includes(':privadas:')).sort();
      expect(await comPrivadas()).toHaveLength(4);
      await dois.store.encerrar(Pedro.id);
      expect(await comPrivadas()).toEqual(['geral', 'outra'].map((sala) => `chat:{s:${sala}}:privadas:${Ana.id}`));
      expect(textos(await ler(um.store, Ana, undefined, 'Outra'))).toContain('a Ana');
      for (const sala of ['geral', 'outra']) {
        const chave = chavesDaSala(sala).comPrivadas;
        expect(await um.redis.comando(lista(texto), chave, 'SMEMBERS', chave)).toEqual([`${Ana.id}`]);
      }
      await dois.store.encerrar(Ana.id);
      expect(await comPrivadas()).toEqual([]);
    });

    test('quando todos se foram e as salas também, só ficam contadores, e o que tem prazo', async () => {
      for (let vez = 0; vez < 2; vez += 1) {
        const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
        const Caio = await registrar(dois.store, 'Caio');
        await criarSala(dois.store, Caio, 'Outra');
        await entrar(dois.store, Caio, 'Outra');
        await enviar(um.store, Ana, 'a', { chave: 'k' });
        await enviar(um.store, Ana, 'p', { destinatario: 'Pedro' });
        await enviar(dois.store, Pedro, 'q', { destinatario: 'Ana', chave: 'k' });
        await entrar(dois.store, Pedro, 'Outra');
        for (const { id } of [Ana, Pedro, Caio]) await dois.store.encerrar(id);
        await frota.passar(SALA_INATIVA_MS);
        expect(await um.store.listarSalas()).toEqual([]);
      }
      const paraSempre = [...(await prazosDasChaves())].filter(([, prazo]) => prazo === -1).map(([chave]) => chave);
      expect(paraSempre.filter((chave) => !/^chat:\{p\d+\}:contador$/.test(chave)).sort()).toEqual([
        'chat:{nomes}:versao',
        'chat:{relogio}:tempo',
        'chat:{salas}:contador',
        'chat:{salas}:piso',
        'chat:{salas}:versao',
        'chat:{varredura}:estado',
      ]);
    });
  });

  /** De todos os Redis. @returns cada chave, e em quantos ms acaba; -1 se não acaba */
  async function prazosDasChaves(): Promise<Map<string, number>> {
    const chaves = (await redis.emTodos('KEYS', '*')).flatMap((resposta) => resposta.match(/^chat:.*(?=\r$)/gm) ?? []);
    const prazos = chaves.map(async (chave) => [chave, await um.redis.comando(numero, chave, 'PTTL', chave)] as const);
    return new Map(await Promise.all(prazos));
  }
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Conexao } from '../../../../src/cliente/chamadas/conexao.ts';
import type { Acontecimento } from '../../../../src/cliente/chamadas/rastro/rastro.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { UnreachableError } from '../../../../src/rpc/client/falhas.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import {
  abrirCortador,
  abrirServidor,
  type HandlersDeMentira,
  mensagem,
  Pilha,
  sondar,
} from '../../../processos/terminal/apoio.ts';
import { abrirBinder, type BinderLocal, registrarTodos } from '../../../suporte/local/binder.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

const HANDLERS: HandlersDeMentira = {
  listar_salas: async () => [{ nomeSala: 'Geral', usuarios: 1 }],
  criar_sala: async ({ nomeSala }) => ({ nomeSala }),
  enviar_mensagem: async ({ mensagem: texto }) => mensagem(1, texto),
};

const ENVIO = { nomeUsuario: 'Pedro', salaAtual: 'Geral', mensagem: 'Oi' };

let relogio: RelogioDeTeste;
let binder: BinderLocal;
let conexao: Conexao;
let pilha: Pilha;

beforeEach(async () => {
  pilha = new Pilha();
  relogio = relogioDeTeste();
  binder = pilha.use(await abrirBinder(relogio));
  conexao = new Conexao({ binders: [binder.url], clock: relogio, conexoes: criarConexoes() });
  pilha.defer(() => conexao.close());
});

afterEach(() => pilha.desfazer());

async function servidor(handlers = HANDLERS) {
  return pilha.use(await abrirServidor(handlers));
}

async function falha(chamada: Promise<unknown>): Promise<unknown> {
  return chamada.then(
    () => expect.unreachable('devia falhar'),
    (erro: unknown) => erro,
  );
}

describe('o que o binder disse é guardado', () => {
  test('pelo tempo que o lease permite, por procedimento', async () => {
    const chat = await servidor();
    registrarTodos(binder, chat.porta, 30);
    await conexao.chamar('listar_salas', {});
    relogio.avancar(29_000);
    await conexao.chamar('listar_salas', {});
    expect(binder.lookups()).toBe(1);
    await conexao.chamar('criar_sala', { nomeSala: 'A' });
    expect(binder.lookups()).toBe(2);

    registrarTodos(binder, chat.porta, 30);
    relogio.avancar(1_000);
    await conexao.chamar('listar_salas', {});
    expect(binder.lookups()).toBe(3);
  });

  test('sem lease, até que falhe', async () => {
    const chat = await servidor();
    registrarTodos(binder, chat.porta);
    await conexao.chamar('listar_salas', {});
    relogio.avancar(1_000_000_000);
    await conexao.chamar('listar_salas', {});
    expect(binder.lookups()).toBe(1);
  });

  test('com o binder fora, vale mesmo vencido', async () => {
    const chat = await servidor();
    registrarTodos(binder, chat.porta, 30);
    await conexao.chamar('listar_salas', {});
    await binder.derrubar();
    relogio.avancar(3_600_000);
    expect(await conexao.chamar('listar_salas', {})).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);
  });

  test('com o binder de volta e vazio, vale mesmo vencido', async () => {
    const chat = await servidor();
    registrarTodos(binder, chat.porta, 30);
    await conexao.chamar('listar_salas', {});
    relogio.avancar(31_000);
    await conexao.chamar('listar_salas', {});
    expect(chat.chamadas).toHaveLength(2);
  });

  test('sem nada guardado, a falta do binder ou do registro é dita a quem chama', async () => {
    const semRegistro = await falha(conexao.chamar('listar_salas', {}));
    expect(semRegistro).toMatchObject({ tipo: 'PROCEDIMENTO_NAO_REGISTRADO' });
    await binder.derrubar();
    expect(await falha(conexao.chamar('listar_salas', {}))).toMatchObject({ motivo: 'recusada' });
  });
});

describe('o que um binder hostil dá não é seguido', () => {
  test.each([
    ['um endereço que é uma URL', { address: 'evil.example/?', port: 80 }],
    ['um endereço com quem se autentica', { address: 'a:b@evil.example', port: 80 }],
    ['uma porta que não existe', { address: '127.0.0.1', port: 65_536 }],
    ['um lease sem fim', { address: '127.0.0.1', port: 80, ttl_s: 1e308 }],
  ])('%s', async (_, endpoint) => {
    binder.registry.lookup = async () => ({ ttl_s: null, ...endpoint });
    expect(await falha(conexao.chamar('listar_salas', {}))).toMatchObject({ motivo: 'resposta_invalida' });
  });
});

describe('com dois binders', () => {
  const acontecimentos: Acontecimento[] = [];
  const falhados = () =>
    acontecimentos.flatMap((acontecimento) => (acontecimento.tipo === 'lookup_falhou' ? [acontecimento.binder] : []));
  let outro: BinderLocal;
  let comDois: Conexao;

  beforeEach(async () => {
    acontecimentos.length = 0;
    outro = pilha.use(await abrirBinder(relogio));
    comDois = new Conexao({
      binders: [binder.url, outro.url],
      clock: relogio,
      conexoes: criarConexoes(),
      observador: (acontecimento) => acontecimentos.push(acontecimento),
    });
    pilha.defer(() => comDois.close());
    const chat = await servidor();
    // Como o servidor que se registra em todos.
    for (const cada of [binder, outro]) registrarTodos(cada, chat.porta, 30);
  });

  test('pergunta-se ao primeiro, e ao seguinte na mesma chamada em que ele não responde', async () => {
    await comDois.chamar('listar_salas', {});
    expect([binder.lookups(), outro.lookups()]).toEqual([1, 0]);
    await binder.derrubar();
    await comDois.chamar('criar_sala', { nomeSala: 'A' });
    expect(outro.lookups()).toBe(1);
    expect(falhados()).toEqual([binder.url]);
  });

  test('fica-se com o que respondeu, mesmo que o primeiro volte', async () => {
    const { porta } = binder;
    await binder.derrubar();
    await comDois.chamar('listar_salas', {});
    const deVolta = pilha.use(await abrirBinder(relogio, { porta }));
    await comDois.chamar('criar_sala', { nomeSala: 'A' });
    expect([deVolta.lookups(), outro.lookups()]).toEqual([0, 2]);
    expect(falhados()).toEqual([binder.url]);
  });

  test('um que não alcança os seus dados é como um que não responde', async () => {
    binder.registry.lookup = () => Promise.reject(new ContractError('SERVICO_INDISPONIVEL'));
    await comDois.chamar('listar_salas', {});
    expect([binder.lookups(), outro.lookups()]).toEqual([1, 1]);
  });

  const esvaziar = async ({ registry }: BinderLocal) => {
    await registry.unregister('listar_salas', await registry.lookup('listar_salas'));
  };

  test('o que um não conhece, como quem voltou vazio, pergunta-se ao outro', async () => {
    await esvaziar(binder);
    await comDois.chamar('listar_salas', {});
    expect([binder.lookups(), outro.lookups()]).toEqual([1, 1]);
  });

  test('o que nenhum conhece é dito, também quando o outro nem responde', async () => {
    const naoHa = { tipo: 'PROCEDIMENTO_NAO_REGISTRADO' };
    await esvaziar(binder);
    await esvaziar(outro);
    expect(await falha(comDois.chamar('listar_salas', {}))).toMatchObject(naoHa);
    await outro.derrubar();
    expect(await falha(comDois.chamar('listar_salas', {}))).toMatchObject(naoHa);
    expect(await falha(comDois.chamar('listar_salas', {}))).toMatchObject(naoHa);
  });

  test('só sem os dois a falta é dita, depois de perguntar uma vez a cada um; o que já se sabe ainda serve', async () => {
    await comDois.chamar('criar_sala', { nomeSala: 'A' });
    await binder.derrubar();
    await outro.derrubar();
    expect(await falha(comDois.chamar('listar_salas', {}))).toMatchObject({ motivo: 'recusada' });
    expect(falhados()).toEqual([binder.url, outro.url]);
    relogio.avancar(31_000);
    await comDois.chamar('criar_sala', { nomeSala: 'B' });
  });
});

describe('um endpoint que não se alcança', () => {
  test('faz perguntar de novo e chamar onde o servidor está agora, também o que não se repete', async () => {
    const velho = await servidor();
    registrarTodos(binder, velho.porta, 30);
    await conexao.chamar('criar_sala', { nomeSala: 'A' });
    await conexao.chamar('listar_salas', {});
    await velho.derrubar();
    relogio.avancar(20_000);
    const novo = await servidor();
    relogio.avancar(10_000);
    registrarTodos(binder, novo.porta, 30);
    expect(await conexao.chamar('criar_sala', { nomeSala: 'B' })).toEqual({ nomeSala: 'B' });
    await conexao.chamar('listar_salas', {});
    expect(novo.chamadas.map(({ nome }) => nome)).toEqual(['criar_sala', 'listar_salas']);
  });

  test('se o binder ainda o anuncia ao lado de um vivo, o vivo atende', async () => {
    const morto = await servidor();
    const vivo = await servidor();
    registrarTodos(binder, morto.porta);
    registrarTodos(binder, vivo.porta);
    await morto.derrubar();
    for (let vez = 0; vez < 4; vez += 1) await conexao.chamar('listar_salas', {});
    expect(vivo.de('listar_salas')).toHaveLength(4);
  });

  test('se o binder só conhece esse, a falha é dita, e a chamada seguinte pergunta de novo', async () => {
    const morto = await servidor();
    registrarTodos(binder, morto.porta);
    await morto.derrubar();
    expect(await falha(conexao.chamar('listar_salas', {}))).toBeInstanceOf(UnreachableError);
    const vivo = await servidor();
    await binder.registry.unregister('listar_salas', { address: '127.0.0.1', port: morto.porta });
    registrarTodos(binder, vivo.porta);
    await conexao.chamar('listar_salas', {});
  });

  test('um IPv6, que o binder guarda sem colchetes, é chamado com eles', async () => {
    const chat = pilha.use(await abrirServidor(HANDLERS, { host: '::1' }));
    await binder.registry.register('listar_salas', { address: '::1', port: chat.porta }, undefined);
    expect(await conexao.chamar('listar_salas', {})).toHaveLength(1);
  });
});

describe('uma resposta que se perdeu', () => {
  test('não se repete o que agiria duas vezes', async () => {
    const cortador = pilha.use(await abrirCortador());
    const outro = await servidor();
    registrarTodos(binder, cortador.porta);
    registrarTodos(binder, outro.porta);
    expect(await falha(conexao.chamar('criar_sala', { nomeSala: 'A' }))).toMatchObject({ motivo: 'interrompida' });
    expect(await falha(conexao.chamar('enviar_mensagem', ENVIO))).toMatchObject({ motivo: 'interrompida' });
    expect(cortador.pedidos()).toBe(2);
    expect(outro.chamadas).toEqual([]);
  });

  test('repete-se em outro endpoint o que é seguro, ou leva chave', async () => {
    const cortador = pilha.use(await abrirCortador());
    const outro = await servidor();
    registrarTodos(binder, cortador.porta);
    registrarTodos(binder, outro.porta);
    await conexao.chamar('listar_salas', {});
    await conexao.chamar('enviar_mensagem', { ...ENVIO, chave: 'k1' });
    expect(outro.chamadas.map(({ nome, params }) => [nome, params.chave])).toEqual([
      ['listar_salas', undefined],
      ['enviar_mensagem', 'k1'],
    ]);
  });

  test('quem se cala além do prazo também conta como perdido', async () => {
    const calado = pilha.use(await abrirCortador('cala'));
    const outro = await servidor();
    registrarTodos(binder, calado.porta);
    registrarTodos(binder, outro.porta);
    await conexao.chamar('listar_salas', {}, { prazoMs: 100 });
    expect(await falha(conexao.chamar('criar_sala', { nomeSala: 'A' }, { prazoMs: 100 }))).toMatchObject({
      motivo: 'prazo',
    });
    expect(outro.chamadas.map(({ nome }) => nome)).toEqual(['listar_salas']);
  });
});

test('o token é o de cada chamada, e uma recusa do servidor chega como é', async () => {
  const chat = await servidor({
    ...HANDLERS,
    criar_sala: async () => {
      throw new ContractError('SALA_JA_EXISTE');
    },
  });
  registrarTodos(binder, chat.porta);
  await conexao.chamar('listar_salas', {});
  await conexao.chamar('listar_salas', {}, { token: 'segredo' });
  expect(chat.chamadas.map(({ bearer }) => bearer)).toEqual([undefined, 'segredo']);
  expect(await falha(conexao.chamar('criar_sala', { nomeSala: 'A' }))).toMatchObject({ tipo: 'SALA_JA_EXISTE' });
  expect(chat.de('criar_sala')).toHaveLength(1);
});

test('quem desiste não é levado a outro endpoint', async () => {
  const calado = pilha.use(await abrirCortador('cala'));
  const outro = await servidor();
  registrarTodos(binder, calado.porta);
  registrarTodos(binder, outro.porta);
  const desistencia = new AbortController();
  const chamada = conexao.chamar('listar_salas', {}, { signal: desistencia.signal });
  await sondar(() => calado.pedidos()).toBe(1);
  desistencia.abort();
  expect(await falha(chamada)).toMatchObject({ motivo: 'cancelada' });
  expect(outro.chamadas).toEqual([]);
});

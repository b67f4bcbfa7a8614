/** A rede entre quem chama e o servidor: conexões que caem no meio, respostas que não chegam, sockets meio abertos. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { iniciarBinder, type Processo } from '../../scripts/comum/processos.ts';
import { abrirProxy, type Direcao, type Falha, type ProxyDeRede } from '../../scripts/comum/proxy.ts';
import { Conexao } from '../../src/cliente/chamadas/conexao.ts';
import { CHAT_CONTRACT, type ChatProcedures } from '../../src/contract/chat.ts';
import type { ParamsInput } from '../../src/contract/procedure.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { VALE_ATE } from '../../src/process/validade.ts';
import { type Conexoes, criarConexoes } from '../../src/rpc/client/http.ts';
import { criarRemoto, type Remote } from '../../src/rpc/client/remote.ts';
import { conectar, lerRespostaCrua } from '../suporte/local/conexao.ts';
import { lerHistoria } from '../suporte/remetentes.ts';
import { comSorteio } from '../suporte/sorteio.ts';
import { type ServidorQueVolta, servidorQueVolta } from './apoio.ts';

/** Um servidor só para o arquivo: cada teste tem seu proxy, sua pessoa e sua sala. */
let servidor: ServidorQueVolta;
let cenas = 0;

beforeAll(async () => {
  servidor = await servidorQueVolta();
});

afterAll(() => servidor[Symbol.asyncDispose]());

interface Cena extends AsyncDisposable {
  readonly nomeUsuario: string;
  readonly sala: string;
  readonly proxy: ProxyDeRede;
  /** O cliente tipado, pelo proxy. */
  readonly remoto: Remote<ChatProcedures>;
  readonly token: string;
  readonly envio: (mensagem: string, chave?: string) => Envio;
  /** O que está guardado do que ela enviou. */
  readonly enviadas: () => Promise<string[]>;
}

type Envio = ParamsInput<ChatProcedures['enviar_mensagem']>;

async function abrirCena(): Promise<Cena> {
  cenas += 1;
  const nomeUsuario = `Ana ${cenas}`;
  const sala = `Sala ${cenas}`;
  const proxy = await abrirProxy(servidor.porta);
  const conexoes = criarConexoes();
  const { token } = await resultado(servidor.url, 'registrar_usuario', [nomeUsuario]);
  await resultado(servidor.url, 'criar_sala', [sala], token);
  await resultado(servidor.url, 'entrar_sala', [nomeUsuario, sala], token);
  return {
    nomeUsuario,
    sala,
    proxy,
    remoto: criarRemoto(CHAT_CONTRACT, proxy.url, conexoes),
    token,
    envio: (mensagem, chave) => ({ nomeUsuario, salaAtual: sala, mensagem, chave }),
    enviadas: async () => {
      const historia = await lerHistoria(servidor.url, nomeUsuario, token, sala);
      return historia.filter(({ origem }) => origem === nomeUsuario).map(({ conteudo }) => conteudo);
    },
    [Symbol.asyncDispose]: async () => {
      conexoes.destroy();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Uma falha, na próxima vez que algo passar nesse sentido, e só nela. */
function falharUmaVez(proxy: ProxyDeRede, direcao: Direcao, falha: Falha): void {
  proxy.regra = (sentido) => {
    if (sentido !== direcao) return undefined;
    proxy.regra = undefined;
    return falha;
  };
}

/** Onde a conexão pode cair, e se o servidor já tinha agido. */
const QUEDAS: readonly (readonly [onde: string, Direcao, Falha, agiu: boolean])[] = [
  ['antes do pedido', 'pedido', { como: 'reset' }, false],
  ['no meio dos cabeçalhos do pedido', 'pedido', { como: 'reset', depoisDeBytes: 40 }, false],
  ['no meio do corpo do pedido', 'pedido', { como: 'reset', depoisDeBytes: 260 }, false],
  ['em ordem, no meio do pedido', 'pedido', { como: 'fim', depoisDeBytes: 100 }, false],
  ['antes da resposta', 'resposta', { como: 'reset' }, true],
  ['no meio dos cabeçalhos da resposta', 'resposta', { como: 'fim', depoisDeBytes: 30 }, true],
  ['no meio do corpo da resposta', 'resposta', { como: 'fim', depoisDeBytes: 200 }, true],
  ['com RST no meio da resposta', 'resposta', { como: 'reset', depoisDeBytes: 200 }, true],
];

describe('uma conexão que cai', () => {
  test('com chave: repete-se o pedido uma vez, e a mensagem está lá uma vez', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, envio } = cena;
    const esperadas: string[] = [];
    for (const [onde, direcao, falha] of QUEDAS) {
      falharUmaVez(proxy, direcao, falha);
      const antes = proxy.pedidos();
      expect(await remoto.enviar_mensagem(envio(onde, onde), { bearer: token }), onde).toMatchObject({
        conteudo: onde,
      });
      expect(proxy.pedidos() - antes, onde).toBe(2);
      esperadas.push(onde);
    }
    expect(await cena.enviadas()).toEqual(esperadas);
  });

  test('sem chave: não se repete, e a falha diz que não se sabe', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, envio } = cena;
    const esperadas: string[] = [];
    for (const [onde, direcao, falha, agiu] of QUEDAS) {
      falharUmaVez(proxy, direcao, falha);
      const antes = proxy.pedidos();
      await expect(remoto.enviar_mensagem(envio(onde), { bearer: token }), onde).rejects.toMatchObject({
        motivo: 'interrompida',
      });
      expect(proxy.pedidos() - antes, onde).toBe(1);
      if (agiu) esperadas.push(onde);
    }
    expect(await cena.enviadas()).toEqual(esperadas);
  });

  test('nenhum procedimento que age de novo é repetido, e os outros são', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, nomeUsuario, sala } = cena;
    const bearer = { bearer: token };
    const inseguros = [
      () => remoto.registrar_usuario({ nomeUsuario: `Bia ${cenas}` }),
      () => remoto.criar_sala({ nomeSala: 'Outra' }, bearer),
      () => remoto.sair_da_sala({}, bearer),
      () => remoto.encerrar_sessao({}, bearer),
    ];
    const seguros = [
      () => remoto.listar_salas({}, bearer),
      () => remoto.listar_usuarios({}, bearer),
      () => remoto.receber_mensagens({ nomeUsuario, salaAtual: sala }, bearer),
      () => remoto.entrar_sala({ nomeUsuario, nomeSala: sala }, bearer),
    ];
    for (const chamar of seguros) {
      falharUmaVez(proxy, 'resposta', { como: 'reset' });
      const antes = proxy.pedidos();
      await chamar();
      expect(proxy.pedidos() - antes).toBe(2);
    }
    for (const chamar of inseguros) {
      falharUmaVez(proxy, 'resposta', { como: 'reset' });
      const antes = proxy.pedidos();
      await expect(chamar()).rejects.toMatchObject({ motivo: 'interrompida' });
      expect(proxy.pedidos() - antes).toBe(1);
    }
  });

  test('uma conexão que ficou velha enquanto estava ociosa não faz falhar quem pode repetir', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, envio } = cena;
    await remoto.enviar_mensagem(envio('antes', 'k1'), { bearer: token });
    await servidor.derrubar();
    expect(await remoto.enviar_mensagem(envio('depois', 'k2'), { bearer: token })).toMatchObject({
      conteudo: 'depois',
    });
    proxy.cortar();
    expect(await remoto.enviar_mensagem(envio('fim', 'k3'), { bearer: token })).toMatchObject({ conteudo: 'fim' });
    expect(await cena.enviadas()).toEqual(['antes', 'depois', 'fim']);
  });

  test('o vizinho que some de uma conexão já aberta não conta como quem nunca recebeu o pedido', async () => {
    await using cena = await abrirCena();
    const erroDoSistema = Object.assign(new Error('read ETIMEDOUT'), { code: 'ETIMEDOUT', syscall: 'read' });
    const conexoes = criarConexoes();
    const queSome: Conexoes = {
      ...conexoes,
      request: (url, options) => {
        const req = conexoes.request(url, options);
        req.on('socket', (socket) => socket.once('connect', () => socket.destroy(erroDoSistema)));
        return req;
      },
    };
    const remoto = criarRemoto(CHAT_CONTRACT, cena.proxy.url, queSome);
    await expect(remoto.criar_sala({ nomeSala: 'Outra' }, { bearer: cena.token })).rejects.toMatchObject({
      motivo: 'interrompida',
    });
    conexoes.destroy();
  });
});

describe('uma resposta que não vem', () => {
  test('além do prazo falha; a que chega tarde não é de ninguém, e a mesma chave dá a mesma mensagem', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, envio } = cena;
    for (const como of ['reter', 'calar'] as const) {
      falharUmaVez(proxy, 'resposta', { como });
      const tentar = (prazoMs: number) => remoto.enviar_mensagem(envio(como, como), { bearer: token, prazoMs });
      await expect(tentar(150)).rejects.toMatchObject({ motivo: 'prazo' });
      proxy.soltar();
      expect(await tentar(10_000)).toMatchObject({ conteudo: como });
    }
    expect(await cena.enviadas()).toEqual(['reter', 'calar']);
  });

  test('um pedido que chega depois que se desistiu dele não age: quem já voltou à sala continua nela', async () => {
    await using cena = await abrirCena();
    const { nomeUsuario, sala, token } = cena;
    const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'sair_da_sala', params: {} });
    using atrasado = await conectar(servidor.porta);
    atrasado.escrever(
      [
        'POST / HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        `Authorization: Bearer ${token}`,
        `${VALE_ATE}: ${Date.now() - 1}`,
        `Content-Length: ${corpo.length}`,
        '',
        corpo,
      ].join('\r\n'),
    );
    const resposta = await ate(() => lerRespostaCrua(atrasado.texto()).corpo || undefined, 'a resposta');
    expect(JSON.parse(resposta)).toMatchObject({ error: { code: 2009, data: { tenteEmMs: 0 } } });
    expect(atrasado.texto()).toMatch(/\r\nChat-Agora: \d{13}\r\n/);
    expect(await resultado(servidor.url, 'listar_usuarios', [sala], token)).toEqual([nomeUsuario]);
  });

  test('um envio que chega depois que se desistiu dele e que se repetiu com a chave está lá uma vez', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, envio } = cena;
    falharUmaVez(proxy, 'pedido', { como: 'reter' });
    await expect(remoto.enviar_mensagem(envio('atrasada', 'k'), { bearer: token, prazoMs: 150 })).rejects.toMatchObject(
      { motivo: 'prazo' },
    );
    proxy.soltar();
    const repetida = await remoto.enviar_mensagem(envio('atrasada', 'k'), { bearer: token });
    expect(await cena.enviadas()).toEqual(['atrasada']);
    expect(await remoto.enviar_mensagem(envio('atrasada', 'k'), { bearer: token })).toEqual(repetida);
  });

  test('um socket meio aberto não prende quem chama: o servidor que voltou é alcançado por outro', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, envio } = cena;
    await remoto.listar_salas({});
    proxy.regra = () => ({ como: 'calar' });
    await expect(remoto.listar_salas({}, { prazoMs: 150 })).rejects.toMatchObject({ motivo: 'prazo' });
    await servidor.derrubar();
    await expect(remoto.enviar_mensagem(envio('perdida', 'k'), { bearer: token, prazoMs: 150 })).rejects.toMatchObject({
      motivo: 'prazo',
    });
    proxy.regra = undefined;
    await remoto.enviar_mensagem(envio('achada', 'k'), { bearer: token });
    expect(await cena.enviadas()).toEqual(['achada']);
  });

  test('quem esperava por mensagens e caiu não segura a espera da mesma sessão por outra conexão', async () => {
    await using cena = await abrirCena();
    const { proxy, remoto, token, envio, nomeUsuario, sala } = cena;
    const [ultima] = (await remoto.receber_mensagens({ nomeUsuario, salaAtual: sala }, { bearer: token })).slice(-1);
    const esperar = (prazoMs: number) =>
      remoto.receber_mensagens(
        { nomeUsuario, salaAtual: sala, desde: ultima?.id, esperarMs: 10_000 },
        { bearer: token, prazoMs },
      );
    falharUmaVez(proxy, 'resposta', { como: 'calar' });
    await expect(esperar(150)).rejects.toMatchObject({ motivo: 'prazo' });
    proxy.regra = undefined;
    const antes = proxy.pedidos();
    const espera = esperar(20_000);
    await ate(() => proxy.pedidos() > antes, 'a espera no servidor');
    const enviada = await remoto.enviar_mensagem(envio('acorde', 'k'), { bearer: token });
    expect(await espera).toEqual([enviada]);
  });
});

describe('numa rede que falha ao acaso', () => {
  const FALHAS: readonly Falha['como'][] = ['reset', 'fim', 'calar', 'reter'];

  /** Um remetente do cliente de verdade: procura no binder, repete onde é inofensivo, e insiste com a mesma chave. */
  async function enviarTodas(binder: Processo, { token, envio }: Cena, textos: readonly string[]): Promise<void> {
    const conexao = new Conexao({ binders: [binder.url], clock: relogioDoSistema, conexoes: criarConexoes() });
    for (const texto of textos) {
      await ate(
        () => conexao.chamar('enviar_mensagem', envio(texto, texto), { token, prazoMs: 150 }).catch(() => undefined),
        texto,
      );
    }
    conexao.close();
  }

  test('quem insiste com a mesma chave pela conexão do cliente tem cada mensagem uma vez, na ordem em que as disse', () =>
    comSorteio(async (sorteio) => {
      await using binder = await iniciarBinder();
      await using cena = await abrirCena();
      const { proxy } = cena;
      for (const procedure_name of Object.keys(CHAT_CONTRACT.procedures)) {
        await resultado(binder.url, 'register_procedure', [procedure_name, '127.0.0.1', proxy.porta]);
      }
      proxy.regra = (_direcao, pedaco) =>
        sorteio.inteiro(5) === 0
          ? { como: sorteio.um(FALHAS), depoisDeBytes: sorteio.inteiro(pedaco.length + 1) }
          : undefined;
      const remetentes = ['a', 'b', 'c', 'd'].map((nome) =>
        Array.from({ length: 12 }, (_, numero) => `${nome} ${numero}`),
      );
      await Promise.all(remetentes.map((textos) => enviarTodas(binder, cena, textos)));
      proxy.regra = undefined;
      proxy.soltar();
      const enviadas = await cena.enviadas();
      for (const textos of remetentes) {
        expect(enviadas.filter((texto) => texto.startsWith(`${textos[0]?.[0]} `))).toEqual(textos);
      }
    }));
});

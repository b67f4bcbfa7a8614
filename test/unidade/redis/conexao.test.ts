/** Quem pode usar o Redis e quem não, por que não, e o que se faz quando o principal passa a ser outro. */

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  ClientClosedError,
  ClientOfflineError,
  ConnectionTimeoutError,
  DisconnectsClientError,
  MaxCommandRedirectionsError,
  RootNodesUnavailableError,
  SocketClosedUnexpectedlyError,
  SocketTimeoutError,
} from '@redis/client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import {
  assumir,
  HA_REDIS,
  iniciarClusterComReplicas,
  iniciarRedis,
  type Par,
  type Redis,
  SEM_REDIS,
} from '../../../scripts/comum/redis.ts';
import { explicarCausa } from '../../../src/redis/causas.ts';
import type { OpcoesDoRedis, RedisConnection } from '../../../src/redis/connection.ts';
import { nada, numero, texto } from '../../../src/redis/resposta.ts';
import { criarAutoridade } from '../../suporte/certificados.ts';
import { conectarSemPressa } from '../../suporte/redis/redis-sem-pressa.ts';

const DIREITOS = { prefixo: 'chat:', comandos: ['set', 'get', 'hset'] };
const TEM_IPV6 = Object.values(networkInterfaces()).some((placa) => placa?.some(({ address }) => address === '::1'));

const abertas: RedisConnection[] = [];
async function conectar(urls: string, opcoes: Partial<OpcoesDoRedis> = {}): Promise<RedisConnection> {
  const conexao = await conectarSemPressa({ urls: urls.split(','), ...opcoes }, DIREITOS);
  abertas.push(conexao);
  return conexao;
}
afterEach(async () => {
  for (const conexao of abertas.splice(0)) await conexao.close();
});

async function portaLivre(): Promise<number> {
  const servidor = createServer().listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  const { port } = servidor.address() as AddressInfo;
  await once(servidor.close(), 'close');
  return port;
}

async function recusaAoConectar(urls: string): Promise<string> {
  const falha = await conectar(urls).catch((erro: unknown) => erro);
  expect(falha).toMatchObject({ name: 'RedisError' });
  return (falha as Error).message;
}

const COMANDOS = 50;

/** @returns quantos AbortSignal com prazo se criaram durante muitos comandos; os pulsos do intervalo podem criar alguns */
async function prazosDaBiblioteca(conexao: RedisConnection): Promise<number> {
  const criar = vi.spyOn(AbortSignal, 'timeout');
  for (let vez = 0; vez < COMANDOS; vez += 1) {
    const chave = `chat:{${vez}}`;
    await conexao.comando(nada, chave, 'SET', chave, vez);
  }
  const { length } = criar.mock.calls;
  criar.mockRestore();
  return length;
}

describe.skipIf(!HA_REDIS)(`um Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await iniciarRedis();
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());

  const comUsuario = (usuario: string) => redis.url.replace('//', `//${usuario}:senha@`);

  describe('os direitos do usuário', () => {
    const TODOS = '-@all +@read +@write +@scripting +@pubsub +@connection +info +time';

    test.each([
      ['sem canais, como o Redis 7 cria um usuário', `~chat:* resetchannels ${TODOS}`, '&chat:*'],
      ['sem chaves', `resetkeys &chat:* ${TODOS}`, '~chat:*'],
      ['sem um comando', `~chat:* &chat:* ${TODOS} -hset`, '+hset'],
      ['sem ouvir canais', `~chat:* &chat:* ${TODOS} -ssubscribe`, '+ssubscribe'],
      ['sem nem poder perguntar', `~chat:* &chat:* ${TODOS} -eval`, '+eval'],
      ['sem várias coisas', `~chat:* resetchannels ${TODOS} -get -scan`, '&chat:* +scan +get'],
    ])('%s: recusa ao conectar, e diz o que falta', async (_, direitos, faltam) => {
      await redis.comando('ACL', 'SETUSER', 'ana', 'reset', 'on', '>senha', ...direitos.split(' '));
      expect(await recusaAoConectar(comUsuario('ana'))).toBe(
        `Não foi possível usar o Redis em ${redis.url}: ao usuário do Redis faltam direitos: ${faltam}`,
      );
    });

    test('tirados enquanto se usa, o Redis fica indisponível, e volta com eles', async () => {
      await redis.comando('ACL', 'SETUSER', 'ana', 'reset', 'on', '>senha', '~*', '&*', '+@all');
      const mudancas: string[] = [];
      const conexao = await conectar(comUsuario('ana'), {
        aoMudar: (disponivel, motivo) => mudancas.push(disponivel ? 'voltou' : `${motivo}`),
      });
      expect(conexao.disponivel).toBe(true);
      await redis.comando('ACL', 'SETUSER', 'ana', 'resetchannels');
      await ate(() => !conexao.disponivel, 'o pulso ver o que falta');
      await redis.comando('ACL', 'SETUSER', 'ana', 'allchannels');
      await ate(() => conexao.disponivel, 'o pulso ver que já não falta');
      expect(mudancas).toEqual(['ao usuário do Redis faltam direitos: &chat:*', 'voltou']);
    });
  });

  describe('por que não se conecta', () => {
    // A frase inteira: nem a senha nem o usuário aparecem nela.
    const semUsar = ({ url }: Redis) => `Não foi possível usar o Redis em ${url}: a senha não é essa`;

    test('a senha errada se diz logo', async () => {
      await redis.comando('ACL', 'SETUSER', 'bia', 'reset', 'on', '>outra', '~*', '&*', '+@all');
      expect(await recusaAoConectar(comUsuario('bia'))).toBe(`${semUsar(redis)} (WRONGPASS)`);
    });

    test('a senha que falta também', async () => {
      await using comSenha = await iniciarRedis('--requirepass', 'certa');
      expect(await recusaAoConectar(comSenha.url)).toBe(`${semUsar(comSenha)} (NOAUTH)`);
    });

    test('um banco de dados que não há', async () => {
      expect(await recusaAoConectar(`${redis.url}/99`)).toMatch(
        /: ele não tem um banco de dados com esse número \(ERR\)$/,
      );
    });

    test('uma réplica', async () => {
      await using replica = await iniciarRedis('--replicaof', '127.0.0.1', String(redis.porta));
      expect(await recusaAoConectar(replica.url)).toMatch(/: ele é uma réplica, e não aceita gravar \(READONLY\)$/);
    });

    test('quem atende fala outra língua', async () => {
      const outro = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
      try {
        await ate(() => outro.listening, 'o outro serviço atender');
        const { port } = outro.address() as { port: number };
        expect(await recusaAoConectar(`redis://127.0.0.1:${port}`)).toMatch(
          /: quem atende nesse endereço não é um Redis$/,
        );
      } finally {
        outro.close();
      }
    });
  });

  test.skipIf(!TEM_IPV6)('um IPv6 vai entre colchetes na URL', async () => {
    await using comIPv6 = await iniciarRedis('--bind', '::1');
    const conexao = await conectar(comIPv6.url.replace('127.0.0.1', '[::1]'));
    await conexao.comando(nada, 'chat:k', 'SET', 'chat:k', 1);
    expect(await conexao.comando(numero, 'chat:k', 'GET', 'chat:k')).toBe(1);
  });

  test('o prazo de um comando é só o da conexão: a biblioteca não cria um AbortSignal para cada um', async () => {
    expect(await prazosDaBiblioteca(await conectar(redis.url))).toBeLessThan(COMANDOS);
  });

  test('por rediss, só se confia na autoridade que se indica; com ela, os comandos e os canais passam', async (contexto) => {
    using pasta = pastaTemporaria();
    const autoridade = criarAutoridade(pasta.caminho);
    const { cert, key } = autoridade.emitir('redis', ['127.0.0.1']);
    await using cifrado = await iniciarRedis();
    const naoConhece = (await cifrado.comando('CONFIG', 'GET', 'tls-port')).startsWith('*0');
    if (naoConhece) contexto.skip('este redis-server não tem TLS');
    const [comCert, comKey] = [
      ['tls-cert-file', cert],
      ['tls-key-file', key],
    ] as const;
    expect(await cifrado.comando('CONFIG', 'SET', ...comCert, ...comKey, 'tls-auth-clients', 'no')).toContain('OK');
    const porta = await portaLivre();
    expect(await cifrado.comando('CONFIG', 'SET', 'tls-port', String(porta))).toContain('OK');
    const url = `rediss://127.0.0.1:${porta}`;

    const desconhecida = /autoridade desconhecida; se ela é privada, indique-a em --tls-ca/;
    expect(await recusaAoConectar(url)).toMatch(desconhecida);
    const outra = criarAutoridade(pasta.caminho, 'outra').pem;
    await expect(conectar(url, { autoridade: outra })).rejects.toThrow(desconhecida);

    const conexao = await conectar(url, { autoridade: autoridade.pem });
    const ouvidos: string[] = [];
    await conexao.assinar('chat:canal', (aviso) => ouvidos.push(aviso));
    await conexao.comando(nada, 'chat:k', 'SET', 'chat:k', 1);
    expect(await conexao.comando(numero, 'chat:k', 'GET', 'chat:k')).toBe(1);
    await cifrado.comando('SPUBLISH', 'chat:canal', 'aviso');
    await ate(() => ouvidos.length > 0, 'o aviso chegar');
  });

  test('quando o principal vira réplica e o nome passa a outro, abre de novo, e os canais também', async () => {
    await using velho = await iniciarRedis();
    await using novo = await iniciarRedis('--replicaof', '127.0.0.1', String(velho.porta));
    // O nome: conexões novas vão para onde ele aponta, as que há ficam onde estão.
    let destino = velho.porta;
    const { connect } = await import('node:net');
    const nome = createServer((socket) => {
      const alvo = connect(destino, '127.0.0.1');
      for (const [um, outro] of [
        [socket, alvo],
        [alvo, socket],
      ] as const) {
        um.pipe(outro);
        um.on('error', () => outro.destroy());
      }
    }).listen(0, '127.0.0.1');
    try {
      await ate(() => nome.listening, 'o nome atender');
      const conexao = await conectar(`redis://127.0.0.1:${(nome.address() as { port: number }).port}`);
      const ouvidos: string[] = [];
      let perdas = 0;
      conexao.ouvirPerdas(() => {
        perdas += 1;
      });
      await conexao.assinar('chat:canal', (aviso) => ouvidos.push(aviso));
      await conexao.comando(nada, 'chat:k', 'SET', 'chat:k', 'antes');
      await ate(async () => (await novo.comando('GET', 'chat:k')).includes('antes'), 'a réplica copiar');
      await novo.comando('REPLICAOF', 'NO', 'ONE');
      await velho.comando('REPLICAOF', '127.0.0.1', String(novo.porta));
      destino = novo.porta;
      const gravar = () => conexao.comando(nada, 'chat:k', 'SET', 'chat:k', 'depois').then(() => true);
      await ate(() => gravar().catch(() => false), 'a conexão passar ao novo');
      await ate(() => conexao.disponivel, 'o pulso ver que serve');
      await ate(async () => {
        await novo.comando('SPUBLISH', 'chat:canal', 'aviso');
        return ouvidos.length > 0;
      }, 'o canal ser ouvido no novo');
      expect(perdas).toBeGreaterThan(0);
      expect(await conexao.comando(texto, 'chat:k', 'GET', 'chat:k')).toBe('depois');
    } finally {
      nome.close();
    }
  });
});

describe.skipIf(!HA_REDIS)(`um Redis Cluster${SEM_REDIS}`, () => {
  test('quando uma réplica assume, o pulso pergunta a topologia de novo, sem que ninguém chame', async () => {
    const { redis, pares } = await iniciarClusterComReplicas();
    await using _ = redis;
    const mestres = pares.map(([mestre]) => `redis://127.0.0.1:${mestre}`).join(',');
    const mudancas: string[] = [];
    const conexao = await conectar(mestres, {
      aoMudar: (disponivel, motivo) => mudancas.push(disponivel ? 'voltou' : `${motivo}`),
    });
    await assumir(pares[0] as Par);
    await ate(() => mudancas.includes('voltou') || !conexao.disponivel, 'o pulso ver que o mestre já não é');
    await ate(() => conexao.disponivel, 'o pulso achar o novo mestre');
    // Os comandos passam, e também aqui o prazo de cada um é só o da conexão.
    expect(await prazosDaBiblioteca(conexao)).toBeLessThan(COMANDOS);
    expect(mudancas.at(-1)).toBe('voltou');
  });
});

test.each([
  ['ECONNREFUSED', 'ninguém atende nesse endereço (ECONNREFUSED)'],
  ['ENOTFOUND', 'o nome da máquina não existe (ENOTFOUND)'],
  ['CERT_HAS_EXPIRED', 'o certificado dele venceu (CERT_HAS_EXPIRED)'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'o certificado dele é de outro nome (ERR_TLS_CERT_ALTNAME_INVALID)'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'ele não atende com TLS (ERR_SSL_WRONG_VERSION_NUMBER)'],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'tem um certificado de autoridade desconhecida; se ela é privada, indique-a em --tls-ca (SELF_SIGNED_CERT_IN_CHAIN)',
  ],
])('a causa %s é dita a quem indicou o Redis', (code, causa) => {
  expect(explicarCausa(Object.assign(new Error('x'), { code }))).toBe(causa);
  // Com vários endereços para um nome, o Node junta as falhas numa só.
  expect(explicarCausa(new AggregateError([Object.assign(new Error('x'), { code })]))).toBe(causa);
});

test.each([
  [new ConnectionTimeoutError(), 'a conexão não se abriu a tempo; uma URL rediss:// só serve a um Redis com TLS'],
  [new SocketTimeoutError(3_000), 'ele deixou de responder'],
  [new SocketClosedUnexpectedlyError(), 'ele fecha a conexão; com TLS, a URL começa por rediss://'],
  [new ClientClosedError(), 'a conexão com ele foi encerrada'],
  [new ClientOfflineError(), 'a conexão com ele caiu'],
  [new DisconnectsClientError(), 'a conexão com ele foi encerrada'],
  [new RootNodesUnavailableError(), 'nenhum dos endereços responde'],
  [new MaxCommandRedirectionsError(), 'o Redis Cluster não diz quem guarda os dados'],
])('o que a biblioteca do Redis diz em inglês se diz em português: %s', (erro, causa) => {
  expect(explicarCausa(erro)).toBe(causa);
});

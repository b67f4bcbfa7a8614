/** A cifra no fio: um esquema só para o sistema todo, e o que acontece quando ele não se firma. */

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as conectarTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { http } from '../../scripts/comum/jsonrpc.ts';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo, rodar } from '../../scripts/comum/processos.ts';
import { abrirProxy } from '../../scripts/comum/proxy.ts';
import { Conexao } from '../../src/cliente/chamadas/conexao.ts';
import { BINDER_CONTRACT } from '../../src/contract/binder.ts';
import { CHAT_CONTRACT } from '../../src/contract/chat.ts';
import { nomesChamaveis } from '../../src/contract/procedure.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { StartupError } from '../../src/process/lifecycle.ts';
import { lerOpcoes } from '../../src/process/opcoes/options.ts';
import { lerAutoridade, lerIdentidade } from '../../src/process/tls/tls.ts';
import { type Conexoes, criarConexoes } from '../../src/rpc/client/http.ts';
import { criarRemoto } from '../../src/rpc/client/remote.ts';
import { exigirUmEsquema } from '../../src/server/conferir-opcoes.ts';
import { OPCOES } from '../../src/server/options.ts';
import { type ArquivosDeIdentidade, type Autoridade, criarAutoridade } from '../suporte/certificados.ts';
import { abrirBinder } from '../suporte/local/binder.ts';
import { abrirBordaLocal } from '../suporte/local/borda.ts';
import { expectFimEmOrdem, expectRecusaDePartida, expectStoreFechado } from '../suporte/local/partida.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';
import { abrirCliente } from '../suporte/terminal.ts';

const AQUI = ['localhost', '127.0.0.1'];

let pasta: PastaTemporaria;
let autoridade: Autoridade;
let identidade: ArquivosDeIdentidade;
let binder: Processo;
/** O de todos, com os seus dados: o último teste o encerra. */
let dados: PastaTemporaria;
let servidor: Processo;

beforeAll(async () => {
  pasta = pastaTemporaria();
  dados = pastaTemporaria();
  autoridade = criarAutoridade(pasta.caminho);
  identidade = autoridade.emitir('daqui', AQUI);
  binder = await iniciarBinder({ argumentos: identidade.argumentos });
  servidor = await servidorCifrado(dados);
});

afterAll(async () => {
  await servidor[Symbol.asyncDispose]();
  await binder[Symbol.asyncDispose]();
  dados[Symbol.dispose]();
  pasta[Symbol.dispose]();
});

function servidorCifrado(
  { caminho }: PastaTemporaria,
  extras: readonly string[] = autoridade.argumentos,
): Promise<Processo> {
  return iniciarServidor(caminho, binder.url, { argumentos: [...identidade.argumentos, ...extras] });
}

/** Conexões que acabam com o teste. */
function confiandoEm(ca?: Buffer): Conexoes & Disposable {
  const conexoes = criarConexoes(ca);
  return { ...conexoes, [Symbol.dispose]: conexoes.destroy };
}

function emBinder(url: string, conexoes: Conexoes) {
  return criarRemoto(BINDER_CONTRACT, url, conexoes);
}

async function falha(chamada: Promise<unknown>): Promise<{ motivo: string; message: string }> {
  return chamada.then(
    () => expect.unreachable('devia falhar'),
    (erro) => erro,
  );
}

test('com certificado e autoridade privada, tudo viaja por https: registro, procura e conversa', async () => {
  expect(binder.saida()).toMatch(/^Binder pronto em https:\/\/127\.0\.0\.1:\d+\n$/);
  expect(servidor.saida()).toMatch(/^Servidor de chat pronto em https:\/\/127\.0\.0\.1:\d+\n$/);
  using conexoes = confiandoEm(autoridade.pem);
  const lista = await ate(async () => {
    const nomes = await emBinder(binder.url, conexoes).list_procedures({});
    return nomes.length === nomesChamaveis(CHAT_CONTRACT).length ? nomes : undefined;
  }, 'o registro de todos os nomes');
  expect(lista[0]?.endpoints[0]).toMatchObject({ address: '127.0.0.1', port: servidor.porta });

  const conexao = new Conexao({ binders: [binder.url], clock: relogioDoSistema, conexoes });
  const { token } = await conexao.chamar('registrar_usuario', { nomeUsuario: 'Ana' });
  await conexao.chamar('criar_sala', { nomeSala: 'Sala' }, { token });
  await conexao.chamar('entrar_sala', { nomeUsuario: 'Ana', nomeSala: 'Sala' }, { token });
  const pedido = { nomeUsuario: 'Ana', salaAtual: 'Sala' };
  const enviada = await conexao.chamar('enviar_mensagem', { ...pedido, mensagem: 'em segredo' }, { token });
  expect((await conexao.chamar('receber_mensagens', pedido, { token })).at(-1)).toEqual(enviada);
});

test('quem escuta no caminho não lê nem o token nem as mensagens', async () => {
  await using proxy = await abrirProxy(servidor.porta);
  let ouvido = '';
  proxy.regra = (_direcao, pedaco) => {
    ouvido += pedaco.toString('latin1');
    return undefined;
  };
  using conexoes = confiandoEm(autoridade.pem);
  const remoto = criarRemoto(CHAT_CONTRACT, proxy.url.replace('http:', 'https:'), conexoes);
  const { token } = await remoto.registrar_usuario({ nomeUsuario: 'Beatriz' });
  await remoto.criar_sala({ nomeSala: 'Esconderijo' }, { bearer: token });
  expect(ouvido.length).toBeGreaterThan(1_000);
  expect(ouvido).not.toMatch(/POST|jsonrpc|Beatriz|Esconderijo/);
  expect(ouvido).not.toContain(token);
});

test('um certificado que não serve é dito na partida; renovado, as conexões novas o usam sem reinício', async () => {
  using outros = pastaTemporaria();
  const deLonge = autoridade.emitir('renovado', ['longe.example']);
  const fora = ['--host', '0.0.0.0', '--endereco', '127.0.0.1'];
  await using renovado = await iniciarServidor(outros.caminho, binder.url, {
    argumentos: [...deLonge.argumentos, ...autoridade.argumentos, ...fora],
  });
  const linhas = (diz: RegExp) =>
    renovado
      .erros()
      .split('\n')
      .filter((linha) => diz.test(linha.replaceAll(/\\u[\da-f]{4}/g, '?'))).length;
  await ate(() => linhas(/o certificado é de outro endereço.*127\.0\.0\.1.*longe\.example/) === 1, 'o aviso');
  expect(linhas(/o certificado/)).toBe(1);
  await using aberta = await conectarPorTls(renovado.porta);
  expect(aberta.socket.getPeerCertificate().subjectaltname).toBe('DNS:longe.example');

  autoridade.emitir('renovado', AQUI);
  await ate(async () => {
    await using nova = await conectarPorTls(renovado.porta);
    return nova.socket.getPeerCertificate().subjectaltname === 'DNS:localhost, IP Address:127.0.0.1';
  }, 'o certificado novo numa conexão nova');
  expect(linhas(/o certificado mudou/)).toBe(1);
  using conexoes = confiandoEm(autoridade.pem);
  expect(await criarRemoto(CHAT_CONTRACT, `https://127.0.0.1:${renovado.porta}`, conexoes).listar_salas({})).toEqual(
    [],
  );
  // A que já estava aberta segue como estava.
  aberta.socket.write('GET /saude HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [resposta] = await once(aberta.socket, 'data');
  expect(String(resposta)).toMatch(/^HTTP\/1\.1 200 /);
  // Alcança-se de outras máquinas, mas com cifra.
  expect(renovado.erros()).not.toContain('sem cifra');
});

async function conectarPorTls(porta: number) {
  const socket = conectarTls({ host: '127.0.0.1', port: porta, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return { socket, [Symbol.asyncDispose]: async () => void socket.destroy() };
}

describe('o que não se firma falha de uma vez, e diz por quê', () => {
  test('http numa porta de TLS: fecha-se sem resposta, quem chamou diz o que é, e a porta continua a servir', async () => {
    const antes = binder.erros();
    const claro = binder.url.replace('https:', 'http:');
    await expect(http(claro, { method: 'GET', caminho: '/saude' })).rejects.toThrow();
    using conexoes = confiandoEm(autoridade.pem);
    expect(await falha(emBinder(claro, conexoes).list_procedures({}))).toMatchObject({
      motivo: 'recusada',
      message: expect.stringContaining('fala TLS; a URL do binder deve começar com https'),
    });
    expect(await emBinder(binder.url, conexoes).list_procedures({})).toBeInstanceOf(Array);
    expect(binder.erros()).toBe(antes);
  });

  test('https numa porta sem TLS', async () => {
    await using aberto = await abrirBinder(relogioDoSistema);
    using conexoes = confiandoEm(autoridade.pem);
    const { motivo, message } = await falha(
      emBinder(aberto.url.replace('http:', 'https:'), conexoes).list_procedures({}),
    );
    expect(motivo).toBe('recusada');
    expect(message).toContain('não fala TLS');
  });

  /** Quem não confia nela desiste antes de chamar. */
  async function bordaCifrada({ cert, key }: ArquivosDeIdentidade) {
    const { url, close } = await abrirBordaLocal({
      processo: 'binder',
      responder: () => expect.unreachable('ninguém devia chegar a chamar'),
      tls: { cert: readFileSync(cert), key: readFileSync(key) },
    });
    return { url, [Symbol.asyncDispose]: close };
  }

  test.each<[caso: string, identidade: () => ArquivosDeIdentidade, ca: () => Buffer | undefined, diz: string]>([
    ['uma autoridade que não se conhece', () => identidade, () => undefined, '--tls-ca'],
    [
      'um certificado de outra autoridade',
      () => identidade,
      () => criarAutoridade(pasta.caminho, 'outra').pem,
      '--tls-ca',
    ],
    [
      'um certificado de outro endereço',
      () => autoridade.emitir('longe', ['longe.example', '192.0.2.1']),
      () => autoridade.pem,
      'é de outro endereço',
    ],
    [
      'um certificado vencido',
      () => autoridade.emitir('velho', AQUI, -60_000),
      () => autoridade.pem,
      'um certificado vencido',
    ],
  ])('%s', async (_caso, deQuem, ca, diz) => {
    await using outro = await bordaCifrada(deQuem());
    using conexoes = confiandoEm(ca());
    const { motivo, message } = await falha(emBinder(outro.url, conexoes).list_procedures({}));
    expect(motivo).toBe('recusada');
    expect(message).toContain(outro.url);
    expect(message).toContain(diz);
  });

  test('o servidor que não conhece a autoridade do binder não se registra, e diz por quê no log', async () => {
    using outros = pastaTemporaria();
    await using perdido = await servidorCifrado(outros, []);
    await ate(() => perdido.erros().includes('tentando de novo'), 'o aviso no log');
    expect(perdido.erros().replaceAll(/\\u[\da-f]{4}/g, '?')).toMatch(/autoridade desconhecida.*--tls-ca/);
  });

  test('o cliente que não conhece a autoridade do binder diz por quê na tela', async () => {
    using cliente = abrirCliente({ argumentos: ['--binder', binder.url, '--nome', 'Ana'], colunas: 200 });
    await cliente.ver(/certificado de autoridade desconhecida.*--tls-ca/);
  });
});

describe('na partida, numa linha', () => {
  type Caso = readonly [caso: string, argumentos: () => readonly string[], diz: RegExp];
  type Casos = readonly Caso[];

  const SEM_CERTIFICADO: Caso = [
    'um binder https, e o servidor sem certificado',
    () => ['--binder', 'https://localhost:1'],
    /o servidor também precisa de --tls-cert/,
  ];

  const casos: Casos = [
    ['a chave sem o certificado', () => ['--tls-key', identidade.key], /--tls-cert e --tls-key/],
    ['o certificado sem a chave', () => ['--tls-cert', identidade.cert], /--tls-cert e --tls-key/],
    [
      'um certificado que não há',
      () => ['--tls-cert', '/não/há.pem', '--tls-key', identidade.key],
      /--tls-cert: não foi possível ler "\/não\/há\.pem" \(ENOENT\)/,
    ],
    [
      'uma chave que é uma pasta',
      () => ['--tls-cert', identidade.cert, '--tls-key', pasta.caminho],
      /--tls-key: .* não é um arquivo comum$/,
    ],
    [
      'a chave de outro certificado',
      () => ['--tls-cert', identidade.cert, '--tls-key', autoridade.emitir('outro', AQUI).key],
      /não são um certificado e sua chave/,
    ],
    [
      'um certificado que não é um',
      () => ['--tls-cert', lixo(), '--tls-key', identidade.key],
      /não são um certificado e sua chave/,
    ],
    ['uma autoridade que não há', () => ['--tls-ca', '/não/há.pem'], /--tls-ca: não foi possível ler/],
    ['uma autoridade que não é um certificado', () => ['--tls-ca', lixo()], /não é um certificado em PEM/],
    [
      'um certificado, e o binder em http',
      () => [...identidade.argumentos, '--binder', 'http://localhost:1'],
      /--binder deve ser uma URL https/,
    ],
    SEM_CERTIFICADO,
  ];
  /** O Windows não os tem entre os arquivos. */
  const comFifo: Casos = [
    [
      'um certificado que é um fifo',
      () => ['--tls-cert', fifo(), '--tls-key', identidade.key],
      /--tls-cert: .* não é um arquivo comum$/,
    ],
    ['uma autoridade que é um fifo', () => ['--tls-ca', fifo()], /--tls-ca: .* não é um arquivo comum$/],
  ];
  function lixo(): string {
    const arquivo = join(pasta.caminho, 'lixo.pem');
    writeFileSync(arquivo, '-----BEGIN CERTIFICATE-----\nlixo\n-----END CERTIFICATE-----\n');
    return arquivo;
  }

  function fifo(): string {
    const caminho = join(pasta.caminho, `fifo-${randomUUID()}`);
    execFileSync('mkfifo', [caminho]);
    return caminho;
  }

  test.each(process.platform === 'win32' ? casos : [...casos, ...comFifo])('%s', (_caso, argumentos, diz) => {
    const ler = () => {
      const opcoes = lerOpcoes({ nome: 'processo', versao: '1', descricao: '' }, OPCOES, argumentos(), {});
      exigirUmEsquema('processo', opcoes.binder, lerIdentidade('processo', opcoes));
      lerAutoridade('processo', opcoes['tls-ca']);
    };
    expect(ler).toThrow(StartupError);
    expect(ler).toThrow(diz);
    expect(ler).not.toThrow(/\n/);
  });

  test('o servidor confere que o esquema é um só', async () => {
    const [, argumentos, diz] = SEM_CERTIFICADO;
    const proprios = ['--porta', '0', '--dados', join(pasta.caminho, 'dados')];
    expectRecusaDePartida(await rodar('server', { argumentos: [...proprios, ...argumentos()] }), diz);
  });
});

test('uma conexão que não termina o handshake não impede o fim em ordem', async () => {
  const muda = connect(servidor.porta, '127.0.0.1').on('error', () => {});
  await new Promise((resolve) => muda.once('connect', resolve));
  if (await expectFimEmOrdem(servidor)) expectStoreFechado(dados.caminho);
  muda.destroy();
});

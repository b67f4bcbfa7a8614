/** Seção 4 do contrato: como o binder e o servidor se iniciam, se anunciam e terminam. */

import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, http, postar, resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciar, iniciarBinder, type Processo, rodar, type Terminado } from '../../scripts/comum/processos.ts';
import { conectar } from '../suporte/conexao.ts';
import { assentar, registrar, salaCom } from '../suporte/pessoas.ts';
import { FIM_EM_ORDEM_MS, iniciarServidor, iniciarSistema, SEM_BINDER } from '../suporte/processos.ts';

// Quase tudo aqui é esperar que um processo se inicie ou termine: alguns podem fazê-lo ao mesmo tempo.
vi.setConfig({ maxConcurrency: 4 });

/** Todo procedimento da tabela do contrato, apelidos incluídos. */
const PROCEDIMENTOS = [
  'criarSala',
  'criar_sala',
  'encerrar_sessao',
  'entrar_na_sala',
  'entrar_sala',
  'enviar_mensagem',
  'enviar_messagem',
  'formatar_mensagens',
  'listar_salas',
  'listar_usuarios',
  'receber_mensagens',
  'registrar_usuario',
  'sair_da_sala',
];

interface Registrado {
  readonly procedure_name: string;
  readonly endpoints: readonly { address: string; port: number; ttl_s: number | null }[];
}

const listar = (binder: Processo): Promise<Registrado[]> => resultado(binder.url, 'list_procedures');

async function nomesRegistrados(binder: Processo): Promise<string[]> {
  return (await listar(binder)).map(({ procedure_name }) => procedure_name);
}

const todosRegistrados = (binder: Processo) =>
  ate(async () => (await nomesRegistrados(binder)).length === PROCEDIMENTOS.length, 'todos os registros');

/** Uma recusa de partida: uma linha clara, três no máximo, nenhuma pilha, status diferente de 0. */
function esperarRecusaDePartida({ status, saida, erros }: Terminado, oQueDiz: RegExp): void {
  expect(status, erros).not.toBe(0);
  expect(status).not.toBeNull();
  const linhas = erros.trim().split('\n');
  expect(linhas.length, erros).toBeLessThanOrEqual(3);
  expect(erros).toMatch(oQueDiz);
  expect(erros).not.toMatch(/^\s+at |node:internal|Error:/m);
  expect(saida).toBe('');
}

describe.concurrent.each([
  {
    qual: 'binder',
    titulo: 'Binder pronto em',
    opcoes: ['host', 'porta'],
    variaveis: ['CHAT_HOST_BINDER', 'CHAT_PORTA_BINDER'],
  },
  {
    qual: 'server',
    titulo: 'Servidor de chat pronto em',
    opcoes: [
      'host',
      'porta',
      'binder',
      'endereco',
      'usuarios',
      'dados',
      'usuario-ausente',
      'sessao-expira',
      'sala-inativa',
      'limite-mensagens',
      'limite-registros',
    ],
    variaveis: [
      'CHAT_HOST_SERVIDOR',
      'CHAT_PORTA_SERVIDOR',
      'CHAT_BINDER',
      'CHAT_ENDERECO',
      'CHAT_USUARIOS',
      'CHAT_DADOS',
      'CHAT_USUARIO_AUSENTE',
      'CHAT_SESSAO_EXPIRA',
      'CHAT_SALA_INATIVA',
      'CHAT_LIMITE_MENSAGENS',
      'CHAT_LIMITE_REGISTROS',
    ],
  },
] as const)('o processo $qual', ({ qual, titulo, opcoes, variaveis }) => {
  /** Sem binder e com dados próprios: o servidor não pode depender de mais nada para se iniciar. */
  function partida(pasta: string, ...argumentos: string[]): string[] {
    if (qual === 'binder') return argumentos;
    const proprios = ['--dados', join(pasta, 'dados'), '--usuarios', join(pasta, 'usuarios.json')];
    return ['--binder', SEM_BINDER, ...proprios, ...argumentos];
  }

  const porta = qual === 'binder' ? 'CHAT_PORTA_BINDER' : 'CHAT_PORTA_SERVIDOR';
  const host = qual === 'binder' ? 'CHAT_HOST_BINDER' : 'CHAT_HOST_SERVIDOR';

  test('--porta 0 toma uma porta livre; diz só uma linha, com a porta, quando pode servir; SIGTERM o termina com 0', async () => {
    using pasta = pastaTemporaria();
    await using processo = await iniciar(qual, { argumentos: partida(pasta.caminho, '--porta', '0') });
    expect(processo.saida()).toBe(`${titulo} http://127.0.0.1:${processo.porta}\n`);
    expect(processo.porta).toBeGreaterThan(0);
    expect((await http(processo.url, { method: 'GET', caminho: '/saude' })).status).toBe(200);
    const inicioMs = performance.now();
    expect(await processo.encerrar('SIGTERM')).toBe(0);
    expect(performance.now() - inicioMs).toBeLessThan(FIM_EM_ORDEM_MS);
    expect(processo.saida().split('\n')).toHaveLength(2);
    // O Node também escreve na saída de erro: uma opção que ele não conhece, um aviso de algo obsoleto.
    const estranhas = processo
      .erros()
      .split('\n')
      .filter((linha) => !/^(\S+Z (INFO|AVISO|ERRO) .*)?$/.test(linha));
    expect(estranhas).toEqual([]);
  });

  test('SIGINT o termina com 0, em 5 s também com conexões abertas, ociosas, em silêncio e no meio de um pedido', async () => {
    using pasta = pastaTemporaria();
    await using processo = await iniciar(qual, { argumentos: partida(pasta.caminho, '--porta', '0') });
    using silenciosa = await conectar(processo.porta);
    using parada = await conectar(processo.porta);
    parada.escrever(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    using ociosa = await conectar(processo.porta);
    ociosa.escrever('GET /saude HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await ate(() => ociosa.texto().includes('"ok"'), 'a resposta');
    expect(silenciosa.aberta()).toBe(true);
    const inicioMs = performance.now();
    expect(await processo.encerrar('SIGINT')).toBe(0);
    expect(performance.now() - inicioMs).toBeLessThan(FIM_EM_ORDEM_MS);
  });

  test.skipIf(process.platform === 'win32')('SIGHUP o termina com 0, também sob nohup', async () => {
    using pasta = pastaTemporaria();
    const argumentos = partida(pasta.caminho, '--porta', '0');
    await using processo = await iniciar(qual, { argumentos, envoltorio: ['nohup'] });
    expect(await processo.encerrar('SIGHUP')).toBe(0);
  });

  test('--help diz cada opção e sua variável, em português, e termina com 0', async () => {
    const { status, saida } = await rodar(qual, { argumentos: ['--help'] });
    expect(status).toBe(0);
    for (const opcao of opcoes) expect(saida).toContain(`--${opcao} `);
    for (const variavel of variaveis) expect(saida).toContain(variavel);
    expect(saida).not.toMatch(/--segredo|Usage|Options|default/);
  });

  test('a variável vale onde não há opção, e a opção a vence; uma porta em uso é dita numa linha, que nomeia a opção', async () => {
    using pasta = pastaTemporaria();
    await using ocupante = await iniciar(qual, { argumentos: partida(pasta.caminho, '--porta', '0') });
    using outraPasta = pastaTemporaria();
    // A porta da variável está tomada: quem a usa não consegue; quem tem a opção, sim.
    const ambiente = { [porta]: `${ocupante.porta}` };
    const semOpcao = await rodar(qual, { ambiente, argumentos: partida(outraPasta.caminho) });
    esperarRecusaDePartida(semOpcao, new RegExp(`${ocupante.porta}.*--porta`, 's'));
    expect((await http(ocupante.url, { method: 'GET', caminho: '/saude' })).status).toBe(200);
    await using comOpcao = await iniciar(qual, { ambiente, argumentos: partida(outraPasta.caminho, '--porta', '0') });
    expect(comOpcao.porta).not.toBe(ocupante.porta);
  });

  test('o host vem da variável, e localhost serve', async () => {
    using pasta = pastaTemporaria();
    const ambiente = { [host]: 'localhost', [porta]: '0' };
    await using processo = await iniciar(qual, { ambiente, argumentos: partida(pasta.caminho) });
    expect(new URL(processo.url).hostname).toBe('localhost');
    expect((await http(processo.url, { method: 'GET', caminho: '/saude' })).status).toBe(200);
  });

  test.skipIf(!temIpv6())('em ::1 diz a URL com colchetes, e atende por ela', async () => {
    using pasta = pastaTemporaria();
    await using processo = await iniciar(qual, { argumentos: partida(pasta.caminho, '--host', '::1', '--porta', '0') });
    expect(processo.saida()).toBe(`${titulo} http://[::1]:${processo.porta}\n`);
    expect((await http(processo.url, { method: 'GET', caminho: '/saude' })).status).toBe(200);
    const deFora = await http(processo.url, { method: 'GET', caminho: '/saude', headers: { Host: 'pagina.example' } });
    expect(deFora.status).toBe(403);
  });

  test.skipIf(process.platform !== 'linux')('em outro endereço de loopback, atende também por ele', async () => {
    using pasta = pastaTemporaria();
    const argumentos = partida(pasta.caminho, '--host', '127.0.0.2', '--porta', '0');
    await using processo = await iniciar(qual, { argumentos });
    const saude = (Host: string) => http(processo.url, { method: 'GET', caminho: '/saude', headers: { Host } });
    expect((await saude('127.0.0.2')).status).toBe(200);
    expect((await saude('localhost')).status).toBe(200);
    expect((await saude('127.0.0.3')).status).toBe(403);
  });

  // O que mais se recusa, e o que se diz então, está em opcoes.test.ts: aqui se prova que o processo o diz.
  test.each([
    [['--porta', 'abc'], /--porta/],
    [['--host', 'maquina que nao ha', '--porta', '0'], /maquina que nao ha|--host/],
  ])('%j é dito errado numa linha', async (argumentos, oQueDiz) => {
    using pasta = pastaTemporaria();
    esperarRecusaDePartida(await rodar(qual, { argumentos: partida(pasta.caminho, ...argumentos) }), oQueDiz);
  });
});

function temIpv6(): boolean {
  return Object.values(networkInterfaces()).some((enderecos) => enderecos?.some(({ address }) => address === '::1'));
}

describe.concurrent('fora desta máquina', () => {
  test.each([
    ['0.0.0.0', {}],
    ['::', { CHAT_SEGREDO: '' }],
  ])('o binder não se inicia em %s sem um segredo, com %j no ambiente', async (host, ambiente) => {
    const terminado = await rodar('binder', { argumentos: ['--host', host, '--porta', '0'], ambiente });
    esperarRecusaDePartida(terminado, /CHAT_SEGREDO/);
  });

  test('com segredo o binder se inicia, e não confere Host: atende pelo nome que tiver na rede', async () => {
    const ambiente = { CHAT_SEGREDO: 'um-segredo-de-teste' };
    await using binder = await iniciarBinder({ argumentos: ['--host', '0.0.0.0'], ambiente });
    const url = `http://127.0.0.1:${binder.porta}`;
    const { status } = await http(url, { method: 'GET', caminho: '/saude', headers: { Host: 'chat.example' } });
    expect(status).toBe(200);
  });

  test.each([
    ['0.0.0.0', {}],
    ['::', { CHAT_ENDERECO: '' }],
  ])('o servidor em %s exige --endereco, com %j no ambiente', async (host, ambiente) => {
    using pasta = pastaTemporaria();
    const argumentos = ['--host', host, '--porta', '0', '--dados', join(pasta.caminho, 'dados')];
    argumentos.push('--usuarios', join(pasta.caminho, 'usuarios.json'));
    esperarRecusaDePartida(await rodar('server', { argumentos, ambiente }), /--endereco/);
  });

  test.each(['http://chat.example', 'chat.example:8005', 'com espaço', ''])(
    '--endereco %j, que o binder não aceitaria, é dito errado na partida',
    async (endereco) => {
      using pasta = pastaTemporaria();
      const argumentos = ['--porta', '0', '--dados', join(pasta.caminho, 'dados'), '--endereco', endereco];
      argumentos.push('--usuarios', join(pasta.caminho, 'usuarios.json'));
      esperarRecusaDePartida(await rodar('server', { argumentos }), /--endereco/);
    },
  );

  test('o que se registra é o --endereco (ou CHAT_ENDERECO), com a porta de verdade', async () => {
    using pasta = pastaTemporaria();
    await using binder = await iniciarBinder();
    await using servidor = await iniciarServidor(pasta.caminho, binder.url, {
      argumentos: ['--host', '0.0.0.0', '--endereco', 'chat.example'],
      ambiente: { CHAT_ENDERECO: 'perdeu.example' },
    });
    await todosRegistrados(binder);
    expect(await resultado(binder.url, 'lookup_procedure', ['criar_sala'])).toMatchObject({
      address: 'chat.example',
      port: servidor.porta,
    });
  });
});

describe.concurrent('o anúncio no binder', () => {
  test('registra cada procedimento, apelidos incluídos, com lease de no máximo 30 s, e retira todos no fim', async () => {
    await using sistema = await iniciarSistema();
    const { binder, servidor } = sistema;
    await todosRegistrados(binder);
    expect(await listar(binder)).toEqual(
      PROCEDIMENTOS.map((procedure_name) => ({
        procedure_name,
        endpoints: [{ address: '127.0.0.1', port: servidor.porta, ttl_s: expect.any(Number) }],
      })),
    );
    for (const { endpoints } of await listar(binder)) {
      const ttl_s = endpoints[0]?.ttl_s ?? Number.NaN;
      expect(ttl_s).toBeGreaterThan(0);
      expect(ttl_s).toBeLessThanOrEqual(30);
    }
    expect(await servidor.encerrar()).toBe(0);
    expect(await listar(binder)).toEqual([]);
  });

  test('não retira o que é de outro servidor', async () => {
    await using sistema = await iniciarSistema();
    const { binder, servidor } = sistema;
    await resultado(binder.url, 'register_procedure', ['criar_sala', 'outro.example', 8005]);
    await todosRegistrados(binder);
    await servidor.encerrar();
    expect(await listar(binder)).toEqual([
      { procedure_name: 'criar_sala', endpoints: [{ address: 'outro.example', port: 8005, ttl_s: null }] },
    ]);
  });

  test('o servidor se inicia sem o binder, se registra assim que ele chega, e de novo quando ele volta vazio', async () => {
    using pasta = pastaTemporaria();
    const porta = await portaLivre();
    await using servidor = await iniciarServidor(pasta.caminho, `http://127.0.0.1:${porta}`);
    expect(await resultado(servidor.url, 'listar_salas')).toEqual([]);
    {
      await ate(() => servidor.erros().includes('tentando de novo'), 'o aviso de que não há binder');
      await using binder = await iniciar('binder', { argumentos: ['--porta', `${porta}`] });
      const chegadaMs = performance.now();
      await todosRegistrados(binder);
      expect(performance.now() - chegadaMs).toBeLessThanOrEqual(5_000);
      expect(servidor.erros().match(/tentando de novo/g)).toHaveLength(1);
      await binder.encerrar('SIGKILL');
    }
    await using vazio = await iniciar('binder', { argumentos: ['--porta', `${porta}`] });
    const inicioMs = performance.now();
    await todosRegistrados(vazio);
    expect(performance.now() - inicioMs).toBeLessThan(15_000);
    expect(await nomesRegistrados(vazio)).toEqual(PROCEDIMENTOS);
    expect(servidor.erros().trim().split('\n').length).toBeLessThan(12);
  });

  test('usa o segredo do binder, que não aparece em nada do que diz', async () => {
    using pasta = pastaTemporaria();
    const ambiente = { CHAT_SEGREDO: 'um-segredo-de-teste' };
    await using binder = await iniciarBinder({ ambiente });
    await using servidor = await iniciarServidor(pasta.caminho, binder.url, { ambiente });
    await todosRegistrados(binder);
    await servidor.encerrar();
    expect(await listar(binder)).toEqual([]);
    expect(servidor.saida() + servidor.erros() + binder.saida() + binder.erros()).not.toContain('um-segredo-de-teste');
  });

  test('sem o segredo do binder continua a servir, e o diz no log', async () => {
    using pasta = pastaTemporaria();
    await using binder = await iniciarBinder({ ambiente: { CHAT_SEGREDO: 'um-segredo-de-teste' } });
    await using servidor = await iniciarServidor(pasta.caminho, binder.url);
    await ate(() => servidor.erros().includes('SEGREDO_INVALIDO'), 'o aviso');
    expect(await listar(binder)).toEqual([]);
    expect(await resultado(servidor.url, 'listar_salas')).toEqual([]);
  });

  test('com um binder que não responde ao fim, o servidor termina em 5 s com 0; até lá /saude diz 503', async () => {
    using pasta = pastaTemporaria();
    await using surdo = await binderDeMentira(({ method, id }, res) => {
      // Quem retira fica sem resposta.
      if (method === 'register_procedure') responderRegistro(id, res);
    });
    await using servidor = await iniciarServidor(pasta.caminho, surdo.url);
    await ate(() => surdo.chamadas('register_procedure') >= PROCEDIMENTOS.length, 'os registros');
    // Uma conexão de antes do fim: por ela ainda se pode perguntar.
    using conexao = await conectar(servidor.porta);
    const inicioMs = performance.now();
    const fim = servidor.encerrar();
    await ate(() => surdo.chamadas('unregister_procedure') > 0, 'a retirada');
    conexao.escrever('GET /saude HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await Promise.race([conexao.fechadaEmMs, ate(() => conexao.texto() !== '', 'a saúde')]);
    expect(conexao.texto()).toMatch(/^HTTP\/1\.1 503 .*"processo":"servidor"/s);
    expect(conexao.texto()).not.toContain('"ok"');
    expect(await fim).toBe(0);
    expect(performance.now() - inicioMs).toBeLessThan(FIM_EM_ORDEM_MS);
  });
});

async function portaLivre(): Promise<number> {
  const servidor = createServer().listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  const { port } = servidor.address() as AddressInfo;
  servidor.close();
  await once(servidor, 'close');
  return port;
}

interface PedidoAoBinder {
  readonly method: string;
  readonly id: unknown;
}

interface BinderDeMentira extends AsyncDisposable {
  readonly url: string;
  readonly chamadas: (metodo: string) => number;
}

/** Um binder que responde o que o teste quiser. */
async function binderDeMentira(
  responder: (pedido: PedidoAoBinder, res: ServerResponse) => void,
): Promise<BinderDeMentira> {
  const contagem = new Map<string, number>();
  const servidor: Server = createServer(async (req: IncomingMessage, res) => {
    let corpo = '';
    for await (const pedaco of req) corpo += pedaco;
    const pedido: PedidoAoBinder = JSON.parse(corpo);
    contagem.set(pedido.method, (contagem.get(pedido.method) ?? 0) + 1);
    responder(pedido, res);
  });
  servidor.listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  return {
    url: `http://127.0.0.1:${(servidor.address() as AddressInfo).port}`,
    chamadas: (metodo) => contagem.get(metodo) ?? 0,
    [Symbol.asyncDispose]: async () => {
      servidor.closeAllConnections();
      servidor.close();
      await once(servidor, 'close');
    },
  };
}

function responderRegistro(id: unknown, res: ServerResponse): void {
  const result = { procedure_name: 'x', address: '127.0.0.1', port: 1, ttl_s: 30 };
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

describe.concurrent('a pasta de dados', () => {
  test('é de um só servidor: um segundo não se inicia, e o primeiro continua', async () => {
    using pasta = pastaTemporaria();
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    const argumentos = ['--porta', '0', '--binder', SEM_BINDER];
    argumentos.push('--dados', join(pasta.caminho, 'dados'));
    argumentos.push('--usuarios', join(pasta.caminho, 'outro.json'));
    esperarRecusaDePartida(await rodar('server', { argumentos }), /dados/);
    const ana = await registrar(servidor.url, 'Ana');
    expect(await ana.fazer('criar_sala', ['Sala'])).toEqual({ nomeSala: 'Sala' });
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('um servidor que acabou por %s não a deixa trancada', async (sinal) => {
    using pasta = pastaTemporaria();
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    const ana = await registrar(servidor.url, 'Ana');
    await servidor.encerrar(sinal);
    await using outro = await iniciarServidor(pasta.caminho, SEM_BINDER);
    expect((await chamar(outro.url, 'registrar_usuario', [ana.nome], ana.token)).result).toMatchObject({
      token: ana.token,
    });
  });

  test('é criada se não há, com as que a contêm', async () => {
    using pasta = pastaTemporaria();
    const dados = join(pasta.caminho, 'a', 'b');
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER, { argumentos: ['--dados', dados] });
    await registrar(servidor.url, 'Ana');
    expect(readdirSync(dados).length).toBeGreaterThan(0);
  });

  test('que não pode ser uma é dita numa linha', async () => {
    using pasta = pastaTemporaria();
    const arquivo = join(pasta.caminho, 'arquivo');
    writeFileSync(arquivo, 'não sou uma pasta');
    const argumentos = ['--porta', '0', '--usuarios', join(pasta.caminho, 'usuarios.json'), '--dados'];
    esperarRecusaDePartida(await rodar('server', { argumentos: [...argumentos, arquivo] }), /arquivo/);
    esperarRecusaDePartida(await rodar('server', { argumentos: [...argumentos, join(arquivo, 'x')] }), /arquivo/);
    expect(readFileSync(arquivo, 'utf8')).toBe('não sou uma pasta');
  });

  test('com um store que não é um é dita numa linha, e ele não é sobrescrito', async () => {
    using pasta = pastaTemporaria();
    const dados = join(pasta.caminho, 'dados');
    const argumentos = ['--porta', '0', '--usuarios', join(pasta.caminho, 'usuarios.json'), '--dados', dados];
    {
      await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
      await registrar(servidor.url, 'Ana');
      await servidor.encerrar();
    }
    const estragos = readdirSync(dados).map((nome) => join(dados, nome));
    const lixo = 'isto não é um banco de dados, e tem mais de cem bytes para que ninguém o tome por vazio. '.repeat(20);
    for (const arquivo of estragos) writeFileSync(arquivo, lixo);
    esperarRecusaDePartida(await rodar('server', { argumentos }), /dados/);
    expect(estragos.some((arquivo) => existsSync(arquivo) && readFileSync(arquivo, 'utf8') === lixo)).toBe(true);
  });
});

describe.concurrent('usuarios.json', () => {
  const lista = (pasta: string): string[] => JSON.parse(readFileSync(join(pasta, 'usuarios.json'), 'utf8'));

  test('é uma lista JSON dos nomes registrados; quem encerra sai dela', async () => {
    using pasta = pastaTemporaria();
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    const { url } = servidor;
    await resultado(url, 'registrar_usuario', ['João']);
    const { token } = await resultado(url, 'registrar_usuario', ['ANA']);
    await ate(() => lista(pasta.caminho).length === 2, 'os dois nomes');
    expect(new Set(lista(pasta.caminho))).toEqual(new Set(['João', 'ANA']));
    await resultado(url, 'encerrar_sessao', [], token);
    await ate(() => lista(pasta.caminho).length === 1, 'um nome');
    expect(lista(pasta.caminho)).toEqual(['João']);
  });

  test('é válido a cada instante, por mais que mude', async () => {
    using pasta = pastaTemporaria();
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER, {
      argumentos: ['--limite-registros', '0'],
    });
    const { url } = servidor;
    let acabou = false;
    let leituras = 0;
    const registros = (async () => {
      for (let leva = 0; leva < 10; leva += 1) {
        const nomes = Array.from({ length: 30 }, (_, numero) => `Pessoa ${leva} ${numero} ${'x'.repeat(10)}`);
        await Promise.all(nomes.map((nome) => resultado(url, 'registrar_usuario', [nome])));
      }
      acabou = true;
    })();
    await ate(() => {
      if (existsSync(join(pasta.caminho, 'usuarios.json'))) {
        for (let vez = 0; vez < 20; vez += 1) {
          expect(lista(pasta.caminho)).toBeInstanceOf(Array);
          leituras += 1;
        }
      }
      return acabou;
    }, 'os registros');
    await registros;
    expect(leituras).toBeGreaterThan(20);
    await ate(() => lista(pasta.caminho).length === 300, 'os 300 nomes');
  });

  test('depois de um fim em ordem, ou de um kill e um novo início, traz os nomes das sessões', async () => {
    using pasta = pastaTemporaria();
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    await resultado(servidor.url, 'registrar_usuario', ['Ana']);
    await servidor.encerrar();
    expect(lista(pasta.caminho)).toEqual(['Ana']);
    await using outro = await iniciarServidor(pasta.caminho, SEM_BINDER);
    await resultado(outro.url, 'registrar_usuario', ['Bia']);
    await outro.encerrar('SIGKILL');
    await using terceiro = await iniciarServidor(pasta.caminho, SEM_BINDER);
    await ate(() => new Set(lista(pasta.caminho)).size === 2, 'os dois nomes');
    expect(new Set(lista(pasta.caminho))).toEqual(new Set(['Ana', 'Bia']));
    expect((await chamar(terceiro.url, 'registrar_usuario', ['Bia'])).error?.code).toBe(2001);
  });

  test('nomes que só estão no arquivo podem ser registrados: quem decide é o store', async () => {
    using pasta = pastaTemporaria();
    writeFileSync(join(pasta.caminho, 'usuarios.json'), JSON.stringify(['Ana', 'Pedro']));
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    expect(await resultado(servidor.url, 'registrar_usuario', ['Ana'])).toMatchObject({ nomeUsuario: 'Ana' });
    await ate(() => lista(pasta.caminho).includes('Ana'), 'o nome');
    expect((await chamar(servidor.url, 'registrar_usuario', ['Pedro'])).error).toBeUndefined();
  });

  // O que mais não é uma lista de nomes, e o que se faz de dois assim, está em unidade/server/usuarios-file.test.ts.
  test('um arquivo que não é JSON é posto de lado, dito numa linha, e nada dele se perde', async () => {
    using pasta = pastaTemporaria();
    const conteudo = '["Ana", "Pe';
    const arquivo = join(pasta.caminho, 'usuarios.json');
    writeFileSync(arquivo, conteudo);
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    await resultado(servidor.url, 'registrar_usuario', ['Bia']);
    await ate(() => existsSync(arquivo) && lista(pasta.caminho).includes('Bia'), 'a lista nova');
    const postos = readdirSync(pasta.caminho).filter((nome) => nome.startsWith('usuarios') && nome !== 'usuarios.json');
    expect(postos).toHaveLength(1);
    expect(readFileSync(join(pasta.caminho, postos[0] as string))).toEqual(Buffer.from(conteudo));
    expect(
      servidor
        .erros()
        .split('\n')
        .filter((linha) => linha.includes(postos[0] as string)),
    ).toHaveLength(1);
  });

  test('uma pasta no lugar do arquivo não é sobrescrita nem derruba com uma pilha', async () => {
    using pasta = pastaTemporaria();
    const arquivo = join(pasta.caminho, 'usuarios.json');
    mkdirSync(arquivo);
    writeFileSync(join(arquivo, 'dentro'), 'fica');
    const argumentos = ['--porta', '0', '--binder', SEM_BINDER, '--dados', join(pasta.caminho, 'dados')];
    const tentativa = iniciar('server', { argumentos: [...argumentos, '--usuarios', arquivo] });
    const desfecho = await tentativa.then(
      async (servidor) => {
        await servidor.encerrar();
        return servidor.erros();
      },
      (erro: Error) => erro.message,
    );
    expect(desfecho).not.toMatch(/^\s+at /m);
    const todos = readdirSync(pasta.caminho, { recursive: true }).map(String);
    expect(todos.some((nome) => nome.endsWith('dentro'))).toBe(true);
  });
});

describe.concurrent('as opções do servidor', () => {
  test('cada uma pode vir do ambiente, e a opção vence', async () => {
    using pasta = pastaTemporaria();
    await using binder = await iniciarBinder();
    const ambiente = {
      CHAT_PORTA_SERVIDOR: '0',
      CHAT_BINDER: binder.url,
      CHAT_ENDERECO: 'do-ambiente.example',
      CHAT_DADOS: join(pasta.caminho, 'meus-dados'),
      CHAT_USUARIOS: join(pasta.caminho, 'meus-usuarios.json'),
      CHAT_LIMITE_REGISTROS: '2',
      CHAT_LIMITE_MENSAGENS: '1',
      CHAT_SALA_INATIVA: '1',
      CHAT_USUARIO_AUSENTE: '1',
      CHAT_SESSAO_EXPIRA: '2',
    };
    await using servidor = await iniciar('server', { ambiente, argumentos: ['--limite-mensagens', '2'] });
    await todosRegistrados(binder);
    expect(await resultado(binder.url, 'lookup_procedure', ['criar_sala'])).toMatchObject({
      address: 'do-ambiente.example',
      port: servidor.porta,
    });
    const { url } = servidor;
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    expect((await chamar(url, 'registrar_usuario', ['Caio'])).error?.code).toBe(2008);
    const [ana] = pessoas;
    const lote = [1, 2, 3].map((id) => ({
      jsonrpc: '2.0',
      id,
      method: 'enviar_mensagem',
      params: [ana.nome, sala, 'oi'],
    }));
    const respostas: { error?: object }[] = JSON.parse((await postar(url, lote, ana.token)).corpo);
    expect(respostas.filter(({ error }) => error)).toHaveLength(1);
    expect(existsSync(join(pasta.caminho, 'meus-dados'))).toBe(true);
    await ate(() => existsSync(join(pasta.caminho, 'meus-usuarios.json')), 'a lista');
    // Com os prazos do ambiente, tudo some por si; com os de costume, levaria minutos.
    await ate(async () => (await resultado(url, 'listar_salas')).length === 0, 'a remoção da sala');
    const usuarios = () => JSON.parse(readFileSync(join(pasta.caminho, 'meus-usuarios.json'), 'utf8'));
    await ate(() => usuarios().length === 0, 'o fim das sessões');
  });
});

test.concurrent('quem é interrompido no meio de uma resposta não leva o servidor consigo', async () => {
  await using sistema = await iniciarSistema();
  const { url, porta } = sistema.servidor;
  for (let vez = 0; vez < 20; vez += 1) {
    const socket = connect(porta, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.discover' });
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${corpo.length}\r\n\r\n${corpo}`,
    );
    socket.resetAndDestroy();
  }
  await assentar(url);
  expect((await http(url, { method: 'GET', caminho: '/saude' })).status).toBe(200);
  expect(sistema.servidor.erros()).not.toMatch(/ERRO/);
});

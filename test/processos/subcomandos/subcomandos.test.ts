import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { resultado } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { type Chat, conectar } from '../../../src/cliente/biblioteca/biblioteca.ts';
import { SUBCOMANDOS, TABELAS_DA_LINHA } from '../../../src/cliente/subcomandos/subcomandos.ts';
import type { Mensagem } from '../../../src/contract/chat.ts';
import { StartupError } from '../../../src/process/lifecycle.ts';
import { lerComando } from '../../../src/process/subcomandos.ts';
import { iniciarServidor, iniciarSistema, type Sistema } from '../../suporte/processos.ts';
import { abrirComando, CLIENTE, linhasDe, rodarComando } from './apoio.ts';

let sistema: Sistema;
let binder: readonly string[];
beforeAll(async () => {
  sistema = await iniciarSistema({ argumentos: SEM_LIMITES });
  binder = ['--binder', sistema.binder.url];
});
afterAll(async () => {
  await sistema[Symbol.asyncDispose]();
});

const BIBLIOTECA = join(import.meta.dirname, '..', '..', '..', 'dist', 'cliente', 'biblioteca', 'biblioteca.js');

const unico = (base: string) => `${base} ${randomUUID().slice(0, 8)}`;

/** Alguém numa sala só deste teste. */
async function abrirSala(): Promise<{ readonly sala: string; readonly ana: Chat }> {
  const sala = unico('Sala');
  const ana = await conectar({ nome: unico('Ana'), sala, criarSala: true, binder: sistema.binder.url });
  return { sala, ana };
}

async function ultimas(ana: Chat, sala: string): Promise<readonly Mensagem[]> {
  return (await ana.entrar(sala)).mensagens.filter(({ origem }) => origem !== 'SERVER');
}

const EM_LINHA = /^\[\d\d:\d\d:\d\d] /;

describe('salas, usuarios e procedimentos', () => {
  test('uma linha por coisa, em campos separados por tab, ou um objeto JSON', async () => {
    const { sala, ana } = await abrirSala();
    const [salas, salasEmJson, usuarios, todos, emJson, procedimentos, procedimentosEmJson] = await Promise.all([
      rodarComando(['salas', ...binder]),
      rodarComando(['--json', ...binder, 'salas']),
      rodarComando(['usuarios', sala.toUpperCase(), ...binder]),
      rodarComando([...binder, 'usuarios']),
      rodarComando(['usuarios', ...binder, sala, '--json']),
      rodarComando(['procedimentos', ...binder]),
      rodarComando(['procedimentos', '--json', ...binder]),
    ]);
    expect(linhasDe(salas.saida)).toContain(`${sala}\t1`);
    expect(linhasDe(salasEmJson.saida).map((linha) => JSON.parse(linha))).toContainEqual({
      nomeSala: sala,
      usuarios: 1,
    });
    expect(usuarios.saida).toBe(`${ana.nome}\n`);
    expect(linhasDe(todos.saida)).toContain(`${ana.nome}\t${sala}`);
    expect(JSON.parse(emJson.saida)).toEqual({ nomeSala: sala, nomeUsuario: ana.nome });
    const endpoint = `127.0.0.1:${sistema.servidor.porta}`;
    expect(procedimentos.saida).toMatch(new RegExp(`^enviar_mensagem\t${endpoint}\t\\d+$`, 'm'));
    const emObjetos = linhasDe(procedimentosEmJson.saida).map((linha) => JSON.parse(linha));
    expect(emObjetos).toContainEqual({
      procedure_name: 'listar_salas',
      address: '127.0.0.1',
      port: sistema.servidor.porta,
      ttl_s: expect.any(Number),
    });
    for (const { status, erros } of [salas, usuarios, todos, procedimentos]) expect([status, erros]).toEqual([0, '']);
    await ana.close();
  });
});

test('--rastro conta cada chamada na saída de erro, e a saída fica como é', async () => {
  const { sala, ana } = await abrirSala();
  const { url } = sistema.servidor;
  const [salas, usuarios, procedimentos] = await Promise.all([
    rodarComando(['salas', '--rastro', '--no-color', ...binder]),
    rodarComando(['--rastro', 'usuarios', sala, ...binder]),
    rodarComando(['procedimentos', '--rastro', ...binder]),
  ]);
  expect(linhasDe(salas.saida)).toContain(`${sala}\t1`);
  expect(salas.erros).toMatch(/^ {2}~ binder: onde está listar_salas\? em .*\n {2}~ listar_salas → .*\n.* ← .*: ok\n$/);
  expect(usuarios.saida).toBe(`${ana.nome}\n`);
  expect(usuarios.erros).toContain(`  ~ listar_usuarios → ${url}\n`);
  expect(procedimentos.erros).toMatch(new RegExp(`^  ~ list_procedures → ${sistema.binder.url}\n.* ← .*: ok\n$`));
  await ana.close();
});

test('procedimentos --seguir mostra a tabela, e depois cada endpoint que vem e que sai', async () => {
  const nome = unico('seguido').replace(' ', '_');
  const { url } = sistema.binder;
  await using emLinhas = abrirComando(['procedimentos', '--seguir', ...binder]);
  await using emJson = abrirComando(['procedimentos', '--seguir', '--json', ...binder]);
  await ate(() => emLinhas.saida().includes('listar_salas') && emJson.saida().includes('listar_salas'), 'a tabela');
  await resultado(url, 'register_procedure', [nome, 'localhost', 7, 60]);
  await ate(() => emLinhas.saida().includes(nome) && emJson.saida().includes(nome), 'o que veio');
  // Renovar não é vir.
  await resultado(url, 'register_procedure', [nome, 'localhost', 7, 60]);
  await resultado(url, 'unregister_procedure', [nome, 'localhost', 7]);
  await ate(() => emLinhas.saida().includes(`-\t${nome}`) && emJson.saida().includes('false'), 'o que saiu');
  expect(linhasDe(emLinhas.saida()).filter((linha) => linha.includes(nome))).toEqual([
    expect.stringMatching(new RegExp(`^\\+\t${nome}\tlocalhost:7\t(60|59)$`)),
    `-\t${nome}\tlocalhost:7`,
  ]);
  const objetos = linhasDe(emJson.saida()).map((linha) => JSON.parse(linha));
  expect(objetos.filter(({ procedure_name }) => procedure_name === nome)).toEqual([
    { registrado: true, procedure_name: nome, address: 'localhost', port: 7, ttl_s: expect.any(Number) },
    { registrado: false, procedure_name: nome, address: 'localhost', port: 7 },
  ]);
  emLinhas.sinal('SIGTERM');
  expect((await emLinhas.fim).status).toBe(0);
});

/** Os arquivos que um processo carregou: o V8 os diz quando ele sai, venham de `import` ou de `require`. */
function carregadosPor(arquivo: string, argumentos: readonly string[]): string[] {
  using pasta = pastaTemporaria();
  const { status, stderr } = spawnSync(process.execPath, [arquivo, ...argumentos], {
    encoding: 'utf8',
    env: { ...process.env, NODE_V8_COVERAGE: pasta.caminho },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return readdirSync(pasta.caminho)
    .map((nome) => JSON.parse(readFileSync(join(pasta.caminho, nome), 'utf8')) as { result: { url: string }[] })
    .flatMap(({ result }) => result.map(({ url }) => url));
}

test.each([
  ['um subcomando', CLIENTE, () => ['salas', ...binder]],
  ['--help', CLIENTE, () => ['--help']],
  ['a biblioteca', BIBLIOTECA, () => []],
])('quem nada pergunta não carrega o inquirer: %s', (_quem, arquivo, argumentos) => {
  const urls = carregadosPor(arquivo, argumentos());
  expect(urls).toContain(pathToFileURL(arquivo).href);
  expect(urls.filter((url) => url.includes('inquirer'))).toEqual([]);
});

describe('enviar', () => {
  test('a uma sala que não existe é recusado; com --criar, ela é criada', async () => {
    const nova = unico('sala');
    const recusado = await rodarComando(['enviar', ...binder, '--nome', unico('Robô'), nova, 'oi']);
    expect([recusado.status, recusado.erros]).toEqual([
      3,
      'chat-cliente: Não há sala com esse nome. Com --criar, ela é criada.\n',
    ]);
    const { status, saida } = await rodarComando(['enviar', ...binder, '--nome', unico('Robô'), '--criar', nova, 'oi']);
    expect(status).toBe(0);
    expect(saida).toMatch(/: oi\n$/);
  });

  test('o texto da linha, uma vez, mostrado como o servidor o guardou', async () => {
    const { sala, ana } = await abrirSala();
    const nome = unico('Robô');
    const { status, saida } = await rodarComando(['enviar', ...binder, '--nome', nome, sala, 'bom', 'dia']);
    expect(status).toBe(0);
    expect(saida).toMatch(EM_LINHA);
    expect(saida.replace(EM_LINHA, '')).toBe(`${nome}: bom dia\n`);
    expect((await ultimas(ana, sala)).map(({ origem, conteudo }) => [origem, conteudo])).toEqual([[nome, 'bom dia']]);
    await ana.close();
  });

  test('cada linha da entrada é uma mensagem, na ordem, também as iguais; as vazias se pulam', async () => {
    const { sala, ana } = await abrirSala();
    const { status, saida } = await rodarComando(
      ['enviar', sala, ...binder, '--json', '--para', ana.nome],
      'um\r\num\n\ndois\n  três',
    );
    expect(status).toBe(0);
    const guardadas = linhasDe(saida).map((linha) => JSON.parse(linha) as Mensagem);
    expect(guardadas.map(({ conteudo }) => conteudo)).toEqual(['um', 'um', 'dois', '  três']);
    expect(guardadas.every(({ tipo, destino }) => tipo === 'unicast' && destino === ana.nome)).toBe(true);
    expect(await ultimas(ana, sala)).toEqual(guardadas);
    expect(guardadas[0]?.origem).toMatch(/^[\p{L}\p{M}\p{Nd}_.-]+-\d+$/u);
    await ana.close();
  });

  test('confirma cada linha antes da seguinte, e na primeira recusada para e diz qual', async () => {
    const { sala, ana } = await abrirSala();
    await using comando = abrirComando(['enviar', sala, ...binder, '--nome', unico('Robô')]);
    comando.escrever('primeira\n');
    await ate(() => comando.saida().includes('primeira'), 'a primeira confirmada');
    comando.escrever(`${'x'.repeat(4_001)}\nnunca\n`);
    comando.fecharEntrada();
    const { status, erros } = await comando.fim;
    expect(status).toBe(3);
    expect(erros).toMatch(/^chat-cliente: linha 2 da entrada: a mensagem .*4000.*\n$/);
    expect((await ultimas(ana, sala)).map(({ conteudo }) => conteudo)).toEqual(['primeira']);
    await ana.close();
  });

  test('a entrada é UTF-8 com linhas de LF ou CRLF: o BOM não é texto, U+2028 não separa, Latin-1 é recusado', async () => {
    const { sala, ana } = await abrirSala();
    const { status, erros } = await rodarComando(
      ['enviar', sala, ...binder],
      Buffer.concat([Buffer.from('\ufeffum\u2028dois\r\n'), Buffer.from('ma\xe7\xe3\nnunca\n', 'latin1')]),
    );
    expect([status, erros]).toEqual([2, 'chat-cliente: linha 2 da entrada: não está em UTF-8\n']);
    expect((await ultimas(ana, sala)).map(({ conteudo }) => conteudo)).toEqual(['um\u2028dois']);
    await ana.close();
  });

  test.skipIf(process.platform === 'win32')(
    'uma entrada que não se pode ler, como uma pasta, é uma falha',
    async () => {
      const { sala, ana } = await abrirSala();
      const pasta = openSync(tmpdir(), 'r');
      const filho = spawn(process.execPath, [CLIENTE, 'enviar', sala, ...binder], { stdio: [pasta, 'pipe', 'pipe'] });
      closeSync(pasta);
      const [erros, [status]] = await Promise.all([text(filho.stderr as Readable), once(filho, 'close')]);
      expect([status, erros]).toEqual([2, 'chat-cliente: não foi possível ler a entrada (EISDIR)\n']);
      await ana.close();
    },
  );

  test('um texto que começa com hífen vem depois de --', async () => {
    const { sala, ana } = await abrirSala();
    const { saida } = await rodarComando([...binder, 'enviar', sala, '--', '-5', '--json']);
    expect(saida).toContain(': -5 --json\n');
    await ana.close();
  });
});

describe('ouvir', () => {
  test('só o que é novo, até um sinal, que o termina com 0 e libera o nome', async () => {
    const { sala, ana } = await abrirSala();
    await ana.enviar('antes');
    const nome = unico('Ouvinte');
    await using comando = abrirComando(['ouvir', sala, ...binder, '--nome', nome]);
    await ate(async () => (await ana.usuarios()).includes(nome), 'o ouvinte na sala');
    await ana.enviar('depois');
    await ana.enviar('em segredo', { para: nome });
    await ate(() => comando.saida().includes('em segredo'), 'o que se ouviu');
    comando.sinal('SIGINT');
    const { status, saida, erros } = await comando.fim;
    expect([status, erros]).toEqual([0, '']);
    expect(linhasDe(saida).map((linha) => linha.replace(EM_LINHA, ''))).toEqual([
      `${ana.nome}: depois`,
      `${ana.nome} -> ${nome}: em segredo`,
    ]);
    expect(await ana.usuarios()).not.toContain(nome);
    await ana.close();
  });

  test('com --historico, começa pelas últimas; nada do que outro escreveu comanda quem lê', async () => {
    const { sala, ana } = await abrirSala();
    const perigoso = 'a\u202eb\nc\u{e0001}';
    await ana.enviar(perigoso);
    await using linhas = abrirComando(['ouvir', sala, ...binder, '--historico']);
    await using emJson = abrirComando(['--historico', '--json', 'ouvir', sala, ...binder]);
    await ate(() => linhas.saida().includes('\\u{202e}'), 'o histórico em linhas');
    await ate(() => emJson.saida().includes('\\u202eb\\nc\\udb40\\udc01'), 'o histórico em JSON');
    for (const comando of [linhas, emJson]) comando.sinal('SIGTERM');
    const [{ saida: mostrada, status }, { saida }] = await Promise.all([linhas.fim, emJson.fim]);
    expect(status).toBe(0);
    expect(mostrada).toContain('a\\u{202e}b\\nc\\u{e0001}\n');
    const lidas = linhasDe(saida).map((linha) => (JSON.parse(linha) as Mensagem).conteudo);
    expect(lidas).toContain(perigoso);
    expect(mostrada + saida).not.toMatch(/[\u0080-\u009f\u202e\u{e0001}]/u);
    await ana.close();
  });

  test('quem fecha a saída o termina com 0', async () => {
    const { sala, ana } = await abrirSala();
    const nome = unico('Ouvinte');
    await using comando = abrirComando(['ouvir', sala, ...binder, '--nome', nome]);
    await ate(async () => (await ana.usuarios()).includes(nome), 'o ouvinte na sala');
    comando.fecharSaida();
    await ana.enviar('para ninguém');
    const { status, erros } = await comando.fim;
    expect([status, erros]).toEqual([0, '']);
    await ana.close();
  });

  test('atravessa a queda do servidor: diz nos erros, e não perde nem repete', async () => {
    await using outro = await iniciarSistema({ argumentos: SEM_LIMITES });
    const { url } = outro.binder;
    const ana = await conectar({ nome: 'Ana', sala: 'Geral', criarSala: true, binder: url, intervaloMs: 50 });
    await using comando = abrirComando(['ouvir', 'Geral', '--binder', url, '--nome', 'Bia', '--intervalo', '50']);
    await ate(async () => (await ana.usuarios()).includes('Bia'), 'o ouvinte na sala');
    await ana.enviar('antes');
    await ate(() => comando.saida().includes('antes'), 'a primeira ouvida');
    await outro.servidor.encerrar('SIGKILL');
    await ate(() => comando.erros().includes('Conexão perdida'), 'a queda dita');
    await using volta = await iniciarServidor(outro.pasta.caminho, url, { argumentos: SEM_LIMITES });
    await ana.enviar('depois');
    await ate(() => comando.saida().includes('depois'), 'a segunda ouvida');
    comando.sinal('SIGTERM');
    const { status, saida, erros } = await comando.fim;
    expect(status).toBe(0);
    expect(linhasDe(saida).map((linha) => linha.replace(EM_LINHA, ''))).toEqual(['Ana: antes', 'Ana: depois']);
    expect(linhasDe(erros).map((linha) => linha.slice(0, 29))).toEqual([
      'chat-cliente: Conexão perdida',
      'chat-cliente: Conexão restabe',
    ]);
    expect(volta.pid).toBeGreaterThan(0);
    await ana.close();
  });
});

describe('o status diz o desfecho', () => {
  test.each([
    ['um subcomando que não há', ['falar'], 'subcomando desconhecido "falar"'],
    ['um argumento que falta', ['enviar'], 'falta <sala> em enviar'],
    ['um argumento a mais', ['salas', 'Geral'], 'há argumentos a mais em salas: "Geral"'],
    ['uma opção de outro', ['salas', '--historico'], '--historico não serve a salas'],
    ['uma opção sem subcomando', ['--json'], '--json só serve com um subcomando'],
  ])('2 para %s', (_, argumentos, dito) => {
    const linha = { nome: 'chat-cliente', versao: '1', descricao: '' };
    const lida = () => lerComando(linha, TABELAS_DA_LINHA, argumentos, {});
    expect(lida).toThrow(new StartupError(`chat-cliente: ${dito} (veja --help)`, 2));
  });

  test('2 para um nome que não serve, dito numa linha', async () => {
    const usos = await Promise.all([
      rodarComando(['ouvir', 'Geral', '--nome', 'a/b']),
      rodarComando(['enviar', ' ', 'oi']),
      rodarComando(['falar']),
    ]);
    expect(usos.map(({ status, saida }) => [status, saida])).toEqual(usos.map(() => [2, '']));
    const ditos = ['--nome só pode ter letras', 'a sala não pode ser vazio', 'subcomando desconhecido "falar"'];
    for (const [i, { erros }] of usos.entries()) {
      expect(erros).toContain(ditos[i]);
      expect(linhasDe(erros)).toHaveLength(1);
    }
  });

  test('2 sem terminal nem subcomando, com os que há', async () => {
    const { status, erros } = await rodarComando(binder);
    expect(status).toBe(2);
    for (const nome of Object.keys(SUBCOMANDOS)) expect(erros).toContain(nome);
    expect(linhasDe(erros)).toHaveLength(1);
  });

  test('3 para o que o servidor recusou', async () => {
    const { sala, ana } = await abrirSala();
    const recusas = await Promise.all([
      rodarComando(['enviar', unico('Nenhuma'), 'oi', ...binder]),
      rodarComando(['ouvir', sala, ...binder, '--nome', ana.nome]),
      rodarComando(['enviar', sala, 'oi', ...binder, '--para', 'Ninguém']),
    ]);
    expect(recusas.map(({ status, erros }) => [status, erros])).toEqual([
      [3, 'chat-cliente: Não há sala com esse nome. Com --criar, ela é criada.\n'],
      [3, 'chat-cliente: Esse nome já está em uso. Escolha outro.\n'],
      [3, 'chat-cliente: O destinatário não está nessa sala.\n'],
    ]);
    await ana.close();
  });

  test('4 sem binder ou sem servidor', async () => {
    await using sozinho = await iniciarSistema();
    await sozinho.servidor.encerrar();
    const semServidor = await rodarComando(['salas', '--binder', sozinho.binder.url]);
    await sozinho.binder.encerrar();
    const faltas = [
      semServidor,
      ...(await Promise.all(
        [['salas'], ['usuarios'], ['enviar', 'Geral', 'oi'], ['ouvir', 'Geral'], ['procedimentos']].map((argumentos) =>
          rodarComando([...argumentos, '--binder', sozinho.binder.url]),
        ),
      )),
    ];
    for (const { status, erros } of faltas) {
      expect(status, erros).toBe(4);
      expect(linhasDe(erros)).toHaveLength(1);
    }
  });

  test('2 quando o texto dado tem bytes que não são UTF-8', async () => {
    if (process.platform !== 'linux') return;
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `exec "$@" "$(printf 'ma\\347\\343')"`, 'sh', process.execPath, CLIENTE, 'enviar', 'Sala', ...binder],
      { encoding: 'utf8' },
    );
    const motivo = 'o texto tem bytes que não são UTF-8; se o texto tem mesmo U+FFFD, dê-o pela entrada padrão';
    expect([status, stderr]).toEqual([2, `chat-cliente: ${motivo}\n`]);
  });

  test('1 quando a saída não se pode escrever', async () => {
    if (process.platform !== 'linux') return;
    const { sala, ana } = await abrirSala();
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, CLIENTE, 'usuarios', sala, ...binder],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([1, 'chat-cliente: não foi possível escrever na saída (ENOSPC)\n']);
    await ana.close();
  });
});

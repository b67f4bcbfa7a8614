import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { conectar } from '../../src/cliente/biblioteca/biblioteca.ts';
import { TABELAS_DA_LINHA } from '../../src/cliente/subcomandos/subcomandos.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { StartupError } from '../../src/process/lifecycle.ts';
import { lerComando } from '../../src/process/opcoes/subcomandos.ts';
import { abrirSala, EM_LINHA, linhasDe, ultimas, unico } from '../processos/subcomandos/apoio.ts';
import { abrirBinder } from '../suporte/local/binder.ts';
import { abrirComandoLocal, rodarComandoLocal } from '../suporte/local/comando-local.ts';
import { abrirSistemaLocal, abrirSistemaQueCai, type SistemaLocal } from '../suporte/local/sistema-local.ts';
import { SEM_BINDER } from '../suporte/processos/processos.ts';

let sistema: SistemaLocal;
let binder: readonly string[];
beforeAll(async () => {
  sistema = await abrirSistemaLocal();
  binder = ['--binder', sistema.binder.url];
});
afterAll(async () => {
  await sistema[Symbol.asyncDispose]();
});

describe('salas, usuarios e procedimentos', () => {
  test('uma linha por coisa, em campos separados por tab, ou um objeto JSON', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const [salas, salasEmJson, usuarios, todos, emJson, procedimentos, procedimentosEmJson] = await Promise.all([
      rodarComandoLocal(['salas', ...binder]),
      rodarComandoLocal(['--json', ...binder, 'salas']),
      rodarComandoLocal(['usuarios', sala.toUpperCase(), ...binder, '--nome', unico('Um')]),
      rodarComandoLocal([...binder, 'usuarios', '--nome', unico('Dois')]),
      rodarComandoLocal(['usuarios', ...binder, sala, '--json', '--nome', unico('Três')]),
      rodarComandoLocal(['procedimentos', ...binder]),
      rodarComandoLocal(['procedimentos', '--json', ...binder]),
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

test('procedimentos --seguir mostra a tabela, e depois cada endpoint que vem e que sai', async () => {
  const nome = unico('seguido').replace(' ', '_');
  const { url } = sistema.binder;
  const emLinhas = abrirComandoLocal(['procedimentos', '--seguir', ...binder]);
  const emJson = abrirComandoLocal(['procedimentos', '--seguir', '--json', ...binder]);
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
  for (const comando of [emLinhas, emJson]) comando.encerrar();
  for (const { status, erros } of await Promise.all([emLinhas.fim, emJson.fim]))
    expect([status, erros]).toEqual([0, '']);
});

test('--rastro conta cada chamada na saída de erro, e a saída fica como é', async () => {
  const { sala, ana } = await abrirSala(sistema.binder.url);
  const { url } = sistema.servidor;
  const [salas, usuarios, procedimentos] = await Promise.all([
    rodarComandoLocal(['salas', '--rastro', '--no-color', ...binder]),
    rodarComandoLocal(['--rastro', 'usuarios', sala, ...binder]),
    rodarComandoLocal(['procedimentos', '--rastro', ...binder]),
  ]);
  expect(linhasDe(salas.saida)).toContain(`${sala}\t1`);
  expect(salas.erros).toMatch(/^ {2}~ binder: onde está listar_salas\? em .*\n {2}~ listar_salas → .*\n.* ← .*: ok\n$/);
  expect(usuarios.saida).toBe(`${ana.nome}\n`);
  expect(usuarios.erros).toContain(`  ~ listar_usuarios → ${url}\n`);
  expect(procedimentos.erros).toMatch(new RegExp(`^  ~ list_procedures → ${sistema.binder.url}\n.* ← .*: ok\n$`));
  await ana.close();
});

describe('enviar', () => {
  test('o texto da linha, uma vez, mostrado como o servidor o guardou', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const nome = unico('Robô');
    const { status, saida } = await rodarComandoLocal(['enviar', ...binder, '--nome', nome, sala, 'bom', 'dia']);
    expect(status).toBe(0);
    expect(saida).toMatch(EM_LINHA);
    expect(saida.replace(EM_LINHA, '')).toBe(`${nome}: bom dia\n`);
    expect((await ultimas(ana, sala)).map(({ origem, conteudo }) => [origem, conteudo])).toEqual([[nome, 'bom dia']]);
    await ana.close();
  });

  test('cada linha da entrada é uma mensagem, na ordem, também as iguais; as vazias se pulam', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const { status, saida } = await rodarComandoLocal(
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

  test('a uma sala que não existe é recusado; com --criar, ela é criada', async () => {
    const nova = unico('sala');
    const recusado = await rodarComandoLocal(['enviar', ...binder, '--nome', unico('Robô'), nova, 'oi']);
    expect([recusado.status, recusado.erros]).toEqual([
      3,
      'chat-cliente: Não há sala com esse nome. Com --criar, ela é criada.\n',
    ]);
    const { status, saida } = await rodarComandoLocal([
      'enviar',
      ...binder,
      '--nome',
      unico('Robô'),
      '--criar',
      nova,
      'oi',
    ]);
    expect(status).toBe(0);
    expect(saida).toMatch(/: oi\n$/);
  });

  test('confirma cada linha antes da seguinte, e na primeira recusada para e diz qual', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const comando = abrirComandoLocal(['enviar', sala, ...binder, '--nome', unico('Robô')]);
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
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const { status, erros } = await rodarComandoLocal(
      ['enviar', sala, ...binder],
      Buffer.concat([Buffer.from('\ufeffum\u2028dois\r\n'), Buffer.from('ma\xe7\xe3\nnunca\n', 'latin1')]),
    );
    expect([status, erros]).toEqual([2, 'chat-cliente: linha 2 da entrada: não está em UTF-8\n']);
    expect((await ultimas(ana, sala)).map(({ conteudo }) => conteudo)).toEqual(['um\u2028dois']);
    await ana.close();
  });

  test('um texto que começa com hífen vem depois de --', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const { saida } = await rodarComandoLocal([...binder, 'enviar', sala, '--', '-5', '--json']);
    expect(saida).toContain(': -5 --json\n');
    await ana.close();
  });
});

describe('ouvir', () => {
  test('com --historico, começa pelas últimas; nada do que outro escreveu comanda quem lê', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const perigoso = 'a\u202eb\nc\u{e0001}';
    await ana.enviar(perigoso);
    const linhas = abrirComandoLocal(['ouvir', sala, ...binder, '--historico', '--nome', unico('Lê')]);
    const emJson = abrirComandoLocal(['--historico', '--json', 'ouvir', sala, ...binder, '--nome', unico('Guarda')]);
    await ate(() => linhas.saida().includes('\\u{202e}'), 'o histórico em linhas');
    await ate(() => emJson.saida().includes('\\u202eb\\nc\\udb40\\udc01'), 'o histórico em JSON');
    for (const comando of [linhas, emJson]) comando.encerrar();
    const [{ saida: mostrada, status }, { saida }] = await Promise.all([linhas.fim, emJson.fim]);
    expect(status).toBe(0);
    expect(mostrada).toContain('a\\u{202e}b\\nc\\u{e0001}\n');
    const lidas = linhasDe(saida).map((linha) => (JSON.parse(linha) as Mensagem).conteudo);
    expect(lidas).toContain(perigoso);
    expect(mostrada + saida).not.toMatch(/[\u0080-\u009f\u202e\u{e0001}]/u);
    await ana.close();
  });

  test('atravessa a queda do servidor: diz nos erros, e não perde nem repete', async () => {
    await using outro = await abrirSistemaQueCai();
    const { url } = outro.binder;
    const ana = await conectar({ nome: 'Ana', sala: 'Geral', criarSala: true, binder: url, intervaloMs: 50 });
    const comando = abrirComandoLocal(['ouvir', 'Geral', '--binder', url, '--nome', 'Bia', '--intervalo', '50']);
    await ate(async () => (await ana.usuarios()).includes('Bia'), 'o ouvinte na sala');
    await ana.enviar('antes');
    await ate(() => comando.saida().includes('antes'), 'a primeira ouvida');
    await outro.caminho.recusar();
    await ate(() => comando.erros().includes('Conexão perdida'), 'a queda dita');
    await outro.caminho.aceitar();
    await ana.enviar('depois');
    await ate(() => comando.saida().includes('depois'), 'a segunda ouvida');
    comando.encerrar();
    const { status, saida, erros } = await comando.fim;
    expect(status).toBe(0);
    expect(linhasDe(saida).map((linha) => linha.replace(EM_LINHA, ''))).toEqual(['Ana: antes', 'Ana: depois']);
    expect(linhasDe(erros).map((linha) => linha.slice(0, 29))).toEqual([
      'chat-cliente: Conexão perdida',
      'chat-cliente: Conexão restabe',
    ]);
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
      rodarComandoLocal(['ouvir', 'Geral', '--nome', 'a/b']),
      rodarComandoLocal(['enviar', ' ', 'oi']),
      rodarComandoLocal(['falar']),
    ]);
    expect(usos.map(({ status, saida }) => [status, saida])).toEqual(usos.map(() => [2, '']));
    const ditos = ['--nome só pode ter letras', 'a sala não pode ser vazio', 'subcomando desconhecido "falar"'];
    for (const [i, { erros }] of usos.entries()) {
      expect(erros).toContain(ditos[i]);
      expect(linhasDe(erros)).toHaveLength(1);
    }
  });

  test('3 para o que o servidor recusou', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const recusas = await Promise.all([
      rodarComandoLocal(['enviar', unico('Nenhuma'), 'oi', ...binder, '--nome', unico('Um')]),
      rodarComandoLocal(['ouvir', sala, ...binder, '--nome', ana.nome]),
      rodarComandoLocal(['enviar', sala, 'oi', ...binder, '--para', 'Ninguém', '--nome', unico('Dois')]),
    ]);
    expect(recusas.map(({ status, erros }) => [status, erros])).toEqual([
      [3, 'chat-cliente: Não há sala com esse nome. Com --criar, ela é criada.\n'],
      [3, 'chat-cliente: Esse nome já está em uso. Escolha outro.\n'],
      [3, 'chat-cliente: O destinatário não está nessa sala.\n'],
    ]);
    await ana.close();
  });

  test('4 sem binder ou sem servidor', async () => {
    await using vazio = await abrirBinder(relogioDoSistema);
    const faltas = await Promise.all([
      rodarComandoLocal(['salas', '--binder', vazio.url]),
      ...[['salas'], ['usuarios'], ['enviar', 'Geral', 'oi'], ['ouvir', 'Geral'], ['procedimentos']].map((argumentos) =>
        rodarComandoLocal([...argumentos, '--binder', SEM_BINDER]),
      ),
    ]);
    for (const { status, erros } of faltas) {
      expect(status, erros).toBe(4);
      expect(linhasDe(erros)).toHaveLength(1);
    }
  });
});

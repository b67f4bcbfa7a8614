/**
 * Seção 4 do contrato: a pasta de dados, usuarios.json e as opções que vêm do ambiente. O que o store e o arquivo de
 * nomes fazem de cada estrago está em unidade/: aqui se prova que o servidor os usa, e o que diz quando não pode.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { chamar, postar, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciar, rodar } from '../../../scripts/comum/processos.ts';
import { relogioDoSistema } from '../../../src/process/clock.ts';
import { abrirBinder } from '../../suporte/local/binder.ts';
import { expectRecusaDePartida } from '../../suporte/local/partida.ts';
import { registrar, salaCom } from '../../suporte/pessoas.ts';
import { iniciarServidor, SEM_BINDER } from '../../suporte/processos/processos.ts';

vi.setConfig({ maxConcurrency: 4 });

function argumentosCom(dados: string, usuarios: string): string[] {
  return ['--porta', '0', '--binder', SEM_BINDER, '--dados', dados, '--usuarios', usuarios];
}

describe.concurrent('a pasta de dados', () => {
  test('é de um só servidor: um segundo não se inicia, e o primeiro continua, também no meio do uso', async () => {
    using pasta = pastaTemporaria();
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    const ana = await registrar(servidor.url, 'Ana');
    const argumentos = argumentosCom(join(pasta.caminho, 'dados'), join(pasta.caminho, 'outro.json'));
    const segundo = rodar('server', { argumentos });
    expect(await ana.fazer('criar_sala', ['Durante'])).toEqual({ nomeSala: 'Durante' });
    expectRecusaDePartida(await segundo, /pasta de dados .* em uso por outro servidor/);
    expect(await ana.fazer('criar_sala', ['Depois'])).toEqual({ nomeSala: 'Depois' });
  });

  test('que não pode ser uma é dita numa linha, e não se mexe no que está no lugar dela', async () => {
    using pasta = pastaTemporaria();
    const arquivo = join(pasta.caminho, 'arquivo');
    writeFileSync(arquivo, 'não sou uma pasta');
    const argumentos = argumentosCom(join(arquivo, 'x'), join(pasta.caminho, 'usuarios.json'));
    expectRecusaDePartida(await rodar('server', { argumentos }), /arquivo/);
    expect(readFileSync(arquivo, 'utf8')).toBe('não sou uma pasta');
  });
});

describe.concurrent('usuarios.json', () => {
  const lista = (pasta: string): string[] => JSON.parse(readFileSync(join(pasta, 'usuarios.json'), 'utf8'));
  const ateSer = (pasta: string, ...nomes: string[]) =>
    ate(() => lista(pasta).toSorted().join() === nomes.toSorted().join(), `a lista ser ${nomes}`);

  test('é uma lista JSON dos nomes com sessão; quem encerra sai dela; um que só está nela pode ser registrado', async () => {
    using pasta = pastaTemporaria();
    writeFileSync(join(pasta.caminho, 'usuarios.json'), JSON.stringify(['João', 'Pedro']));
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    const { url } = servidor;
    await resultado(url, 'registrar_usuario', ['João']);
    const { token } = await resultado(url, 'registrar_usuario', ['ANA']);
    await ateSer(pasta.caminho, 'João', 'ANA');
    await resultado(url, 'encerrar_sessao', [], token);
    await ateSer(pasta.caminho, 'João');
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
    await ateSer(pasta.caminho, 'Ana', 'Bia');
    expect((await recusa(terceiro.url, 'registrar_usuario', ['Bia'])).code).toBe(2001);
  });

  test('um que não é JSON é posto de lado, dito numa linha, e nada dele se perde', async () => {
    using pasta = pastaTemporaria();
    const conteudo = '["Ana", "Pe';
    const arquivo = join(pasta.caminho, 'usuarios.json');
    writeFileSync(arquivo, conteudo);
    await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
    await resultado(servidor.url, 'registrar_usuario', ['Bia']);
    await ate(() => existsSync(arquivo), 'a lista nova');
    await ateSer(pasta.caminho, 'Bia');
    const postos = readdirSync(pasta.caminho).filter((nome) => nome.startsWith('usuarios') && nome !== 'usuarios.json');
    expect(postos).toHaveLength(1);
    const [posto] = postos as [string];
    expect(readFileSync(join(pasta.caminho, posto), 'utf8')).toBe(conteudo);
    const linhas = servidor.erros().split('\n');
    expect(linhas.filter((linha) => linha.includes(posto))).toHaveLength(1);
  });

  test('uma pasta no lugar do arquivo não é sobrescrita nem derruba com uma pilha', async () => {
    using pasta = pastaTemporaria();
    const usuarios = join(pasta.caminho, 'usuarios.json');
    mkdirSync(usuarios);
    writeFileSync(join(usuarios, 'dentro'), 'fica');
    const tentativa = iniciar('server', { argumentos: argumentosCom(join(pasta.caminho, 'dados'), usuarios) });
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

test.concurrent('cada opção pode vir do ambiente, e a da linha de comando vence; a pasta é criada com as que a contêm', async () => {
  using pasta = pastaTemporaria();
  await using binder = await abrirBinder(relogioDoSistema);
  const ambiente = {
    CHAT_PORTA_SERVIDOR: '0',
    CHAT_BINDER: binder.url,
    CHAT_ENDERECO: 'do-ambiente.example',
    CHAT_DADOS: join(pasta.caminho, 'uma', 'dentro da outra'),
    CHAT_USUARIOS: join(pasta.caminho, 'meus-usuarios.json'),
    CHAT_LIMITE_REGISTROS: '2',
    CHAT_LIMITE_MENSAGENS: '1',
    CHAT_SALA_INATIVA: '1',
    CHAT_USUARIO_AUSENTE: '60',
    CHAT_SESSAO_EXPIRA: '60',
  };
  await using servidor = await iniciar('server', { ambiente, argumentos: ['--limite-mensagens', '2'] });
  const { url } = servidor;
  const { result } = await ate(async () => {
    const achado = await chamar(binder.url, 'lookup_procedure', ['criar_sala']);
    return achado.result ? achado : undefined;
  }, 'o registro');
  expect(result).toMatchObject({ address: 'do-ambiente.example', port: servidor.porta });
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  expect((await recusa(url, 'registrar_usuario', ['Caio'])).code).toBe(2008);
  const [ana] = pessoas;
  const lote = [1, 2, 3].map((id) => ({
    jsonrpc: '2.0',
    id,
    method: 'enviar_mensagem',
    params: [ana.nome, sala, 'oi'],
  }));
  const respostas: { error?: object }[] = JSON.parse((await postar(url, lote, ana.token)).corpo);
  expect(respostas.filter(({ error }) => error)).toHaveLength(1);
  expect(readdirSync(ambiente.CHAT_DADOS)).not.toEqual([]);
  await ate(() => existsSync(ambiente.CHAT_USUARIOS), 'a lista');
  // Com os prazos do ambiente, tudo some por si; com os de costume, levaria minutos.
  for (const pessoa of pessoas) await pessoa.fazer('sair_da_sala');
  await ate(async () => (await resultado(url, 'listar_salas')).length === 0, 'a remoção da sala');
});

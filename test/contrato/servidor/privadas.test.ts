/**
 * Seção 3 do contrato: uma mensagem privada é vista por quem a enviou e por quem a recebe, por mais ninguém,
 * nunca, em resposta alguma. Por isso cada teste olha as respostas de todos os outros, em todo procedimento.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { assentar, comToken, conteudos, type Pessoa, registrar, salaCom } from '../../suporte/pessoas.ts';
import { iniciarSemBinder, type SoServidor } from '../../suporte/processos/processos.ts';

let sistema: SoServidor;
let url: string;

beforeAll(async () => {
  sistema = await iniciarSemBinder({ argumentos: SEM_LIMITES });
  url = sistema.servidor.url;
});

afterAll(() => sistema[Symbol.asyncDispose]());

/** Tudo o que uma pessoa consegue que o servidor lhe diga sobre a sala, inclusive saindo e voltando. */
async function tudoQueVe(pessoa: Pessoa, sala: string): Promise<string> {
  const partes: unknown[] = [
    await pessoa.entrar(sala),
    await pessoa.receber(sala),
    await pessoa.receber(sala, { desde: 0 }),
    await pessoa.receber(sala, { desde: 0, esperarMs: 50 }),
    await pessoa.fazer('listar_usuarios', [sala]),
    await pessoa.fazer('listar_salas'),
    await pessoa.fazer('registrar_usuario', [pessoa.nome]),
    await pessoa.fazer('sair_da_sala'),
    await pessoa.entrar(sala),
    await pessoa.receber(sala),
  ];
  // Com o cursor antes e depois de cada uma que vê: uma privada alheia estaria entre duas delas, ou depois da última.
  for (const { id } of await pessoa.receber(sala, { desde: 0 })) {
    for (const desde of [id - 1, id]) partes.push(await pessoa.receber(sala, { desde }));
  }
  return JSON.stringify(partes);
}

const SEGREDO = 'o tesouro está na ilha';

test('quem enviou e quem recebe a veem igual; nenhum outro, nem quem entra depois', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio', 'Duda');
  const [ana, bia, caio, duda] = pessoas;
  const privada = await ana.dizer(sala, SEGREDO, { destinatario: bia.nome });
  expect(privada).toMatchObject({ tipo: 'unicast', origem: ana.nome, destino: bia.nome, conteudo: SEGREDO });
  for (const pessoa of [ana, bia]) {
    expect((await pessoa.receber(sala)).at(-1)).toEqual(privada);
    expect((await pessoa.receber(sala, { desde: privada.id - 1 })).at(0)).toEqual(privada);
  }
  const elias = await registrar(url, 'Elias');
  for (const outra of [caio, duda, elias]) expect(await tudoQueVe(outra, sala)).not.toContain(SEGREDO);
});

test('quem a vê continua a vê-la depois de sair e voltar', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
  const [ana, bia, caio] = pessoas;
  await ana.dizer(sala, SEGREDO, { destinatario: bia.nome });
  expect(await tudoQueVe(ana, sala)).toContain(SEGREDO);
  expect(await tudoQueVe(bia, sala)).toContain(SEGREDO);
  expect(await tudoQueVe(caio, sala)).not.toContain(SEGREDO);
});

test('as privadas dos outros não ocupam lugar nas 50 que se recebem', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
  const [ana, bia, caio] = pessoas;
  const primeira = await ana.dizer(sala, 'nº 0');
  for (let numero = 1; numero < 50; numero += 1) await ana.dizer(sala, `nº ${numero}`);
  for (let numero = 0; numero < 60; numero += 1) await ana.dizer(sala, SEGREDO, { destinatario: bia.nome });
  const todas = Array.from({ length: 50 }, (_, numero) => `nº ${numero}`);
  const entrada = `${caio.nome} entrou na sala.`;
  expect(conteudos(await caio.receber(sala))).toEqual([entrada, ...todas]);
  expect(conteudos(await caio.receber(sala, { desde: primeira.id - 1 }))).toEqual(todas);
  expect(conteudos((await caio.entrar(sala)).mensagens)).toEqual([entrada, ...todas]);
  expect(conteudos(await bia.receber(sala)).slice(1)).toEqual(Array(50).fill(SEGREDO));
});

test('a si mesmo é permitido, e ninguém mais vê', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  const lembrete = await ana.dizer(sala, SEGREDO, { destinatario: ana.nome.toUpperCase() });
  expect(lembrete).toMatchObject({ tipo: 'unicast', origem: ana.nome, destino: ana.nome });
  expect(conteudos(await ana.receber(sala)).filter((texto) => texto === SEGREDO)).toHaveLength(1);
  expect(await tudoQueVe(bia, sala)).not.toContain(SEGREDO);
});

test('a todos ou a SERVER pelo nome, como quer que se escreva, é um parâmetro errado, e nada é enviado', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  for (const destinatario of [
    'todos',
    'ToDoS',
    ' todos ',
    'ｔｏｄｏｓ',
    'SERVER',
    'server',
    'ＳＥＲＶＥＲ',
    'ſerver',
    '',
  ]) {
    const { code, data } = await ana.serRecusado('enviar_mensagem', [ana.nome, sala, SEGREDO, destinatario]);
    expect({ destinatario, code }).toEqual({ destinatario, code: -32602 });
    expect(data.problemas.map(({ parametro }: { parametro: string }) => parametro)).toEqual(['destinatario']);
  }
  for (const pessoa of [ana, bia]) expect(await tudoQueVe(pessoa, sala)).not.toContain(SEGREDO);
});

test('a quem não está na sala não é enviada: nem guardada para quando entrar, nem mostrada a quem enviou', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  const caio = await registrar(url, 'Caio');
  const { code, data } = await ana.serRecusado('enviar_mensagem', [ana.nome, sala, SEGREDO, caio.nome]);
  expect({ code, tipo: data.tipo }).toEqual({ code: 2007, tipo: 'DESTINATARIO_FORA_DA_SALA' });
  for (const pessoa of [ana, bia, caio]) expect(await tudoQueVe(pessoa, sala)).not.toContain(SEGREDO);
});

describe('pertence à pessoa, não ao nome', () => {
  test('quem toma o nome livre do destinatário ou do remetente não vê nenhuma, nem quem continua deixa de ver', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
    const [ana, bia, caio] = pessoas;
    await ana.dizer(sala, `${SEGREDO}: um`, { destinatario: bia.nome });
    await bia.dizer(sala, `${SEGREDO}: dois`, { destinatario: ana.nome });
    await bia.dizer(sala, `${SEGREDO}: três`, { destinatario: bia.nome });
    await bia.fazer('encerrar_sessao');
    const { token } = await resultado(url, 'registrar_usuario', [bia.nome]);
    const outraBia = comToken(url, bia.nome, token);
    expect(await tudoQueVe(outraBia, sala)).not.toContain(SEGREDO);
    expect(await tudoQueVe(caio, sala)).not.toContain(SEGREDO);
    const vistas = conteudos(await ana.receber(sala)).filter((texto) => texto.startsWith(SEGREDO));
    expect(vistas).toEqual([`${SEGREDO}: um`, `${SEGREDO}: dois`]);
  });

  test('uma nova, à nova dona do nome, não chega à antiga nem a mais ninguém', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
    const [ana, bia, caio] = pessoas;
    await bia.fazer('encerrar_sessao');
    const { token } = await resultado(url, 'registrar_usuario', [bia.nome]);
    const outraBia = comToken(url, bia.nome, token);
    await outraBia.entrar(sala);
    await ana.dizer(sala, SEGREDO, { destinatario: bia.nome });
    expect(conteudos(await outraBia.receber(sala)).at(-1)).toBe(SEGREDO);
    expect((await bia.serRecusado('receber_mensagens', [bia.nome, sala])).code).toBe(2002);
    expect(await tudoQueVe(caio, sala)).not.toContain(SEGREDO);
  });
});

test('uma chamada que espera não é acordada pela privada de outros, nem ao acordar a traz', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
  const [ana, bia, caio] = pessoas;
  const desde = (await caio.receber(sala, { desde: 0 })).at(-1)?.id ?? 0;
  const espera = caio.receber(sala, { desde, esperarMs: 30_000 });
  await assentar(url);
  await ana.dizer(sala, SEGREDO, { destinatario: bia.nome });
  await bia.dizer(sala, SEGREDO, { destinatario: ana.nome });
  await assentar(url);
  const publica = await ana.dizer(sala, 'para todos');
  expect(await espera).toEqual([publica]);
});

test('a chave de uma privada não a mostra a outra pessoa que use a mesma chave', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
  const [ana, bia, caio] = pessoas;
  await ana.dizer(sala, SEGREDO, { destinatario: bia.nome, chave: 'a mesma' });
  const deCaio = await caio.dizer(sala, 'qualquer', { chave: 'a mesma' });
  expect(deCaio.conteudo).toBe('qualquer');
  expect(await tudoQueVe(caio, sala)).not.toContain(SEGREDO);
});

test('nem quem não tem sessão, nem quem está fora da sala, consegue que se diga algo dela', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  const privada = await ana.dizer(sala, SEGREDO, { destinatario: bia.nome });
  const deFora = await registrar(url, 'Fora');
  const recusadas: readonly (readonly [method: string, params: unknown[], token: string | undefined, code: number])[] =
    [
      ['receber_mensagens', [bia.nome, sala], undefined, 2002],
      ['receber_mensagens', [bia.nome, sala], deFora.token, 2003],
      ['receber_mensagens', [deFora.nome, sala], deFora.token, 2006],
      ['receber_mensagens', [deFora.nome, sala, privada.id - 1, 50], deFora.token, 2006],
    ];
  for (const [method, params, token, code] of recusadas) {
    const erro = await recusa(url, method, params, token);
    expect(erro.code).toBe(code);
    expect(JSON.stringify(erro)).not.toContain(SEGREDO);
  }
  const dadas = [await resultado(url, 'listar_usuarios', [sala], deFora.token), await resultado(url, 'listar_salas')];
  expect(JSON.stringify(dadas)).not.toContain(SEGREDO);
});

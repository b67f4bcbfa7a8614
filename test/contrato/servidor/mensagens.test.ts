/** Seção 3 do contrato: enviar, as chaves, os ids, e a linha que se mostra. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postar, type Resposta, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { conteudos, ids, type Mensagem, nomeNovo, registrar, salaCom } from '../../suporte/pessoas.ts';
import { iniciarSemBinder, type SoServidor } from '../../suporte/processos/processos.ts';

let sistema: SoServidor;
let url: string;

beforeAll(async () => {
  sistema = await iniciarSemBinder({
    argumentos: ['--limite-registros', '0', '--limite-mensagens', '0'],
    ambiente: { TZ: 'America/Sao_Paulo' },
  });
  url = sistema.servidor.url;
});

afterAll(() => sistema[Symbol.asyncDispose]());

describe('enviar_mensagem', () => {
  test('a todos devolve a mensagem como ficou guardada, e todos da sala a recebem igual', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
    const [ana, bia, caio] = pessoas;
    const antesMs = Date.now();
    const enviada = await ana.dizer(sala, 'Bom dia a todos!');
    expect(enviada).toEqual({
      id: expect.any(Number),
      sala,
      tipo: 'broadcast',
      origem: ana.nome,
      destino: 'todos',
      conteudo: 'Bom dia a todos!',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(Number.isSafeInteger(enviada.id)).toBe(true);
    const quandoMs = Date.parse(enviada.timestamp);
    expect(quandoMs).toBeGreaterThanOrEqual(antesMs);
    expect(quandoMs).toBeLessThanOrEqual(Date.now());
    for (const pessoa of [ana, bia, caio]) expect((await pessoa.receber(sala)).at(-1)).toEqual(enviada);
  });

  test('aceita os parâmetros por posição, com null nos opcionais', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    expect(await pessoas[0].fazer('enviar_mensagem', [pessoas[0].nome, sala, 'oi', null, null])).toMatchObject({
      tipo: 'broadcast',
      destino: 'todos',
    });
  });

  test('enviar_messagem é o mesmo procedimento, com as mesmas chaves', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const pedido = { nomeUsuario: pessoas[0].nome, salaAtual: sala, mensagem: 'oi', chave: 'k' };
    const enviada = await pessoas[0].fazer('enviar_messagem', pedido);
    expect(enviada).toMatchObject({ conteudo: 'oi', origem: pessoas[0].nome });
    expect(await pessoas[0].fazer('enviar_mensagem', pedido)).toEqual(enviada);
  });

  test('acha a sala e o destinatário em qualquer caixa e forma, e guarda os nomes deles', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Conceição');
    const [ana, conceicao] = pessoas;
    const enviada = await ana.dizer(` ${sala.toUpperCase()}`, 'oi', {
      destinatario: conceicao.nome.toUpperCase().normalize('NFD'),
    });
    expect(enviada).toMatchObject({ sala, tipo: 'unicast', destino: conceicao.nome });
  });

  test('guarda o conteúdo como veio: espaços nas pontas, tab, quebra de linha, forma Unicode, marcas de direção', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const textos = [
      '  pontas  ',
      'a\tb\nc',
      ' ',
      '\n',
      'e\u0301 e é',
      '\u202eoãn\u202c',
      '👩‍👩‍👧 😀',
      '<b>&amp;</b>',
      '"\\u0000"',
    ];
    for (const texto of textos) {
      expect((await ana.dizer(sala, texto)).conteudo).toBe(texto);
      expect((await bia.receber(sala)).at(-1)?.conteudo).toBe(texto);
    }
  });

  test('numa sala que não há dá 2005; numa em que não se está, 2006; e o destinatário só conta depois', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const caio = await registrar(url, 'Caio');
    const tentar = async (pessoa: typeof ana, salaAtual: string, destinatario?: string) =>
      (await pessoa.serRecusado('enviar_mensagem', [pessoa.nome, salaAtual, 'oi', destinatario])).data.tipo;
    expect(await tentar(ana, nomeNovo('Não há'))).toBe('SALA_NAO_ENCONTRADA');
    expect(await tentar(ana, nomeNovo('Não há'), caio.nome)).toBe('SALA_NAO_ENCONTRADA');
    expect(await tentar(caio, sala)).toBe('FORA_DA_SALA');
    expect(await tentar(caio, sala, nomeNovo('Ninguém'))).toBe('FORA_DA_SALA');
    expect(await tentar(ana, sala, caio.nome)).toBe('DESTINATARIO_FORA_DA_SALA');
    expect(await tentar(ana, sala, nomeNovo('Ninguém'))).toBe('DESTINATARIO_FORA_DA_SALA');
    expect(conteudos(await bia.receber(sala, { desde: 0 }))).toHaveLength(2);
  });

  test('quem está em outra sala não fala nesta', async () => {
    const { sala } = await salaCom(url, 'Ana');
    const { pessoas } = await salaCom(url, 'Bia');
    expect((await pessoas[0].serRecusado('enviar_mensagem', [pessoas[0].nome, sala, 'oi'])).code).toBe(2006);
  });
});

describe('o tamanho e os caracteres de uma mensagem', () => {
  test.each([
    ['1 caractere', 'a'],
    ['4000 letras', 'a'.repeat(4000)],
    ['4000 emojis (8000 unidades UTF-16)', '😀'.repeat(4000)],
    ['4000 letras decompostas (contadas depois de normalizar)', 'e\u0301'.repeat(4000)],
  ])('%s serve', async (_, mensagem) => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    expect((await pessoas[0].dizer(sala, mensagem)).conteudo).toBe(mensagem);
  });

  test.each([
    ['vazia', ''],
    ['4001 letras', 'a'.repeat(4001)],
    ['4001 emojis', '😀'.repeat(4001)],
    // U+0958 cresce em NFC: vira dois code points.
    ['2001 letras que em NFC são 4002', '\u0958'.repeat(2001)],
    ['um NUL', 'a\u0000b'],
    ['um ESC', '\u001b[2J'],
    ['um carriage return', 'a\r\nb'],
    ['um backspace', 'a\b'],
    ['um DEL', 'a\u007f'],
    ['um controle C1', 'a\u009b31m'],
    ['um substituto alto solto', 'a\ud83d'],
    ['um substituto baixo solto', '\ude00a'],
    ['um número', 7],
    ['uma lista', ['oi']],
    ['um objeto', { texto: 'oi' }],
  ])('%s não serve', async (_, mensagem) => {
    const { code, data } = await recusa(url, 'enviar_mensagem', ['Ana', 'Sala', mensagem]);
    expect(code).toBe(-32602);
    expect(data.problemas.map(({ parametro }: { parametro: string }) => parametro)).toEqual(['mensagem']);
  });
});

describe('os ids', () => {
  test('crescem na ordem em que as mensagens foram aceitas, a mesma para todos', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
    const falas = Array.from({ length: 30 }, (_, numero) =>
      (pessoas[numero % 3] as (typeof pessoas)[0]).dizer(sala, `${numero}`),
    );
    const enviadas = await Promise.all(falas);
    expect(new Set(ids(enviadas)).size).toBe(30);
    const [deAna, deBia, deCaio] = await Promise.all(pessoas.map((pessoa) => pessoa.receber(sala, { desde: 0 })));
    expect(deBia).toEqual(deAna);
    expect(deCaio).toEqual(deAna);
    const vistos = ids(deAna as Mensagem[]);
    expect(vistos).toEqual([...vistos].sort((um, outro) => um - outro));
    expect((deAna as Mensagem[]).slice(3)).toEqual([...enviadas].sort((uma, outra) => uma.id - outra.id));
  });

  test('as mensagens de SERVER estão na mesma sequência', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const antes = await ana.dizer(sala, 'antes');
    await bia.fazer('sair_da_sala');
    const depois = await ana.dizer(sala, 'depois');
    const saida = (await ana.receber(sala, { desde: 0 })).find(
      ({ conteudo }) => conteudo === `${bia.nome} saiu da sala.`,
    );
    expect(saida?.id).toBeGreaterThan(antes.id);
    expect(saida?.id).toBeLessThan(depois.id);
  });
});

describe('a chave', () => {
  test('repetida devolve a mensagem da primeira vez e não guarda nada, mesmo com outro conteúdo', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const primeira = await ana.dizer(sala, 'a primeira', { chave: 'k' });
    expect(await ana.dizer(sala, 'a primeira', { chave: 'k' })).toEqual(primeira);
    expect(await ana.dizer(sala, 'outra coisa', { chave: 'k', destinatario: bia.nome })).toEqual(primeira);
    expect(conteudos(await bia.receber(sala, { desde: 0 })).filter((texto) => !texto.endsWith('na sala.'))).toEqual([
      'a primeira',
    ]);
    const seguinte = await ana.dizer(sala, 'seguinte', { chave: 'k2' });
    expect(seguinte.id).toBeGreaterThan(primeira.id);
    expect((await bia.receber(sala, { desde: primeira.id })).map(({ id }) => id)).toEqual([seguinte.id]);
  });

  test('repetida ao mesmo tempo, muitas vezes, guarda uma só', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const respostas = await Promise.all(
      Array.from({ length: 20 }, () => ana.dizer(sala, 'uma só', { chave: 'a mesma' })),
    );
    expect(new Set(ids(respostas)).size).toBe(1);
    expect(conteudos(await bia.receber(sala, { desde: 0 })).filter((texto) => texto === 'uma só')).toHaveLength(1);
  });

  test('vale também depois de sair da sala, e em outra sala', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    const primeira = await ana.dizer(sala, 'oi', { chave: 'k' });
    await ana.fazer('sair_da_sala');
    expect(await ana.dizer(sala, 'oi', { chave: 'k' })).toEqual(primeira);
    const { sala: outra } = await salaCom(url, 'Bia');
    await ana.entrar(outra);
    expect(await ana.dizer(outra, 'oi', { chave: 'k' })).toEqual(primeira);
    expect(conteudos(await ana.receber(outra))).not.toContain('oi');
  });

  test('de uma mensagem privada devolve a privada, também depois que o destinatário saiu', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const privada = await ana.dizer(sala, 'só para você', { destinatario: bia.nome, chave: 'k' });
    await bia.fazer('encerrar_sessao');
    expect(await ana.dizer(sala, 'só para você', { destinatario: bia.nome, chave: 'k' })).toEqual(privada);
  });

  test('é de cada sessão: a de uma pessoa não alcança a de outra', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const deAna = await ana.dizer(sala, 'da Ana', { chave: 'k' });
    const deBia = await bia.dizer(sala, 'da Bia', { chave: 'k' });
    expect(deBia.id).not.toBe(deAna.id);
    expect(deBia.conteudo).toBe('da Bia');
  });

  test('distingue caixa, forma e espaços: é de quem chama, e não se normaliza', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const chaves = ['k', 'K', ' k', 'é', 'e\u0301'];
    const enviadas: number[] = [];
    for (const chave of chaves) enviadas.push((await pessoas[0].dizer(sala, 'oi', { chave })).id);
    expect(new Set(enviadas).size).toBe(chaves.length);
  });

  test('de um envio recusado não fica usada', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    await ana.fazer('sair_da_sala');
    expect((await ana.serRecusado('enviar_mensagem', [ana.nome, sala, 'oi', null, 'k'])).code).toBe(2006);
    await ana.entrar(sala);
    expect(await ana.dizer(sala, 'agora sim', { chave: 'k' })).toMatchObject({ conteudo: 'agora sim' });
  });

  test.each(['a', 'a'.repeat(64), '😀'.repeat(64), ' '])('%s serve', async (chave) => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const enviada = await pessoas[0].dizer(sala, 'oi', { chave });
    expect(await pessoas[0].dizer(sala, 'oi', { chave })).toEqual(enviada);
  });

  test.each(['', 'a'.repeat(65), '😀'.repeat(65), '\ud800', 7, true, ['k'], {}])('%j não serve', async (chave) => {
    const { code, data } = await recusa(url, 'enviar_mensagem', ['Ana', 'Sala', 'oi', null, chave]);
    expect(code).toBe(-32602);
    expect(data.problemas.map(({ parametro }: { parametro: string }) => parametro)).toEqual(['chave']);
  });
});

test('num batch, as mensagens ficam na ordem em que vieram', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana');
  const [ana] = pessoas;
  const textos = Array.from({ length: 50 }, (_, numero) => `nº ${numero}`);
  const lote = textos.map((mensagem, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'enviar_mensagem',
    params: [ana.nome, sala, mensagem],
  }));
  const respostas = JSON.parse((await postar(url, lote, ana.token)).corpo) as Resposta[];
  expect(respostas.filter(({ error }) => error)).toEqual([]);
  expect(conteudos(await ana.receber(sala)).slice(1)).toEqual(textos);
});

describe('formatar_mensagens', () => {
  const mensagem = (extras: Partial<Mensagem> = {}): Mensagem => ({
    id: 1,
    sala: 'Sala',
    tipo: 'broadcast',
    origem: 'Pedro',
    destino: 'todos',
    conteudo: 'Bom dia a todos!',
    timestamp: '2024-03-01T15:34:56.789Z',
    ...extras,
  });

  const linha = (extras?: Partial<Mensagem>): Promise<string> =>
    resultado(url, 'formatar_mensagens', { mensagem: mensagem(extras) });

  test('a todos, com a hora no fuso de quem formata; não pede token', async () => {
    expect(await linha()).toBe('[12:34:56] Pedro: Bom dia a todos!');
  });

  test('privada, com o destinatário', async () => {
    expect(await linha({ tipo: 'unicast', destino: 'Maria', conteudo: 'Oi' })).toBe('[12:34:56] Pedro -> Maria: Oi');
  });

  test('de SERVER', async () => {
    expect(await linha({ origem: 'SERVER', conteudo: 'Ana entrou na sala.' })).toBe(
      '[12:34:56] SERVER: Ana entrou na sala.',
    );
  });

  test('horas, minutos e segundos têm dois dígitos, e a meia-noite é 00', async () => {
    expect(await linha({ timestamp: '2024-03-01T03:01:02.000Z' })).toMatch(/^\[00:01:02\] /);
  });

  test('uma mensagem que o servidor deu serve como veio', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const privada = await ana.dizer(sala, 'oi', { destinatario: bia.nome });
    expect(await resultado(url, 'formatar_mensagens', [privada])).toMatch(
      new RegExp(`^\\[\\d\\d:\\d\\d:\\d\\d\\] ${ana.nome} -> ${bia.nome}: oi$`),
    );
  });

  test.each([
    ['um ESC', '\u001b'],
    ['um NUL', '\u0000'],
    ['um controle C1', '\u009b'],
    ['um DEL', '\u007f'],
    ['um line feed', '\n'],
    ['um carriage return', '\r'],
    ['um tab', '\t'],
    ['um separador de linha', '\u2028'],
    ['um separador de parágrafo', '\u2029'],
    ['uma inversão de direção', '\u202e'],
    ['um isolamento de direção', '\u2066'],
    ['uma marca de direção', '\u200f'],
    ['uma marca árabe', '\u061c'],
    ['um espaço de largura zero', '\u200b'],
  ])('%s se vê, e não vai cru para o terminal, de onde quer que venha', async (_, caractere) => {
    const limpa = await linha({ conteudo: 'ab' });
    const suja = await linha({ conteudo: `a${caractere}b` });
    expect(suja).not.toContain(caractere);
    // Visível: nem apagado, nem trocado por um espaço qualquer.
    expect(suja.replaceAll(' ', '')).not.toBe(limpa.replaceAll(' ', ''));
    for (const campo of ['origem', 'destino'] as const) {
      expect(await linha({ tipo: 'unicast', [campo]: `a${caractere}b` })).not.toContain(caractere);
    }
  });

  test('letras, acentos, outras escritas e emojis vão como são', async () => {
    const conteudo = 'Ação é ótimo — Привет, 你好, שלום, 👍🏽 👩‍👩‍👧';
    expect(await linha({ conteudo })).toBe(`[12:34:56] Pedro: ${conteudo}`);
  });

  test.each([
    ['nada', undefined],
    ['um texto', ['oi']],
    ['um objeto vazio', [{}]],
    ['sem timestamp', [{ ...mensagem(), timestamp: undefined }]],
    ['com um timestamp que não é um', [mensagem({ timestamp: 'ontem' })]],
    ['com um tipo que não há', [{ ...mensagem(), tipo: 'multicast' }]],
    ['com um conteúdo que não é texto', [{ ...mensagem(), conteudo: 7 }]],
  ])('%s não é uma Mensagem: -32602', async (_, params) => {
    const { code, data } = await recusa(url, 'formatar_mensagens', params);
    expect(code).toBe(-32602);
    expect(data.problemas.length).toBeGreaterThan(0);
  });
});

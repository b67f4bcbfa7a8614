/** Seção 3 do contrato: criar, entrar, sair e listar. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { conteudos, ids, nomeNovo, registrar, salaCom } from '../../suporte/pessoas.ts';
import { iniciarSemBinder, type SoServidor } from '../../suporte/processos/processos.ts';

let sistema: SoServidor;
let url: string;

beforeAll(async () => {
  sistema = await iniciarSemBinder({ argumentos: SEM_LIMITES });
  url = sistema.servidor.url;
});

afterAll(() => sistema[Symbol.asyncDispose]());

interface SalaListada {
  readonly nomeSala: string;
  readonly usuarios: number;
}

async function ocupacao(sala: string): Promise<number | undefined> {
  const salas: SalaListada[] = await resultado(url, 'listar_salas');
  return salas.find(({ nomeSala }) => nomeSala === sala)?.usuarios;
}

describe('criar_sala', () => {
  test('cria sem entrar', async () => {
    const ana = await registrar(url, 'Ana');
    const sala = nomeNovo('Café');
    expect(await ana.fazer('criar_sala', [sala])).toEqual({ nomeSala: sala });
    expect(await ocupacao(sala)).toBe(0);
    expect((await ana.serRecusado('listar_usuarios')).code).toBe(2006);
  });

  test('não tira quem cria da sala em que está', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    await pessoas[0].fazer('criar_sala', [nomeNovo('Outra')]);
    expect(await ocupacao(sala)).toBe(1);
  });

  test('devolve e lista o nome aparado e em NFC', async () => {
    const ana = await registrar(url, 'Ana');
    const sala = nomeNovo('São João');
    expect(await ana.fazer('criar_sala', [`  ${sala.normalize('NFD')} `])).toEqual({ nomeSala: sala });
    expect(await ocupacao(sala)).toBe(0);
  });

  test('de um nome que já há dá 2004, em qualquer caixa e forma, a quem quer que seja', async () => {
    const [ana, bia] = [await registrar(url, 'Ana'), await registrar(url, 'Bia')];
    const sala = nomeNovo('Férias');
    await ana.fazer('criar_sala', [sala]);
    for (const imitacao of [sala, sala.toUpperCase(), sala.normalize('NFD'), ` ${sala}`, sala.replace('F', 'Ｆ')]) {
      for (const pessoa of [ana, bia]) {
        const { code, data } = await pessoa.serRecusado('criar_sala', [imitacao]);
        expect({ code, tipo: data.tipo }, imitacao).toEqual({ code: 2004, tipo: 'SALA_JA_EXISTE' });
      }
    }
  });

  test('uma sala pode ter o nome de uma pessoa: não são os mesmos nomes', async () => {
    const ana = await registrar(url, 'Ana');
    expect(await ana.fazer('criar_sala', [ana.nome])).toEqual({ nomeSala: ana.nome });
  });

  test('criarSala é o mesmo procedimento', async () => {
    const ana = await registrar(url, 'Ana');
    const sala = nomeNovo('Apelido');
    expect(await ana.fazer('criarSala', { nomeSala: sala })).toEqual({ nomeSala: sala });
    expect((await ana.serRecusado('criar_sala', { nomeSala: sala })).code).toBe(2004);
  });
});

describe('entrar_sala', () => {
  test('dá a sala, quem está nela por nome, e a própria entrada, sem as dos outros', async () => {
    const { sala, pessoas } = await salaCom(url, 'Zeca', 'Bia');
    const [zeca, bia] = pessoas;
    const ana = await registrar(url, 'Ana');
    const entrou = await ana.entrar(sala);
    expect(entrou.nomeSala).toBe(sala);
    expect(entrou.usuarios).toEqual([ana.nome, bia.nome, zeca.nome]);
    expect(conteudos(entrou.mensagens)).toEqual([`${ana.nome} entrou na sala.`]);
    expect(entrou.mensagens.at(-1)).toEqual({
      id: expect.any(Number),
      sala,
      tipo: 'broadcast',
      origem: 'SERVER',
      destino: 'todos',
      conteudo: `${ana.nome} entrou na sala.`,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  test('dá as últimas 50 além da própria entrada, da mais antiga à mais nova, e não as primeiras', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    for (let numero = 1; numero <= 60; numero += 1) await pessoas[0].dizer(sala, `nº ${numero}`);
    const bia = await registrar(url, 'Bia');
    const { mensagens } = await bia.entrar(sala);
    expect(conteudos(mensagens)).toEqual([
      ...Array.from({ length: 50 }, (_, indice) => `nº ${indice + 11}`),
      `${bia.nome} entrou na sala.`,
    ]);
  });

  test('a entrada é vista por quem já estava', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const bia = await registrar(url, 'Bia');
    await bia.entrar(sala);
    expect(conteudos(await pessoas[0].receber(sala, { desde: 0 })).at(-1)).toBe(`${bia.nome} entrou na sala.`);
  });

  test('deixa a sala em que se estava, com a mensagem de saída lá, e não trava o servidor', async () => {
    const { sala: antiga, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const { sala: nova } = await salaCom(url, 'Caio');
    await ana.entrar(nova);
    expect(conteudos(await bia.receber(antiga, { desde: 0 })).at(-1)).toBe(`${ana.nome} saiu da sala.`);
    expect(await bia.fazer('listar_usuarios')).toEqual([bia.nome]);
    expect(await ocupacao(nova)).toBe(2);
    expect((await ana.serRecusado('receber_mensagens', [ana.nome, antiga])).code).toBe(2006);
  });

  test('entrar onde já se está não muda nada, e responde o mesmo', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    await bia.dizer(sala, 'oi');
    const antes = await bia.receber(sala, { desde: 0 });
    const mensagens = await ana.receber(sala);
    for (const grafia of [sala, sala.toUpperCase(), sala.normalize('NFD')]) {
      expect(await ana.entrar(grafia)).toEqual({ nomeSala: sala, usuarios: [ana.nome, bia.nome], mensagens });
    }
    expect(await bia.receber(sala, { desde: 0 })).toEqual(antes);
    const seguinte = await ana.dizer(sala, 'seguinte');
    expect(seguinte.id).toBeGreaterThan(Math.max(...ids(antes)));
  });

  test('numa sala que não há dá 2005, e não tira de onde se está', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const { code, data } = await pessoas[0].serRecusado('entrar_sala', [pessoas[0].nome, nomeNovo('Não há')]);
    expect({ code, tipo: data.tipo }).toEqual({ code: 2005, tipo: 'SALA_NAO_ENCONTRADA' });
    expect(await pessoas[0].fazer('listar_usuarios')).toEqual([pessoas[0].nome]);
    expect(conteudos(await pessoas[0].receber(sala, { desde: 0 }))).toHaveLength(1);
  });

  test('acha a sala em qualquer caixa e forma, e responde com o nome dela', async () => {
    const { sala } = await salaCom(url, 'Ana');
    const bia = await registrar(url, 'Bia');
    expect(await bia.entrar(` ${sala.toUpperCase()} `)).toMatchObject({ nomeSala: sala });
  });

  test('entrar_na_sala é o mesmo procedimento', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const bia = await registrar(url, 'Bia');
    expect(await bia.fazer('entrar_na_sala', [bia.nome, sala])).toMatchObject({
      nomeSala: sala,
      usuarios: [pessoas[0].nome, bia.nome],
    });
  });

  test('quem entra, sai e volta vê cada passagem, e é listado uma só vez', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    await ana.fazer('sair_da_sala');
    const { usuarios } = await ana.entrar(sala);
    expect(usuarios).toEqual([ana.nome, bia.nome]);
    expect(conteudos(await ana.receber(sala, { desde: 0 }))).toEqual([
      `${ana.nome} entrou na sala.`,
      `${bia.nome} entrou na sala.`,
      `${ana.nome} saiu da sala.`,
      `${ana.nome} entrou na sala.`,
    ]);
  });
});

describe('sair_da_sala', () => {
  test('diz de que sala saiu, e os outros veem a saída', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    expect(await ana.fazer('sair_da_sala', { nomeUsuario: ana.nome })).toEqual({ nomeSala: sala });
    expect((await bia.receber(sala, { desde: 0 })).at(-1)).toMatchObject({
      origem: 'SERVER',
      destino: 'todos',
      tipo: 'broadcast',
      conteudo: `${ana.nome} saiu da sala.`,
    });
    expect(await ocupacao(sala)).toBe(1);
  });

  test('de nenhuma dá 2006', async () => {
    const { pessoas } = await salaCom(url, 'Ana');
    await pessoas[0].fazer('sair_da_sala');
    const { code, data } = await pessoas[0].serRecusado('sair_da_sala');
    expect({ code, tipo: data.tipo }).toEqual({ code: 2006, tipo: 'FORA_DA_SALA' });
  });

  test('quem saiu não lê, não fala, e continua com a sessão', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana] = pessoas;
    await ana.fazer('sair_da_sala');
    expect((await ana.serRecusado('receber_mensagens', [ana.nome, sala])).code).toBe(2006);
    expect((await ana.serRecusado('enviar_mensagem', [ana.nome, sala, 'oi'])).code).toBe(2006);
    expect(await ana.fazer('registrar_usuario', [ana.nome])).toMatchObject({ token: ana.token, sala: null });
  });
});

describe('listar_salas', () => {
  test('não pede token, e dá as salas por nome com quantos há em cada uma', async () => {
    const ana = await registrar(url, 'Ana');
    const [cinema, arte, bola] = [nomeNovo('Cinema'), nomeNovo('Arte'), nomeNovo('Bola')];
    for (const nomeSala of [cinema, arte, bola]) await ana.fazer('criar_sala', { nomeSala });
    await ana.entrar(bola);
    const salas: { nomeSala: string }[] = await resultado(url, 'listar_salas');
    expect(salas.filter(({ nomeSala }) => [cinema, arte, bola].includes(nomeSala))).toEqual([
      { nomeSala: arte, usuarios: 0 },
      { nomeSala: bola, usuarios: 1 },
      { nomeSala: cinema, usuarios: 0 },
    ]);
  });
});

describe('listar_usuarios', () => {
  test('sem nomeSala, ou com null, é da sala em que se está', async () => {
    const { pessoas } = await salaCom(url, 'Zeca', 'Ana', 'Mia');
    const [zeca, ana, mia] = pessoas;
    for (const params of [undefined, [], [null], {}, { nomeSala: null }]) {
      expect(await zeca.fazer('listar_usuarios', params)).toEqual([ana.nome, mia.nome, zeca.nome]);
    }
  });

  test('com nomeSala é de qualquer sala, também de fora dela', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const bia = await registrar(url, 'Bia');
    expect(await bia.fazer('listar_usuarios', [sala.toUpperCase()])).toEqual([pessoas[0].nome]);
  });

  test('de uma sala vazia é vazia; de uma que não há, 2005; sem sala nenhuma, 2006', async () => {
    const ana = await registrar(url, 'Ana');
    const sala = nomeNovo('Vazia');
    await ana.fazer('criar_sala', [sala]);
    expect(await ana.fazer('listar_usuarios', [sala])).toEqual([]);
    expect((await ana.serRecusado('listar_usuarios', [nomeNovo('Não há')])).code).toBe(2005);
    expect((await ana.serRecusado('listar_usuarios')).code).toBe(2006);
  });

  test('pede token', async () => {
    const { sala } = await salaCom(url, 'Ana');
    expect((await recusa(url, 'listar_usuarios', [sala])).code).toBe(2002);
  });
});

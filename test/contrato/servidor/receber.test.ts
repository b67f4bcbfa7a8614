/** Seção 3 do contrato: receber_mensagens, com o cursor e a espera. */

import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { recusa } from '../../../scripts/comum/jsonrpc.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import {
  assentar,
  conteudos,
  ids,
  type Mensagem,
  nomeNovo,
  type Pessoa,
  registrar,
  salaCom,
} from '../../suporte/pessoas.ts';
import { iniciarSemBinder, type SoServidor } from '../../suporte/processos/processos.ts';

let sistema: SoServidor;
let url: string;

beforeAll(async () => {
  sistema = await iniciarSemBinder({ argumentos: SEM_LIMITES });
  url = sistema.servidor.url;
});

afterAll(() => sistema[Symbol.asyncDispose]());

const ESPERA_LONGA_MS = 30_000;
/** Muito menos que a espera longa, muito mais que o necessário. */
const LOGO_MS = 5_000;

async function ultimoId(pessoa: Pessoa, sala: string): Promise<number> {
  return (await pessoa.receber(sala, { desde: 0 })).at(-1)?.id ?? 0;
}

/** Começa uma espera e só volta quando ela já deve ter chegado. */
async function esperando(pessoa: Pessoa, sala: string, extras: object = {}) {
  const desde = await ultimoId(pessoa, sala);
  const inicioMs = performance.now();
  const resposta = pessoa
    .receber(sala, { desde, esperarMs: ESPERA_LONGA_MS, ...extras })
    .then((mensagens) => ({ mensagens, duracaoMs: performance.now() - inicioMs }));
  await assentar(url);
  return { desde, resposta };
}

async function falar(pessoa: Pessoa, sala: string, quantas: number): Promise<Mensagem[]> {
  const enviadas: Mensagem[] = [];
  for (let numero = 1; numero <= quantas; numero += 1) enviadas.push(await pessoa.dizer(sala, `nº ${numero}`));
  return enviadas;
}

describe('sem desde', () => {
  test('dá as últimas 50 que se podem ver e a própria entrada, da mais antiga à mais nova', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const enviadas = await falar(ana, sala, 60);
    const [, entrada] = await bia.receber(sala, { desde: 0 });
    expect(await bia.receber(sala)).toEqual([entrada, ...enviadas.slice(10)]);
    expect(await bia.receber(sala, { desde: null, esperarMs: null })).toEqual([entrada, ...enviadas.slice(10)]);
  });

  test('com menos de 50, dá todas e a própria entrada', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const enviadas = await falar(pessoas[0], sala, 2);
    expect((await pessoas[0].receber(sala)).slice(1)).toEqual(enviadas);
    expect(conteudos(await pessoas[0].receber(sala))[0]).toBe(`${pessoas[0].nome} entrou na sala.`);
  });

  test('não muda nada: duas vezes seguidas dá o mesmo', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    await falar(pessoas[0], sala, 3);
    expect(await pessoas[0].receber(sala)).toEqual(await pessoas[0].receber(sala));
  });
});

describe('com desde', () => {
  test('dá as primeiras 50 depois dele: quem ficou para trás avança página a página e não perde nada', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const desde = await ultimoId(bia, sala);
    const enviadas = await falar(ana, sala, 120);
    const recebidas: Mensagem[] = [];
    const tamanhos: number[] = [];
    for (let cursor = desde; ; cursor = recebidas.at(-1)?.id ?? cursor) {
      const pagina = await bia.receber(sala, { desde: cursor });
      if (pagina.length === 0) break;
      tamanhos.push(pagina.length);
      recebidas.push(...pagina);
    }
    expect(tamanhos).toEqual([50, 50, 20]);
    expect(recebidas).toEqual(enviadas);
  });

  test('0 vale, e é do começo; com espera e com o que dar, não se espera', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    const enviadas = await falar(ana, sala, 55);
    const pagina = await ana.receber(sala, { desde: 0, esperarMs: ESPERA_LONGA_MS });
    expect(conteudos(pagina)[0]).toBe(`${ana.nome} entrou na sala.`);
    expect(pagina.slice(1)).toEqual(enviadas.slice(0, 49));
  });

  test('do último id não há nada; do penúltimo, só a última', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const enviadas = await falar(pessoas[0], sala, 2);
    const [penultima, ultima] = ids(enviadas) as [number, number];
    expect(await pessoas[0].receber(sala, { desde: ultima })).toEqual([]);
    expect(await pessoas[0].receber(sala, { desde: penultima })).toEqual([enviadas[1]]);
    expect(await pessoas[0].receber(sala, { desde: Number.MAX_SAFE_INTEGER })).toEqual([]);
  });

  test('várias mensagens no mesmo milissegundo chegam todas', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const desde = await ultimoId(bia, sala);
    await Promise.all(Array.from({ length: 40 }, (_, numero) => ana.dizer(sala, `${numero}`)));
    const recebidas = await bia.receber(sala, { desde });
    expect(new Set(conteudos(recebidas)).size).toBe(40);
  });

  test.each([-1, 1.5, '0', true, [0], {}, 2 ** 53])('%j não é um id', async (desde) => {
    const { code, data } = await recusa(url, 'receber_mensagens', ['Ana', 'Sala', desde]);
    expect(code).toBe(-32602);
    expect(new Set(data.problemas.map(({ parametro }: { parametro: string }) => parametro))).toEqual(
      new Set(['desde']),
    );
  });
});

describe('a sala', () => {
  test('que não há dá 2005; em que não se está, 2006, também com espera', async () => {
    const { sala } = await salaCom(url, 'Ana');
    const bia = await registrar(url, 'Bia');
    for (const esperarMs of [0, ESPERA_LONGA_MS]) {
      const inicioMs = performance.now();
      const semSala = [bia.nome, nomeNovo('Não há'), 0, esperarMs];
      expect((await bia.serRecusado('receber_mensagens', semSala)).data.tipo).toBe('SALA_NAO_ENCONTRADA');
      expect((await bia.serRecusado('receber_mensagens', [bia.nome, sala, 0, esperarMs])).data.tipo).toBe(
        'FORA_DA_SALA',
      );
      expect(performance.now() - inicioMs).toBeLessThan(LOGO_MS);
    }
  });

  test('é achada em qualquer caixa e forma, e a espera nela é acordada', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const desde = await ultimoId(bia, sala);
    const espera = bia.receber(` ${sala.toUpperCase()}`, { desde, esperarMs: ESPERA_LONGA_MS });
    await assentar(url);
    const enviada = await ana.dizer(sala, 'oi');
    expect(await espera).toEqual([enviada]);
  });
});

describe('com esperarMs', () => {
  test.each([-1, 120_001, 1.5, '1000', true])('%j não serve', async (esperarMs) => {
    const { code, data } = await recusa(url, 'receber_mensagens', ['Ana', 'Sala', 0, esperarMs]);
    expect(code).toBe(-32602);
    expect(data.problemas.map(({ parametro }: { parametro: string }) => parametro)).toEqual(['esperarMs']);
  });

  test('0 responde já, ainda que com nada', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const desde = await ultimoId(pessoas[0], sala);
    expect(await pessoas[0].receber(sala, { desde, esperarMs: 0 })).toEqual([]);
  });

  test('30000 vale, e é acordada pela mensagem que se pode ver: de todos, privada para si, e de SERVER', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const caio = await registrar(url, 'Caio');
    const acordar: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['para todos', () => ana.dizer(sala, 'para todos')],
      ['para Bia', () => ana.dizer(sala, 'para Bia', { destinatario: bia.nome })],
      ['a própria', () => bia.dizer(sala, 'a própria')],
      ['a própria privada', () => bia.dizer(sala, 'a própria privada', { destinatario: ana.nome })],
      [`${caio.nome} entrou na sala.`, () => caio.entrar(sala)],
      [`${caio.nome} saiu da sala.`, () => caio.fazer('encerrar_sessao')],
    ];
    for (const [texto, agir] of acordar) {
      const { resposta } = await esperando(bia, sala);
      await agir();
      const { mensagens, duracaoMs } = await resposta;
      expect(conteudos(mensagens)).toEqual([texto]);
      expect(duracaoMs).toBeLessThan(LOGO_MS);
    }
  });

  test('sem nada que se possa ver, responde [] quando o tempo acaba, nem antes nem muito depois', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
    const [ana, bia, caio] = pessoas;
    const { resposta } = await esperando(caio, sala, { esperarMs: 600 });
    await ana.dizer(sala, 'não é para você', { destinatario: bia.nome });
    const { mensagens, duracaoMs } = await resposta;
    expect(mensagens).toEqual([]);
    expect(duracaoMs).toBeGreaterThanOrEqual(590);
    expect(duracaoMs).toBeLessThan(600 + LOGO_MS);
  });

  test('passa de 6 s sem que a conexão caia', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const { resposta } = await esperando(pessoas[0], sala, { esperarMs: 6_500 });
    const { mensagens, duracaoMs } = await resposta;
    expect(mensagens).toEqual([]);
    expect(duracaoMs).toBeGreaterThanOrEqual(6_490);
  });

  test('sem desde, e com história, responde já com ela', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const inicioMs = performance.now();
    expect(await pessoas[0].receber(sala, { esperarMs: ESPERA_LONGA_MS })).toHaveLength(1);
    expect(performance.now() - inicioMs).toBeLessThan(LOGO_MS);
  });

  test('mensagem de outra sala não a acorda', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const { sala: outra, pessoas: outros } = await salaCom(url, 'Caio');
    const { resposta } = await esperando(pessoas[1], sala);
    await outros[0].dizer(outra, 'em outra sala');
    await assentar(url);
    const enviada = await pessoas[0].dizer(sala, 'nesta');
    expect((await resposta).mensagens).toEqual([enviada]);
  });

  test('uma mais nova da mesma sessão termina a anterior com [], e é ela que recebe', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const antiga = await esperando(bia, sala);
    const nova = await esperando(bia, sala);
    const terminada = await antiga.resposta;
    expect(terminada.mensagens).toEqual([]);
    expect(terminada.duracaoMs).toBeLessThan(LOGO_MS);
    const enviada = await ana.dizer(sala, 'oi');
    expect((await nova.resposta).mensagens).toEqual([enviada]);
  });

  test('a de uma sessão não termina a de outra', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
    const [ana, bia, caio] = pessoas;
    const deBia = await esperando(bia, sala);
    const deCaio = await esperando(caio, sala);
    const enviada = await ana.dizer(sala, 'oi');
    expect((await deBia.resposta).mensagens).toEqual([enviada]);
    expect((await deCaio.resposta).mensagens).toEqual([enviada]);
  });

  test('outra chamada da mesma sessão não a termina', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const { resposta } = await esperando(bia, sala);
    await bia.fazer('listar_usuarios');
    await bia.fazer('registrar_usuario', [bia.nome]);
    const enviada = await ana.dizer(sala, 'oi');
    expect((await resposta).mensagens).toEqual([enviada]);
  });

  test('quem sai da sala não fica esperando por ela', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const { resposta } = await esperando(bia, sala);
    await bia.fazer('sair_da_sala');
    await ana.dizer(sala, 'depois da saída');
    const { mensagens } = await resposta.catch(() => ({ mensagens: [] }));
    expect(conteudos(mensagens)).not.toContain('depois da saída');
  });

  test('cada mensagem chega uma só vez a quem espera em laço, na ordem, por mais depressa que se fale', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
    const [ana, bia, caio] = pessoas;
    const TOTAL = 150;
    const ouvir = async (pessoa: Pessoa, cursor: number) => {
      let desde = cursor;
      const recebidas: Mensagem[] = [];
      while (recebidas.length < TOTAL) {
        const novas = await pessoa.receber(sala, { desde, esperarMs: 10_000 });
        recebidas.push(...novas);
        desde = recebidas.at(-1)?.id ?? desde;
      }
      return recebidas;
    };
    // O cursor de cada um é de antes da primeira: ela também tem de chegar.
    const doFim = await ultimoId(ana, sala);
    const ouvintes = [bia, caio].map((pessoa) => ouvir(pessoa, doFim));
    await assentar(url);
    const enviadas: Mensagem[] = [];
    for (let numero = 0; numero < TOTAL; numero += 5) {
      const leva = Array.from({ length: 5 }, (_, indice) => ana.dizer(sala, `nº ${numero + indice}`));
      enviadas.push(...(await Promise.all(leva)));
    }
    const esperadas = enviadas.sort((uma, outra) => uma.id - outra.id);
    for (const recebidas of await Promise.all(ouvintes)) expect(recebidas).toEqual(esperadas);
  });
});

test('uma espera cujo cliente caiu não atrapalha: nem a próxima, nem quem fala', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  const desde = await ultimoId(bia, sala);
  const corpo = {
    jsonrpc: '2.0',
    id: 1,
    method: 'receber_mensagens',
    params: [bia.nome, sala, desde, ESPERA_LONGA_MS],
  };
  const pedido = request(url, {
    method: 'POST',
    agent: false,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${bia.token}` },
  });
  let caiu = false;
  pedido.on('error', () => {
    caiu = true;
  });
  pedido.end(JSON.stringify(corpo));
  await assentar(url);
  pedido.destroy();
  await ate(() => caiu, 'a queda');
  const { resposta } = await esperando(bia, sala);
  const enviada = await ana.dizer(sala, 'oi');
  expect((await resposta).mensagens).toEqual([enviada]);
});

/** Seção 3 do contrato: quando dois nomes são o mesmo, e quantas chamadas se podem fazer. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { chamar, http, postar, type Resposta, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { lerOpcoes } from '../../../src/process/opcoes/options.ts';
import { OPCOES } from '../../../src/server/options.ts';
import { dividirServidor } from '../../suporte/local/servidor-dividido.ts';
import { conteudos, type Pessoa, registrar, salaCom } from '../../suporte/pessoas.ts';
import { iniciarSemBinder, type SoServidor } from '../../suporte/processos/processos.ts';

let sistema: SoServidor;
let url: string;

beforeAll(async () => {
  sistema = await iniciarSemBinder({ argumentos: SEM_LIMITES });
  url = sistema.servidor.url;
});

afterAll(() => sistema[Symbol.asyncDispose]());

describe('um nome', () => {
  test.each([
    ['de 1 letra', 'A'],
    ['de 32 letras', 'b'.repeat(32)],
    ['de 32 letras fora do plano básico', '𐐀'.repeat(32)],
    ['de 32 letras decompostas (64 code points antes de normalizar)', 'e\u0301'.repeat(32)],
    ['de 32 letras e espaços nas pontas', `   ${'c'.repeat(32)}   `],
    ['com ponto, hífen, sublinhado, dígito e espaço', 'd_1. -2'],
    ['em cirílico', 'Анна'],
    ['em chinês', '安娜'],
    ['em árabe', 'آنا'],
    ['em devanágari, com marcas', 'अन्ना'],
    ['com dígitos árabes', 'آنا ٣'],
    ['que só começa como um reservado', 'todos nós'],
    ['que só termina como um reservado', 'meu-server'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ])('%s serve para usuário e para sala, e volta aparado e em NFC', async (_, nome) => {
    const esperado = nome.normalize('NFC').trim();
    const { nomeUsuario, token } = await resultado(url, 'registrar_usuario', [nome]);
    expect(nomeUsuario).toBe(esperado);
    expect(await resultado(url, 'criar_sala', [nome], token)).toEqual({ nomeSala: esperado });
    expect(await resultado(url, 'entrar_sala', [nome, nome], token)).toMatchObject({
      nomeSala: esperado,
      usuarios: [esperado],
    });
  });

  test('é comparado depois de NFKC e minúsculas, também o de salas', async () => {
    const ana = await registrar(url, 'Comparadora');
    const iguais: readonly (readonly [string, string])[] = [
      ['ﬁm', 'FIM'],
      ['Ｃａｓａ', 'casa'],
      ['ÀÉÎ', 'àéî'],
      ['ΟΔΟΣ', 'οδος'],
      ['Kelvin', 'Kelvin'],
    ];
    for (const [um, outro] of iguais) {
      await resultado(url, 'registrar_usuario', [um]);
      expect((await recusa(url, 'registrar_usuario', [outro])).data.tipo, `${um} e ${outro}`).toBe('NOME_EM_USO');
      await ana.fazer('criar_sala', [um]);
      expect((await ana.serRecusado('criar_sala', [outro])).data.tipo, `${um} e ${outro}`).toBe('SALA_JA_EXISTE');
    }
  });

  test('que só se parece com outro é outro', async () => {
    for (const nome of ['Olga', 'Olgá', 'Ol ga', 'Olga.', 'O lga', 'Olga-']) {
      expect(await resultado(url, 'registrar_usuario', [nome])).toMatchObject({ nomeUsuario: nome });
    }
  });
});

/** @returns quantas foram aceitas antes da primeira recusa, e a recusa */
async function ateRecusar(agir: (numero: number) => Promise<Resposta>, maximo: number) {
  for (let aceitas = 0; aceitas < maximo; ) {
    const { error } = await agir(aceitas);
    if (!error) aceitas += 1;
    // Numa máquina ocupada um Redis nem sempre responde a tempo, e isso não é a recusa que se procura.
    else if (error.data.tipo !== 'SERVICO_INDISPONIVEL') return { aceitas, error };
  }
  throw new Error(`${maximo} chamadas foram aceitas`);
}

function registro(servidor: string) {
  return (numero: number) => chamar(servidor, 'registrar_usuario', [`Pessoa ${numero}`]);
}

function esperarLimite(error: NonNullable<Resposta['error']>, maximoMs: number) {
  expect({ code: error.code, tipo: error.data.tipo }).toEqual({ code: 2008, tipo: 'LIMITE_EXCEDIDO' });
  expect(error.message).toMatch(/\p{L}+ \p{L}+/u);
  expect(Number.isInteger(error.data.tenteEmMs)).toBe(true);
  expect(error.data.tenteEmMs).toBeGreaterThan(0);
  expect(error.data.tenteEmMs).toBeLessThanOrEqual(maximoMs);
}

/** As mensagens de um batch entram juntas: o relógio não passa entre elas. */
async function enviarJuntas(pessoa: Pessoa, sala: string, extras: readonly object[]): Promise<Resposta[]> {
  const lote = extras.map((extra, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'enviar_mensagem',
    params: { nomeUsuario: pessoa.nome, salaAtual: sala, mensagem: `nº ${id}`, ...extra },
  }));
  const respostas: Resposta[] = JSON.parse((await postar(pessoa.url, lote, pessoa.token)).corpo);
  return respostas.sort((uma, outra) => Number(uma.id) - Number(outra.id));
}

/** A janela de `--limite-mensagens`. */
const JANELA_MS = 1_000;

/**
 * O que um limite deixa passar depende do tempo que passa enquanto se chama, e o que se prova é o que cabe na janela:
 * se a máquina demorou mais que ela, o que se viu não diz nada, e tenta-se de novo com outras pessoas.
 */
async function naMesmaJanela<T>(
  servidor: string,
  agir: (ana: Pessoa, sala: string, bia: Pessoa) => Promise<T>,
): Promise<T> {
  for (;;) {
    const { sala, pessoas } = await salaCom(servidor, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const inicioMs = performance.now();
    const visto = await agir(ana, sala, bia);
    if (performance.now() - inicioMs < JANELA_MS) return visto;
  }
}

test('se nada se diz, são 60 registros por minuto e endereço, e 20 mensagens por segundo e usuário', () => {
  const opcoes = lerOpcoes({ nome: 'servidor', versao: '1', descricao: '' }, OPCOES, [], {});
  expect(opcoes).toMatchObject({ 'limite-registros': 60, 'limite-mensagens': 20 });
});

describe('o limite de mensagens', () => {
  const aDuas = dividirServidor('--limite-mensagens', '2');

  test('por segundo e usuário: o que passa dele é recusado, não é guardado, e depois de tenteEmMs há lugar', async () => {
    const { ana, bia, sala, respostas } = await naMesmaJanela(aDuas().servidor.url, async (ana, sala, bia) => ({
      ...{ ana, bia, sala },
      respostas: await enviarJuntas(ana, sala, [{}, {}, {}, {}]),
    }));
    const recusadas = respostas.filter(({ error }) => error);
    expect(recusadas.map(({ id }) => id)).toEqual([2, 3]);
    for (const { error } of recusadas) esperarLimite(error as NonNullable<Resposta['error']>, 1_000);
    expect(conteudos(await bia.receber(sala, { desde: 0 })).slice(2)).toEqual(['nº 0', 'nº 1']);
    // O limite é de cada um: Bia fala enquanto Ana espera.
    await bia.dizer(sala, 'eu posso');
    await ate(async () => !(await chamar(ana.url, 'enviar_mensagem', [ana.nome, sala, 'de novo'], ana.token)).error);
  });

  test('0 é nenhum', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    for (let lote = 0; lote < 3; lote += 1) {
      const respostas = await enviarJuntas(pessoas[0], sala, Array(50).fill({}));
      expect(respostas.filter(({ error }) => error)).toEqual([]);
    }
  });

  test('é o último a ser conferido: antes vêm os parâmetros, quem chama, a sala e o destinatário', async () => {
    const pedidos = [
      {},
      { mensagem: '' },
      { nomeUsuario: 'Outra' },
      { salaAtual: 'Não há' },
      { destinatario: 'Ninguém' },
      {},
      {},
    ];
    const respostas = await naMesmaJanela(aDuas().servidor.url, (ana, sala) => enviarJuntas(ana, sala, pedidos));
    expect(respostas.map(({ error }) => error?.code)).toEqual([undefined, -32602, 2003, 2005, 2007, undefined, 2008]);
  });

  test('uma recusa não conta', async () => {
    const errada = { destinatario: 'Ninguém' };
    const respostas = await naMesmaJanela(aDuas().servidor.url, async (ana, sala) => {
      for (const pedido of [errada, errada, errada]) {
        expect((await enviarJuntas(ana, sala, [pedido]))[0]?.error?.code).toBe(2007);
      }
      return enviarJuntas(ana, sala, [{}, {}, {}]);
    });
    expect(respostas.map(({ error }) => error?.code)).toEqual([undefined, undefined, 2008]);
  });

  test('uma chave repetida é respondida mesmo no limite, e não conta', async () => {
    const quatro = [{ chave: 'a' }, { chave: 'b' }, { chave: 'c' }, { chave: 'a' }];
    const { ana, sala, respostas } = await naMesmaJanela(aDuas().servidor.url, async (ana, sala) => ({
      ...{ ana, sala },
      respostas: await enviarJuntas(ana, sala, quatro),
    }));
    expect(respostas.map(({ error }) => error?.code)).toEqual([undefined, undefined, 2008, undefined]);
    expect(respostas[3]?.result).toEqual(respostas[0]?.result);
    // Passado o segundo, repetir não gasta o lugar de quem é novo.
    await ate(async () => {
      for (let vez = 0; vez < 5; vez += 1) await ana.dizer(sala, 'repetida', { chave: 'a' });
      const novas = await enviarJuntas(ana, sala, [{}, {}]);
      return novas.every(({ error }) => !error);
    }, 'lugar para duas novas, apesar das repetidas');
  });

  test('repetidas e novas ao mesmo tempo: as repetidas não tomam o lugar das novas nem por um instante', async () => {
    const { sala, pessoas } = await salaCom(aDuas().servidor.url, 'Ana');
    const [ana] = pessoas;
    await ana.dizer(sala, 'a primeira', { chave: 'a' });
    // Na mesma janela já há uma: cabe mais uma, e só as repetidas vêm antes dela.
    const repetidas = Array(10).fill({ chave: 'a' });
    const respostas = await enviarJuntas(ana, sala, [...repetidas, { chave: 'nova' }]);
    expect(respostas.map(({ error }) => error?.code)).toEqual(Array(11).fill(undefined));
  });
});

describe('o limite de registros', () => {
  const deTres = dividirServidor('--limite-registros', '3');
  let ana: Pessoa;
  let depoisDela: Awaited<ReturnType<typeof ateRecusar>>;
  beforeAll(async () => {
    const servidor = deTres().servidor.url;
    ana = await registrar(servidor, 'Ana');
    depoisDela = await ateRecusar(registro(servidor), 10);
  });

  test('por minuto e endereço: o que passa dele é recusado, e o nome continua livre', async () => {
    const { aceitas, error } = depoisDela;
    expect(aceitas).toBe(2);
    esperarLimite(error, 60_000);
    // Quem divide um endereço com outros não chamou demais: a recusa diz o que houve, e quem muda o limite.
    expect(error?.message).toMatch(/só aceita 3 registros por minuto de um endereço.*--limite-registros\.$/);
    expect((await recusa(ana.url, 'registrar_usuario', ['todos'])).code).toBe(-32602);
  });

  test('0 é nenhum', async () => {
    for (let numero = 0; numero < 70; numero += 1) {
      expect((await registro(url)(numero)).error).toBeUndefined();
    }
  });

  describe('atingido', () => {
    test('não impede de retomar a própria sessão, que não é registrar', async () => {
      expect((await recusa(ana.url, 'registrar_usuario', ['Bia'])).code).toBe(2008);
      for (let vez = 0; vez < 5; vez += 1) {
        expect(await ana.fazer('registrar_usuario', [ana.nome])).toMatchObject({ token: ana.token });
      }
    });

    test('não se contorna com X-Forwarded-For', async () => {
      const { corpo } = await postarComo(ana.url, 'Bia', {
        'X-Forwarded-For': '203.0.113.7',
        Forwarded: 'for=203.0.113.7',
      });
      expect(JSON.parse(corpo).error.code).toBe(2008);
    });
  });
});

function postarComo(servidor: string, nome: string, headers: Readonly<Record<string, string>>) {
  const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'registrar_usuario', params: [nome] });
  return http(servidor, { headers: { 'Content-Type': 'application/json', ...headers }, corpo });
}

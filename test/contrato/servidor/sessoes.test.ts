/** Seção 3 do contrato: registro, token, retomada e fim da sessão. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { bytesDaPasta } from '../../suporte/bytes-da-pasta.ts';
import { comToken, conteudos, nomeNovo, registrar, salaCom } from '../../suporte/pessoas.ts';
import { pastaDoGuardado } from '../../suporte/processos/estado.ts';
import { iniciarSemBinder, type SoServidor } from '../../suporte/processos/processos.ts';

let sistema: SoServidor;
let url: string;

beforeAll(async () => {
  sistema = await iniciarSemBinder({ argumentos: SEM_LIMITES });
  url = sistema.servidor.url;
});

afterAll(() => sistema[Symbol.asyncDispose]());

/** Um token bem formado que ninguém tem. */
const TOKEN_DE_NINGUEM = 'A'.repeat(43);

describe('registrar_usuario', () => {
  test('dá o nome, um token de 256 bits em base64url, e nenhuma sala', async () => {
    const nomeUsuario = nomeNovo('Ana');
    const registro = await resultado(url, 'registrar_usuario', [nomeUsuario]);
    expect(registro).toEqual({ nomeUsuario, token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/), sala: null });
    expect(Buffer.from(registro.token, 'base64url')).toHaveLength(32);
  });

  test('nunca dá o mesmo token duas vezes', async () => {
    const tokens = new Set<string>();
    for (let vez = 0; vez < 20; vez += 1) tokens.add((await registrar(url, 'Único')).token);
    expect(tokens.size).toBe(20);
  });

  test('de um nome de outra pessoa é recusado, qualquer que seja a caixa ou a forma Unicode', async () => {
    const base = nomeNovo('João');
    await resultado(url, 'registrar_usuario', [base]);
    const imitacoes = [
      base,
      base.toUpperCase(),
      base.toLowerCase(),
      base.normalize('NFD'),
      `  ${base}\t`,
      base.replace('J', 'Ｊ'),
    ];
    for (const imitacao of imitacoes) {
      const { code, message, data } = await recusa(url, 'registrar_usuario', [imitacao]);
      expect({ code, tipo: data.tipo }, imitacao).toEqual({ code: 2001, tipo: 'NOME_EM_USO' });
      expect(message).toMatch(/\p{L}+ \p{L}+/u);
    }
  });

  test('o nome volta aparado e em NFC', async () => {
    const nome = nomeNovo('José da Conceição');
    expect(await resultado(url, 'registrar_usuario', [`\t ${nome.normalize('NFD')}\n`])).toMatchObject({
      nomeUsuario: nome,
    });
  });
});

describe('registrar de novo com o token vivo do mesmo nome', () => {
  test('retoma a sessão: o mesmo token, e a sala em que se está', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    const antes = await ana.receber(sala, { desde: 0 });
    expect(await ana.fazer('registrar_usuario', [ana.nome])).toEqual({ nomeUsuario: ana.nome, token: ana.token, sala });
    expect(await ana.receber(sala, { desde: 0 })).toEqual(antes);
  });

  test('fora de uma sala, sala é null', async () => {
    const ana = await registrar(url, 'Ana');
    expect(await ana.fazer('registrar_usuario', [ana.nome])).toMatchObject({ token: ana.token, sala: null });
  });

  test('vale em outra caixa ou forma, e o nome continua o do registro', async () => {
    const ana = await registrar(url, 'Conceição');
    for (const forma of [ana.nome.toUpperCase(), ana.nome.normalize('NFD'), ` ${ana.nome} `]) {
      expect(await ana.fazer('registrar_usuario', [forma])).toEqual({
        nomeUsuario: ana.nome,
        token: ana.token,
        sala: null,
      });
    }
  });
});

describe('registrar com outro token é um registro como qualquer outro', () => {
  test('com o token de um nome não se toma o de outra pessoa', async () => {
    const [ana, bia] = [await registrar(url, 'Ana'), await registrar(url, 'Bia')];
    expect((await ana.serRecusado('registrar_usuario', [bia.nome])).code).toBe(2001);
    expect(await bia.fazer('registrar_usuario', [bia.nome])).toMatchObject({ token: bia.token });
  });

  test('com o token de um nome registra-se um segundo, com outro token, e o primeiro continua', async () => {
    const ana = await registrar(url, 'Ana');
    const outroNome = nomeNovo('Ana também');
    const outra = await ana.fazer('registrar_usuario', [outroNome]);
    expect(outra).toMatchObject({ nomeUsuario: outroNome, sala: null });
    expect(outra.token).not.toBe(ana.token);
    expect(await ana.fazer('registrar_usuario', [ana.nome])).toMatchObject({ token: ana.token });
  });

  test.each([TOKEN_DE_NINGUEM, 'x', 'A'.repeat(5_000)])(
    'um token desconhecido (%.12s) não é um erro',
    async (token) => {
      const nome = nomeNovo('Ana');
      const registro = await resultado(url, 'registrar_usuario', [nome], token);
      expect(registro.token).not.toBe(token);
      expect((await recusa(url, 'registrar_usuario', [nome], token)).code).toBe(2001);
    },
  );

  test('um token de sessão encerrada registra de novo, como outra pessoa', async () => {
    const ana = await registrar(url, 'Ana');
    await ana.fazer('encerrar_sessao');
    const registro = await ana.fazer('registrar_usuario', [ana.nome]);
    expect(registro.token).not.toBe(ana.token);
    expect((await recusa(url, 'sair_da_sala', [], ana.token)).code).toBe(2002);
  });
});

describe('os procedimentos que pedem sessão', () => {
  const PARAMETROS: Readonly<Record<string, unknown[]>> = {
    encerrar_sessao: [],
    criar_sala: ['Qualquer'],
    criarSala: ['Qualquer'],
    entrar_sala: ['Ninguém', 'Qualquer'],
    entrar_na_sala: ['Ninguém', 'Qualquer'],
    sair_da_sala: [],
    enviar_mensagem: ['Ninguém', 'Qualquer', 'oi'],
    enviar_messagem: ['Ninguém', 'Qualquer', 'oi'],
    receber_mensagens: ['Ninguém', 'Qualquer'],
    listar_usuarios: [],
  };

  test.each(Object.entries(PARAMETROS))('%s sem token, ou com um desconhecido, dá 2002', async (method, params) => {
    for (const token of [undefined, TOKEN_DE_NINGUEM, 'x', '']) {
      const { code, data } = await recusa(url, method, params, token);
      expect({ code, tipo: data.tipo }).toEqual({ code: 2002, tipo: 'NAO_AUTENTICADO' });
    }
  });

  test.each(Object.entries(PARAMETROS))('%s confere os parâmetros antes do token', async (method, params) => {
    expect((await recusa(url, method, [...params.map(() => 7), ...Array(6).fill(7)])).code).toBe(-32602);
  });

  test('o nomeUsuario de outra pessoa dá 2003, exista ela ou não, e nada muda', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    const antes = await bia.receber(sala, { desde: 0 });
    for (const alheio of [bia.nome, nomeNovo('Ninguém')]) {
      const tentativas: [string, unknown[]][] = [
        ['encerrar_sessao', [alheio]],
        ['entrar_sala', [alheio, sala]],
        ['sair_da_sala', [alheio]],
        ['enviar_mensagem', [alheio, sala, 'em nome de outra']],
        ['receber_mensagens', [alheio, sala]],
      ];
      for (const [method, params] of tentativas) {
        const { code, data } = await ana.serRecusado(method, params);
        expect({ code, tipo: data.tipo }, method).toEqual({ code: 2003, tipo: 'USUARIO_NAO_CONFERE' });
      }
    }
    expect(await bia.receber(sala, { desde: 0 })).toEqual(antes);
    expect(await bia.fazer('listar_usuarios')).toEqual([ana.nome, bia.nome]);
  });

  test('o próprio nome vale em qualquer caixa e forma Unicode', async () => {
    const { sala, pessoas } = await salaCom(url, 'Conceição');
    const [ana] = pessoas;
    for (const nomeUsuario of [ana.nome.toUpperCase(), ana.nome.normalize('NFD'), ` ${ana.nome}`]) {
      expect(await ana.fazer('enviar_mensagem', [nomeUsuario, sala, 'oi'])).toMatchObject({ origem: ana.nome });
    }
  });

  test('a ordem dos erros: parâmetros, 2002, 2003, sala', async () => {
    const ana = await registrar(url, 'Ana');
    const semSala = nomeNovo('Sem sala');
    const enviar = (params: unknown[], token?: string) => recusa(url, 'enviar_mensagem', params, token);
    expect((await enviar(['Outra', semSala, '', null, ''])).code).toBe(-32602);
    expect((await enviar(['Outra', semSala, ''], ana.token)).code).toBe(-32602);
    expect((await enviar(['Outra', semSala, 'oi'])).code).toBe(2002);
    expect((await enviar(['Outra', semSala, 'oi'], ana.token)).code).toBe(2003);
    expect((await enviar([ana.nome, semSala, 'oi'], ana.token)).code).toBe(2005);
  });
});

describe('encerrar_sessao', () => {
  test('tira da sala com uma mensagem, libera o nome e inutiliza o token', async () => {
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    expect(await ana.fazer('encerrar_sessao', { nomeUsuario: ana.nome })).toBe(true);
    expect(conteudos(await bia.receber(sala, { desde: 0 })).slice(-2)).toEqual([
      `${ana.nome} saiu da sala.`,
      `A sala agora é de ${bia.nome}.`,
    ]);
    expect(await bia.fazer('listar_usuarios')).toEqual([bia.nome]);
    expect((await ana.serRecusado('listar_usuarios')).code).toBe(2002);
    expect((await ana.serRecusado('encerrar_sessao')).code).toBe(2002);
    expect(await resultado(url, 'registrar_usuario', [ana.nome])).toMatchObject({ nomeUsuario: ana.nome, sala: null });
  });

  test('fora de uma sala não põe mensagem em nenhuma', async () => {
    const { sala, pessoas } = await salaCom(url, 'Bia', 'Ana');
    const [bia, ana] = pessoas;
    await ana.fazer('sair_da_sala');
    const antes = await bia.receber(sala, { desde: 0 });
    expect(await ana.fazer('encerrar_sessao', [null])).toBe(true);
    expect(await bia.receber(sala, { desde: 0 })).toEqual(antes);
  });

  test('o nome pode ser tomado com outra grafia, que passa a ser a dele', async () => {
    const ana = await registrar(url, 'ana maria');
    await ana.fazer('encerrar_sessao');
    const grafia = ana.nome.toUpperCase();
    const { token } = await resultado(url, 'registrar_usuario', [grafia]);
    const { sala, pessoas } = await salaCom(url, 'Bia');
    await comToken(url, grafia, token).entrar(sala);
    expect(await pessoas[0].fazer('listar_usuarios')).toContain(grafia);
  });
});

test('quem toma um nome que ficou livre começa do zero: nem sala, nem chaves, nem o token antigo', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  const [ana] = pessoas;
  const primeira = await ana.dizer(sala, 'da primeira', { chave: 'k' });
  await ana.fazer('encerrar_sessao');
  const { token, sala: emQueEsta } = await resultado(url, 'registrar_usuario', [ana.nome]);
  expect(emQueEsta).toBeNull();
  const nova = comToken(url, ana.nome, token);
  expect((await nova.serRecusado('receber_mensagens', [nova.nome, sala])).code).toBe(2006);
  await nova.entrar(sala);
  const segunda = await nova.dizer(sala, 'da segunda', { chave: 'k' });
  expect(segunda.id).toBeGreaterThan(primeira.id);
  expect(segunda.conteudo).toBe('da segunda');
});

test('o token não é escrito em lugar nenhum: nem nos dados, nem em usuarios.json, nem no que o servidor diz', async () => {
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  const [ana] = pessoas;
  await ana.dizer(sala, 'oi', { chave: 'chave' });
  await ana.fazer('registrar_usuario', [ana.nome]);
  await ana.serRecusado('enviar_mensagem', [ana.nome, 'não há', 'oi']);
  await ana.serRecusado('nao_ha_este_procedimento');

  const { caminho } = sistema.pasta;
  const tudo = Buffer.concat([
    bytesDaPasta(await pastaDoGuardado(caminho)),
    bytesDaPasta(caminho),
    Buffer.from(sistema.servidor.saida() + sistema.servidor.erros()),
  ]);
  // O nome está lá: é a prova de que se procurou onde os dados estão.
  expect(tudo.includes(ana.nome)).toBe(true);
  for (const { token } of pessoas) {
    const cru = Buffer.from(token, 'base64url');
    expect(tudo.includes(token)).toBe(false);
    expect(tudo.includes(cru)).toBe(false);
    expect(tudo.includes(cru.toString('hex'))).toBe(false);
    expect(tudo.includes(cru.toString('base64'))).toBe(false);
  }
});

/** Seção 3 do contrato: o que não é um nome, em cada lugar que recebe um. Recusa-se antes de olhar o estado. */

import { describe, expect, test } from 'vitest';
import { recusa } from '../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';

const sistema = dividirSistemaLocal();

/** Cada parâmetro que recebe um nome, com os outros em ordem. */
const COM_NOME: readonly (readonly [method: string, parametro: string, params: (nome: unknown) => unknown[]])[] = [
  ['registrar_usuario', 'nomeUsuario', (nome) => [nome]],
  ['encerrar_sessao', 'nomeUsuario', (nome) => [nome]],
  ['criar_sala', 'nomeSala', (nome) => [nome]],
  ['entrar_sala', 'nomeUsuario', (nome) => [nome, 'Sala']],
  ['entrar_sala', 'nomeSala', (nome) => ['Ana', nome]],
  ['sair_da_sala', 'nomeUsuario', (nome) => [nome]],
  ['enviar_mensagem', 'nomeUsuario', (nome) => [nome, 'Sala', 'oi']],
  ['enviar_mensagem', 'salaAtual', (nome) => ['Ana', nome, 'oi']],
  ['enviar_mensagem', 'destinatario', (nome) => ['Ana', 'Sala', 'oi', nome]],
  ['receber_mensagens', 'nomeUsuario', (nome) => [nome, 'Sala']],
  ['receber_mensagens', 'salaAtual', (nome) => ['Ana', nome]],
  ['listar_usuarios', 'nomeSala', (nome) => [nome]],
];

describe.each(COM_NOME)('em %s, %s', (method, parametro, params) => {
  async function apontados(nome: unknown): Promise<string[]> {
    const { code, data } = await recusa(sistema().servidor.url, method, params(nome));
    expect(code).toBe(-32602);
    return data.problemas.map((problema: { parametro: string }) => problema.parametro);
  }

  test.each([
    ['SERVER', 'SERVER'],
    ['todos', 'todos'],
    ['server em outra caixa', 'sErVeR'],
    ['TODOS em outra caixa', 'TODOS'],
    ['todos com espaços nas pontas', '  todos '],
    ['todos em letras de largura inteira', 'ｔｏｄｏｓ'],
    ['server com s longo', 'ſerver'],
    ['server com uma letra cirílica', 'Ѕerver'],
    ['um nome que mistura latim e cirílico', 'Оlga'],
    ['todos com o ordinal º', 'tºdos'],
    ['vazio', ''],
    ['só espaços', ' \t \n '],
    ['de 33 letras', 'a'.repeat(33)],
    ['de 33 letras fora do plano básico', '𝕏'.repeat(33)],
    ['com um controle', 'An\u0007a'],
    ['com uma quebra de linha no meio', 'An\na'],
    ['com um tab no meio', 'An\ta'],
    ['com uma inversão de direção', 'An\u202ea'],
    ['com um espaço de largura zero', 'An\u200ba'],
    ['com um ZWJ', 'An\u200da'],
    ['com um hífen invisível', 'An\u00ada'],
    ['com uma letra que não se vê', 'An\u3164a'],
    ['com um emoji', 'Ana😀'],
    ['com um sinal', 'Ana!'],
    ['com uma barra', 'a/b'],
    ['com aspas', 'a"b'],
    ['com <', '<b>'],
    ['com um substituto solto', 'An\ud800a'],
    ['de um número', 7],
    ['de uma lista', ['Ana']],
    ['de um objeto', { nome: 'Ana' }],
    ['de um booleano', true],
  ])('%s não serve', async (_, nome) => {
    expect(await apontados(nome)).toEqual([parametro]);
  });
});

/**
 * Defeito 10: todo método do objeto do servidor era chamável de fora, também o que esvazia o arquivo dos usuários;
 * nomes vazios, de 100 kB e listas eram aceitos.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { postar, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { dividirServidor } from '../suporte/local/servidor-dividido.ts';
import { type Pessoa, registrar } from '../suporte/pessoas.ts';

const DO_CONTRATO = [
  ...['registrar_usuario', 'encerrar_sessao', 'criar_sala', 'criarSala', 'entrar_sala', 'entrar_na_sala'],
  ...['sair_da_sala', 'enviar_mensagem', 'enviar_messagem', 'receber_mensagens', 'listar_salas', 'listar_usuarios'],
  ...['configurar_sala', 'silenciar_usuario', 'expulsar_usuario', 'passar_sala', 'detalhar_sala', 'formatar_mensagens'],
];

const DE_DENTRO = [
  ...['limpar_usuarios', 'limpar_arquivo_usuarios', 'salvar_usuarios', 'carregar_usuarios', 'remover_sala'],
  ...['registrarUsuario', 'encerrarSessao', 'entrarSala', 'enviarMensagem', 'receberMensagens', 'listarSalas'],
  ...['limpar', 'close', 'varrer', 'sessoes', 'salasVazias', 'removerSalaVazia', 'sessaoDoToken', 'aoGravar'],
  ...['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__', 'prototype', 'then'],
  ...['rpc', 'rpc.', 'rpc.discover ', 'RPC.DISCOVER', 'system.listMethods', '', ' listar_salas', 'Listar_Salas'],
  ...['lookup_procedure', 'register_procedure'],
];

const sistema = dividirServidor();
const registrados: string[] = [];

async function registrarUm(base: string): Promise<Pessoa> {
  const pessoa = await registrar(sistema().servidor.url, base);
  registrados.push(pessoa.nome);
  return pessoa;
}

/** O arquivo acompanha o store com um pequeno atraso. */
async function expectSoOsRegistradosNaLista(): Promise<void> {
  const arquivo = join(sistema().pasta.caminho, 'usuarios.json');
  const lista = (): string[] => JSON.parse(readFileSync(arquivo, 'utf8'));
  await ate(() => registrados.every((nome) => lista().includes(nome)), 'os registrados na lista');
  expect(lista().toSorted()).toEqual(registrados.toSorted());
}

test('só o que está no contrato é chamável, e é isso que rpc.discover conta', async () => {
  const { url } = sistema().servidor;
  const pedro = await registrarUm('Pedro');

  for (const method of DE_DENTRO) {
    for (const params of [undefined, [], {}, [pedro.nome]]) {
      expect(await recusa(url, method, params, pedro.token), method).toMatchObject({ code: -32601 });
    }
  }
  const { methods } = await resultado(url, 'rpc.discover');
  expect((methods as { name: string }[]).map(({ name }) => name).sort()).toEqual(DO_CONTRATO.toSorted());
  for (const method of DO_CONTRATO) {
    const { corpo } = await postar(url, { jsonrpc: '2.0', id: 1, method, params: [1, 2, 3, 4, 5, 6, 7] });
    expect(corpo, method).not.toContain('-32601');
  }
  await expectSoOsRegistradosNaLista();
});

const NOMES_RUINS = {
  vazio: '',
  'só de espaços': ' \t ',
  'de 33 caracteres': 'a'.repeat(33),
  'de 50 kB': 'a'.repeat(50_000),
  'uma lista': ['Pedro'],
  'um objeto': { nome: 'Pedro' },
  'um número': 42,
  'com um escape de terminal': '\u001b[2J',
  'com uma marca de direção': 'ordeP\u202e',
  'com um substituto solto': 'Pedro\ud800',
  reservado: 'server',
  'reservado, em outra forma': 'ＴＯＤＯＳ',
};

test('um nome que não serve é recusado em todo lugar em que se dá um nome, e nada fica gravado', async () => {
  const { url } = sistema().servidor;
  const maria = await registrarUm('Maria');
  await maria.fazer('criar_sala', { nomeSala: 'Sala' });
  await maria.entrar('Sala');

  for (const [qual, nome] of Object.entries(NOMES_RUINS)) {
    const envio = { nomeUsuario: maria.nome, salaAtual: 'Sala', mensagem: 'oi' };
    const pedidos = [
      ['nomeUsuario', 'registrar_usuario', { nomeUsuario: nome }],
      ['nomeSala', 'criar_sala', { nomeSala: nome }],
      ['nomeSala', 'entrar_sala', { nomeUsuario: maria.nome, nomeSala: nome }],
      ['nomeSala', 'listar_usuarios', { nomeSala: nome }],
      ['nomeUsuario', 'enviar_mensagem', { ...envio, nomeUsuario: nome }],
      ['salaAtual', 'enviar_mensagem', { ...envio, salaAtual: nome }],
      ['destinatario', 'enviar_mensagem', { ...envio, destinatario: nome }],
    ] as const;
    for (const [parametro, method, params] of pedidos) {
      const erro = await recusa(url, method, params, maria.token);
      expect(erro, `${method} com um nome ${qual}`).toMatchObject({
        code: -32602,
        data: { problemas: [{ parametro }] },
      });
    }
  }
  expect(await recusa(url, 'registrar_usuario', [null])).toMatchObject({ code: -32602 });
  expect(await resultado(url, 'listar_salas')).toEqual([{ nomeSala: 'Sala', usuarios: 1 }]);
  await expectSoOsRegistradosNaLista();
});

test('um nome de 100 kB nem chega a ser lido', async () => {
  const { url } = sistema().servidor;
  const { status, corpo } = await postar(url, {
    jsonrpc: '2.0',
    id: 1,
    method: 'registrar_usuario',
    params: ['a'.repeat(100_000)],
  });
  expect(status).toBe(413);
  expect(JSON.parse(corpo)).toMatchObject({ error: { code: -32600 } });
  await expectSoOsRegistradosNaLista();
});

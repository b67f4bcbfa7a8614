import { describe, expect, test } from 'vitest';
import { BINDER_PROCEDURES } from '../../../../src/contract/binder.ts';
import { CHAT_PROCEDURES } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { efeitoDeRepetir, type Procedure } from '../../../../src/contract/procedure.ts';
import { esperaPedidaMs, UnreachableError } from '../../../../src/rpc/client/falhas.ts';
import { cabe, type Passo } from '../../../../src/rpc/client/passos.ts';

const TODOS: readonly Passo[] = ['mesmo_endereco', 'outro_endereco', 'esperar', 'registrar_de_novo'];
const NADA: readonly Passo[] = [];
const LONGE: readonly Passo[] = ['outro_endereco', 'esperar'];
const ESPERAR: readonly Passo[] = ['esperar'];

const falta = (motivo: UnreachableError['motivo']) => new UnreachableError(motivo, 'x');
const recusa = (tipo: ContractError['tipo'], tenteEmMs?: number) =>
  new ContractError(tipo, tenteEmMs === undefined ? {} : { tenteEmMs });

describe('depois de uma falha, o que cabe numa chamada que repetida', () => {
  // Cada linha: a falha; se repetir nada faz; se seria recusada; se agiria de novo.
  const tabela: readonly (readonly [
    string,
    unknown,
    nenhum: readonly Passo[],
    recusa: readonly Passo[],
    age: readonly Passo[],
  ])[] = [
    ['não chegou', falta('recusada'), LONGE, LONGE, LONGE],
    ['a conexão caiu', falta('interrompida'), ['mesmo_endereco', ...LONGE], ESPERAR, NADA],
    ['não houve resposta', falta('prazo'), LONGE, ESPERAR, NADA],
    ['a resposta não se entende', falta('resposta_invalida'), LONGE, ESPERAR, NADA],
    ['quem chamou desistiu', falta('cancelada'), NADA, NADA, NADA],
    ['a espera foi cancelada', new DOMException('x', 'AbortError'), NADA, NADA, NADA],
    ['sem os dados', recusa('SERVICO_INDISPONIVEL', 500), LONGE, LONGE, LONGE],
    ['sem os dados, sem dizer até quando', recusa('SERVICO_INDISPONIVEL'), LONGE, LONGE, LONGE],
    [
      'nada feito, e pode ser já',
      recusa('SERVICO_INDISPONIVEL', 0),
      ['mesmo_endereco', 'esperar'],
      ['mesmo_endereco', 'esperar'],
      ['mesmo_endereco', 'esperar'],
    ],
    ['chamadas demais', recusa('LIMITE_EXCEDIDO', 500), ESPERAR, ESPERAR, ESPERAR],
    ['ninguém registrado', recusa('PROCEDIMENTO_NAO_REGISTRADO'), LONGE, LONGE, LONGE],
    ['o outro lado falhou por dentro', recusa('ERRO_INTERNO'), ESPERAR, NADA, NADA],
    ['a sessão acabou', recusa('NAO_AUTENTICADO'), ['registrar_de_novo'], ['registrar_de_novo'], ['registrar_de_novo']],
    ['uma recusa', recusa('FORA_DA_SALA'), NADA, NADA, NADA],
    ['um defeito nosso', new TypeError('x'), NADA, NADA, NADA],
  ];

  const cabem = (erro: unknown, efeito: 'nenhum' | 'recusa' | 'age_de_novo') =>
    TODOS.filter((passo) => cabe(passo, erro, efeito));

  test.each(tabela)('%s', (_, erro, nenhum, recusada, age) => {
    expect(cabem(erro, 'nenhum')).toEqual(nenhum);
    expect(cabem(erro, 'recusa')).toEqual(recusada);
    expect(cabem(erro, 'age_de_novo')).toEqual(age);
  });
});

describe('o que repetir faz é o contrato que diz', () => {
  const envio = { nomeUsuario: 'Ana', salaAtual: 'Sala', mensagem: 'oi' };
  const porEfeito: readonly (readonly [string, Procedure, Readonly<Record<string, unknown>>, string])[] = [
    ['registrar_usuario', CHAT_PROCEDURES.registrar_usuario, {}, 'recusa'],
    ['encerrar_sessao', CHAT_PROCEDURES.encerrar_sessao, {}, 'recusa'],
    ['criar_sala', CHAT_PROCEDURES.criar_sala, {}, 'recusa'],
    ['sair_da_sala', CHAT_PROCEDURES.sair_da_sala, {}, 'recusa'],
    ['entrar_sala', CHAT_PROCEDURES.entrar_sala, {}, 'nenhum'],
    ['receber_mensagens', CHAT_PROCEDURES.receber_mensagens, {}, 'nenhum'],
    ['enviar_mensagem com chave', CHAT_PROCEDURES.enviar_mensagem, { ...envio, chave: 'k' }, 'nenhum'],
    ['enviar_mensagem sem chave', CHAT_PROCEDURES.enviar_mensagem, envio, 'age_de_novo'],
    ['enviar_mensagem com chave null', CHAT_PROCEDURES.enviar_mensagem, { ...envio, chave: null }, 'age_de_novo'],
    ['register_procedure', BINDER_PROCEDURES.register_procedure, {}, 'nenhum'],
  ];

  test.each(porEfeito)('%s', (_, procedure, params, efeito) => {
    expect(efeitoDeRepetir(procedure, params)).toBe(efeito);
  });
});

describe('quanto se espera', () => {
  test.each([
    ['o que se pediu', 5_000, 5_000],
    ['ao menos o intervalo', 10, 1_000],
    ['nunca mais que um minuto, por mais que se peça', 86_400_000, 60_000],
    ['nem para sempre', Number.POSITIVE_INFINITY, 60_000],
  ])('%s', (_, tenteEmMs, esperaMs) => {
    expect(esperaPedidaMs(recusa('LIMITE_EXCEDIDO', tenteEmMs), 1_000)).toBe(esperaMs);
  });

  test('sem pedido, o intervalo', () => {
    expect(esperaPedidaMs(falta('recusada'), 1_000)).toBe(1_000);
  });
});

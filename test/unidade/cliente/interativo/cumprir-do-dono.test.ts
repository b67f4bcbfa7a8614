/** O que o dono da sala pede na linha, com o servidor e o protocolo de verdade. */

import { expect, test } from 'vitest';
import { Conexao } from '../../../../src/cliente/chamadas/conexao.ts';
import { cumprirDoDono } from '../../../../src/cliente/interativo/cumprir-do-dono.ts';
import { Dialogo } from '../../../../src/cliente/interativo/dialogo.ts';
import type { IntencaoDoDono } from '../../../../src/cliente/interativo/linha/comandos-do-dono.ts';
import { Conversa } from '../../../../src/cliente/sessao/conversa.ts';
import { relogioDoSistema as clock } from '../../../../src/process/clock.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import { abrirSistemaLocal } from '../../../suporte/local/sistema-local.ts';
import { emularTerminal } from '../terminal/apoio.ts';

/** Ana criou a sala e é dona dela; Beto está nela. */
async function montar() {
  const sistema = await abrirSistemaLocal();
  const fechar: (() => unknown)[] = [() => sistema[Symbol.asyncDispose]()];
  const chegar = async (nome: string) => {
    const conversa = new Conversa({
      servico: new Conexao({ binders: [sistema.binder.url], clock, conexoes: criarConexoes() }),
      clock,
      ritmo: { intervaloMs: 50, esperaMs: 50_000 },
      ouvinte: { aoReceber: () => {}, aoAvisar: () => {}, aoSerRetirado: () => {} },
    });
    const terminal = emularTerminal({ colunas: 100 });
    fechar.unshift(
      () => conversa.encerrar(),
      () => terminal[Symbol.dispose](),
    );
    const dialogo = new Dialogo(terminal);
    const calados = new Set<string>();
    await conversa.registrar(nome);
    return {
      conversa,
      terminal,
      cumprir: (intencao: IntencaoDoDono) => cumprirDoDono(intencao, { dialogo, conversa, calados }),
    };
  };
  const ana = await chegar('Ana');
  const beto = await chegar('Beto');
  await ana.conversa.criarSala('Geral');
  await ana.conversa.entrar('Geral');
  await beto.conversa.entrar('Geral');
  return {
    ana,
    beto,
    chegar,
    [Symbol.asyncDispose]: async () => {
      for (const um of fechar) await um();
    },
  };
}

const DO_DONO: readonly IntencaoDoDono[] = [
  { tipo: 'topico', topico: 'Outro' },
  { tipo: 'senha' },
  { tipo: 'fixar' },
  { tipo: 'calar', alvo: undefined },
  { tipo: 'calar', alvo: 'Ana' },
  { tipo: 'expulsar', alvo: 'Ana', minutos: undefined },
  { tipo: 'passar', alvo: 'Beto' },
];

test('quem não é dono é recusado, sabe de quem é a sala, e nada muda', async () => {
  await using cena = await montar();
  const { ana, beto } = cena;
  const antes = await ana.conversa.detalharSala();
  for (const intencao of DO_DONO) expect(await beto.cumprir(intencao)).toBe(false);
  const recusa = 'A sala é de Ana: só quem é dono dela pode fazer isso.';
  expect(await beto.terminal.fileiras()).toEqual(DO_DONO.map(() => recusa));
  expect(await ana.conversa.detalharSala()).toEqual(antes);
  expect(await beto.cumprir({ tipo: 'sala' })).toBe(true);
  await beto.terminal.ver('Sala Geral: 2 pessoas; de Ana.');
});

test('o dono muda a sala, e /sala diz como ela está', async () => {
  await using cena = await montar();
  const { ana } = cena;
  expect(await ana.cumprir({ tipo: 'topico', topico: 'Provas' })).toBe(true);
  expect(await ana.cumprir({ tipo: 'fixar' })).toBe(true);
  expect(await ana.cumprir({ tipo: 'calar', alvo: undefined })).toBe(true);
  await ana.cumprir({ tipo: 'sala' });
  await ana.terminal.ver(
    'A sala fica também sem ninguém.',
    'Sala Geral: 2 pessoas; de Ana.',
    '  Tópico: Provas',
    '  só o dono fala; fica sem ninguém.',
  );
  await ana.cumprir({ tipo: 'topico', topico: '' });
  await ana.cumprir({ tipo: 'fixar' });
  await ana.cumprir({ tipo: 'calar', alvo: undefined });
  const sala = { dono: 'Ana', topico: null, temSenha: false, silenciada: false, permanente: false };
  expect(await ana.conversa.detalharSala()).toMatchObject(sala);
});

test('a senha se pergunta sem se mostrar; Esc desiste, e vazia tira', async () => {
  await using cena = await montar();
  const { ana, chegar } = cena;
  const pergunta = 'Digite a senha da sala (vazia tira; Esc desiste):';
  const pedir = async (teclas: string) => {
    const cumprida = ana.cumprir({ tipo: 'senha' });
    await ana.terminal.ver(pergunta);
    ana.terminal.entrada.digitar(teclas);
    ana.terminal.agenda.passar(500);
    return cumprida;
  };
  expect(await pedir('abre-te\r')).toBe(true);
  await ana.terminal.ver('A sala agora pede a senha a quem entra.');
  const { conversa } = await chegar('Caio');
  await expect(conversa.entrar('Geral')).rejects.toMatchObject({ tipo: 'SENHA_INCORRETA' });
  expect(await pedir('outra\u001b')).toBe(true);
  await conversa.entrar('Geral', { senha: 'abre-te' });
  expect(await pedir('\r')).toBe(true);
  await ana.terminal.ver('A sala não pede mais senha.');
  expect(await ana.conversa.detalharSala()).toMatchObject({ temSenha: false });
  expect((await ana.terminal.fileiras()).join(' ')).not.toMatch(/abre|outra/);
});

test('um segundo /calar deixa a pessoa falar; expulsar e passar agem sobre quem se diz', async () => {
  await using cena = await montar();
  const { ana, beto, chegar } = cena;
  await ana.cumprir({ tipo: 'calar', alvo: 'Beto' });
  await expect(beto.conversa.enviar('oi')).rejects.toMatchObject({ tipo: 'SILENCIADO' });
  await ana.cumprir({ tipo: 'calar', alvo: 'beto' });
  await beto.conversa.enviar('oi');
  const { conversa } = await chegar('Caio');
  await conversa.entrar('Geral');
  expect(await ana.cumprir({ tipo: 'expulsar', alvo: 'Caio', minutos: 5 })).toBe(true);
  await expect(conversa.entrar('Geral')).rejects.toMatchObject({ tipo: 'EXPULSO' });
  expect(await ana.cumprir({ tipo: 'expulsar', alvo: 'Caio', minutos: 0 })).toBe(true);
  await conversa.entrar('Geral');
  expect(await ana.cumprir({ tipo: 'passar', alvo: 'Davi' })).toBe(false);
  expect(await ana.cumprir({ tipo: 'passar', alvo: 'Beto' })).toBe(true);
  expect(await beto.conversa.detalharSala()).toMatchObject({ dono: 'Beto' });
});

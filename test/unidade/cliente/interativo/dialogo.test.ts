import { expect, test } from 'vitest';
import { Dialogo, MudouDeLugar } from '../../../../src/cliente/interativo/dialogo.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { emularTerminal } from '../terminal/apoio.ts';

function montar() {
  const terminal = emularTerminal();
  const dialogo = new Dialogo(terminal, terminal.agenda.agendar);
  return { ...terminal, dialogo, [Symbol.dispose]: () => terminal[Symbol.dispose]() };
}

test('quem muda de lugar desfaz a pergunta aberta e as que viriam depois, até recomeçar', async () => {
  using cena = montar();
  const { dialogo } = cena;
  const aberta = dialogo.escolher(['Sim', 'Não']);
  await cena.ver('> 1) Sim', '  2) Não');
  dialogo.mudouDeLugar();
  await expect(aberta).rejects.toThrow(MudouDeLugar);
  await expect(dialogo.perguntarTexto({ mensagem: 'Nome:' })).rejects.toThrow(MudouDeLugar);
  dialogo.recomecar();
  const outra = dialogo.perguntarTexto({ mensagem: 'Nome:' });
  cena.entrada.digitar('Ana\r');
  expect(await outra).toBe('Ana');
});

test('uma demora se mostra depois de meio segundo, e some com a resposta', async () => {
  using cena = montar();
  let responder: (valor: string) => void = () => {};
  const acao = cena.dialogo.comEspera(
    new Promise<string>((resolve) => {
      responder = resolve;
    }),
  );
  cena.agenda.passar(499);
  expect(await cena.fileiras()).toEqual([]);
  cena.agenda.passar(1);
  await cena.ver('Aguarde…');
  responder('pronto');
  expect(await acao).toBe('pronto');
  expect(await cena.fileiras()).toEqual([]);
});

test('uma resposta rápida não mostra demora alguma', async () => {
  using cena = montar();
  await cena.dialogo.comEspera(Promise.resolve());
  cena.agenda.passar(10_000);
  expect(await cena.fileiras()).toEqual([]);
});

test('o que falhou é dito com o motivo', async () => {
  using cena = montar();
  const recusar = () => Promise.reject(new ContractError('SALA_NAO_ENCONTRADA'));
  expect(await cena.dialogo.tentar('Não foi possível entrar', recusar)).toBeUndefined();
  await cena.ver('Não foi possível entrar: Não há sala com esse nome.');
});

test('depois de parar, nada mais se pergunta nem se diz', async () => {
  using cena = montar();
  cena.dialogo.parar();
  cena.dialogo.avisar('tarde');
  cena.dialogo.falhar('demais');
  await expect(cena.dialogo.escolher(['Sim'])).rejects.toThrow(MudouDeLugar);
  expect(await cena.fileiras()).toEqual([]);
  expect(cena.dialogo.encerrado).toBe(true);
});

test('poucos se dizem numa frase; muitos, em colunas, seis fileiras no máximo, com quantos se veem', async () => {
  using cena = montar();
  cena.dialogo.avisarDeMuitos('Usuários', ['Ana', 'Pedro']);
  await cena.ver('Usuários: Ana, Pedro');
  cena.dialogo.avisarDeMuitos('Usuários', []);
  await cena.ver('Usuários: ninguém');
  const nomes = Array.from({ length: 203 }, (_, n) => `nome${n + 100}`);
  cena.dialogo.avisarDeMuitos('Usuários', nomes);
  await cena.ver(
    'Usuários (203):',
    '  nome100    nome106    nome112    nome118    nome124',
    '  nome101    nome107    nome113    nome119    nome125',
    '  nome102    nome108    nome114    nome120    nome126',
    '  nome103    nome109    nome115    nome121    nome127',
    '  nome104    nome110    nome116    nome122    nome128',
    '  nome105    nome111    nome117    nome123    nome129',
    '  30 de 203',
  );
});

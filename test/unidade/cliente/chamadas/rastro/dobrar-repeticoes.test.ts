import { expect, test } from 'vitest';
import { dobrarRepeticoes } from '../../../../../src/cliente/chamadas/rastro/dobrar-repeticoes.ts';
import { type Acontecimento, criarRastro } from '../../../../../src/cliente/chamadas/rastro/rastro.ts';
import { UnreachableError } from '../../../../../src/rpc/client/falhas.ts';

const nome = 'receber_mensagens';
const url = 'http://127.0.0.1:8005';
const binder = 'http://127.0.0.1:5000';
const erro = new UnreachableError('recusada', `Não há ninguém em ${url}.`);

/** O que acontece, uma vez atrás da outra, enquanto o servidor está fora. */
const volta = (ms: number): Acontecimento[] => [
  { tipo: 'lookup_falhou', nome, binder, erro, ms },
  { tipo: 'vencido', nome, url },
  { tipo: 'chamada', nome, url },
  { tipo: 'resposta', nome, url, ms, erro },
];

function montar() {
  const hora = { ms: 0 };
  const linhas: string[] = [];
  const mostrar = (linha: string) => linhas.push(linha);
  const clock = { monotonicoMs: () => hora.ms, agoraMs: () => hora.ms };
  const observador = dobrarRepeticoes(criarRastro(mostrar), mostrar, clock);
  const acontecer = (...acontecimentos: readonly Acontecimento[]) => acontecimentos.forEach(observador);
  return { hora, linhas, acontecer };
}

test('enquanto a falha dura, cada linha se mostra uma vez, e das outras se diz quantas foram', () => {
  const { hora, linhas, acontecer } = montar();
  acontecer(...volta(3));
  expect(linhas).toHaveLength(4);
  for (hora.ms = 100; hora.ms <= 2_000; hora.ms += 100) acontecer(...volta(hora.ms));
  expect(linhas).toHaveLength(4);
  acontecer({ tipo: 'resposta', nome, url, ms: 5 });
  expect(linhas.slice(4)).toEqual([
    '  ~ as mesmas linhas, mais 80 vezes em 2 s',
    `  ~ receber_mensagens ← ${url} em 5,0 ms: ok`,
  ]);
});

test('uma falha longa não fica calada: a conta se diz de tempos em tempos', () => {
  const { hora, linhas, acontecer } = montar();
  for (hora.ms = 0; hora.ms <= 13_000; hora.ms += 1_000) acontecer(...volta(1));
  expect(linhas.filter((linha) => linha.includes('as mesmas linhas'))).toEqual([
    '  ~ as mesmas linhas, mais 25 vezes em 6 s',
    '  ~ as mesmas linhas, mais 24 vezes em 6 s',
  ]);
});

test('sem falha nada se dobra: cada chamada aparece', () => {
  const { linhas, acontecer } = montar();
  for (let vez = 0; vez < 3; vez += 1)
    acontecer({ tipo: 'chamada', nome, url }, { tipo: 'resposta', nome, url, ms: 5 });
  expect(linhas).toHaveLength(6);
});

test('depois de uma falha que acabou, a seguinte se mostra inteira', () => {
  const { linhas, acontecer } = montar();
  acontecer(...volta(1), { tipo: 'resposta', nome, url, ms: 5 }, ...volta(1));
  expect(linhas).toHaveLength(9);
});

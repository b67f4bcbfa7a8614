import { expect, test } from 'vitest';
import { interpretar, trazSenha } from '../../../../../src/cliente/interativo/linha/comandos.ts';

const USUARIOS = ['Ana', 'Ana Maria', 'Robô', 'Robô 2'];

test.each([
  ['/sala', { tipo: 'sala' }],
  ['/tópico Provas, às 10 h', { tipo: 'topico', topico: 'Provas, às 10 h' }],
  ['/topico', { tipo: 'topico', topico: '' }],
  ['/senha', { tipo: 'senha' }],
  ['/fixar', { tipo: 'fixar' }],
  ['/calar', { tipo: 'calar', alvo: undefined }],
  ['/calar Ana Maria', { tipo: 'calar', alvo: 'Ana Maria' }],
  ['/calar "Ana Maria"', { tipo: 'calar', alvo: 'Ana Maria' }],
  ['/passar Ana Maria', { tipo: 'passar', alvo: 'Ana Maria' }],
  ['/expulsar ana', { tipo: 'expulsar', alvo: 'Ana', minutos: undefined }],
  ['/expulsar Ana 0', { tipo: 'expulsar', alvo: 'Ana', minutos: 0 }],
  ['/expulsar Ana Maria 1440', { tipo: 'expulsar', alvo: 'Ana Maria', minutos: 1_440 }],
  ['/expulsar Robô 2', { tipo: 'expulsar', alvo: 'Robô 2', minutos: undefined }],
  ['/expulsar "Robô" 2', { tipo: 'expulsar', alvo: 'Robô', minutos: 2 }],
  ['/expulsar Robô 3', { tipo: 'expulsar', alvo: 'Robô', minutos: 3 }],
  ['/expulsar Quem Saiu 0', { tipo: 'expulsar', alvo: 'Quem Saiu', minutos: 0 }],
  ['/expulsar Ana Mariana', { tipo: 'expulsar', alvo: 'Ana Mariana', minutos: undefined }],
  ['/kick Ana 5', { tipo: 'expulsar', alvo: 'Ana', minutos: 5 }],
])('%j diz o que o dono quis', (linha, intencao) => {
  expect(interpretar(linha, USUARIOS)).toEqual(intencao);
});

test.each([
  ['/senha abre-te', 'Use: /senha'],
  ['/fixar sim', 'Use: /fixar'],
  ['/passar', 'Use: /passar nome'],
  ['/expulsar', 'Use: /expulsar nome [minutos]'],
  ['/expulsar Ana 1441', 'Use: /expulsar nome [minutos]'],
  ['/expulsar Quem Saiu 1441', 'Use: /expulsar nome [minutos]'],
  ['/expulsar "Ana" cinco', 'Use: /expulsar nome [minutos]'],
  ['/expulsar "" 5', 'Use: /expulsar nome [minutos]'],
])('%j é recusada, e se diz a quem é dono como se usa', (linha, motivo) => {
  expect(interpretar(linha, USUARIOS)).toEqual({ tipo: 'erro', motivo, doDono: true });
});

test('/sala é de todos: quem a escreve mal sabe como se usa', () => {
  expect(interpretar('/sala Geral', USUARIOS)).toEqual({ tipo: 'erro', motivo: 'Use: /sala' });
});

test.each([
  ['/senha abre-te', true],
  ['/Senha  abre-te', true],
  ['/senh abre-te', true],
  ['/snha abre-te', true],
  ['/password abre-te', true],
  ['/senha', false],
  ['//senha é o nome do comando', false],
  ['a senha é outra', false],
  ['/sala Geral', false],
  ['/topico senha', false],
])('se %j traz uma senha: %j', (linha, traz) => {
  expect(trazSenha(linha)).toBe(traz);
});

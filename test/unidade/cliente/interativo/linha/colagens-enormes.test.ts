/** O que se cola na linha pode ser enorme, e tudo isto se faz a cada tecla: o custo não pode crescer com o quadrado. */

import { expect, test } from 'vitest';
import { completar } from '../../../../../src/cliente/interativo/linha/completar.ts';
import { quemLe } from '../../../../../src/cliente/interativo/linha/quem-le.ts';
import { edicaoDe, editar } from '../../../../../src/cliente/terminal/perguntas/edicao.ts';

const SALA = {
  destinatario: undefined,
  ultimaPrivada: 'Bia',
  presentes: ['Ana', 'Ana Maria'],
  ehDono: true,
  silencio: undefined,
};
const CONHECIDOS = { usuarios: SALA.presentes, salas: ['Geral'], ehDono: true };
const MARCAS = '\u0301\u0323'.repeat(8_000);
const MIL = 1_000;

test.each([
  ['uma barra e marcas', `/${MARCAS}`],
  ['uma barra, marcas e um texto', `/${MARCAS} oi`],
  ['um argumento de marcas', `/sino ${MARCAS}`],
  ['uma arroba e marcas', `@${MARCAS} oi`],
  ['um nome de muitas palavras', `@ana ${'b '.repeat(20 * MIL)}`],
  ['um nome com muita pontuação', `@a${','.repeat(40 * MIL)}x y`],
  ['um comando sem fim', `/${'a'.repeat(200 * MIL)}`],
  ['quem expulsar, longe dos minutos', `/expulsar a${' '.repeat(60 * MIL)}x 1`],
  ['uma palavra sem fim', 'a'.repeat(60 * MIL)],
])('%s', (_oQue, texto) => {
  const custo = custoDe(() => {
    quemLe(texto, SALA);
    for (const comEspaco of [texto, `${texto} `]) completar(comEspaco, comEspaco.length, CONHECIDOS);
  });
  expect(custo).toBeLessThan(400 * MIL);
});

test.each([
  ['quebras de linha e um texto', `a${'\n'.repeat(60 * MIL)}b`],
  ['um texto e quebras de linha', `a${'\n'.repeat(60 * MIL)}`],
])('o que se cola numa linha: %s', (_oQue, texto) => {
  const custo = custoDe(() => editar(edicaoDe(''), { nome: 'colagem', texto }));
  expect(custo).toBeLessThan(400 * MIL);
});

/** @returns em microssegundos de processador: os que crescem com o quadrado levam segundos */
function custoDe(agir: () => void): number {
  const { user } = process.cpuUsage();
  agir();
  return process.cpuUsage().user - user;
}

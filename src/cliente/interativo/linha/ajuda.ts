/** O que `/ajuda` mostra: os comandos da tabela, e o que se faz sem comando nenhum. */

import { comandosPara, GRUPOS, type Grupo, usoDe } from './comandos.ts';

const SEM_COMANDO_NENHUM: readonly (readonly [uso: string, descricao: string])[] = [
  ['Enter', 'envia; a linha vazia, ou Esc, traz o menu'],
  ['@nome texto', 'mensagem privada; um nome com espaços pode ir entre aspas'],
  ['//texto', 'envia um texto que começa com barra'],
  ['Tab, ↑', 'completa; traz o que você já enviou'],
  ['Ctrl+C', 'limpa a linha; um segundo, em 2 s, encerra'],
];

/**
 * A ajuda, linha por linha, em grupos e alinhada.
 * @param ehDono se a sala em que a pessoa está é dela
 */
export function ajuda(ehDono: boolean): string[] {
  const comandos = comandosPara(ehDono);
  const doGrupo = (grupo: Grupo) =>
    comandos.filter((comando) => comando.grupo === grupo).map((um) => [usoDe(um), um.descricao] as const);
  const grupos = GRUPOS.map((grupo) => {
    const linhas = grupo === 'Conversar' ? [...SEM_COMANDO_NENHUM, ...doGrupo(grupo)] : doGrupo(grupo);
    return { grupo, linhas };
  }).filter(({ linhas }) => linhas.length > 0);
  const largura = Math.max(...grupos.flatMap(({ linhas }) => linhas.map(([uso]) => uso.length)));
  return grupos.flatMap(({ grupo, linhas }) => [
    `${grupo}:`,
    ...linhas.map(([uso, descricao]) => `  ${uso.padEnd(largura)}  ${descricao}`),
  ]);
}

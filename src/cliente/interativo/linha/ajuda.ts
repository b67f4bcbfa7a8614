/** O que `/ajuda` mostra: os comandos da tabela, e o que se faz sem comando nenhum. */

import type { Linha } from '../../terminal/tela/fileiras.ts';
import { comandosPara, GRUPOS, type Grupo, usoDe } from './comandos.ts';

const SEM_COMANDO_NENHUM: readonly (readonly [uso: string, descricao: string])[] = [
  ['Enter', 'envia; a linha vazia, ou Esc, traz o menu'],
  ['@nome texto', 'mensagem privada; um nome com espaços pode ir entre aspas'],
  ['//texto', 'envia um texto que começa com barra'],
  ['Tab, ↑', 'completa; traz o que você já enviou'],
  ['Ctrl+C', 'limpa a linha; um segundo, em 2 s, encerra'],
];

/** Um uso mais comprido que isto tem a sua fileira, e não empurra as descrições de todos: o recuo cabe em 80 colunas. */
const MAIOR_USO_AO_LADO = 22;

/**
 * A ajuda, linha por linha, em grupos; toda descrição começa e continua na mesma coluna.
 * @param ehDono se a sala em que a pessoa está é dela
 */
export function ajuda(ehDono: boolean): Linha[] {
  const comandos = comandosPara(ehDono);
  const doGrupo = (grupo: Grupo) =>
    comandos.filter((comando) => comando.grupo === grupo).map((um) => [usoDe(um), um.descricao] as const);
  const grupos = GRUPOS.map((grupo) => {
    const linhas = grupo === 'Conversar' ? [...SEM_COMANDO_NENHUM, ...doGrupo(grupo)] : doGrupo(grupo);
    return { grupo, linhas };
  }).filter(({ linhas }) => linhas.length > 0);
  const usos = grupos.flatMap(({ linhas }) => linhas.map(([uso]) => uso.length));
  const largura = Math.max(...usos.filter((uso) => uso <= MAIOR_USO_AO_LADO));
  const recuo = largura + 4;
  return grupos.flatMap(({ grupo, linhas }) => [
    { texto: `${grupo}:` },
    ...linhas.map(([uso, descricao]) => ({
      texto: uso.length > largura ? `  ${uso}\n${descricao}` : `  ${uso.padEnd(largura)}  ${descricao}`,
      recuo,
    })),
  ]);
}

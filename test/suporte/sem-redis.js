/** Carregado antes de um processo (`node --import`): nele, carregar a biblioteca do Redis é uma falha. */

import { register } from 'node:module';

const recusar = `export async function resolve(nome, contexto, seguir) {
  if (nome.startsWith('@redis/')) throw new Error('carregou ' + nome);
  return seguir(nome, contexto);
}`;

register(`data:text/javascript,${encodeURIComponent(recusar)}`);

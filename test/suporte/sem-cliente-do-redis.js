/** Para `node --import`: falha quem carregar o cliente do Redis. */

import { register } from 'node:module';

const ganchos = `export async function resolve(nome, contexto, seguir) {
  if (nome.startsWith('@redis/')) throw new Error('carregaram ' + nome);
  return seguir(nome, contexto);
}`;

register(`data:text/javascript,${encodeURIComponent(ganchos)}`);

/** Para `node --import`: falha quem carregar o cliente do Redis. */

import * as modulos from 'node:module';

const ganchos = `export function resolve(nome, contexto, seguir) {
  if (nome.startsWith('@redis/')) throw new Error('carregaram ' + nome);
  return seguir(nome, contexto);
}`;
const comoModulo = `data:text/javascript,${encodeURIComponent(ganchos)}`;

// O Node.js 20 só tem `register`, que os mais novos desaconselham e avisam (DEP0205).
const { registerHooks } = /** @type {{ registerHooks?: (ganchos: unknown) => void }} */ (modulos);
if (registerHooks) registerHooks(await import(comoModulo));
else modulos.register(comoModulo);

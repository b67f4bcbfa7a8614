/** O texto JSON de uma resposta: o que é o mesmo para muitos se escreve uma vez só. */

import type { Resposta } from './server.ts';

/** O texto do que não pode mudar, enquanto alguém o tiver. */
const textos = new WeakMap<object, string>();

/** @returns o mesmo que `JSON.stringify`, byte por byte: um resultado vem depois do id, como o jayson os põe */
export function textoDaResposta(resposta: Resposta): string {
  const { result, id } = resposta;
  // Só o que vem numa lista é de muitos: o que vem só foi feito para quem o pediu.
  const texto = Array.isArray(result) ? textoGuardado(result) : undefined;
  if (texto === undefined) return JSON.stringify(resposta);
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${texto}}`;
}

/** @returns `undefined` se o valor não é dos que se guardam */
function textoGuardado(valor: object): string | undefined {
  const pronto = textos.get(valor);
  if (pronto !== undefined) return pronto;
  if (!Array.isArray(valor)) return ehImutavel(valor) ? guardar(valor, JSON.stringify(valor)) : undefined;
  const itens: string[] = [];
  for (const item of valor) {
    const texto = typeof item === 'object' && item !== null && !Array.isArray(item) ? textoGuardado(item) : undefined;
    if (texto === undefined) return undefined;
    itens.push(texto);
  }
  const texto = `[${itens.join(',')}]`;
  return Object.isFrozen(valor) ? guardar(valor, texto) : texto;
}

function guardar(valor: object, texto: string): string {
  textos.set(valor, texto);
  return texto;
}

/** Um objeto simples, congelado, sem outro dentro: nada do que nele se lê pode vir a ser diferente. */
function ehImutavel(valor: object): boolean {
  if (!Object.isFrozen(valor) || Object.getPrototypeOf(valor) !== Object.prototype) return false;
  return Object.values(valor).every(
    (campo) => campo === null || (typeof campo !== 'object' && typeof campo !== 'function'),
  );
}

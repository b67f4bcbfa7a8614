/** O texto JSON de uma resposta, e os bytes dela: o que é o mesmo para muitos se escreve uma vez só. */

import type { Resposta } from './envelope.ts';
import type { Corpo } from './http/escrita.ts';

/** Um resultado menor vai mais depressa num texto só, com o envelope e os cabeçalhos. */
const RESULTADO_GRANDE_CARACTERES = 2 * 1024;

/** O texto do que não pode mudar, enquanto alguém o tiver. */
const textos = new WeakMap<object, string>();
/** O mesmo, dos resultados grandes, como vai pela rede. */
const emBytes = new WeakMap<object, Buffer>();

/**
 * Guarda o texto de um resultado que é o mesmo para todos.
 * @param valor daqui em diante ninguém o muda
 */
export function guardarTexto<T extends object>(valor: T): T {
  guardar(valor, JSON.stringify(valor));
  return valor;
}

/** @returns o que, junto, é `textoDaResposta` */
export function corpoDaResposta(resposta: Resposta): Corpo {
  const { result, id } = resposta;
  const texto = ehDeMuitos(result) ? textoGuardado(result) : undefined;
  if (texto === undefined || texto.length < RESULTADO_GRANDE_CARACTERES) return textoDaResposta(resposta);
  return { antes: inicioDoEnvelope(id), comum: bytesDe(result as object, texto), depois: FIM_DO_ENVELOPE };
}

function ehDeMuitos(result: unknown): result is object {
  return Array.isArray(result) ? Object.isFrozen(result) : typeof result === 'object' && textos.has(result as object);
}

/** @returns o mesmo que `JSON.stringify`, byte por byte: um resultado vem depois do id, como o jayson os põe */
export function textoDaResposta(resposta: Resposta): string {
  const { result, id } = resposta;
  // Um objeto que não se guardou de propósito foi feito só para quem o pediu.
  const texto = Array.isArray(result) ? textoGuardado(result) : textos.get(result as object);
  if (texto === undefined) return JSON.stringify(resposta);
  return inicioDoEnvelope(id) + texto + FIM_DO_ENVELOPE;
}

const FIM_DO_ENVELOPE = '}';

function inicioDoEnvelope(id: Resposta['id']): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`;
}

function bytesDe(lista: object, texto: string): Buffer {
  const prontos = emBytes.get(lista);
  if (prontos !== undefined) return prontos;
  const bytes = Buffer.from(texto);
  emBytes.set(lista, bytes);
  return bytes;
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

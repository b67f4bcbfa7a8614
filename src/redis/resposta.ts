/** O que o Redis responde, lido como valor daqui: cada leitor confere a forma antes de dá-la por certa. */

/** O que um script ou comando responde, como chega. */
export type Resposta = string | number | null | readonly Resposta[];

/** @throws RespostaInesperada se a resposta não tem a forma que ele lê */
export type Leitor<T> = (resposta: Resposta) => T;

/** Um script ou um comando respondeu o que nunca deveria: é defeito nosso, ou outro programa mexeu nos dados. */
export class RespostaInesperada extends Error {
  override readonly name = 'RespostaInesperada';

  constructor(esperado: string, resposta: Resposta) {
    super(`o Redis deveria responder ${esperado}; respondeu ${JSON.stringify(resposta)?.slice(0, 200)}`);
  }
}

export const texto: Leitor<string> = (resposta) => {
  if (typeof resposta === 'string') return resposta;
  if (typeof resposta === 'number') return String(resposta);
  throw new RespostaInesperada('um texto', resposta);
};

export const numero: Leitor<number> = (resposta) => {
  const lido = typeof resposta === 'string' && resposta !== '' ? Number(resposta) : resposta;
  if (typeof lido === 'number' && !Number.isNaN(lido)) return lido;
  throw new RespostaInesperada('um número', resposta);
};

/** 1 ou 0, como os comandos do Redis dizem sim e não. */
export const sim: Leitor<boolean> = (resposta) => numero(resposta) === 1;

/** A resposta não interessa. */
export const nada: Leitor<void> = () => {};

export function ou<T>(leitor: Leitor<T>): Leitor<T | undefined> {
  return (resposta) => (resposta === null ? undefined : leitor(resposta));
}

export function json<T>(): Leitor<T> {
  return (resposta) => JSON.parse(texto(resposta));
}

export function lista<T>(leitor: Leitor<T>): Leitor<T[]> {
  return (resposta) => {
    if (!Array.isArray(resposta)) throw new RespostaInesperada('uma lista', resposta);
    return resposta.map((item: Resposta) => leitor(item));
  };
}

export function tupla<T extends readonly unknown[]>(...leitores: { readonly [I in keyof T]: Leitor<T[I]> }): Leitor<T> {
  return (resposta) => {
    if (!Array.isArray(resposta)) throw new RespostaInesperada('uma lista', resposta);
    // O que falta no fim é nulo: uma tabela de Lua acaba no primeiro nulo.
    return leitores.map((leitor, indice) => leitor(resposta[indice] ?? null)) as unknown as T;
  };
}

/** Pares de campo e valor, seguidos numa lista ou num mapa do RESP3. */
export const pares: Leitor<[campo: string, valor: string][]> = (resposta) => {
  if (!Array.isArray(resposta)) return Object.entries(resposta as unknown as Record<string, string>);
  const campos = resposta as readonly string[];
  return Array.from({ length: campos.length / 2 }, (_, indice) => [
    campos[2 * indice] as string,
    campos[2 * indice + 1] as string,
  ]);
};

/** O que houve, e os valores que isso traz: uma união que se distingue por `desfecho`. */
export type Desfecho<C extends Record<string, unknown>> = {
  [Nome in keyof C]: { readonly desfecho: Nome; readonly valor: C[Nome] };
}[keyof C];

/**
 * Uma lista que começa pelo nome do que houve.
 * @param casos cada nome possível, e como se lê o resto da lista
 */
export function desfecho<C extends Record<string, unknown>>(
  casos: {
    readonly [N in keyof C]: Leitor<C[N]>;
  },
): Leitor<Desfecho<C>> {
  return (resposta) => {
    const [nome, ...valores] = Array.isArray(resposta) ? (resposta as readonly Resposta[]) : [];
    const leitor = typeof nome === 'string' ? casos[nome] : undefined;
    if (!leitor) throw new RespostaInesperada(Object.keys(casos).join(' ou '), resposta);
    return { desfecho: nome, valor: leitor(valores) } as Desfecho<C>;
  };
}

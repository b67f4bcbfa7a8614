/**
 * Quem assiste às chamadas de um processo sem mudá-las: as que ele faz e as que ele atende.
 * Uma chamada se reconhece dos dois lados pelo cabeçalho `traceparent` (W3C Trace Context).
 */

/** Como uma chamada acabou para quem a fez, ou para quem a atendeu. */
export type Desfecho =
  | { readonly tipo: 'ok'; readonly resultado: unknown }
  /** O outro lado respondeu com um erro do contrato. */
  | { readonly tipo: 'recusa'; readonly erro: string }
  /** Não se soube a resposta. */
  | { readonly tipo: 'falta'; readonly motivo: string };

export interface ChamadaQueSai {
  readonly procedimento: string;
  /** `http://HOST:PORTA` de quem deve recebê-la. */
  readonly url: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** A chave de repetição, se a chamada leva uma. */
  readonly chave: string | undefined;
}

export interface ChamadaQueChega {
  readonly procedimento: string;
  /** O cabeçalho, como veio; `undefined` quando não veio nenhum. */
  readonly traceparent: string | undefined;
}

/** Uma chamada em andamento. */
export interface Observada {
  readonly terminar: (desfecho: Desfecho) => void;
}

export interface ObservadorDeSaida {
  /** Uma vez por transmissão: uma repetição é outra. @returns o `traceparent` que ela leva */
  readonly aoEnviar: (chamada: ChamadaQueSai) => Observada & { readonly traceparent: string };
}

export interface ObservadorDeChegada {
  readonly aoAtender: (chamada: ChamadaQueChega) => Observada;
}

/** @returns um que conta a todos; `undefined` se não há nenhum */
export function juntar(...observadores: readonly (ObservadorDeChegada | undefined)[]): ObservadorDeChegada | undefined {
  const todos = observadores.filter((observador) => observador !== undefined);
  if (todos.length <= 1) return todos[0];
  return {
    aoAtender: (chamada) => {
      const observadas = todos.map((observador) => observador.aoAtender(chamada));
      return {
        terminar: (desfecho) => {
          for (const observada of observadas) observada.terminar(desfecho);
        },
      };
    },
  };
}

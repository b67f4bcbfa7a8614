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

/** O lugar do nome de um procedimento que o processo não oferece: o nome é de quem o inventou. */
export const NAO_OFERECIDO = 'desconhecido';

export interface ChamadaQueChega {
  /** O nome, ou `NAO_OFERECIDO`. */
  readonly procedimento: string;
  /** O cabeçalho, como veio; `undefined` quando não veio nenhum. */
  readonly traceparent: string | undefined;
}

/** Uma chamada em andamento. */
export interface Observada {
  readonly terminar: (desfecho: Desfecho) => void;
  /** Roda a chamada, para que o que ela faz se saiba que é dela; sem isto, ela roda sozinha. */
  readonly dentro?: Envolver | undefined;
}

/** Roda algo e devolve o que ele devolve. */
export type Envolver = <T>(agir: () => T) => T;

export interface ObservadorDeSaida {
  /**
   * Uma vez por transmissão: uma repetição é outra.
   * @param traceparent o que ela já leva, se outro observador o escolheu
   * @returns o `traceparent` que ela leva
   */
  readonly aoEnviar: (chamada: ChamadaQueSai, traceparent?: string) => Observada & { readonly traceparent: string };
  /** Roda o que um procedimento custa a quem o chama: achar quem o atende, chamar, e chamar em outro endereço. */
  readonly aoChamar?: (<T>(procedimento: string, agir: () => Promise<T>) => Promise<T>) | undefined;
}

export interface ObservadorDeChegada {
  readonly aoAtender: (chamada: ChamadaQueChega) => Observada;
}

/** @returns um que conta aos dois; `undefined` se não há nenhum */
export function juntarChegadas(
  primeiro: ObservadorDeChegada | undefined,
  segundo: ObservadorDeChegada | undefined,
): ObservadorDeChegada | undefined {
  if (!primeiro || !segundo) return primeiro ?? segundo;
  return { aoAtender: (chamada) => ambas(primeiro.aoAtender(chamada), segundo.aoAtender(chamada)) };
}

/** @returns um que conta aos dois, com o `traceparent` do primeiro; `undefined` se não há nenhum */
export function juntarSaidas(
  primeiro: ObservadorDeSaida | undefined,
  segundo: ObservadorDeSaida | undefined,
): ObservadorDeSaida | undefined {
  if (!primeiro || !segundo) return primeiro ?? segundo;
  return {
    aoEnviar: (chamada, traceparent) => {
      const observada = primeiro.aoEnviar(chamada, traceparent);
      return { ...observada, ...ambas(observada, segundo.aoEnviar(chamada, observada.traceparent)) };
    },
    aoChamar: primeiro.aoChamar ?? segundo.aoChamar,
  };
}

/** Só uma roda a chamada: a primeira que o sabe fazer. */
function ambas(primeira: Observada, segunda: Observada): Observada {
  return {
    terminar: (desfecho) => {
      primeira.terminar(desfecho);
      segunda.terminar(desfecho);
    },
    dentro: primeira.dentro ?? segunda.dentro,
  };
}

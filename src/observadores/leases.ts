/** Quem assiste aos registros de um binder: o que se conta deles, seja a quem for. */

/** O que acontece com os registros de um binder. */
export interface ObservadorDeLeases {
  /** @param ttl_s `null` quando o registro não vence */
  readonly aoRegistrar: (procedimento: string, endpoint: string, ttl_s: number | null) => void;
  readonly aoTerminar: (procedimento: string, endpoint: string, motivo: 'vencido' | 'retirado') => void;
}

/** @returns um que conta aos dois; `undefined` se não há nenhum */
export function juntarLeases(
  um: ObservadorDeLeases | undefined,
  outro: ObservadorDeLeases | undefined,
): ObservadorDeLeases | undefined {
  if (!um || !outro) return um ?? outro;
  return {
    aoRegistrar: (...registro) => {
      um.aoRegistrar(...registro);
      outro.aoRegistrar(...registro);
    },
    aoTerminar: (...fim) => {
      um.aoTerminar(...fim);
      outro.aoTerminar(...fim);
    },
  };
}

/** O cabeçalho `traceparent`, pelo qual uma chamada se reconhece dos dois lados (W3C Trace Context, seção 3.2). */

export interface Traceparent {
  /** Trinta e dois dígitos hexadecimais. */
  readonly traceId: string;
  /** Dezesseis dígitos hexadecimais: o span de quem chamou. */
  readonly spanId: string;
  /** Os sinais (seção 3.2.2.5). */
  readonly traceFlags: number;
}

/** O sinal «sampled»: quem chamou guarda esta chamada. */
export const AMOSTRADA = 0x01;

/** Uma versão maior que esta pode trazer mais campos no fim, e estes continuam onde estão (seção 4.3). */
const FORMA = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** @returns `undefined` se o cabeçalho não veio, ou não tem a forma dele */
export function lerTraceparent(cabecalho: string | undefined): Traceparent | undefined {
  const [, versao, traceId, spanId, sinais, resto] = FORMA.exec(cabecalho ?? '') ?? [];
  if (!traceId || !spanId || !sinais || (versao === '00' && resto !== undefined)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(sinais, 16) };
}

export function escreverTraceparent({ traceId, spanId, traceFlags }: Traceparent): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

import type { Resposta } from '../../../scripts/comum/jsonrpc.ts';

export interface Pedido {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** O servidor de uma história, de verdade ou dentro do teste. */
export interface Servidor {
  /** Um batch, ou uma chamada só. */
  readonly chamar: (token: string | undefined, pedidos: readonly Pedido[]) => Promise<Resposta[]>;
  readonly reiniciar: (jeito: 'em_ordem' | 'morto') => Promise<void>;
  /** Passa o tempo e faz o que ele traz; só com o relógio nas mãos do teste. */
  readonly passarTempo?: (ms: number) => Promise<void>;
  readonly varrer?: () => Promise<void>;
  readonly acertarHora?: (ms: number) => void;
  readonly horaMs?: () => number;
  /** Deixa que tudo o que já podia acontecer aconteça. */
  readonly assentar: () => Promise<void>;
  readonly limiteDeMensagens: number;
  /** Até quando vem a resposta de uma espera que já acabou. */
  readonly prazoDaRespostaMs: number;
}

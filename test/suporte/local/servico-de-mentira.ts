/** O servidor visto pelo cliente, sem rede: o teste escreve o que cada procedimento responde. */

import { setImmediate as proximaVolta } from 'node:timers/promises';
import type {
  NomeDeProcedimento,
  OpcoesDaChamada,
  ParamsDe,
  ResultadoDe,
  Servico,
} from '../../../src/cliente/chamadas/servico.ts';
import { ContractError } from '../../../src/contract/errors.ts';
import { UnreachableError } from '../../../src/rpc/client/falhas.ts';

type Respostas = {
  readonly [N in NomeDeProcedimento]?: (
    params: ParamsDe<N>,
    token: string | undefined,
  ) => Promise<ResultadoDe<N>> | ResultadoDe<N>;
};

interface ChamadaFeita {
  readonly nome: NomeDeProcedimento;
  // biome-ignore lint/suspicious/noExplicitAny: o teste sabe o que cada procedimento recebe
  readonly params: any;
  readonly token: string | undefined;
  readonly prazoMs: number | undefined;
}

export class ServicoDeMentira implements Servico {
  readonly chamadas: ChamadaFeita[] = [];
  /** Podem mudar a qualquer momento; o que falta é um erro interno. */
  respostas: Respostas;
  fechado = false;

  constructor(respostas: Respostas = {}) {
    this.respostas = respostas;
  }

  /** Os nomes do que se chamou, na ordem. */
  get nomes(): NomeDeProcedimento[] {
    return this.chamadas.map(({ nome }) => nome);
  }

  /** As chamadas de um procedimento. */
  de(nome: NomeDeProcedimento): ChamadaFeita[] {
    return this.chamadas.filter((chamada) => chamada.nome === nome);
  }

  async chamar<N extends NomeDeProcedimento>(
    nome: N,
    params: ParamsDe<N>,
    { token, prazoMs, signal }: OpcoesDaChamada = {},
  ): Promise<ResultadoDe<N>> {
    if (signal?.aborted) throw cancelada();
    this.chamadas.push({ nome, params, token, prazoMs });
    const responder = this.respostas[nome] as ((params: unknown, token?: string) => unknown) | undefined;
    return new Promise((resolve, reject) => {
      const cancelar = () => reject(cancelada());
      signal?.addEventListener('abort', cancelar, { once: true });
      const resposta = async () => {
        if (!responder) throw new ContractError('ERRO_INTERNO');
        return responder(params, token);
      };
      resposta()
        .then(resolve as (valor: unknown) => void, reject)
        .finally(() => signal?.removeEventListener('abort', cancelar));
    });
  }

  close(): void {
    this.fechado = true;
  }
}

function cancelada(): UnreachableError {
  return new UnreachableError('cancelada', 'A chamada foi cancelada.');
}

/** Uma resposta que não vem. */
export function nunca(): Promise<never> {
  return new Promise(() => {});
}

/** Deixa acontecer tudo o que já podia: sem rede nem timers, uma volta do event loop basta. */
export async function assentar(): Promise<void> {
  await proximaVolta();
}

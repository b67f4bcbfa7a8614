/**
 * Uma linha por acontecimento, para quem olha um processo trabalhar: o que ele atende e, no binder, os registros.
 * Não mostra textos de mensagens nem tokens: de um resultado só saem os nomes.
 */

import type { Log } from '../process/log.ts';
import { interruptor } from '../process/opcoes/options.ts';
import type { Desfecho, ObservadorDeChegada } from '../rpc/observador.ts';
import type { ObservadorDeLeases } from './leases.ts';

export const OPCAO_DE_ATIVIDADE = {
  atividade: interruptor(
    'CHAT_ATIVIDADE',
    'mostra na saída de erro o que acontece, uma linha por acontecimento, sem os textos das mensagens',
  ),
};

export interface Atividade {
  readonly chegada: ObservadorDeChegada;
  readonly leases: ObservadorDeLeases;
}

/** O que se mostra de um resultado. */
const NOMES = ['nomeUsuario', 'nomeSala', 'sala', 'origem', 'destino', 'procedure_name', 'address', 'port'];

/** Um servidor renova e confere o seu registro a cada poucos segundos: o que se mostra é o começo e o fim dele. */
const SEM_LINHA: ReadonlySet<string> = new Set(['register_procedure', 'unregister_procedure', 'list_procedures']);

/** @returns `undefined` se não foi pedida */
export function mostrarSePedido(pedida: boolean, log: Pick<Log, 'info'>): Atividade | undefined {
  if (!pedida) return undefined;
  const registrados = new Set<string>();
  return {
    chegada: {
      aoAtender: ({ procedimento }) => ({
        terminar: (desfecho) => {
          if (desfecho.tipo === 'ok' && SEM_LINHA.has(procedimento)) return;
          log.info('atendeu', { procedimento, desfecho: nomeDo(desfecho), ...nomesDo(desfecho) });
        },
      }),
    },
    leases: {
      aoRegistrar: (procedimento, endpoint, ttl_s) => {
        const qual = `${procedimento} ${endpoint}`;
        if (registrados.has(qual)) return;
        registrados.add(qual);
        log.info('registrou', { procedimento, endpoint, ttl_s });
      },
      aoTerminar: (procedimento, endpoint, motivo) => {
        registrados.delete(`${procedimento} ${endpoint}`);
        log.info('o registro acabou', { procedimento, endpoint, motivo });
      },
    },
  };
}

function nomeDo(desfecho: Desfecho): string {
  if (desfecho.tipo === 'ok') return 'ok';
  return desfecho.tipo === 'recusa' ? desfecho.erro : desfecho.motivo;
}

function nomesDo(desfecho: Desfecho): Record<string, unknown> {
  const resultado = desfecho.tipo === 'ok' ? desfecho.resultado : undefined;
  if (typeof resultado !== 'object' || resultado === null || Array.isArray(resultado)) return {};
  return Object.fromEntries(
    Object.entries(resultado).filter(([nome, valor]) => NOMES.includes(nome) && valor !== null),
  );
}

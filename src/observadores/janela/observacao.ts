/**
 * Contar a uma janela o que acontece neste processo: as chamadas que saem, as que chegam, e os leases de um binder.
 * Só se carrega com `--observar`. Quem conversa com a janela não é observado.
 */

import { createHash, randomBytes } from 'node:crypto';
import type { Apresentacao } from '../../contract/janela.ts';
import { semSegredos } from '../../contract/sem-segredos.ts';
import type { Clock } from '../../process/clock.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { criarConexoes, postar } from '../../rpc/client/http.ts';
import type { ChamadaQueSai, Desfecho, ObservadorDeChegada, ObservadorDeSaida } from '../../rpc/observador.ts';
import { AMOSTRADA, escreverTraceparent, lerTraceparent, type Traceparent } from '../../rpc/traceparent.ts';
import type { ObservadorDeLeases } from '../leases.ts';
import { NomesDasChamadas } from './nomes-das-chamadas.ts';
import { type Aviso, Relator } from './relator.ts';

/** Uma janela que não responde nisto não está: o que era para ela só se conta. */
const PRAZO_MS = 2_000;
const AVISO_ACEITO = 204;
/** O que se faz de uma chamada que não se conta: quem a atende sabe que também não deve contá-la. */
const NAO_CONTADA = { traceparent: `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00`, terminar: () => {} };

export interface ObservacaoOptions {
  /** `http://HOST:PORTA` da janela. */
  readonly url: string;
  readonly papel: Apresentacao['papel'];
  readonly clock: Clock;
  /** O da janela, quando ela escuta fora desta máquina. */
  readonly segredo: string | undefined;
}

export interface Observacao extends Closable {
  readonly saida: ObservadorDeSaida;
  readonly chegada: ObservadorDeChegada;
  readonly leases: ObservadorDeLeases;
  /** @param endereco `host:porta` em que este processo passou a atender */
  readonly atenderEm: (endereco: string) => void;
}

export function abrirObservacao({ url, papel, clock, segredo }: ObservacaoOptions): Observacao {
  const conexoes = criarConexoes();
  const entregar = async (aviso: Aviso) => {
    const corpo = JSON.stringify({ jsonrpc: '2.0', method: 'contar', params: aviso });
    const { status } = await postar(url, conexoes, corpo, { bearer: segredo, prazoMs: PRAZO_MS });
    if (status !== AVISO_ACEITO) throw new Error(`a janela respondeu com o status HTTP ${status}`);
  };
  const id = `${papel}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const nomes = new NomesDasChamadas();
  const relator = new Relator({ id, papel, nome: papel, pid: process.pid, clock, entregar });
  return {
    saida: observarSaida(relator, nomes),
    chegada: observarChegada(relator, nomes),
    leases: {
      aoRegistrar: (procedimento, endpoint, ttl_s) => relator.anotar({ tipo: 'lease', procedimento, endpoint, ttl_s }),
      aoTerminar: (procedimento, endpoint, motivo) =>
        relator.anotar({ tipo: 'lease_fim', procedimento, endpoint, motivo }),
    },
    atenderEm: (endereco) => relator.atenderEm(endereco),
    close: async () => {
      await relator.close();
      conexoes.destroy();
    },
  };
}

function observarSaida(relator: Relator, nomes: NomesDasChamadas): ObservadorDeSaida {
  return {
    aoEnviar: ({ procedimento, url, params, chave }, traceparent) => {
      const escolhido = lerTraceparent(traceparent);
      if (escolhido && !ehContada(escolhido)) {
        relator.naoContar();
        return NAO_CONTADA;
      }
      if (!relator.tomarLugar()) return NAO_CONTADA;
      const chamada = escolhido?.spanId ?? nomes.span();
      relator.anotar({
        tipo: 'enviou',
        chamada,
        procedimento,
        para: new URL(url).host,
        ...comResumoDaChave(params, chave),
      });
      return {
        traceparent:
          traceparent ?? escreverTraceparent({ traceId: nomes.trace(), spanId: chamada, traceFlags: AMOSTRADA }),
        terminar: (desfecho) => relator.anotar(fimDe(chamada, desfecho)),
      };
    },
  };
}

/** Quem chama pode não guardar uma chamada, e então nenhum dos lados a conta. */
function ehContada({ traceFlags }: Traceparent): boolean {
  return (traceFlags & AMOSTRADA) !== 0;
}

function fimDe(chamada: string, desfecho: Desfecho) {
  if (desfecho.tipo === 'falta') return { tipo: 'desistiu', chamada, motivo: desfecho.motivo } as const;
  return { tipo: 'recebeu', chamada, desfecho: nomeDo(desfecho) } as const;
}

function observarChegada(relator: Relator, nomes: NomesDasChamadas): ObservadorDeChegada {
  return {
    aoAtender: ({ procedimento, traceparent }) => {
      const deQuemChamou = lerTraceparent(traceparent);
      if (deQuemChamou && !ehContada(deQuemChamou)) {
        relator.naoContar();
        return NAO_CONTADA;
      }
      // Quem chamou já a conta: sem este lado, ela pareceria não ter chegado.
      if (deQuemChamou === undefined && !relator.tomarLugar()) return NAO_CONTADA;
      const chamada = deQuemChamou?.spanId ?? nomes.span();
      if (deQuemChamou) relator.anotar({ tipo: 'chegou', chamada, procedimento });
      else relator.anotar({ tipo: 'chegou', chamada, procedimento, deFora: true });
      return {
        terminar: (desfecho) => {
          const resultado = desfecho.tipo === 'ok' ? { resultado: semSegredos(desfecho.resultado) } : {};
          relator.anotar({ tipo: 'respondeu', chamada, desfecho: nomeDo(desfecho), ...resultado });
        },
      };
    },
  };
}

function nomeDo(desfecho: Desfecho): string {
  if (desfecho.tipo === 'ok') return 'ok';
  return desfecho.tipo === 'recusa' ? desfecho.erro : desfecho.motivo;
}

/** A chave de repetição deixa repetir a chamada de outro: só um resumo dela sai daqui, o mesmo onde quer que apareça. */
function comResumoDaChave(params: ChamadaQueSai['params'], chave: string | undefined) {
  if (chave === undefined) return { params: semSegredos(params) };
  const resumo = createHash('sha256').update(chave).digest('hex').slice(0, 8);
  const entradas = Object.entries(params).map(([nome, valor]) => [nome, valor === chave ? resumo : valor]);
  return { params: semSegredos(Object.fromEntries(entradas)), chave: resumo };
}

/**
 * Os spans deste processo: das chamadas que ele faz, das que atende, e do que grava. Só conhece a API do OpenTelemetry; para
 * onde os spans vão, e quais se guardam, decide o SDK. Nenhum nome de pessoa ou de sala, texto ou token entra num span.
 *
 * Os nomes são os das convenções do OpenTelemetry para RPC e JSON-RPC, edição 1.45.
 */

import { setTimeout as esperar } from 'node:timers/promises';
import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { ContractError, ERROS, type TipoDeErro } from '../../contract/errors.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { VERSAO } from '../../process/versao.ts';
import {
  type Desfecho,
  NAO_OFERECIDO,
  type ObservadorDeChegada,
  type ObservadorDeSaida,
} from '../../rpc/observador.ts';
import { escreverTraceparent, lerTraceparent } from '../../rpc/traceparent.ts';

/** Quanto o fim do processo espera para que os últimos spans saiam: o contrato dá 5 s ao fim todo. */
const PRAZO_DOS_ULTIMOS_MS = 2_000;

const JSON_RPC = 'jsonrpc';

export interface Tracado extends Closable {
  readonly saida: ObservadorDeSaida;
  readonly chegada: ObservadorDeChegada;
  /** Grava, com um span. @param banco como as convenções chamam o banco de dados @param verbo o que se pede a ele */
  readonly gravar: <T>(banco: 'sqlite' | 'redis', verbo: string, agir: () => Promise<T>) => Promise<T>;
}

export function abrirTracado(): Tracado {
  const tracer = trace.getTracer('chat-system-distribuido', VERSAO);

  const abrir = (nome: string, kind: SpanKind, attributes: Attributes, pai: Context) => {
    const span = tracer.startSpan(nome, { kind, attributes }, pai);
    return { span, contexto: trace.setSpan(pai, span) };
  };
  const cercar = async <T>(nome: string, kind: SpanKind, attributes: Attributes, agir: () => Promise<T>) => {
    const { span, contexto } = abrir(nome, kind, attributes, context.active());
    try {
      return await context.with(contexto, agir);
    } catch (erro) {
      anotarFalha(span, erro instanceof ContractError ? erro.tipo : nomeDaFalha(erro));
      throw erro;
    } finally {
      span.end();
    }
  };

  return {
    saida: {
      aoChamar: (procedimento, agir) => cercar(`chamar ${procedimento}`, SpanKind.INTERNAL, {}, agir),
      aoEnviar: ({ procedimento, url }) => {
        const { hostname, port, protocol } = new URL(url);
        const porta = Number(port) || (protocol === 'https:' ? 443 : 80);
        const destino = { 'server.address': hostname, 'server.port': porta };
        const { span, contexto } = abrir(
          procedimento,
          SpanKind.CLIENT,
          { ...daChamada(procedimento), ...destino },
          context.active(),
        );
        return {
          traceparent: escreverTraceparent(span.spanContext()),
          dentro: (agir) => context.with(contexto, agir),
          terminar: (desfecho) => terminar(span, desfecho),
        };
      },
    },
    chegada: {
      aoAtender: ({ procedimento, traceparent }) => {
        // O contexto ativo aqui pode ser o de outra chamada, que por acaso chegou na mesma volta do event loop.
        const deQuemChamou = lerTraceparent(traceparent);
        const pai = deQuemChamou
          ? trace.setSpanContext(ROOT_CONTEXT, { ...deQuemChamou, isRemote: true })
          : ROOT_CONTEXT;
        const nome = procedimento === NAO_OFERECIDO ? JSON_RPC : procedimento;
        const { span, contexto } = abrir(nome, SpanKind.SERVER, daChamada(procedimento), pai);
        return {
          dentro: (agir) => context.with(contexto, agir),
          terminar: (desfecho) => terminar(span, desfecho),
        };
      },
    },
    gravar: (banco, verbo, agir) =>
      cercar(`gravar ${verbo}`, SpanKind.INTERNAL, { 'db.system.name': banco, 'db.operation.name': verbo }, agir),
    close: () => Promise.race([entregarOsUltimos(), esperar(PRAZO_DOS_ULTIMOS_MS, undefined, { ref: false })]),
  };
}

function daChamada(procedimento: string): Attributes {
  return {
    'rpc.system.name': JSON_RPC,
    'jsonrpc.protocol.version': '2.0',
    'rpc.method': procedimento === NAO_OFERECIDO ? '_OTHER' : procedimento,
  };
}

/** Todo objeto `error` é um erro, dos dois lados. Quem deixou de esperar pela resposta não falhou. */
function terminar(span: Span, desfecho: Desfecho): void {
  if (desfecho.tipo === 'recusa') {
    const codigo = String(ERROS[desfecho.erro as TipoDeErro].code);
    span.setAttribute('rpc.response.status_code', codigo);
    anotarFalha(span, codigo, desfecho.erro);
  }
  if (desfecho.tipo === 'falta' && desfecho.motivo !== 'cancelada') anotarFalha(span, desfecho.motivo);
  span.end();
}

function anotarFalha(span: Span, tipo: string, message = tipo): void {
  span.setAttribute('error.type', tipo);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function nomeDaFalha(erro: unknown): string {
  return erro instanceof Error ? erro.name : '_OTHER';
}

/** O SDK junta spans para enviá-los de tempos em tempos: um processo que termina não deve levar consigo os que faltam. */
async function entregarOsUltimos(): Promise<void> {
  const provider = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => object };
  const doSdk = provider.getDelegate?.() ?? provider;
  if ('forceFlush' in doSdk && typeof doSdk.forceFlush === 'function') await doSdk.forceFlush();
}

/** Os spans, pelo SDK de verdade, que os guarda na memória do teste. */

import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chamar } from '../../../../scripts/comum/jsonrpc.ts';
import { pastaEmMemoria } from '../../../../scripts/comum/pasta.ts';
import { Conexao } from '../../../../src/cliente/chamadas/conexao.ts';
import { tracarSeHaSdk } from '../../../../src/observadores/telemetria/se-ha-sdk.ts';
import { abrirTracado } from '../../../../src/observadores/telemetria/tracado.ts';
import { relogioDoSistema } from '../../../../src/process/clock.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import { juntarSaidas } from '../../../../src/rpc/observador.ts';
import { abrirBinder, registrarTodos } from '../../../suporte/local/binder.ts';
import { abrirBordaLocal } from '../../../suporte/local/borda.ts';
import { ligarServidor } from '../../../suporte/local/servidor-local.ts';

const exportador = new InMemorySpanExporter();

beforeEach(() => {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exportador)] }).register();
});
afterEach(() => {
  trace.disable();
  context.disable();
  exportador.reset();
});

/** Um binder e um servidor com traces, e um cliente que os acha; Pedro está na sala. */
async function abrir() {
  const pasta = pastaEmMemoria();
  const clock = relogioDoSistema;
  const tracado = abrirTracado();
  const { store, esperas, responder } = ligarServidor({ dados: pasta.caminho, clock, aoFalhar: () => {}, tracado });
  const borda = await abrirBordaLocal({ processo: 'servidor', responder });
  const binder = await abrirBinder(clock, { observador: tracado.chegada });
  registrarTodos(binder, borda.porta);
  const cliente = new Conexao({ binders: [binder.url], clock, conexoes: criarConexoes(undefined, tracado.saida) });
  const { token } = await cliente.chamar('registrar_usuario', { nomeUsuario: 'Pedro' });
  await cliente.chamar('criar_sala', { nomeSala: 'Geral' }, { token });
  await cliente.chamar('entrar_sala', { nomeUsuario: 'Pedro', nomeSala: 'Geral' }, { token });
  exportador.reset();
  return {
    borda,
    token,
    enviar: (mensagem: string, salaAtual = 'Geral') =>
      cliente.chamar('enviar_mensagem', { nomeUsuario: 'Pedro', salaAtual, mensagem }, { token }),
    [Symbol.asyncDispose]: async () => {
      cliente.close();
      await binder.derrubar();
      esperas.close();
      await borda.close();
      await store.close();
      pasta[Symbol.dispose]();
    },
  };
}

interface Ramo {
  readonly nome: string;
  readonly dentro: readonly Ramo[];
}

/** Os spans de um trace, cada um dentro do que o pediu. */
function arvore(spans: readonly ReadableSpan[], pai?: string): Ramo[] {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === pai)
    .sort((um, outro) => um.startTime[0] - outro.startTime[0] || um.startTime[1] - outro.startTime[1])
    .map((span) => ({
      nome: `${SpanKind[span.kind]} ${span.name}`,
      dentro: arvore(spans, span.spanContext().spanId),
    }));
}

const doTipo = (kind: SpanKind, nome: string) =>
  exportador.getFinishedSpans().find((span) => span.kind === kind && span.name === nome);

test('um envio é um trace: a procura, a chamada, o atendimento e a gravação, cada um dentro do que o pediu', async () => {
  await using sistema = await abrir();
  await sistema.enviar('Oi');
  const spans = exportador.getFinishedSpans();
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  const atendida = (nome: string, dentro: Ramo[] = []) => ({
    nome: `CLIENT ${nome}`,
    dentro: [{ nome: `SERVER ${nome}`, dentro }],
  });
  expect(arvore(spans)).toEqual([
    {
      nome: 'INTERNAL chamar enviar_mensagem',
      dentro: [
        atendida('lookup_procedure'),
        atendida('enviar_mensagem', [{ nome: 'INTERNAL gravar enviar', dentro: [] }]),
      ],
    },
  ]);
});

test('envios que chegam juntos ficam cada um no seu trace', async () => {
  await using sistema = await abrir();
  await Promise.all(Array.from({ length: 10 }, (_, i) => sistema.enviar(`Oi ${i}`)));
  const spans = exportador.getFinishedSpans();
  const traces = new Set(spans.map((span) => span.spanContext().traceId));
  expect(traces.size).toBe(10);
  for (const id of traces) {
    const raizes = arvore(spans.filter((span) => span.spanContext().traceId === id));
    expect(raizes).toHaveLength(1);
    expect(JSON.stringify(raizes).match(/gravar enviar/g)).toHaveLength(1);
  }
});

test('os nomes e os atributos são os das convenções para JSON-RPC', async () => {
  await using sistema = await abrir();
  await sistema.enviar('Oi');
  const comuns = { 'rpc.system.name': 'jsonrpc', 'jsonrpc.protocol.version': '2.0', 'rpc.method': 'enviar_mensagem' };
  const chamada = doTipo(SpanKind.CLIENT, 'enviar_mensagem');
  const destino = { 'server.address': '127.0.0.1', 'server.port': sistema.borda.porta };
  expect(chamada?.attributes).toEqual({ ...comuns, ...destino });
  expect(doTipo(SpanKind.SERVER, 'enviar_mensagem')?.attributes).toEqual(comuns);
  expect(doTipo(SpanKind.INTERNAL, 'gravar enviar')?.attributes).toEqual({
    'db.system.name': 'sqlite',
    'db.operation.name': 'enviar',
  });
  expect(chamada?.status.code).toBe(SpanStatusCode.UNSET);
});

test('uma recusa é um erro dos dois lados, com o código dela', async () => {
  await using sistema = await abrir();
  await expect(sistema.enviar('Oi', 'Outra')).rejects.toThrow();
  for (const kind of [SpanKind.CLIENT, SpanKind.SERVER]) {
    const span = doTipo(kind, 'enviar_mensagem');
    expect(span?.attributes).toMatchObject({ 'rpc.response.status_code': '2005', 'error.type': '2005' });
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'SALA_NAO_ENCONTRADA' });
  }
});

test('quem chama de fora continua o seu trace; um cabeçalho malfeito começa outro', async () => {
  await using sistema = await abrir();
  const perguntar = (traceparent: string) =>
    fetch(sistema.borda.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'listar_salas' }),
    }).then((resposta) => resposta.json());
  const [trace1, span1] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  await perguntar(`00-${trace1}-${span1}-01`);
  const continuado = doTipo(SpanKind.SERVER, 'listar_salas');
  expect(continuado?.spanContext().traceId).toBe(trace1);
  expect(continuado?.parentSpanContext).toMatchObject({ spanId: span1, isRemote: true });
  exportador.reset();
  await perguntar(`00-${'0'.repeat(32)}-${span1}-01`);
  expect(doTipo(SpanKind.SERVER, 'listar_salas')?.parentSpanContext).toBeUndefined();
});

test('um trace que quem chama não guarda não se guarda aqui', async () => {
  await using sistema = await abrir();
  await fetch(sistema.borda.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'listar_salas' }),
  }).then((resposta) => resposta.json());
  expect(exportador.getFinishedSpans()).toEqual([]);
});

test('um nome que o servidor não oferece não dá nome a um span', async () => {
  await using sistema = await abrir();
  await chamar(sistema.borda.url, 'inventado_por_alguem', {});
  const [span] = exportador.getFinishedSpans();
  expect(span?.name).toBe('jsonrpc');
  expect(span?.attributes).toMatchObject({ 'rpc.method': '_OTHER', 'rpc.response.status_code': '-32601' });
});

test('nome, sala, texto e token não entram em span nenhum', async () => {
  await using sistema = await abrir();
  await sistema.enviar('o texto que ninguém mais lê');
  await expect(sistema.enviar('outro', 'Sala que não há')).rejects.toThrow();
  const escritos = JSON.stringify(
    exportador.getFinishedSpans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
  );
  for (const segredo of ['Pedro', 'Geral', 'Sala que', 'texto', 'outro', sistema.token]) {
    expect(escritos).not.toContain(segredo);
  }
});

test('com uma janela e um SDK, a chamada leva o traceparent do SDK, e a janela a conhece por ele', async () => {
  const { saida } = abrirTracado();
  const vistos: (string | undefined)[] = [];
  const janela = {
    aoEnviar: (_: unknown, traceparent?: string) => {
      vistos.push(traceparent);
      return { traceparent: 'o da janela', terminar: () => void vistos.push('fim') };
    },
  };
  const chamada = { procedimento: 'enviar_mensagem', url: 'https://a.b', params: {}, chave: undefined };
  const observada = juntarSaidas(saida, janela)?.aoEnviar(chamada);
  observada?.terminar({ tipo: 'falta', motivo: 'prazo' });
  const span = doTipo(SpanKind.CLIENT, 'enviar_mensagem');
  const { traceId, spanId } = span?.spanContext() ?? {};
  expect(observada?.traceparent).toBe(`00-${traceId}-${spanId}-01`);
  expect(vistos).toEqual([observada?.traceparent, 'fim']);
  expect(span?.attributes).toMatchObject({ 'error.type': 'prazo', 'server.port': 443 });
});

test('sem um SDK não se abre nada; com um, o fim espera que os últimos spans saiam', async () => {
  const avisos: string[] = [];
  const abertos: { close(): unknown }[] = [];
  const add = <T extends { close(): unknown }>(recurso: T) => {
    abertos.push(recurso);
    return recurso;
  };
  trace.disable();
  expect(await tracarSeHaSdk((texto) => avisos.push(texto), { add })).toBeUndefined();
  let entregues = 0;
  const processador = new SimpleSpanProcessor(exportador);
  processador.forceFlush = async () => {
    entregues += 1;
  };
  new NodeTracerProvider({ spanProcessors: [processador] }).register();
  expect(await tracarSeHaSdk((texto) => avisos.push(texto), { add })).toBe(abertos[0]);
  await abertos[0]?.close();
  expect(entregues).toBe(1);
  expect(avisos).toEqual([]);
});

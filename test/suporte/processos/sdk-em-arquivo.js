/** Carregado antes de um processo (`node --import`): o SDK do OpenTelemetry, que escreve cada span em CHAT_TESTE_SPANS. */

import { appendFileSync } from 'node:fs';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** @type {import('@opentelemetry/sdk-trace-node').SpanExporter} */
const exportador = {
  export(spans, terminar) {
    const linhas = spans.map((span) => {
      const { traceId, spanId } = span.spanContext();
      return `${JSON.stringify({ nome: span.name, traceId, spanId, pai: span.parentSpanContext?.spanId })}\n`;
    });
    appendFileSync(process.env['CHAT_TESTE_SPANS'] ?? '', linhas.join(''));
    terminar({ code: 0 });
  },
  shutdown: async () => {},
};

// Como os de verdade, junta os spans e só os entrega de tempos em tempos.
new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exportador)] }).register();

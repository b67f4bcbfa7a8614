/** Os três processos com o SDK do OpenTelemetry carregado: cada um conta a sua parte do mesmo trace. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, iniciarServidor, type Partida, rodar } from '../../scripts/comum/processos.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';

const SDK = pathToFileURL(join(RAIZ, 'test', 'suporte', 'processos', 'sdk-em-arquivo.js')).href;

interface SpanEscrito {
  readonly nome: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly pai?: string;
}

test('um envio pela linha de comando é um trace, do cliente ao que o servidor grava', async () => {
  using pasta = pastaTemporaria();
  const arquivo = (processo: string) => join(pasta.caminho, `${processo}.spans`);
  const comSdk = (processo: string): Partida => ({
    execArgv: ['--import', SDK],
    ambiente: { CHAT_TESTE_SPANS: arquivo(processo) },
  });
  const spansDe = (processo: string): SpanEscrito[] =>
    readFileSync(arquivo(processo), 'utf8')
      .trim()
      .split('\n')
      .map((linha) => JSON.parse(linha));

  await using binder = await iniciarBinder(comSdk('binder'));
  await using servidor = await iniciarServidor(pasta.caminho, binder.url, comSdk('servidor'));
  const argumentos = ['enviar', '--binder', binder.url, '--nome', 'Pedro', '--criar', 'Geral', 'Oi'];
  const cliente = await rodar('cliente', { ...comSdk('cliente'), argumentos });
  expect(cliente).toMatchObject({ status: 0, erros: '' });
  await servidor.encerrarEmOrdem();
  await binder.encerrarEmOrdem();

  const doCliente = spansDe('cliente');
  const raiz = doCliente.find(({ nome }) => nome === 'chamar enviar_mensagem');
  expect(raiz).toBeDefined();
  const doTrace = (spans: readonly SpanEscrito[]) => spans.filter(({ traceId }) => traceId === raiz?.traceId);
  const [procura, chamada] = ['lookup_procedure', 'enviar_mensagem'].map((nome) =>
    doTrace(doCliente).find((span) => span.nome === nome),
  );
  expect(procura?.pai).toBe(raiz?.spanId);
  expect(chamada?.pai).toBe(raiz?.spanId);
  expect(doTrace(spansDe('binder'))).toMatchObject([{ nome: 'lookup_procedure', pai: procura?.spanId }]);
  const noServidor = doTrace(spansDe('servidor'));
  const atendida = noServidor.find(({ nome }) => nome === 'enviar_mensagem');
  expect(atendida?.pai).toBe(chamada?.spanId);
  expect(noServidor.find(({ nome }) => nome === 'gravar enviar')?.pai).toBe(atendida?.spanId);
});

/** Seção 7 do contrato: o que o binder e o servidor contam a um Prometheus, e o log para programas. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { http, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo } from '../../scripts/comum/processos.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';

const DE_TODOS = ['chat_conexoes', 'process_cpu_seconds_total', 'process_resident_memory_bytes'];

/** Uma linha do formato de texto do Prometheus, versão 0.0.4. */
const LINHA = /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*\})? [0-9.e+-]+)$/;

let pasta: PastaTemporaria;
let binder: Processo;
let servidor: Processo;

beforeAll(async () => {
  pasta = pastaTemporaria();
  binder = await iniciarBinder({ argumentos: ['--metricas', '--log', 'json'] });
  servidor = await iniciarServidor(pasta.caminho, binder.url, { ambiente: { CHAT_METRICAS: '1', CHAT_LOG: 'json' } });
});

afterAll(async () => {
  await servidor[Symbol.asyncDispose]();
  await binder[Symbol.asyncDispose]();
  pasta[Symbol.dispose]();
});

const pedir = (url: string, caminho = '/metricas', method = 'GET') => http(url, { method, caminho });

const acontecimentos = ({ erros }: Processo) =>
  erros()
    .trimEnd()
    .split('\n')
    .map((linha) => JSON.parse(linha));

async function lerMetricas(url: string): Promise<Map<string, number>> {
  const { corpo } = await pedir(url);
  const linhas = corpo.trimEnd().split('\n');
  expect(linhas.filter((linha) => !LINHA.test(linha))).toEqual([]);
  return new Map(
    linhas
      .filter((linha) => !linha.startsWith('#'))
      .map((linha) => [linha.slice(0, linha.lastIndexOf(' ')), Number(linha.slice(linha.lastIndexOf(' ')))]),
  );
}

describe.each([
  ['binder', () => binder],
  ['servidor', () => servidor],
])('o %s', (_, qual) => {
  test('conta em /metricas e em /metrics, como texto do Prometheus', async () => {
    for (const caminho of ['/metricas', '/metrics', '/metrics?x=1']) {
      const { status, headers, corpo } = await pedir(qual().url, caminho);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(corpo).toMatch(/^# HELP chat_chamadas_total .*\n# TYPE chat_chamadas_total counter\n/);
    }
    const metricas = await lerMetricas(qual().url);
    for (const nome of DE_TODOS) expect(metricas.get(nome), nome).toBeGreaterThan(0);
  });

  test('responde a HEAD sem corpo, e a outro método com 405', async () => {
    expect(await pedir(qual().url, '/metricas', 'HEAD')).toMatchObject({ status: 200, corpo: '' });
    expect(await pedir(qual().url, '/metricas', 'POST')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });
});

test('o binder conta procedimentos, endpoints e chamadas, as que recusa também', async () => {
  const antes = await lerMetricas(binder.url);
  for (const porta of [1, 2]) await resultado(binder.url, 'register_procedure', ['contado', 'localhost', porta]);
  await recusa(binder.url, 'lookup_procedure', ['nao_ha']);
  await recusa(binder.url, 'inventado');
  const depois = await lerMetricas(binder.url);
  const cresceu = (serie: string) => (depois.get(serie) ?? 0) - (antes.get(serie) ?? 0);
  expect(cresceu('chat_procedimentos')).toBe(1);
  expect(cresceu('chat_endpoints')).toBe(2);
  const chamadas = (procedimento: string, desfecho: string) =>
    cresceu(`chat_chamadas_total{procedimento="${procedimento}",desfecho="${desfecho}"}`);
  expect(chamadas('lookup_procedure', 'PROCEDIMENTO_NAO_REGISTRADO')).toBe(1);
  expect(chamadas('desconhecido', 'PROCEDIMENTO_DESCONHECIDO')).toBe(1);
  expect(chamadas('register_procedure', 'ok')).toBeGreaterThanOrEqual(2);
  expect(cresceu('chat_chamada_segundos_count{procedimento="register_procedure"}')).toBeGreaterThanOrEqual(2);
});

test('o servidor conta sessões, salas, esperas e mensagens, sem o nome de ninguém', async () => {
  const { url } = servidor;
  const antes = await lerMetricas(url);
  const nomeUsuario = 'Josefina';
  const nomeSala = 'Esconderijo';
  const { token } = await resultado(url, 'registrar_usuario', { nomeUsuario });
  await resultado(url, 'criar_sala', { nomeSala }, token);
  await resultado(url, 'entrar_sala', { nomeUsuario, nomeSala }, token);
  const envio = { nomeUsuario, salaAtual: nomeSala, mensagem: 'em segredo', chave: 'a mesma' };
  const { id } = await resultado(url, 'enviar_mensagem', envio, token);
  await resultado(url, 'enviar_mensagem', envio, token);
  const espera = resultado(
    url,
    'receber_mensagens',
    { nomeUsuario, salaAtual: nomeSala, desde: id, esperarMs: 60_000 },
    token,
  );
  const cresceu = async (serie: string) => ((await lerMetricas(url)).get(serie) ?? 0) - (antes.get(serie) ?? 0);
  await expect.poll(() => cresceu('chat_esperas')).toBe(1);
  expect(await cresceu('chat_sessoes')).toBe(1);
  expect(await cresceu('chat_salas')).toBe(1);
  // A repetição não gravou outra.
  expect(await cresceu('chat_mensagens_total')).toBe(1);
  expect(await cresceu('chat_gravacao_segundos_count')).toBe(1);
  expect(await cresceu('chat_chamadas_total{procedimento="enviar_mensagem",desfecho="ok"}')).toBe(2);
  const { corpo } = await pedir(url);
  expect(corpo).not.toMatch(/Josefina|Esconderijo|em segredo/);
  expect(corpo).not.toContain(token);
  await resultado(url, 'encerrar_sessao', {}, token);
  await espera.catch(() => {});
});

test('com --log json, ou CHAT_LOG, cada linha da saída de erro é um objeto', async () => {
  await ate(() => binder.erros().includes('CHAT_SEGREDO') && servidor.erros().includes('registrados'), 'o log');
  expect(acontecimentos(binder)).toContainEqual({
    hora: expect.any(String),
    nivel: 'AVISO',
    mensagem: expect.stringContaining('sem CHAT_SEGREDO'),
  });
  expect(acontecimentos(servidor)).toContainEqual({
    hora: expect.any(String),
    nivel: 'INFO',
    mensagem: 'procedimentos registrados no binder',
    binder: binder.url,
  });
});

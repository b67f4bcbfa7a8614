/**
 * Defeito 9: o binder recusava um nome que já tinha, e o servidor terminava quando recusado: depois de uma queda do
 * servidor era preciso reiniciar o binder; depois de um reinício do binder o servidor se perdia, e qualquer um podia
 * tomar seus nomes.
 */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciar, iniciarBinder } from '../../scripts/comum/processos.ts';
import { registrar } from '../suporte/pessoas.ts';
import { iniciarServidor, iniciarSistema } from '../suporte/processos.ts';

const TODOS = 13;

interface Procedimento {
  readonly procedure_name: string;
  readonly endpoints: readonly { readonly address: string; readonly port: number; readonly ttl_s: number | null }[];
}

const listar = (binder: string): Promise<Procedimento[]> => resultado(binder, 'list_procedures');

test('um binder que volta vazio na mesma porta tem tudo registrado de novo em 15 s, e o servidor nem percebe', async () => {
  await using sistema = await iniciarSistema();
  const { binder, servidor } = sistema;
  await ate(async () => (await listar(binder.url)).length === TODOS, 'o primeiro registro');
  const antes = (await listar(binder.url)).map(({ procedure_name }) => procedure_name);

  const pedro = await registrar(servidor.url, 'Pedro');

  await binder.encerrar('SIGKILL');
  expect(await pedro.fazer('criar_sala', { nomeSala: 'Sem binder' })).toEqual({ nomeSala: 'Sem binder' });
  const voltouMs = performance.now();
  await using novo = await iniciar('binder', { argumentos: ['--porta', String(binder.porta)] });
  await ate(async () => (await listar(novo.url)).length === TODOS, 'o registro no binder que voltou');

  expect(performance.now() - voltouMs).toBeLessThanOrEqual(15_000);
  const depois = await listar(novo.url);
  expect(depois.map(({ procedure_name }) => procedure_name)).toEqual(antes);
  for (const { endpoints } of depois) expect(endpoints).toMatchObject([{ port: servidor.porta }]);
  expect((await pedro.entrar('Sem binder')).usuarios).toEqual([pedro.nome]);
});

test('um servidor que caiu e voltou na mesma porta se registra de novo, sem tocar no binder', async () => {
  await using sistema = await iniciarSistema();
  const { binder, servidor, pasta } = sistema;
  await ate(async () => (await listar(binder.url)).length === TODOS, 'o primeiro registro');

  await servidor.encerrar('SIGKILL');
  expect(await listar(binder.url)).toHaveLength(TODOS);
  await using novo = await iniciarServidor(pasta.caminho, binder.url, {
    argumentos: ['--porta', String(servidor.porta)],
  });
  await ate(() => novo.erros().includes('registrados no binder'), 'o novo registro');

  for (const { endpoints } of await listar(binder.url)) expect(endpoints).toMatchObject([{ port: novo.porta }]);
  const { address, port } = await resultado(binder.url, 'lookup_procedure', ['listar_salas']);
  expect(await resultado(`http://${address}:${port}`, 'listar_salas')).toEqual([]);
});

test('com um segredo, ninguém toma nem retira os nomes do servidor', async () => {
  const ambiente = { CHAT_SEGREDO: 'um-segredo-de-teste' };
  using pasta = pastaTemporaria();
  await using binder = await iniciarBinder({ ambiente });
  await using servidor = await iniciarServidor(pasta.caminho, binder.url, { ambiente });
  await ate(async () => (await listar(binder.url)).length === TODOS, 'o registro com o segredo');
  const intruso = ['enviar_mensagem', '203.0.113.66', 6666];
  const verdadeiro = ['enviar_mensagem', '127.0.0.1', servidor.porta];

  for (const segredo of [undefined, 'um-segredo-de-test', 'outro']) {
    expect(await recusa(binder.url, 'register_procedure', intruso, segredo)).toMatchObject({ code: 1002 });
    expect(await recusa(binder.url, 'unregister_procedure', verdadeiro, segredo)).toMatchObject({ code: 1002 });
  }

  const { address, port } = await resultado(binder.url, 'lookup_procedure', ['enviar_mensagem']);
  expect([address, port]).toEqual(verdadeiro.slice(1));
  expect(servidor.erros() + binder.erros()).not.toContain('um-segredo-de-teste');
});

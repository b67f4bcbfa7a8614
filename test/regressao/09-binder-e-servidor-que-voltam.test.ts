/**
 * Defeito 9: o binder recusava um nome que já tinha, e o servidor terminava quando recusado: depois de uma queda do
 * servidor era preciso reiniciar o binder; depois de um reinício do binder o servidor se perdia, e qualquer um podia
 * tomar seus nomes.
 */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { abrirBinder } from '../suporte/local/binder.ts';
import { registrar } from '../suporte/pessoas.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';

const TODOS = 18;

interface Procedimento {
  readonly procedure_name: string;
  readonly endpoints: readonly { readonly address: string; readonly port: number; readonly ttl_s: number | null }[];
}

function todosEm(binder: string): Promise<Procedimento[]> {
  return ate(async () => {
    const lista: Procedimento[] = await resultado(binder, 'list_procedures');
    return lista.length === TODOS ? lista : undefined;
  }, 'o registro de todos os nomes');
}

test('um binder que volta vazio tem tudo de novo, e o servidor nem percebe; um servidor que volta se registra de novo', async () => {
  using pasta = pastaTemporaria();
  const antes = await abrirBinder(relogioDoSistema);
  await using servidor = await iniciarServidor(pasta.caminho, antes.url);
  const nomes = (await todosEm(antes.url)).map(({ procedure_name }) => procedure_name);
  const pedro = await registrar(servidor.url, 'Pedro');

  await antes.derrubar();
  expect(await pedro.fazer('criar_sala', { nomeSala: 'Sem binder' })).toEqual({ nomeSala: 'Sem binder' });
  await using binder = await abrirBinder(relogioDoSistema, { porta: antes.porta });
  const depois = await todosEm(binder.url);
  expect(depois.map(({ procedure_name }) => procedure_name)).toEqual(nomes);
  for (const { endpoints } of depois) expect(endpoints).toMatchObject([{ port: servidor.porta }]);
  expect((await pedro.entrar('Sem binder')).usuarios).toEqual([pedro.nome]);

  await servidor.encerrar('SIGKILL');
  await using novo = await iniciarServidor(pasta.caminho, binder.url, {
    argumentos: ['--porta', String(servidor.porta)],
  });
  await ate(() => novo.erros().includes('registrados no binder'), 'o novo registro, com o antigo ainda lá');
  for (const { endpoints } of await todosEm(binder.url)) expect(endpoints).toMatchObject([{ port: novo.porta }]);
});

test('com um segredo, ninguém toma nem retira o nome que outro registrou', async () => {
  const segredo = 'um-segredo-de-teste';
  await using binder = await abrirBinder(relogioDoSistema, { segredo });
  const verdadeiro = ['enviar_mensagem', '127.0.0.1', 8005];
  await resultado(binder.url, 'register_procedure', verdadeiro, segredo);

  const intruso = ['enviar_mensagem', '203.0.113.66', 6666];
  for (const errado of [undefined, 'um-segredo-de-test', 'outro']) {
    expect(await recusa(binder.url, 'register_procedure', intruso, errado)).toMatchObject({ code: 1002 });
    expect(await recusa(binder.url, 'unregister_procedure', verdadeiro, errado)).toMatchObject({ code: 1002 });
  }
  const { address, port } = await resultado(binder.url, 'lookup_procedure', ['enviar_mensagem']);
  expect([address, port]).toEqual(verdadeiro.slice(1));
});

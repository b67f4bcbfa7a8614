/**
 * Defeito 15: cada espera de um batch escutava por si o fim da conexão. Com mais de dez, o processo avisava na saída de
 * erro de um vazamento; e a espera de um pedido que ainda estava na fila da conexão não sabia que ela tinha caído: o
 * usuário continuava presente até ela vencer.
 */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { postar, type Resposta } from '../../scripts/comum/jsonrpc.ts';
import { conectar } from '../suporte/local/conexao.ts';
import { abrirSistemaParado } from '../suporte/local/sistema-local.ts';
import { salaCom } from '../suporte/pessoas.ts';
import { iniciarSemBinder } from '../suporte/processos/processos.ts';

test('um batch de esperas é atendido sem que o processo avise de nada', async () => {
  await using sistema = await iniciarSemBinder();
  const { url } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro');
  const [pedro] = pessoas;
  const desde = (await pedro.receber(sala, { desde: 0 })).at(-1)?.id ?? 0;
  const params = { nomeUsuario: pedro.nome, salaAtual: sala, desde, esperarMs: 100 };
  const entradas = Array.from({ length: 50 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'receber_mensagens', params }));

  const { corpo } = await postar(url, entradas, pedro.token);
  expect((JSON.parse(corpo) as Resposta[]).map(({ result }) => result)).toEqual(Array.from({ length: 50 }, () => []));
  expect(sistema.servidor.erros()).not.toContain('Warning');
});

test('a espera de um pedido que estava na fila acaba com a conexão: não conta mais como presença', async () => {
  await using sistema = await abrirSistemaParado();
  const { url, porta } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const desde = (await pedro.receber(sala, { desde: 0 })).at(-1)?.id ?? 0;
  const pedir = (token: string, nomeUsuario: string) => {
    const corpo = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'receber_mensagens',
      params: { nomeUsuario, salaAtual: sala, desde, esperarMs: 30_000 },
    });
    return [
      ...['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', `Authorization: Bearer ${token}`],
      ...[`Content-Length: ${Buffer.byteLength(corpo)}`, '', corpo],
    ].join('\r\n');
  };
  {
    // A de Maria fica atrás da de Pedro, na mesma conexão.
    using conexao = await conectar(porta);
    conexao.escrever(pedir(pedro.token, pedro.nome) + pedir(maria.token, maria.nome));
    await pedro.fazer('listar_usuarios');
    conexao.derrubar();
  }
  await ate(() => sistema.quantasEsperam() === 0, 'o fim da espera de Pedro');
  for (let vez = 0; vez < 2; vez += 1) {
    expect(await pedro.fazer('listar_usuarios')).toEqual([maria.nome, pedro.nome]);
    await sistema.passarTempo(30_000);
  }
  expect(await pedro.fazer('listar_usuarios')).toEqual([pedro.nome]);
});

/** Defeito 2: entrar numa sala dava as últimas 50 mensagens sem filtro: recém-chegados liam privadas alheias. */

import { expect, test } from 'vitest';
import { postar, resultado } from '../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { assentar, comToken, conteudos, type Pessoa, registrar, salaCom } from '../suporte/pessoas.ts';

const sistema = dividirSistemaLocal();

const SEGREDO = 'só entre nós dois';
const ESPERA_MS = 500;

/** Tudo o que uma pessoa consegue fazer o servidor lhe responder sobre a sala. */
async function tudoOQueRecebe(pessoa: Pessoa, sala: string): Promise<string> {
  const pedidos = [
    ['entrar_sala', { nomeUsuario: pessoa.nome, nomeSala: sala }],
    ['receber_mensagens', { nomeUsuario: pessoa.nome, salaAtual: sala }],
    ['receber_mensagens', { nomeUsuario: pessoa.nome, salaAtual: sala, desde: 0 }],
    ['receber_mensagens', { nomeUsuario: pessoa.nome, salaAtual: sala, desde: 0, esperarMs: 1 }],
    ['listar_usuarios', { nomeSala: sala }],
    ['listar_salas', {}],
    ['enviar_mensagem', { nomeUsuario: pessoa.nome, salaAtual: sala, mensagem: 'oi', chave: 'a chave do Pedro' }],
    ['entrar_na_sala', { nomeUsuario: pessoa.nome, nomeSala: sala }],
    ['sair_da_sala', {}],
    ['rpc.discover', {}],
  ] as const;
  const respostas: string[] = [];
  for (const [method, params] of pedidos) {
    const { corpo } = await postar(pessoa.url, { jsonrpc: '2.0', id: 1, method, params }, pessoa.token);
    expect(corpo, method).toContain('"result"');
    respostas.push(corpo);
  }
  return respostas.join('\n');
}

test('uma mensagem privada não aparece em resposta alguma de um terceiro, tenha chegado antes ou depois dela', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria', 'Presente');
  const [pedro, maria, presente] = pessoas;

  const visto = (await presente.receber(sala)).at(-1)?.id ?? 0;
  const comecoMs = performance.now();
  const esperando = presente
    .receber(sala, { desde: visto, esperarMs: ESPERA_MS })
    .then((mensagens) => ({ mensagens, duracaoMs: performance.now() - comecoMs }));
  await assentar(url);
  await pedro.dizer(sala, SEGREDO, { destinatario: maria.nome, chave: 'a chave do Pedro' });
  await maria.dizer(sala, `${SEGREDO}, também`, { destinatario: pedro.nome });
  await pedro.dizer(sala, `${SEGREDO}, comigo`, { destinatario: pedro.nome });
  const recemChegado = await registrar(url, 'Recém-chegado');

  const { mensagens, duracaoMs } = await esperando;
  expect(mensagens).toEqual([]);
  expect(duracaoMs, 'uma resposta adiantada contaria que houve uma privada').toBeGreaterThanOrEqual(ESPERA_MS);
  for (const terceiro of [presente, recemChegado]) {
    expect(await tudoOQueRecebe(terceiro, sala)).not.toContain(SEGREDO);
  }
  expect(conteudos(await maria.receber(sala))).toContain(SEGREDO);
});

test('privadas alheias não ocupam lugar entre as últimas 50 de quem não as vê', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const abertas = ['um', 'dois', 'três'];
  for (const texto of abertas) await pedro.dizer(sala, texto);
  await Promise.all(
    Array.from({ length: 60 }, (_, i) => pedro.dizer(sala, `${SEGREDO} ${i}`, { destinatario: maria.nome })),
  );

  const recemChegado = await registrar(url, 'Recém-chegado');
  const { mensagens } = await recemChegado.entrar(sala);

  expect(conteudos(mensagens)).toEqual([...abertas, `${recemChegado.nome} entrou na sala.`]);
});

test('quem toma um nome que ficou livre não lê as privadas de quem o tinha', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  await pedro.dizer(sala, SEGREDO, { destinatario: maria.nome });
  await maria.dizer(sala, SEGREDO, { destinatario: pedro.nome });
  await maria.fazer('encerrar_sessao');

  const { token } = await resultado(url, 'registrar_usuario', { nomeUsuario: maria.nome });
  const outraMaria = comToken(url, maria.nome, token);

  expect(await tudoOQueRecebe(outraMaria, sala)).not.toContain(SEGREDO);
});

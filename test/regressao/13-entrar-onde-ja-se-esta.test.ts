/**
 * Defeito 13: entrar na sala em que já se está também travava o servidor; e um valor guardado que não se deixava
 * serializar fazia falhar toda leitura seguinte daquela sala.
 */

import { expect, test } from 'vitest';
import { postar, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { conteudos, salaCom } from '../suporte/pessoas.ts';
import { emAte } from './apoio.ts';

const sistema = dividirSistemaLocal();

test('entrar na sala em que já se está não muda nada, e o servidor segue atendendo', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const antes = await maria.receber(sala);
  const mensagens = await pedro.receber(sala);

  for (const nomeSala of [sala, sala.toUpperCase(), ` ${sala} `]) {
    const entrou = await emAte(pedro.entrar(nomeSala), 5000, 'a entrada repetida');
    expect(entrou).toEqual({ nomeSala: sala, usuarios: [maria.nome, pedro.nome].sort(), mensagens });
  }

  expect(await maria.receber(sala)).toEqual(antes);
  expect(await resultado(url, 'listar_salas')).toEqual([{ nomeSala: sala, usuarios: 2 }]);
});

/** Cada um escrito como viaja: o que não cabe num valor de JavaScript também chega. */
const ESTRANHOS = [
  '["lista"]',
  '{"toJSON":null}',
  '{"__proto__":{"x":1}}',
  '42',
  '1e999',
  'true',
  'null',
  '""',
  '"\\ud800 sozinho"',
  '"\\u0000"',
  '"\\u001b]0;título\\u0007"',
];

test('o que não é um texto que se possa devolver é recusado, e a sala continua legível para todos', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const antes = await maria.receber(sala);

  for (const valor of ESTRANHOS) {
    const campos = `"nomeUsuario":"${pedro.nome}","salaAtual":"${sala}","mensagem":${valor}`;
    const pedido = `{"jsonrpc":"2.0","id":1,"method":"enviar_mensagem","params":{${campos}}}`;
    const { corpo } = await postar(url, pedido, pedro.token);
    expect(JSON.parse(corpo), valor).toMatchObject({
      error: { code: -32602, data: { problemas: [{ parametro: 'mensagem' }] } },
    });
  }
  const chaveEstranha = { nomeUsuario: pedro.nome, salaAtual: sala, mensagem: 'oi', chave: { a: 1 } };
  expect(await recusa(url, 'enviar_mensagem', chaveEstranha, pedro.token)).toMatchObject({ code: -32602 });
  expect(await maria.receber(sala)).toEqual(antes);
});

test('o que é texto volta como foi enviado, por mais estranho que seja', async () => {
  const { sala, pessoas } = await salaCom(sistema().servidor.url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const textos = [
    '"aspas" e \\ barras',
    "'; DROP TABLE mensagens; --",
    'linha\ne\ttab',
    ' espaços nas pontas ',
    '\u2028\u2029',
    '👩‍👩‍👧‍👦 é',
    '%s %d {{y}} <b>',
    'null',
    '\ufeff',
  ];
  for (const texto of textos) await pedro.dizer(sala, texto);

  expect(conteudos(await maria.receber(sala)).slice(-textos.length)).toEqual(textos);
  expect(conteudos((await maria.entrar(sala)).mensagens).slice(-textos.length)).toEqual(textos);
});

/** Envios e esperas que se repetem milhares de vezes: o pedido é um só, e nele se troca um número de largura fixa. */

import { setTimeout as pausar } from 'node:timers/promises';
import type { Mensagem } from '../../../src/contract/chat.ts';
import { resultadoDe } from './chamadas.ts';
import { type Conexao, montarChamada } from './http.ts';
import { textoDaMensagem, type Usuario } from './identidades.ts';
import type { Fonte } from './vazao.ts';

const MS_POR_SEGUNDO = 1_000;
const LARGURA_DO_NUMERO = 9;
const LARGURA_DO_ID = 16;
const MARCA_DO_ID = Number('9'.repeat(15));

let proximoNumero = 0;

/** @returns uma fonte de mensagens sempre diferentes, todas do mesmo tamanho */
export function fonteDeEnvios({ nome, token }: Usuario, salaAtual: string, aoResponder?: Fonte['aoResponder']): Fonte {
  const params = { nomeUsuario: nome, salaAtual, mensagem: textoDaMensagem(0) };
  const pedido = montarChamada('enviar_mensagem', params, token);
  const onde = pedido.indexOf('mensagem 0') + 'mensagem '.length;
  return {
    aoResponder,
    proximo: () => {
      proximoNumero += 1;
      pedido.write(String(proximoNumero).padStart(LARGURA_DO_NUMERO, '0'), onde, 'latin1');
      return pedido;
    },
  };
}

/**
 * Os instantes contam-se do começo: um envio que demora não atrasa os seguintes.
 * @returns as mensagens, na ordem
 */
export async function enviarNoRitmo(
  conexao: Conexao,
  { proximo }: Fonte,
  { quantas, porSegundo }: { readonly quantas: number; readonly porSegundo: number },
): Promise<Mensagem[]> {
  const enviadas: Mensagem[] = [];
  const inicioMs = performance.now();
  for (let envio = 0; envio < quantas; envio += 1) {
    await pausar(Math.max(0, inicioMs + (envio * MS_POR_SEGUNDO) / porSegundo - performance.now()));
    enviadas.push(resultadoDe(await conexao.chamar(proximo())));
  }
  return enviadas;
}

/** @returns uma função que dá o pedido de quem espera depois de um id; em JSON, espaços antes de um número não contam */
export function pedidoDeEspera(
  { nome, token }: Usuario,
  salaAtual: string,
  esperarMs: number,
): (desde: number) => Buffer {
  const params = { nomeUsuario: nome, salaAtual, desde: MARCA_DO_ID, esperarMs };
  const corpo = montarChamada('receber_mensagens', params, token).toString();
  const comLugar = corpo
    .replace(String(MARCA_DO_ID), String(MARCA_DO_ID).padStart(LARGURA_DO_ID))
    .replace(/Content-Length: (\d+)/, (_, tamanho) => `Content-Length: ${Number(tamanho) + 1}`);
  const pedido = Buffer.from(comLugar);
  const onde = pedido.indexOf(String(MARCA_DO_ID)) - 1;
  return (desde) => {
    pedido.write(String(desde).padStart(LARGURA_DO_ID), onde, 'latin1');
    return pedido;
  };
}

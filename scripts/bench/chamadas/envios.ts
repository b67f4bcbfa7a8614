/** Envios e esperas que se repetem milhares de vezes: o pedido é um só, e nele se troca um número de largura fixa. */

import { montarChamada } from './http.ts';
import { textoDaMensagem, type Usuario } from './identidades.ts';
import type { Fonte } from './vazao.ts';

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

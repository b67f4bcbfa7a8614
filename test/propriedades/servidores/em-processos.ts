/** Três servidores de verdade sobre um Redis, como um só: cada chamada vai ao seguinte, e a cada reinício um deles morre. */

import { postar, type Resposta } from '../../../scripts/comum/jsonrpc.ts';
import { ERROS } from '../../../src/contract/errors.ts';
import { abrirServidoresNoRedis } from '../../suporte/processos/servidores-no-redis.ts';
import type { Pedido, Servidor } from './servidor.ts';

const QUANTOS = 3;

export async function abrirServidoresEmProcessos(): Promise<Servidor & AsyncDisposable> {
  const servidores = await abrirServidoresNoRedis(QUANTOS);
  let vez = 0;
  let vitima = 0;

  async function chamar(token: string | undefined, pedidos: readonly Pedido[]): Promise<Resposta[]> {
    vez += 1;
    const url = servidores.urls()[vez % QUANTOS] as string;
    const entradas = pedidos.map((pedido, id) => ({ jsonrpc: '2.0', id, ...pedido }));
    const { corpo } = await postar(url, entradas.length === 1 ? entradas[0] : entradas, token);
    const lidas = JSON.parse(corpo) as Resposta | Resposta[];
    const respostas = Array.isArray(lidas) ? lidas.sort((a, b) => Number(a.id) - Number(b.id)) : [lidas];
    // Numa máquina ocupada o Redis nem sempre responde a tempo; nada mudou, e se chama de novo.
    for (const [i, { error }] of respostas.entries()) {
      if (error?.code === ERROS.SERVICO_INDISPONIVEL.code) {
        [respostas[i]] = (await chamar(token, [pedidos[i] as Pedido])) as [Resposta];
      }
    }
    return respostas;
  }

  return {
    prazoDaRespostaMs: 10_000,
    limiteDeMensagens: 0,
    chamar,
    reiniciar: async (jeito) => {
      vitima = (vitima + 1) % QUANTOS;
      await servidores.reiniciar(vitima, jeito === 'morto' ? 'SIGKILL' : 'SIGTERM');
    },
    // O aviso de um servidor chega aos outros pelo Redis antes da resposta da chamada seguinte de cada um.
    assentar: async () => {
      for (let i = 0; i < QUANTOS; i += 1) await chamar(undefined, [{ method: 'listar_salas', params: {} }]);
    },
    [Symbol.asyncDispose]: () => servidores[Symbol.asyncDispose](),
  };
}

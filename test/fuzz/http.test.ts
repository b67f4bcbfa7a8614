/** HTTP malformado contra os dois processos, em sockets crus: nada cai, nada cresce, e quem conversa não percebe. */

import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import type { Sorteio } from '../../scripts/comum/sorteio.ts';
import { comSorteio } from '../suporte/sorteio.ts';
import { cercar, PRAZO_MS, VEZES } from './cerco.ts';
import { conferirResposta } from './conferir.ts';
import { type Mandado, mandar, pedidoEstragado, respostasDe } from './http-cru.ts';
import { consumo, exigirInteiro, exigirSemCrescer, type Fregues } from './vitima.ts';

const POR_LEVA = 40;
const LEVAS = 12;

/** Manda uma leva; o que o servidor não fechou nem respondeu é largado depois de ele ter atendido outros. */
async function leva(porta: number, sorteio: Sorteio, fregues: Fregues): Promise<void> {
  const mandados: [Buffer, Mandado][] = Array.from({ length: POR_LEVA }, () => {
    const bytes = pedidoEstragado(sorteio);
    return [bytes, mandar(porta, bytes)];
  });
  const voltas = fregues.voltas() + 5;
  const todos = () => mandados.every(([, mandado]) => mandado.fechada());
  await ate(() => todos() || fregues.voltas() >= voltas, 'a leva ser vista');
  for (const [bytes, mandado] of mandados) {
    mandado.largar();
    conferir(mandado.texto(), bytes);
  }
}

function conferir(texto: string, bytes: Buffer): void {
  // A resposta a HEAD tem o comprimento do corpo, e não o corpo.
  if (bytes.subarray(0, 4).toString() === 'HEAD') return;
  for (const { status, tipo, corpo } of respostasDe(texto)) {
    const pedido = JSON.stringify(bytes.subarray(0, 400).toString('latin1'));
    expect(status, pedido).toBeLessThan(500);
    if (corpo !== '' && tipo?.startsWith('application/json')) {
      const valor = JSON.parse(corpo);
      // O de /saude é o único que não é JSON-RPC.
      if (valor.processo === undefined) conferirResposta(valor, pedido);
    }
  }
}

describe.each(Object.entries(cercar()))('o %s', (_, { processo, abrirFregues }) => {
  test('aguenta HTTP malformado de todo jeito, e segue atendendo', { timeout: PRAZO_MS }, async () => {
    await comSorteio(async (sorteio) => {
      const { url, porta } = processo();
      await using fregues = await abrirFregues(url);
      for (let vez = 0; vez < LEVAS / 2; vez += 1) await leva(porta, sorteio, fregues);
      const antes = consumo(processo());
      for (let vez = 0; vez < LEVAS * VEZES; vez += 1) await leva(porta, sorteio, fregues);
      await fregues.continuar(3);
      exigirInteiro(processo());
      await exigirSemCrescer(processo(), antes);
    });
  });
});

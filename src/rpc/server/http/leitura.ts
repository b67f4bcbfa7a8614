/** O corpo de um pedido HTTP, até o limite do contrato. */

import type { IncomingMessage } from 'node:http';

/** O contrato: um corpo maior é recusado sem ser lido. */
export const MAXIMO_DO_CORPO_BYTES = 65_536;

/** @returns o corpo; `grande` assim que passa do limite; `abandonado` se a conexão caiu antes do fim */
export function lerCorpo(req: IncomingMessage): Promise<Buffer | 'grande' | 'abandonado'> {
  if (Number(req.headers['content-length'] ?? 0) > MAXIMO_DO_CORPO_BYTES) return Promise.resolve('grande');
  return new Promise((resolve) => {
    const pedacos: Buffer[] = [];
    let bytes = 0;
    req.on('data', (pedaco: Buffer) => {
      bytes += pedaco.length;
      if (bytes > MAXIMO_DO_CORPO_BYTES) {
        req.pause();
        resolve('grande');
      } else {
        pedacos.push(pedaco);
      }
    });
    req.on('end', () => resolve(pedacos.length === 1 ? (pedacos[0] as Buffer) : Buffer.concat(pedacos, bytes)));
    req.on('close', () => resolve('abandonado'));
    req.on('error', () => resolve('abandonado'));
  });
}

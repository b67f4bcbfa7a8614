/**
 * O servidor nu: `node:http` e nada mais, que lê um corpo JSON e responde outro. É a medida do que a máquina dá.
 * Quem o inicia lhe diz por IPC o que responder, e recebe de volta a porta.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const OCIOSIDADE_MS = 75_000;

let result: unknown = null;

const servidor = createServer({ keepAliveTimeout: OCIOSIDADE_MS, noDelay: true }, (req, res) => {
  const pedacos: Buffer[] = [];
  req.on('data', (pedaco: Buffer) => pedacos.push(pedaco));
  req.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(pedacos).toString());
    const corpo = JSON.stringify({ jsonrpc: '2.0', result, id });
    res.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(corpo),
    });
    res.end(corpo);
  });
}).listen(0, '127.0.0.1');
const escutando = once(servidor, 'listening');

process.on('message', async (mensagem: { readonly result: unknown }) => {
  await escutando;
  ({ result } = mensagem);
  process.send?.({ porta: (servidor.address() as AddressInfo).port });
});
// Um fim em ordem, para que um perfil pedido a este processo chegue a ser gravado.
process.on('SIGTERM', () => process.exit());
process.on('disconnect', () => process.exit());

/**
 * O servidor nu: `node:http` e nada mais, que lê um corpo JSON e responde outro. É a medida do que a máquina dá.
 * Quem o inicia lhe diz por IPC o que responder.
 */

import { createServer } from 'node:http';

const OCIOSIDADE_MS = 75_000;

let result = null;

const servidor = createServer({ keepAliveTimeout: OCIOSIDADE_MS, noDelay: true }, (req, res) => {
  const pedacos = [];
  req.on('data', (pedaco) => pedacos.push(pedaco));
  req.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(pedacos).toString());
    const corpo = JSON.stringify({ jsonrpc: '2.0', result, id });
    res.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(corpo),
    });
    res.end(corpo);
  });
});

process.on('message', (mensagem) => {
  result = mensagem.result;
  process.send({ pronto: true });
});
// Um fim em ordem, para que um perfil pedido a este processo chegue a ser gravado.
process.on('SIGTERM', () => process.exit());
process.on('disconnect', () => process.exit());
servidor.listen(0, '127.0.0.1', () => process.send({ porta: servidor.address().port }));

/** Um redis-server só deste teste, cujas conexões se cortam quando se manda. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { portaLivre } from './portas.js';

/** @returns a URL, e como cortar todas as conexões com ele */
export async function iniciarRedis(abertos, pasta) {
  const porta = await portaLivre();
  const argumentos = ['--port', String(porta), '--bind', '127.0.0.1', '--dir', pasta, '--save', ''];
  const filho = spawn('redis-server', [...argumentos, '--appendonly', 'yes'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const fim = once(filho, 'exit');
  abertos.add(async () => {
    filho.kill();
    await fim;
  });
  await new Promise((resolve, reject) => {
    let saida = '';
    filho.stdout.on('data', (pedaco) => {
      saida += pedaco;
      if (saida.includes('Ready to accept connections')) resolve();
    });
    filho.once('error', () => reject(new Error('não há redis-server nesta máquina')));
    fim.then(() => reject(new Error(`o redis-server terminou: ${saida}`)));
  });
  return {
    pid: filho.pid,
    url: `redis://127.0.0.1:${porta}`,
    cortar: async () => {
      for (const tipo of ['normal', 'pubsub']) await comando(porta, `CLIENT KILL TYPE ${tipo} SKIPME yes`);
    },
  };
}

/** Um comando na forma que se escreve à mão (protocolo do Redis, inline commands). */
async function comando(porta, texto) {
  const socket = connect(porta, '127.0.0.1');
  socket.end(`${texto}\r\nQUIT\r\n`);
  socket.resume();
  await once(socket, 'close');
}

import { once } from 'node:events';
import { createServer } from 'node:net';

/** @returns uma porta que estava livre agora há pouco */
export async function portaLivre() {
  const servidor = createServer().listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  const { port } = servidor.address();
  servidor.close();
  await once(servidor, 'close');
  return port;
}

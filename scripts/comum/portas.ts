import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** @returns uma porta que estava livre agora há pouco: outro ainda pode tomá-la */
export async function portaLivre(): Promise<number> {
  const servidor = createServer().listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  const { port } = servidor.address() as AddressInfo;
  servidor.close();
  await once(servidor, 'close');
  return port;
}

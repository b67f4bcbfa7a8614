/** De onde vem um pedido, também quando passa por um proxy. */

import type { IncomingMessage } from 'node:http';
import { ipCanonico, semColchetes } from '../../../process/enderecos.ts';

/**
 * @param confiaveis os IPs dos proxies cujo `X-Forwarded-For` se lê; de mais ninguém, porque qualquer um o escreve
 * @returns o endereço de quem chama: o último da lista que não é de um deles
 */
export function criarOrigem(confiaveis: readonly string[]): (req: IncomingMessage) => string {
  const daCasa = new Set(confiaveis.map(ipCanonico));
  return (req) => {
    const remoto = req.socket.remoteAddress ?? '';
    if (daCasa.size === 0 || !daCasa.has(ipCanonico(remoto))) return remoto;
    const passou = req.headers['x-forwarded-for'];
    for (const texto of String(passou ?? '')
      .split(',')
      .reverse()) {
      const ip = lerIp(texto.trim());
      // O que não se entende também foi escrito por um proxy de confiança: só não diz de onde veio.
      if (ip === undefined) return remoto;
      if (!daCasa.has(ip)) return ip;
    }
    return remoto;
  };
}

/** Alguns proxies escrevem também a porta: `192.0.2.7:4321` ou `[2001:db8::1]:4321`. */
function lerIp(texto: string): string | undefined {
  return ipCanonico(texto) ?? ipCanonico(semColchetes(texto.replace(/:\d{1,5}$/, '')));
}

/** O corpo de um pedido HTTP, até o limite do contrato. */

import type { IncomingMessage } from 'node:http';

/** O contrato: um corpo maior é recusado sem ser lido. */
export const MAXIMO_DO_CORPO_BYTES = 65_536;

type Lido = Buffer | 'grande';

interface Leitura {
  readonly pedacos: Buffer[];
  bytes: number;
  readonly resolver: (lido: Lido) => void;
}

/**
 * @returns o corpo; `grande` assim que passa do limite. Se a conexão cai antes do fim, a promessa nunca se cumpre: já não há
 * a quem responder. O Node só emite `error` num pedido se alguém o escuta.
 */
export function lerCorpo(req: IncomingMessage): Promise<Lido> {
  if (Number(req.headers['content-length'] ?? 0) > MAXIMO_DO_CORPO_BYTES) return Promise.resolve('grande');
  return new Promise((resolver) => {
    // O pedido, e com ele quem o escuta, dura até a resposta, que pode levar dois minutos; o corpo, só até que se leia.
    let leitura: Leitura | undefined = { pedacos: [], bytes: 0, resolver };
    const acabar = (lido: Lido) => {
      leitura?.resolver(lido);
      leitura = undefined;
    };
    req.on('data', (pedaco: Buffer) => {
      if (!leitura) return;
      leitura.bytes += pedaco.length;
      leitura.pedacos.push(pedaco);
      if (leitura.bytes <= MAXIMO_DO_CORPO_BYTES) return;
      req.pause();
      acabar('grande');
    });
    req.on('end', () => leitura && acabar(juntar(leitura)));
  });
}

function juntar({ pedacos, bytes }: Leitura): Buffer {
  const [primeiro] = pedacos;
  return primeiro && pedacos.length === 1 ? primeiro : Buffer.concat(pedacos, bytes);
}

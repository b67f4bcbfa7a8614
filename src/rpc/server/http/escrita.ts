/** As respostas HTTP, sempre com um corpo JSON que já vem escrito. */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Um corpo por escrever: um texto, ou o que é comum a muitos com o que é de um deles em volta. */
export type Corpo = string | { readonly antes: string; readonly comum: Buffer; readonly depois: string };

/** Por que um pedido não é atendido; nada dele foi lido nem executado. */
export interface Recusa {
  readonly status: number;
  /** Para pessoas, em português. */
  readonly message: string;
  readonly cabecalhos?: Readonly<Record<string, string>>;
}

export interface Escrita {
  /** O tamanho do corpo, se já se sabe. */
  readonly bytes?: number;
  readonly cabecalhos?: Recusa['cabecalhos'] | undefined;
}

export function tamanhoDe(corpo: Corpo): number {
  if (typeof corpo === 'string') return Buffer.byteLength(corpo);
  return Buffer.byteLength(corpo.antes) + corpo.comum.length + Buffer.byteLength(corpo.depois);
}

export function escrever(
  res: ServerResponse,
  status: number,
  corpo: Corpo,
  { bytes = tamanhoDe(corpo), cabecalhos }: Escrita = {},
): void {
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes,
    ...cabecalhos,
  });
  if (typeof corpo === 'string') {
    res.write(corpo);
    // Já, num write só: com o fim, que nada acrescenta, o Node faria dos dois um writev, que custa mais.
    res.socket?.uncork();
    res.end();
  } else {
    res.write(corpo.antes);
    res.write(corpo.comum);
    res.end(corpo.depois);
  }
}

/** Não lê o corpo do pedido: responde, e fecha a conexão se ainda havia bytes por vir. */
export function escreverRecusa(req: IncomingMessage, res: ServerResponse, recusa: Recusa, corpo: Corpo): void {
  if (!req.complete) res.shouldKeepAlive = false;
  escrever(res, recusa.status, corpo, { cabecalhos: recusa.cabecalhos });
}

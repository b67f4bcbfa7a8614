/** As notícias como server-sent events (HTML Standard, seção 9.2), uma por evento, em grupos por volta do event loop. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Janela } from './janela.ts';

/** Quantas páginas podem olhar ao mesmo tempo. */
const MAXIMO_DE_PAGINAS = 50;
/** Quem não lê tanto assim já não olha: a conexão se fecha, e o navegador recomeça de onde parou. */
const MAXIMO_SEM_LER_BYTES = 16 * 1024 * 1024;

export class Eventos {
  readonly #janela: Janela;
  readonly #abertas = new Set<ServerResponse>();

  constructor(janela: Janela) {
    this.#janela = janela;
  }

  atender(req: IncomingMessage, res: ServerResponse): void {
    if (this.#abertas.size >= MAXIMO_DE_PAGINAS) {
      res.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '5' });
      res.end('Há páginas demais abertas.\n');
      return;
    }
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    // A página sabe que está ligada também enquanto nada acontece.
    res.flushHeaders();
    this.#abertas.add(res);
    let grupo = '';
    const escrever = () => {
      if (res.writableLength > MAXIMO_SEM_LER_BYTES) res.destroy();
      else res.write(grupo);
      grupo = '';
    };
    const parar = this.#janela.ouvir(({ numero, noticia }) => {
      if (grupo === '') setImmediate(escrever);
      grupo += `id: ${numero}\ndata: ${JSON.stringify(noticia)}\n\n`;
    }, ultimoRecebido(req));
    res.on('close', () => {
      parar();
      this.#abertas.delete(res);
    });
  }

  close(): void {
    for (const res of this.#abertas) res.end();
  }
}

function ultimoRecebido({ headers }: IncomingMessage): number {
  const numero = Number(headers['last-event-id']);
  return Number.isSafeInteger(numero) && numero > 0 ? numero : 0;
}

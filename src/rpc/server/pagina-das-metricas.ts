/** As métricas de um processo, como páginas: `/metricas`, e o nome que um Prometheus procura se não lhe dizem outro. */

import type { Pagina, Paginas } from './http/admissao.ts';

const CAMINHOS = ['/metricas', '/metrics'];

/** O do formato de texto do Prometheus, versão 0.0.4. */
const TIPO = 'text/plain; version=0.0.4; charset=utf-8';

/** @param texto o que se conta na hora em que alguém pergunta; não falha */
export function paginasDasMetricas(texto: () => Promise<string>): Paginas {
  const mostrar: Pagina['mostrar'] = async ({ method }, res) => {
    const corpo = await texto();
    res.writeHead(200, { 'Content-Type': TIPO, 'Content-Length': Buffer.byteLength(corpo) });
    res.end(method === 'HEAD' ? undefined : corpo);
  };
  return new Map(CAMINHOS.map((caminho) => [caminho, { mostrar }]));
}

/** A página e a janela: as notícias que chegam, e as chamadas que só o laboratório aceita. */

import type { Noticia } from '../noticias.ts';

/** O que a janela escreveu na página ao servi-la. */
export interface Convite {
  readonly laboratorio: boolean;
  /** Deixa causar falhas; só esta página o recebeu. */
  readonly token: string;
  /** A linha que abre um cliente de terminal neste sistema. */
  readonly linha: string;
}

export function lerConvite(): Convite {
  const meta = (nome: string) => document.querySelector<HTMLMetaElement>(`meta[name="${nome}"]`)?.content ?? '';
  return { laboratorio: meta('laboratorio') === 'sim', token: meta('token'), linha: meta('convite') };
}

/**
 * Escuta as notícias; o navegador reconecta sozinho e diz qual foi a última que recebeu.
 * @param aoMudar se a janela responde
 */
export function escutar(aoReceber: (noticia: Noticia) => void, aoMudar: (ligada: boolean) => void): void {
  const fonte = new EventSource('/eventos');
  fonte.onmessage = ({ data }) => aoReceber(JSON.parse(data) as Noticia);
  fonte.onopen = () => aoMudar(true);
  fonte.onerror = () => aoMudar(false);
}

/** @throws Error com o motivo da recusa, em português */
export async function chamar(token: string, method: string, params: object): Promise<unknown> {
  const resposta = await fetch('/', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = (await resposta.json()) as { result?: unknown; error?: RecusaNoFio };
  if (!error) return result;
  const problemas = error.data?.problemas?.map(({ parametro, motivo }) => `${parametro} ${motivo}`).join('; ');
  throw new Error(problemas || error.message);
}

interface RecusaNoFio {
  readonly message: string;
  readonly data?: { readonly problemas?: readonly { readonly parametro: string; readonly motivo: string }[] };
}

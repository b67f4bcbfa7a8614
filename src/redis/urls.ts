/** Onde está o Redis: uma URL, ou várias de um Redis Cluster, separadas por vírgulas. */

/** @throws Error com o motivo, em português */
export function lerUrlsDoRedis(texto: string): readonly string[] {
  const urls = texto.split(',').map((url) => url.trim());
  for (const url of urls) exigirUrl(url);
  return urls;
}

function exigirUrl(texto: string): void {
  const url = URL.canParse(texto) ? new URL(texto) : undefined;
  const banco = url?.pathname.replace(/^\//, '') ?? '';
  if (
    !url ||
    !/^rediss?:$/.test(url.protocol) ||
    url.hostname === '' ||
    !/^\d*$/.test(banco) ||
    url.search ||
    url.hash
  ) {
    throw new Error('deve ser uma URL como redis://localhost:6379 ou rediss://usuario:senha@maquina:6379');
  }
}

/** A URL como pode ir para um log: sem a senha. */
export function urlSemSenha(texto: string): string {
  const { protocol, host } = new URL(texto);
  return `${protocol}//${host}`;
}

/** O que uma URL de um Redis diz, além de onde ele está. */

/** Como pode ir para um log: sem a senha. */
export function urlSemSenha(texto: string): string {
  const { protocol, host } = new URL(texto);
  return `${protocol}//${host}`;
}

/** O número do banco de dados dentro do Redis; 0 se a URL não diz. */
export function bancoDaUrl(texto: string): number {
  return Number(new URL(texto).pathname.slice(1));
}

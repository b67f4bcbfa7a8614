/** A URL de um Redis como pode ir para um log: sem a senha. */
export function urlSemSenha(texto: string): string {
  const { protocol, host } = new URL(texto);
  return `${protocol}//${host}`;
}

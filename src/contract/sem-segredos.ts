/** O que viajou numa chamada, como se pode mostrar: sem os textos das pessoas, sem tokens e sem senhas. */

/** O contrato da janela: textos e tokens nunca são contados. */
const SIGILOSOS = new Set(['mensagem', 'conteudo', 'token', 'senha', 'topico']);
const MAXIMO_DE_CARACTERES = 2_000;
/** Quantos itens de uma lista se mostram. */
const MAXIMO_DE_ITENS = 5;

/** @returns um JSON; o que passa do limite é cortado, e acaba em reticências */
export function semSegredos(valor: unknown): string {
  const json = JSON.stringify(valor, (chave, conteudo: unknown) => {
    if (typeof conteudo === 'string' && SIGILOSOS.has(chave)) return `«${conteudo.length} caracteres»`;
    if (Array.isArray(conteudo) && conteudo.length > MAXIMO_DE_ITENS) {
      return [...conteudo.slice(0, MAXIMO_DE_ITENS), `… mais ${conteudo.length - MAXIMO_DE_ITENS}`];
    }
    return conteudo;
  });
  if (json === undefined) return 'null';
  return json.length <= MAXIMO_DE_CARACTERES ? json : `${json.slice(0, MAXIMO_DE_CARACTERES - 1)}…`;
}

/**
 * O que o lançador conta enquanto prepara vai à saída de erro: a saída padrão é do cliente.
 * @param {string} frase
 */
export function avisar(frase) {
  process.stderr.write(`${frase}\n`);
}

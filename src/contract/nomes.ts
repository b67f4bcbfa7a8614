/**
 * O que é um nome de usuário ou de sala, e quando dois nomes são o mesmo.
 * Mora no contrato porque é verificado junto com os parâmetros, antes de qualquer regra.
 */

const MAXIMO_DE_CARACTERES = 32;

/** Quase todo nome é ASCII, e em ASCII não há o que normalizar. */
const SO_ASCII = /^[\x20-\x7e]*$/;
const NOME_EM_ASCII = /^(?! )[\w .-]{1,32}(?<! )$/;

const CARACTERES_PERMITIDOS = /^[\p{L}\p{M}\p{Nd} _.-]+$/u;

/** Letras e marcas que não ocupam lugar na tela: com uma delas, um nome pareceria outro. */
const INVISIVEIS = /\p{Default_Ignorable_Code_Point}/u;

export const NOME_DO_SERVIDOR = 'SERVER';
export const NOME_DE_TODOS = 'todos';

const RESERVADOS = new Set([nomeComparavel(NOME_DO_SERVIDOR), nomeComparavel(NOME_DE_TODOS)]);

/**
 * A forma em que nomes são comparados: `Pedro`, `pedro` e `ＰＥＤＲＯ` são um só.
 * A segunda normalização recompõe o que a passagem para minúsculas possa ter decomposto.
 */
export function nomeComparavel(nome: string): string {
  if (SO_ASCII.test(nome)) return nome.toLowerCase();
  return nome.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** Se dois nomes são um só. */
export function mesmoNome(um: string, outro: string): boolean {
  return um === outro || nomeComparavel(um) === nomeComparavel(outro);
}

/** A forma em que um nome é guardado e mostrado: sem espaços nas pontas, em NFC. */
export function normalizarNome(texto: string): string {
  if (NOME_EM_ASCII.test(texto)) return texto;
  return texto.normalize('NFC').trim();
}

/**
 * @param nome já normalizado
 * @returns por que o nome não serve, ou `undefined` quando serve
 */
export function problemaDoNome(nome: string): string | undefined {
  if (NOME_EM_ASCII.test(nome)) return problemaDeReserva(nome);
  if (!nome.isWellFormed()) return 'contém um caractere Unicode incompleto';
  if (nome === '') return 'não pode ser vazio';
  if (contarCaracteres(nome) > MAXIMO_DE_CARACTERES) {
    return `pode ter no máximo ${MAXIMO_DE_CARACTERES} caracteres`;
  }
  if (!CARACTERES_PERMITIDOS.test(nome) || INVISIVEIS.test(nome)) {
    return 'só pode ter letras, dígitos, espaço, ponto, hífen e sublinhado';
  }
  return problemaDeReserva(nome);
}

function problemaDeReserva(nome: string): string | undefined {
  return RESERVADOS.has(nomeComparavel(nome)) ? `"${nome}" é um nome reservado` : undefined;
}

/** Um caractere é um code point, contado depois de normalizar em NFC. */
export function contarCaracteres(texto: string): number {
  let total = 0;
  for (const _ of texto.normalize('NFC')) total += 1;
  return total;
}

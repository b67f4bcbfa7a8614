/**
 * O que é um nome de usuário ou de sala, e quando dois nomes são o mesmo.
 * Mora no contrato porque é verificado junto com os parâmetros, antes de qualquer regra.
 */

import { contarCaracteres, ehLongoDemais, temPilhaDeMarcas } from './caracteres.ts';
import { misturaEscritas } from './escritas.ts';
import { ehReservado } from './nomes-reservados.ts';

export const MAXIMO_DE_CARACTERES_DO_NOME = 32;

/** Quase todo nome é ASCII, e em ASCII não há o que normalizar. */
const SO_ASCII = /^[\x20-\x7e]*$/;
const NOME_EM_ASCII = /^(?! )[\w .-]{1,32}(?<! )$/;

const CARACTERES_PERMITIDOS = /^[\p{L}\p{M}\p{Nd} _.-]+$/u;

/** Letras e marcas que não ocupam lugar na tela: com uma delas, um nome pareceria outro. */
const INVISIVEIS = /\p{Default_Ignorable_Code_Point}/u;

/**
 * A forma em que nomes são comparados: `Pedro`, `pedro` e `ＰＥＤＲＯ` são um só, e `νικοσ` é `ΝΙΚΟΣ`. O σ final é o único
 * em que as minúsculas dependem da posição. A segunda normalização recompõe o que a passagem para minúsculas decompôs.
 */
export function nomeComparavel(nome: string): string {
  if (SO_ASCII.test(nome)) return nome.toLowerCase();
  if (!podeSerNormalizado(nome)) return nome;
  return nome.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
}

/** Se dois nomes são um só. */
export function mesmoNome(um: string, outro: string): boolean {
  return um === outro || nomeComparavel(um) === nomeComparavel(outro);
}

/**
 * A forma em que um nome é guardado e mostrado: sem espaços nas pontas, em NFC. Um texto que nem se pode normalizar,
 * por longo que seja, volta só sem os espaços: `problemaDoNome` o recusa.
 */
export function normalizarNome(texto: string): string {
  if (NOME_EM_ASCII.test(texto)) return texto;
  const aparado = texto.trim();
  return podeSerNormalizado(aparado) ? aparado.normalize('NFC') : aparado;
}

/**
 * @param nome já normalizado
 * @returns por que o nome não serve, ou `undefined` quando serve
 */
export function problemaDoNome(nome: string): string | undefined {
  if (NOME_EM_ASCII.test(nome)) return problemaDeReserva(nome);
  if (nome === '') return 'não pode ser vazio';
  if (ehLongoDemais(nome, MAXIMO_DE_CARACTERES_DO_NOME)) return problemaDeComprimento();
  if (!nome.isWellFormed()) return 'contém um caractere Unicode incompleto';
  if (temPilhaDeMarcas(nome)) return 'tem mais de 30 marcas seguidas';
  if (contarCaracteres(nome) > MAXIMO_DE_CARACTERES_DO_NOME) return problemaDeComprimento();
  if (!CARACTERES_PERMITIDOS.test(nome) || INVISIVEIS.test(nome)) {
    return 'só pode ter letras, dígitos, espaço, ponto, hífen e sublinhado';
  }
  if (misturaEscritas(nome)) return 'mistura letras de escritas diferentes, que se confundem';
  return problemaDeReserva(nome);
}

function podeSerNormalizado(nome: string): boolean {
  return !ehLongoDemais(nome, MAXIMO_DE_CARACTERES_DO_NOME) && !temPilhaDeMarcas(nome);
}

function problemaDeComprimento(): string {
  return `pode ter no máximo ${MAXIMO_DE_CARACTERES_DO_NOME} caracteres`;
}

function problemaDeReserva(nome: string): string | undefined {
  return ehReservado(nome) ? `"${nome}" é um nome reservado, ou se lê como um` : undefined;
}

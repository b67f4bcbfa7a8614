/** O que o contrato diz de nomes e textos, escrito do jeito mais ingênuo. */

import { ESCRITAS } from '../../../src/contract/nomes/escritas.ts';

const PERMITIDO = /^[\p{L}\p{M}\p{Nd} _.-]$/u;
const INVISIVEL = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;

export function caracteres(texto: string): number {
  return [...texto.normalize('NFC')].length;
}

export function nomeGuardado(nome: string): string {
  return nome.normalize('NFC').trim();
}

/** Depois de NFKC e minúsculas, são o mesmo; o σ é uma letra só, onde quer que esteja. */
export function mesmoNome(um: string, outro: string): boolean {
  const forma = (nome: string) =>
    [...nomeGuardado(nome).normalize('NFKC')]
      .map((letra) => letra.toLowerCase())
      .join('')
      .replace(/ς/g, 'σ')
      .normalize('NFKC');
  return forma(um) === forma(outro);
}

const escritasDe = new Map<string, ReadonlySet<string> | 'todas'>();

/** UTS #39, seção 5.1: as escritas de cada letra; as comuns são de todas. */
function escritasDaLetra(letra: string): ReadonlySet<string> | 'todas' {
  const eDa = (escrita: string) => {
    try {
      return new RegExp(`\\p{Script_Extensions=${escrita}}`, 'u').test(letra);
    } catch {
      return false;
    }
  };
  const conhecidas = escritasDe.get(letra);
  if (conhecidas) return conhecidas;
  const escritas = ['Zyyy', 'Zinh'].some(eDa)
    ? 'todas'
    : new Set(['Latn', 'Hani', 'Hira', 'Kana', 'Bopo', 'Hang', ...ESCRITAS].filter(eDa));
  escritasDe.set(letra, escritas);
  return escritas;
}

/** UTS #39, seção 5.2, nível "highly restrictive". */
export function misturaEscritas(nome: string): boolean {
  const letras = [...nome].map(escritasDaLetra).filter((escritas) => escritas !== 'todas');
  const [primeiras = new Set<string>()] = letras;
  const umaSo = letras.length === 0 || [...primeiras].some((uma) => letras.every((escritas) => escritas.has(uma)));
  const misturas = [
    ['Latn', 'Hani', 'Hira', 'Kana'],
    ['Latn', 'Hani', 'Bopo'],
    ['Latn', 'Hani', 'Hang'],
  ];
  return !umaSo && !misturas.some((mistura) => letras.every((escritas) => mistura.some((uma) => escritas.has(uma))));
}

function temMarcasDemais(texto: string): boolean {
  let seguidas = 0;
  for (const letra of texto) {
    seguidas = /^\p{M}$/u.test(letra) ? seguidas + 1 : 0;
    if (seguidas > 30) return true;
  }
  return false;
}

export function nomeServe(nome: string): boolean {
  const guardado = nomeGuardado(nome);
  const letras = [...guardado];
  return (
    letras.length >= 1 &&
    letras.length <= 32 &&
    letras.every((letra) => PERMITIDO.test(letra) && !INVISIVEL.test(letra)) &&
    !temMarcasDemais(nome.trim()) &&
    !misturaEscritas(guardado) &&
    // O zero se lê como um O (UTS #39); as outras letras parecidas não se sorteiam.
    !mesmoNome(guardado.replaceAll('0', 'o'), 'SERVER') &&
    !mesmoNome(guardado.replaceAll('0', 'o'), 'todos')
  );
}

export function textoServe(texto: string): boolean {
  const comControles = [...texto].some((letra) => /^\p{Cc}$/u.test(letra) && letra !== '\t' && letra !== '\n');
  return (
    texto.isWellFormed() &&
    !comControles &&
    !temMarcasDemais(texto) &&
    caracteres(texto) >= 1 &&
    caracteres(texto) <= 4000
  );
}

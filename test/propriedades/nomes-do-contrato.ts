/** O que o contrato diz de nomes e textos, escrito do jeito mais ingênuo. */

const PERMITIDO = /^[\p{L}\p{M}\p{Nd} _.-]$/u;
const INVISIVEL = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;

export function caracteres(texto: string): number {
  return [...texto.normalize('NFC')].length;
}

export function nomeGuardado(nome: string): string {
  return nome.normalize('NFC').trim();
}

/** Depois de NFKC e minúsculas, são o mesmo. */
export function mesmoNome(um: string, outro: string): boolean {
  const forma = (nome: string) => nomeGuardado(nome).normalize('NFKC').toLowerCase().normalize('NFKC');
  return forma(um) === forma(outro);
}

export function nomeServe(nome: string): boolean {
  const guardado = nomeGuardado(nome);
  const letras = [...guardado];
  return (
    letras.length >= 1 &&
    letras.length <= 32 &&
    letras.every((letra) => PERMITIDO.test(letra) && !INVISIVEL.test(letra)) &&
    !mesmoNome(guardado, 'SERVER') &&
    !mesmoNome(guardado, 'todos')
  );
}

export function textoServe(texto: string): boolean {
  const comControles = [...texto].some((letra) => /^\p{Cc}$/u.test(letra) && letra !== '\t' && letra !== '\n');
  return texto.isWellFormed() && !comControles && caracteres(texto) >= 1 && caracteres(texto) <= 4000;
}

/** Os nomes que não são de ninguém, e tudo o que se lê como um deles. */

export const NOME_DO_SERVIDOR = 'SERVER';
export const NOME_DE_TODOS = 'todos';

const RESERVADOS: ReadonlySet<string> = new Set([NOME_DO_SERVIDOR, NOME_DE_TODOS].map((nome) => nome.toLowerCase()));

const COMPRIMENTOS: ReadonlySet<number> = new Set([...RESERVADOS].map(({ length }) => length));

const SO_ASCII = /^[\x20-\x7e]*$/;

/**
 * As letras e dígitos que se leem como uma letra dos nomes reservados, em hexadecimal: os que `confusables.txt`
 * (UTS #39, seção 4) dá por iguais a ela, e as versaletes e variantes que ele deixa de fora. Só os que NFKD não desfaz.
 */
const PARECIDAS: Readonly<Record<string, string>> = {
  d: '501 13a0 13e7 146f 15de 15ea 1d05 a4d2 a4d3 a77a',
  e: '395 415 435 4bd 13ac 1d07 2d39 a4f0 ab32 10286 118a6 118ae',
  o:
    '30 39f 3bf 3c3 41e 43e 555 585 5e1 647 665 6be 6c1 6d5 6f5 7c0 966 9e6 a66 ae6 b20 b66 be6 c66 ce6 d20 d66 e50 ed0 ' +
    '101d 1040 10ff 12d0 1d0f 1d11 2c9e 2c9f 2d54 a4f3 ab3d 10292 102ab 10404 1042c 104c2 104ea 10516 114d0 118b5 118c8 ' +
    '118d7 118e0',
  r: '1a6 280 433 13a1 13d2 1587 1d26 2c85 a4e3 a75b ab47 ab48 ab81 104b4 16f35',
  s: '1bd 405 455 54f 13d5 13da a4e2 a731 abaa 10296 10420 10448 118c1 16f3a',
  t: '3a4 3c4 422 442 13a2 1d1b 2ca6 a4d4 a787 10297 102b1 10315 118bc 16f0a',
  v: '3bd 474 475 5d8 667 6f7 13d9 142f 1d20 2d38 a4e6 a6df aba9 1051d 11706 118a0 118c0 16f08',
};

const COMO_SE_LE: ReadonlyMap<string, string> = new Map(
  Object.entries(PARECIDAS).flatMap(([letra, codigos]) =>
    codigos.split(' ').map((codigo) => [String.fromCodePoint(Number.parseInt(codigo, 16)), letra] as const),
  ),
);

/**
 * @param nome que já pode ser normalizado
 * @returns se o nome é reservado, ou se lê como um que é
 */
export function ehReservado(nome: string): boolean {
  // Em ASCII só o zero se lê como uma letra deles, e um nome de outro comprimento não se lê como nenhum.
  if (SO_ASCII.test(nome)) {
    return COMPRIMENTOS.has(nome.length) && RESERVADOS.has(nome.replaceAll('0', 'o').toLowerCase());
  }
  const letras = [...nome.normalize('NFKD')].map((letra) => COMO_SE_LE.get(letra) ?? letra);
  return RESERVADOS.has(letras.join('').toLowerCase());
}

/**
 * @returns um padrão por nome reservado, para as letras que um JSON Schema escreve com quatro dígitos: as maiúsculas, as
 * minúsculas e as que se leem como elas
 */
export function padroesDosReservados(): string[] {
  return [...RESERVADOS].map((nome) => [...nome].map((letra) => `[${letrasComo(letra)}]`).join(''));
}

function letrasComo(letra: string): string {
  const parecidas = [...COMO_SE_LE].filter(([outra, como]) => como === letra && outra.length === 1);
  return [letra, letra.toUpperCase(), ...parecidas.map(([outra]) => outra)].join('');
}

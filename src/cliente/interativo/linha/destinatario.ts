/** A quem vai uma linha que começa por um nome: entre aspas, ou o nome mais longo de quem está na sala. */

import { nomeComparavel, normalizarNome } from '../../../contract/nomes/nomes.ts';
import { NOME_DE_TODOS } from '../../../contract/nomes/nomes-reservados.ts';

interface Enderecada {
  readonly nome: string;
  readonly texto: string;
}

/** Como em `@Maria, oi`: o que não cabe num nome não é dele. */
const PONTUACAO_NO_FIM = ',:;';

/** Depois disto, em unidades UTF-16, nenhum nome acaba: uma colagem enorme não se procura inteira a cada tecla. */
const FIM_DOS_NOMES = 256;

/**
 * @param resto `nome texto`, sem espaços nas pontas
 * @param usuarios os da sala; quem não está entre eles é a primeira palavra
 */
export function lerDestinatario(resto: string, usuarios: readonly string[]): Enderecada {
  const entreAspas = /^"([^"]*)"[,:;]?\s*(.*)$/su.exec(resto);
  if (entreAspas) return { nome: (entreAspas[1] ?? '').trim(), texto: entreAspas[2] ?? '' };
  const porChave = new Map(usuarios.map((usuario) => [nomeComparavel(usuario), usuario]));
  let achado = partirEm(resto, resto.search(/\s|$/u));
  for (const { index } of resto.matchAll(/\s+|$/gu)) {
    if (index > FIM_DOS_NOMES) break;
    const parte = partirEm(resto, index);
    const usuario = porChave.get(nomeComparavel(parte.nome));
    if (usuario !== undefined) achado = { nome: usuario, texto: parte.texto };
  }
  return achado;
}

function partirEm(resto: string, onde: number): Enderecada {
  let fim = onde;
  while (fim > 0 && PONTUACAO_NO_FIM.includes(resto[fim - 1] as string)) fim -= 1;
  return { nome: resto.slice(0, fim), texto: resto.slice(onde).trim() };
}

/** Sem destinatário, ou com `todos` por extenso, a mensagem é da sala. */
export function paraOContrato(destinatario: string): string | undefined {
  const nome = normalizarNome(destinatario);
  return nome === '' || nomeComparavel(nome) === NOME_DE_TODOS ? undefined : nome;
}

/** Um nome sozinho também pode vir entre aspas. */
export function semAspas(texto: string): string {
  return /^"(.*)"$/su.exec(texto)?.[1] ?? texto;
}

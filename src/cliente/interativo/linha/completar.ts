/** O que Tab faz com a linha: conclui comandos, nomes e salas. Puro. */

import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import { QUANDO_TOCAR } from '../../sessao/guardado/lembranca.ts';
import { semAcentos } from '../../terminal/perguntas/sem-acentos.ts';
import { comandosPara } from './comandos.ts';
import { comecoDaUltimaPalavra } from './ultima-palavra.ts';

export interface Conhecidos {
  readonly usuarios: readonly string[];
  readonly salas: readonly string[];
  /** Se a sala em que a pessoa está é dela. */
  readonly ehDono: boolean;
}

export interface Conclusao {
  readonly texto: string;
  readonly cursor: number;
  /** As continuações possíveis, quando há mais de uma. */
  readonly candidatos: readonly string[];
}

/**
 * @param ehDono se a sala em que a pessoa está é dela
 * @returns os comandos que o que se digita ainda pode ser, com a barra; nenhum, se não é um comando sem argumentos
 */
export function comandosQueComecam(texto: string, ehDono: boolean): string[] {
  if (!/^\/[^\s/]*$/u.test(texto)) return [];
  const digitado = semAcentos(texto.slice(1));
  return comandosPara(ehDono)
    .filter(({ nome }) => nome.startsWith(digitado))
    .map(({ nome }) => `/${nome}`);
}

interface Procura {
  /** Onde começa o que se conclui. */
  readonly inicio: number;
  readonly opcoes: readonly string[];
  /** O que vem depois de uma conclusão certa. */
  readonly depois: string;
  readonly simplificar: (texto: string) => string;
}

/** @param cursor em unidades UTF-16; o que vem depois dele fica onde está */
export function completar(texto: string, cursor: number, conhecidos: Conhecidos): Conclusao {
  const antes = texto.slice(0, cursor);
  const depoisDoCursor = texto.slice(cursor);
  for (const procura of procurar(antes, conhecidos)) {
    const digitado = antes.slice(procura.inicio);
    const procurado = procura.simplificar(digitado);
    const achados = procura.opcoes.filter((opcao) => procura.simplificar(opcao).startsWith(procurado));
    const [unico] = achados;
    if (unico === undefined) continue;
    const concluido = achados.length === 1 ? unico + procura.depois : maiorComeco(achados, digitado, procura);
    const novo = antes.slice(0, procura.inicio) + concluido;
    return {
      texto: novo + depoisDoCursor,
      cursor: novo.length,
      candidatos: achados.length === 1 ? [] : achados,
    };
  }
  return { texto, cursor, candidatos: [] };
}

function procurar(antes: string, { usuarios, salas, ehDono }: Conhecidos): Procura[] {
  const comandos = comandosPara(ehDono);
  const nomes = (inicio: number, opcoes: readonly string[], depois = ' '): Procura => ({
    inicio,
    opcoes,
    depois,
    simplificar: nomeComparavel,
  });
  if (/^\/[^\s/]*$/u.test(antes)) {
    return [{ inicio: 1, opcoes: comandos.map(({ nome }) => nome), depois: ' ', simplificar: semAcentos }];
  }
  const [comBarra = '', nome = ''] = /^\/([^\s/]+)\s+/u.exec(antes) ?? [];
  const comandoDigitado = semAcentos(nome);
  const comando = comandos.find((um) => um.nome === comandoDigitado);
  if (comando?.argumento === 'sino') return [nomes(comBarra.length, QUANDO_TOCAR, '')];
  if (comando?.argumento === 'sala') return [nomes(comBarra.length, salas, '')];
  if (comando?.argumento === 'usuario') {
    return [nomes(comBarra.length, usuarios, comando.nome === 'msg' ? ' ' : '')];
  }
  if (antes.startsWith('@')) return [nomes(1, usuarios)];
  // No meio de uma frase, um nome é uma menção: o que se digitou pode ser o começo dele em qualquer palavra.
  const palavra = comecoDaUltimaPalavra(antes);
  return antes.slice(palavra) === '' ? [] : [nomes(palavra, usuarios, palavra === 0 ? ': ' : ' ')];
}

/** O começo que todos têm em comum; se não avança, o que se digitou fica como estava. */
function maiorComeco(achados: readonly string[], digitado: string, { simplificar: chave }: Procura): string {
  const primeiro = [...(achados[0] ?? '')];
  let comum = '';
  for (const caractere of primeiro) {
    const proximo = comum + caractere;
    if (!achados.every((um) => chave(um).startsWith(chave(proximo)))) break;
    comum = proximo;
  }
  return comum.length >= digitado.length ? comum : digitado;
}

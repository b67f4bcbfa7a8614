/** `--rastro=colunas`: as mesmas chamadas como setas entre colunas, uma por processo, e o tempo que desce. */

import { tornarVisivel } from '../../../dominio/visivel.ts';
import { explicarQueda } from '../explicar.ts';
import { type Acontecimento, type Observador, PREFIXO } from './rastro.ts';

/** Em caracteres: quatro colunas cabem num terminal de 80. */
const LARGURA = 25;
/** Os servidores seguintes dividem a última coluna. */
const MAXIMO_DE_COLUNAS = 3;

/** Uma seta de uma coluna a outra, com o que se diz nela. */
interface Seta {
  readonly ate: number;
  readonly sentido: 'ida' | 'volta' | 'perdida';
  readonly texto: string;
}

/** @param mostrar recebe linhas já sem nada que um terminal obedeceria */
export function criarRastroEmColunas(mostrar: (linha: string) => void): Observador {
  const colunas = ['eu', 'binder'];
  const escrever = (linha: string) => mostrar(PREFIXO + tornarVisivel(linha));
  const colunaDe = (url: string): number => {
    const endereco = new URL(url).host;
    const conhecida = colunas.indexOf(endereco);
    if (conhecida !== -1) return conhecida;
    if (colunas.length < MAXIMO_DE_COLUNAS) colunas.push(endereco);
    else colunas[MAXIMO_DE_COLUNAS - 1] = endereco;
    escrever(
      colunas
        .map((nome) => nome.padEnd(LARGURA))
        .join('')
        .trimEnd(),
    );
    return colunas.length - 1;
  };
  return (acontecimento) => {
    for (const seta of setasDe(acontecimento, colunaDe)) escrever(desenhar(seta, colunas.length));
  };
}

function setasDe(acontecimento: Acontecimento, colunaDe: (url: string) => number): Seta[] {
  const { tipo, nome } = acontecimento;
  switch (tipo) {
    case 'lookup': {
      const { url, ttl_s, ms } = acontecimento;
      colunaDe(url);
      const prazo = ttl_s === null ? 'sem prazo' : `${ttl_s} s`;
      return [
        { ate: 1, sentido: 'ida', texto: `onde? ${nome}` },
        { ate: 1, sentido: 'volta', texto: `${new URL(url).port}, ${prazo} (${Math.round(ms)} ms)` },
      ];
    }
    case 'lookup_falhou':
      return [
        { ate: 1, sentido: 'ida', texto: `onde? ${nome}` },
        { ate: 1, sentido: 'perdida', texto: explicarQueda(acontecimento.erro) },
      ];
    case 'chamada':
      return [{ ate: colunaDe(acontecimento.url), sentido: 'ida', texto: nome }];
    case 'repeticao':
      return [{ ate: colunaDe(acontecimento.url), sentido: 'perdida', texto: `${nome} de novo` }];
    case 'resposta': {
      const { url, ms, erro } = acontecimento;
      const ate = colunaDe(url);
      if (erro === undefined) return [{ ate, sentido: 'volta', texto: `${nome}: ok (${Math.round(ms)} ms)` }];
      return [{ ate, sentido: 'perdida', texto: `${nome}: ${explicarQueda(erro)}` }];
    }
    // O que veio do cache não viajou: não há seta.
    case 'cache':
    case 'vencido':
      return [];
  }
}

/** @param quantas colunas há; as que a seta não atravessa são só a linha do processo */
function desenhar({ ate, sentido, texto }: Seta, quantas: number): string {
  if (sentido === 'perdida') return `│ ✕ ${texto}`;
  const comprimento = ate * LARGURA - 1;
  const cabe = texto.slice(0, comprimento - 5);
  const corpo = `── ${cabe} `.padEnd(comprimento - 1, '─');
  const seta = sentido === 'ida' ? `├${corpo}▶│` : `│◀${corpo}┤`;
  const depois = Array.from({ length: quantas - 1 - ate }, () => `${' '.repeat(LARGURA - 1)}│`).join('');
  return seta + depois;
}

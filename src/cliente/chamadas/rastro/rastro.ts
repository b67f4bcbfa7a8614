/** `--rastro`: cada chamada como acontece, numa linha, para quem quer ver o que um RPC faz. */

import { tornarVisivel } from '../../../dominio/visivel.ts';
import { explicarQueda } from '../explicar.ts';

/** O que a Conexao conta a quem a observa; sem quem observe, não custa nada. */
export type Acontecimento =
  /** O binder disse onde está um procedimento. */
  | {
      readonly tipo: 'lookup';
      readonly nome: string;
      readonly url: string;
      readonly ttl_s: number | null;
      readonly ms: number;
    }
  | {
      readonly tipo: 'lookup_falhou';
      readonly nome: string;
      /** A URL de quem não deu o procedimento. */
      readonly binder: string;
      readonly erro: unknown;
      readonly ms: number;
    }
  /** O que o binder disse antes ainda vale; `restaMs` é `Infinity` sem lease */
  | { readonly tipo: 'cache'; readonly nome: string; readonly url: string; readonly restaMs: number }
  /** O binder não ajuda, e o que ele disse antes venceu: vale assim mesmo. */
  | { readonly tipo: 'vencido'; readonly nome: string; readonly url: string }
  | {
      readonly tipo: 'chamada';
      readonly nome: string;
      readonly url: string;
      /** O que vai nela; quem conta pode não o dizer. */
      readonly params?: unknown;
    }
  | {
      readonly tipo: 'resposta';
      readonly nome: string;
      readonly url: string;
      readonly ms: number;
      readonly resultado?: unknown;
      readonly erro?: unknown;
    }
  /** A mesma chamada vai sair outra vez. */
  | { readonly tipo: 'repeticao'; readonly nome: string; readonly url: string; readonly erro: unknown };

export type Observador = (acontecimento: Acontecimento) => void;

/** Como começam as linhas do rastro, em qualquer formato. */
export const PREFIXO = '  ~ ';

/** @param mostrar recebe linhas já sem nada que um terminal obedeceria */
export function criarRastro(mostrar: (linha: string) => void): Observador {
  return (acontecimento) => mostrar(PREFIXO + tornarVisivel(contar(acontecimento)));
}

function contar(acontecimento: Acontecimento): string {
  const { tipo, nome } = acontecimento;
  switch (tipo) {
    case 'lookup': {
      const { url, ttl_s, ms } = acontecimento;
      const validade = ttl_s === null ? 'sem prazo' : `vale ${ttl_s} s`;
      return `binder: onde está ${nome}? em ${url}, ${validade} (${emMs(ms)})`;
    }
    case 'lookup_falhou':
      return `binder em ${acontecimento.binder}: onde está ${nome}? ${explicarQueda(acontecimento.erro)} (${emMs(acontecimento.ms)})`;
    case 'cache': {
      const { url, restaMs } = acontecimento;
      const validade = Number.isFinite(restaMs) ? `válido por ${Math.ceil(restaMs / 1000)} s` : 'sem prazo';
      return `${nome} está em ${url}: do cache, ${validade}`;
    }
    case 'vencido':
      return `${nome} estava em ${acontecimento.url}: do cache, já vencido, porque o binder não ajuda`;
    case 'chamada':
      return `${nome} → ${acontecimento.url}`;
    case 'resposta': {
      const { url, ms, erro } = acontecimento;
      return `${nome} ← ${url} em ${emMs(ms)}: ${erro === undefined ? 'ok' : explicarQueda(erro)}`;
    }
    case 'repeticao':
      return `${nome} de novo em ${acontecimento.url}, porque: ${explicarQueda(acontecimento.erro)}`;
  }
}

function emMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1).replace('.', ',') : Math.round(ms)} ms`;
}

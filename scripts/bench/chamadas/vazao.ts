/** Chamadas por segundo em circuito fechado: cada conexão pede, espera a resposta, pede de novo. */

import { abrirConexoes, type Conexao } from './http.ts';

const MARCA_DE_ERRO = '"error":';

/** De onde uma conexão tira o que pedir. */
export interface Fonte {
  readonly proximo: () => Buffer;
  readonly aoResponder?: ((corpo: Buffer) => void) | undefined;
}

export interface Carga {
  /** Uma por conexão. */
  readonly fontes: readonly Fonte[];
  /** Até quando se pede. */
  readonly duracaoMs?: number;
  /** Ou quantas chamadas se fazem ao todo. */
  readonly chamadas?: number;
}

export interface Medida {
  readonly chamadas: number;
  readonly porSegundo: number;
  readonly latenciasMs: number[];
}

/** Abre uma conexão por fonte, mede e fecha. */
export async function medirVazao(porta: number, carga: Carga): Promise<Medida> {
  const conexoes = await abrirConexoes(porta, carga.fontes.length);
  try {
    return await medirEm(conexoes, carga);
  } finally {
    for (const conexao of conexoes) conexao.fechar();
  }
}

/** Como `medirVazao`, em conexões que já estão abertas e continuam assim. */
export function medirEm(
  conexoes: readonly Conexao[],
  { fontes, duracaoMs = Number.POSITIVE_INFINITY, chamadas: maximo = Number.POSITIVE_INFINITY }: Carga,
): Promise<Medida> {
  return new Promise((resolve, reject) => {
    const latenciasMs: number[] = [];
    const inicioMs = performance.now();
    let pedidas = 0;
    let ativas = conexoes.length;

    function terminar(): void {
      ativas -= 1;
      if (ativas > 0) return;
      const duracao = performance.now() - inicioMs;
      resolve({ chamadas: latenciasMs.length, porSegundo: (latenciasMs.length * 1000) / duracao, latenciasMs });
    }

    function rodar(conexao: Conexao, { proximo, aoResponder }: Fonte): void {
      let desdeMs = inicioMs;
      const pedir = () => {
        if (pedidas >= maximo || desdeMs - inicioMs >= duracaoMs) return terminar();
        pedidas += 1;
        return conexao.pedir(proximo(), responder, reject);
      };
      const responder = (corpo: Buffer) => {
        const agoraMs = performance.now();
        latenciasMs.push(agoraMs - desdeMs);
        desdeMs = agoraMs;
        if (corpo.includes(MARCA_DE_ERRO)) return reject(new Error(`o servidor recusou: ${corpo}`));
        aoResponder?.(corpo);
        return pedir();
      };
      pedir();
    }

    for (const [indice, fonte] of fontes.entries()) {
      const conexao = conexoes[indice];
      if (conexao) rodar(conexao, fonte);
    }
  });
}

/** @returns uma fonte que pede sempre o mesmo, ou as chamadas dadas em roda */
export function fonteFixa(primeira: Buffer, ...outras: readonly Buffer[]): Fonte {
  const chamadas = [primeira, ...outras];
  let qual = -1;
  return {
    proximo: () => {
      qual = (qual + 1) % chamadas.length;
      return chamadas[qual] ?? primeira;
    },
  };
}

/**
 * O log: uma linha por acontecimento, na saída de erro.
 * Nada do que outra pessoa escolheu chega cru: todo valor sai como JSON, com o que não se vê por extenso.
 */

import { emJson } from './em-json.ts';

export type Campos = Readonly<Record<string, unknown>>;

export interface Log {
  readonly info: (mensagem: string, campos?: Campos) => void;
  readonly aviso: (mensagem: string, campos?: Campos) => void;
  readonly erro: (mensagem: string, campos?: Campos) => void;
}

/** @returns o que um `Error` conta a quem mantém o sistema: tipo, texto e pilha */
export function camposDoErro(erro: unknown): Campos {
  return erro instanceof Error ? { erro: erro.message, pilha: erro.stack } : { erro: String(erro) };
}

/** @param escrever recebe cada linha, já com a quebra */
export function criarLog(escrever: (linha: string) => void = (linha) => process.stderr.write(linha)): Log {
  const registrar =
    (nivel: string) =>
    (mensagem: string, campos: Campos = {}) => {
      const pares = Object.entries(campos).map(([nome, valor]) => ` ${nome}=${emJson(valor)}`);
      escrever(`${new Date().toISOString()} ${nivel} ${mensagem}${pares.join('')}\n`);
    };
  return { info: registrar('INFO'), aviso: registrar('AVISO'), erro: registrar('ERRO') };
}

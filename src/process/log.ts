/**
 * O log: uma linha por acontecimento, na saída de erro.
 * Nada do que outra pessoa escolheu chega cru: todo valor sai como JSON em ASCII.
 */

export type Campos = Readonly<Record<string, unknown>>;

export interface Log {
  readonly info: (mensagem: string, campos?: Campos) => void;
  readonly aviso: (mensagem: string, campos?: Campos) => void;
  readonly erro: (mensagem: string, campos?: Campos) => void;
}

const FORA_DO_ASCII = /[\u007f-\uffff]/g;

function emAscii(valor: unknown): string {
  const json = JSON.stringify(valor) ?? 'null';
  return json.replace(FORA_DO_ASCII, (unidade) => `\\u${unidade.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
      const pares = Object.entries(campos).map(([nome, valor]) => ` ${nome}=${emAscii(valor)}`);
      escrever(`${new Date().toISOString()} ${nivel} ${mensagem}${pares.join('')}\n`);
    };
  return { info: registrar('INFO'), aviso: registrar('AVISO'), erro: registrar('ERRO') };
}

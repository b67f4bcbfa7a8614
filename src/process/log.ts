/**
 * O log: uma linha por acontecimento, na saída de erro, para uma pessoa ou para um programa.
 * Nada do que outra pessoa escolheu chega cru: todo valor sai como JSON, com o que não se vê por extenso.
 */

import { emJson } from './em-json.ts';

export type Campos = Readonly<Record<string, unknown>>;

export interface Log {
  readonly info: (mensagem: string, campos?: Campos) => void;
  readonly aviso: (mensagem: string, campos?: Campos) => void;
  readonly erro: (mensagem: string, campos?: Campos) => void;
}

/** `texto` para pessoas; `json` para programas, um objeto por linha. */
export const FORMATOS_DO_LOG = ['texto', 'json'] as const;
export type FormatoDoLog = (typeof FORMATOS_DO_LOG)[number];

/** O log de um processo, que só sabe do formato pedido depois de ler as opções. */
export interface LogDoProcesso extends Log {
  readonly escreverEm: (formato: FormatoDoLog) => void;
}

interface Acontecimento {
  readonly hora: string;
  readonly nivel: 'INFO' | 'AVISO' | 'ERRO';
  readonly mensagem: string;
  readonly campos: Campos;
}

const EM_LINHA: Readonly<Record<FormatoDoLog, (acontecimento: Acontecimento) => string>> = {
  texto: ({ hora, nivel, mensagem, campos }) => {
    const pares = Object.entries(campos).map(([nome, valor]) => ` ${nome}=${emJson(valor)}`);
    return `${hora} ${nivel} ${mensagem}${pares.join('')}`;
  },
  json: ({ hora, nivel, mensagem, campos }) => {
    const fixos = { hora, nivel, mensagem };
    // Vêm antes, que é onde se procuram, e campo nenhum os troca.
    return emJson(Object.assign({}, fixos, campos, fixos));
  },
};

/** @returns o que um `Error` conta a quem mantém o sistema: tipo, texto e pilha */
export function camposDoErro(erro: unknown): Campos {
  return erro instanceof Error ? { erro: erro.message, pilha: erro.stack } : { erro: String(erro) };
}

/** @param escrever recebe cada linha, já com a quebra */
export function criarLog(escrever: (linha: string) => void = (linha) => process.stderr.write(linha)): LogDoProcesso {
  let emLinha = EM_LINHA.texto;
  const registrar =
    (nivel: Acontecimento['nivel']) =>
    (mensagem: string, campos: Campos = {}) =>
      escrever(`${emLinha({ hora: new Date().toISOString(), nivel, mensagem, campos })}\n`);
  return {
    info: registrar('INFO'),
    aviso: registrar('AVISO'),
    erro: registrar('ERRO'),
    escreverEm: (formato) => {
      emLinha = EM_LINHA[formato];
    },
  };
}

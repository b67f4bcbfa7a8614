/**
 * O inquirer sem terminal: as teclas lhe chegam por uma entrada nossa, e o que ele escreveria vai a quem o abriu.
 *
 * Carrega-se por `require`: por `import`, as duas centenas de arquivos de uma dependência dele (rxjs) custam ao Node
 * quase o dobro, e quem abre o cliente espera por eles.
 */

import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Key } from 'node:readline';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const require = createRequire(import.meta.url);

const { createPromptModule } = require('inquirer') as typeof import('inquirer');
// O do mesmo carregamento: os hooks de uma pergunta só valem dentro do núcleo que a abriu.
export const { createPrompt, useEffect, useKeypress, useRef, useState } =
  require('@inquirer/core') as typeof import('@inquirer/core');

/** Um tipo de pergunta, como `createPrompt` o faz. */
export type Prompt<Valor> = ReturnType<typeof createPrompt<Valor, object>>;

/** O que o readline espera de uma entrada. */
export class EntradaDaPergunta extends EventEmitter {
  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  /** @param texto o que a tecla insere na linha do readline */
  teclar(texto: string | undefined, tecla: Key): void {
    this.emit('keypress', texto, tecla);
  }
}

class SaidaDaPergunta extends Writable {
  readonly #aoDesenhar: (desenho: string) => void;

  constructor(aoDesenhar: (desenho: string) => void) {
    super({ decodeStrings: false });
    this.#aoDesenhar = aoDesenhar;
  }

  override _write(pedaco: string | Buffer, _codificacao: string, pronto: () => void): void {
    const desenho = stripVTControlCharacters(pedaco.toString()).replace(/^\n+|\s+$/g, '');
    if (desenho !== '') this.#aoDesenhar(desenho);
    pronto();
  }
}

interface Aberta<Valor> {
  readonly tipo: string;
  /** O que o tipo espera saber, além do nome e da mensagem. */
  readonly configuracao?: object;
  /** Um tipo que o inquirer não tem. */
  readonly prompt?: Prompt<Valor>;
  readonly entrada: EntradaDaPergunta;
  /** O que a pergunta mostra, sem os controles que apagam e movem o cursor; não é chamado quando ela nada mostra. */
  readonly aoDesenhar?: (desenho: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Faz uma pergunta do inquirer e espera pela resposta.
 * @throws AbortPromptError quando `signal` desiste
 */
export async function abrirPergunta<Valor>(aberta: Aberta<Valor>): Promise<Valor> {
  const { tipo, configuracao, prompt, entrada, aoDesenhar = () => {}, signal } = aberta;
  const modulo = createPromptModule({
    input: entrada as unknown as NodeJS.ReadableStream,
    output: new SaidaDaPergunta(aoDesenhar),
    signal,
  });
  if (prompt) modulo.registerPrompt(tipo, prompt);
  const pergunta = { ...configuracao, type: tipo, name: 'resposta', message: '' };
  const { resposta } = await modulo<{ resposta: Valor }>([pergunta]);
  return resposta;
}

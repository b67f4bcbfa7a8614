/**
 * Uma pergunta do inquirer que não toca o terminal: as teclas vêm do Teclado e o desenho vai para a Tela.
 * Do inquirer ficam o estado, a edição da linha e o ciclo de vida.
 */

import { EventEmitter } from 'node:events';
import type { Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { createPrompt, useEffect, useKeypress, useRef } from '@inquirer/core';
import type { Quadro } from './quadro.ts';
import { COLAGEM, type Colagem, type Destino, type Teclado } from './teclado.ts';
import type { TelaDeTerminal } from './tela.ts';

export interface Terminal {
  readonly tela: TelaDeTerminal;
  readonly teclado: Teclado;
}

/** Como o readline de uma pergunta é usado aqui. */
export interface Linha {
  readonly line: string;
  /** Em unidades UTF-16. */
  readonly cursor: number;
  /** Troca tudo o que se digitou. @param cursor o fim, se não se diz outro lugar */
  readonly trocar: (texto: string, cursor?: number) => void;
}

/** Uma tecla, como uma pergunta a vê. */
export interface TeclaDaPergunta {
  readonly nome: string;
  /** Tudo o que se digitou, com a tecla já aplicada. */
  readonly linha: Linha;
  /** As linhas de uma colagem, que foi aplicada como uma só; vazio se não houve uma. */
  readonly linhasColadas: readonly string[];
}

/** O que uma pergunta é: o que mostra, e o que faz com cada tecla. */
export interface Visao<Valor> {
  readonly quadro: Quadro;
  /** @returns a resposta, quando a tecla responde */
  readonly aoTeclar: (tecla: TeclaDaPergunta) => { readonly resposta: Valor } | undefined;
  readonly vazio: boolean;
  /** O texto com que a linha começa. */
  readonly inicial?: string;
}

/** O que o inquirer escreveria: o desenho é da Tela. */
class Descarte extends Writable {
  override _write(_pedaco: unknown, _codificacao: string, pronto: () => void): void {
    pronto();
  }
}

/** O que o readline espera de uma entrada. */
class EntradaDaPergunta extends EventEmitter {
  pause(): this {
    return this;
  }
  resume(): this {
    return this;
  }
}

/**
 * Faz a pergunta e espera pela resposta; o quadro sai da tela com ela.
 * @param usarVisao um hook do inquirer: chamado a cada mudança de estado
 * @throws AbortPromptError quando `signal` desiste
 */
export async function perguntar<Valor>(
  { tela, teclado }: Terminal,
  usarVisao: () => Visao<Valor>,
  signal: AbortSignal,
): Promise<Valor> {
  const entrada = new EntradaDaPergunta();
  let vazio = true;
  const destino: Destino = {
    aoTeclar: ({ texto, key }) => entrada.emit('keypress', texto, key),
    vazio: () => vazio,
  };

  const prompt = createPrompt<Valor, object>((_config, done) => {
    const visao = usarVisao();
    const respondida = useRef(false);
    vazio = visao.vazio;
    useKeypress((tecla, rl) => {
      if (respondida.current) return;
      const resultado = visao.aoTeclar({
        nome: tecla.name,
        linha: linhaDe(rl as unknown as Interface),
        linhasColadas: (tecla as Colagem).linhas ?? [],
      });
      if (!resultado) return;
      respondida.current = true;
      teclado.desligar(destino);
      done(resultado.resposta);
    });
    useEffect((rl) => {
      if (visao.inicial) linhaDe(rl as unknown as Interface).trocar(visao.inicial);
      teclado.ligar(destino);
      return () => teclado.desligar(destino);
    }, []);
    if (!respondida.current) tela.desenhar(visao.quadro);
    return '';
  });

  const contexto = { input: entrada as unknown as NodeJS.ReadableStream, output: new Descarte(), signal };
  try {
    return await prompt({}, contexto);
  } finally {
    teclado.desligar(destino);
    tela.retirar();
  }
}

function linhaDe(rl: Interface): Linha {
  return {
    line: rl.line,
    cursor: rl.cursor,
    trocar: (texto, cursor = texto.length) => {
      rl.write(null as never, FIM_DA_LINHA);
      rl.write(null as never, APAGAR_ATE_O_COMECO);
      if (texto !== '') rl.write(texto, { name: COLAGEM });
      // O readline só anda de caractere em caractere; o desenho não é dele, e o campo é tudo o que há para mudar.
      (rl as { cursor: number }).cursor = cursor;
    },
  };
}

const FIM_DA_LINHA = { ctrl: true, name: 'e' };
const APAGAR_ATE_O_COMECO = { ctrl: true, name: 'u' };

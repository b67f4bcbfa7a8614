/**
 * As perguntas do inquirer, sem que ele toque o terminal: as teclas vêm do Teclado e o desenho vai para a Tela.
 * Do inquirer ficam os tipos de pergunta, o estado, a edição da linha e o ciclo de vida.
 */

import { EventEmitter } from 'node:events';
import type { Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { escolhida } from './cores.ts';
import { createPrompt, createPromptModule, useEffect, useKeypress, useRef } from './inquirer.ts';
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

/** Um tipo de pergunta nosso, que se registra no inquirer. */
export interface TipoDePergunta<Configuracao, Valor> {
  readonly nome: string;
  /** Um hook do inquirer: chamado a cada mudança de estado. */
  readonly usarVisao: (configuracao: Configuracao) => Visao<Valor>;
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

/** O que o inquirer escreveria no terminal. */
class SaidaDaPergunta extends Writable {
  readonly #aoDesenhar: (texto: string) => void;

  /** @param aoDesenhar recebe o desenho, sem os controles que apagam e movem o cursor; não é chamado sem um */
  constructor(aoDesenhar: (texto: string) => void) {
    super({ decodeStrings: false });
    this.#aoDesenhar = aoDesenhar;
  }

  override _write(pedaco: string | Buffer, _codificacao: string, pronto: () => void): void {
    const desenho = stripVTControlCharacters(pedaco.toString()).replace(/^\n+|\s+$/g, '');
    if (desenho !== '') this.#aoDesenhar(desenho);
    pronto();
  }
}

/** O nome da resposta no que o inquirer devolve. */
const RESPOSTA = 'resposta';

/**
 * Faz uma pergunta de um tipo nosso e espera pela resposta; o quadro sai da tela com ela.
 * @throws AbortPromptError quando `signal` desiste
 */
export async function perguntar<Configuracao, Valor>(
  { tela, teclado }: Terminal,
  tipo: TipoDePergunta<Configuracao, Valor>,
  configuracao: Configuracao,
  signal: AbortSignal,
): Promise<Valor> {
  const entrada = new EntradaDaPergunta();
  let vazio = true;
  const destino: Destino = {
    aoTeclar: ({ texto, key }) => entrada.emit('keypress', texto, key),
    vazio: () => vazio,
  };

  const prompt = createPrompt<Valor, object>((_config, done) => {
    const visao = tipo.usarVisao(configuracao);
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

  const modulo = createPromptModule({
    input: entrada as unknown as NodeJS.ReadableStream,
    output: new SaidaDaPergunta(() => {}),
    signal,
  });
  modulo.registerPrompt(tipo.nome, prompt);
  try {
    const respostas = await modulo<Record<typeof RESPOSTA, Valor>>([{ type: tipo.nome, name: RESPOSTA, message: '' }]);
    return respostas[RESPOSTA];
  } finally {
    teclado.desligar(destino);
    tela.retirar();
  }
}

/** O que marca a opção em que se está: dito também sem cor. */
const CURSOR = '>';

/** Só o que o menu mostra: sem título, sem ajuda, sem a resposta no fim, e as cores são nossas. */
const TEMA_DO_MENU = {
  prefix: '',
  icon: { cursor: CURSOR },
  style: {
    message: () => '',
    answer: () => '',
    highlight: (texto: string) => texto,
    keysHelpTip: () => undefined,
  },
};

/** As teclas que um menu usa: o resto, e o que se cola, nada faz nele. */
const TECLAS_DO_MENU = new Set(['up', 'down', 'return', 'enter', ...'123456789']);

/**
 * Um menu numerado, que é a pergunta `select` do inquirer: número ou seta escolhe, Enter confirma.
 * @param opcoes até nove: o número é a tecla; já sem nada que um terminal obedeceria
 * @returns o número da opção, a partir de 1
 * @throws AbortPromptError quando `signal` desiste
 */
export async function escolher(
  { tela, teclado }: Terminal,
  opcoes: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const entrada = new EntradaDaPergunta();
  const destino: Destino = {
    aoTeclar: ({ texto, key }) => {
      const nome = key.name ?? '';
      if (!TECLAS_DO_MENU.has(nome)) return;
      if (nome === 'return' || nome === 'enter') teclado.desligar(destino);
      // O `select` junta os algarismos que vêm em menos de 700 ms: cada um é uma escolha, e não parte de um número.
      if (/^\d$/.test(nome)) entrada.emit('keypress', undefined, { name: 'backspace' });
      entrada.emit('keypress', texto, key);
    },
    vazio: () => true,
  };
  const saida = new SaidaDaPergunta((desenho) => {
    tela.desenhar({
      linhas: desenho.split('\n').map((texto) => (texto.startsWith(CURSOR) ? { texto, pintar: escolhida } : { texto })),
    });
    teclado.ligar(destino);
  });
  const modulo = createPromptModule({ input: entrada as unknown as NodeJS.ReadableStream, output: saida, signal });
  const choices = opcoes.map((opcao, indice) => ({ name: `${indice + 1}) ${opcao}`, value: indice + 1 }));
  try {
    const menu = { type: 'select', name: RESPOSTA, message: '', choices, pageSize: opcoes.length, theme: TEMA_DO_MENU };
    const respostas = await modulo<Record<typeof RESPOSTA, number>>([menu as never]);
    return respostas[RESPOSTA];
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

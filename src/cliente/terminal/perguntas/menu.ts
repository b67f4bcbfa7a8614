/** Um menu numerado: a pergunta `select` do inquirer, com o desenho na Tela. */

import type { Destino } from '../teclado/teclado.ts';
import type { Tecla } from '../teclado/teclas.ts';
import { escolhida } from '../tela/cores.ts';
import type { Terminal } from '../terminal.ts';
import { abrirPergunta, EntradaDaPergunta } from './inquirer.ts';
import { semAlt } from './pergunta.ts';

/** O que marca a opção em que se está: dito também sem cor. */
const CURSOR = '>';

/** Só as opções: sem título, sem ajuda, sem a resposta no fim, e sem as cores do inquirer. */
const TEMA = {
  prefix: '',
  icon: { cursor: CURSOR },
  style: {
    message: () => '',
    answer: () => '',
    highlight: (texto: string) => texto,
    keysHelpTip: () => undefined,
  },
};

/**
 * Número ou seta escolhe, Enter confirma, outra tecla nada faz.
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
    aoTeclar: (dada) => {
      const tecla = semAlt(dada);
      if (tecla.nome === 'enter') teclado.desligar(destino);
      if (tecla.nome === 'ctrl+l') tela.limpar();
      else teclarNoSelect(entrada, tecla);
    },
    vazio: () => true,
  };
  const desenhar = (desenho: string) => {
    const linhas = desenho
      .split('\n')
      .map((texto) => (texto.startsWith(CURSOR) ? { texto, pintar: escolhida } : { texto }));
    tela.desenhar({ linhas });
    teclado.ligar(destino);
  };
  const choices = opcoes.map((opcao, indice) => ({ name: `${indice + 1}) ${opcao}`, value: indice + 1 }));
  const configuracao = { choices, pageSize: opcoes.length, theme: TEMA };
  try {
    return await abrirPergunta<number>({ tipo: 'select', configuracao, entrada, aoDesenhar: desenhar, signal });
  } finally {
    teclado.desligar(destino);
    tela.retirar();
  }
}

function teclarNoSelect(entrada: EntradaDaPergunta, tecla: Tecla): void {
  if (tecla.nome === 'enter') entrada.teclar(undefined, { name: 'return' });
  else if (tecla.nome === 'cima' || tecla.nome === 'ctrl+p') entrada.teclar(undefined, { name: 'up' });
  else if (tecla.nome === 'baixo' || tecla.nome === 'ctrl+n') entrada.teclar(undefined, { name: 'down' });
  else if (tecla.nome === 'texto') {
    for (const algarismo of tecla.texto.match(/[1-9]/g) ?? []) {
      // O `select` junta os algarismos que vêm em menos de 700 ms: aqui cada um é uma escolha, não parte de um número.
      entrada.teclar(undefined, { name: 'backspace' });
      entrada.teclar(algarismo, { name: algarismo });
    }
  }
}

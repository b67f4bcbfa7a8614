/** As perguntas de tipos nossos: do inquirer, o estado e o ciclo de vida; o desenho é da Tela, e as teclas, do Teclado. */

import type { Key } from 'node:readline';
import type { Destino } from '../teclado/teclado.ts';
import type { Tecla } from '../teclado/teclas.ts';
import type { Quadro } from '../tela/quadro.ts';
import type { Terminal } from '../terminal.ts';
import { abrirPergunta, createPrompt, EntradaDaPergunta, useEffect, useKeypress, useRef } from './inquirer.ts';

/** O que uma pergunta é: o que mostra, e o que faz com cada tecla. */
export interface Visao<Valor> {
  readonly quadro: Quadro;
  /** @returns a resposta, quando a tecla responde */
  readonly aoTeclar: (tecla: Tecla) => { readonly resposta: Valor } | undefined;
  /** Se não há nada digitado. */
  readonly vazio: boolean;
  /** Ctrl+C. @returns se a pergunta ficou com ele; senão, é sair */
  readonly aoInterromper?: () => boolean;
}

/** Um tipo de pergunta nosso, que se registra no inquirer. */
export interface TipoDePergunta<Configuracao, Valor> {
  readonly nome: string;
  /** Se o que se digita pode ter várias linhas: então Alt+Enter é uma quebra; senão, é Enter. */
  readonly comQuebras?: boolean;
  /** Um hook do inquirer: chamado a cada mudança de estado. */
  readonly usarVisao: (configuracao: Configuracao) => Visao<Valor>;
}

/** Onde não há o que quebrar, Enter com Alt é Enter. */
export function semAlt(tecla: Tecla): Tecla {
  return tecla.nome === 'alt+enter' ? { nome: 'enter' } : tecla;
}

/** O que `useKeypress` recebe: só a nossa tecla, sem nada que o readline entenda. */
interface TeclaNossa extends Key {
  readonly tecla: Tecla;
}

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
  let visivel: Visao<Valor> | undefined;
  const destino: Destino = {
    aoTeclar: (tecla) => {
      const nossa: TeclaNossa = { tecla: tipo.comQuebras ? tecla : semAlt(tecla) };
      if (tecla.nome === 'ctrl+l') tela.limpar();
      else entrada.teclar(undefined, nossa);
    },
    vazio: () => visivel?.vazio ?? true,
    aoInterromper: () => visivel?.aoInterromper?.(),
  };

  const prompt = createPrompt<Valor, object>((_config, done) => {
    const visao = tipo.usarVisao(configuracao);
    const respondida = useRef(false);
    visivel = visao;
    useKeypress((recebida) => {
      if (respondida.current) return;
      const resultado = visao.aoTeclar((recebida as unknown as TeclaNossa).tecla);
      if (!resultado) return;
      respondida.current = true;
      teclado.desligar(destino);
      done(resultado.resposta);
    });
    useEffect(() => {
      teclado.ligar(destino);
      return () => teclado.desligar(destino);
    }, []);
    if (!respondida.current) tela.desenhar(visao.quadro);
    return '';
  });

  try {
    return await abrirPergunta({ tipo: tipo.nome, prompt, entrada, signal });
  } finally {
    teclado.desligar(destino);
    tela.retirar();
  }
}

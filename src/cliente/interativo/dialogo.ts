/** Perguntar e dizer, com o terminal: uma pergunta por vez, desfeita quando o lugar da pessoa muda. */

import { type Agendar, agendarNoSistema } from '../../process/clock.ts';
import { explicar } from '../chamadas/explicar.ts';
import { escolher } from '../terminal/perguntas/menu.ts';
import { perguntar, type TipoDePergunta } from '../terminal/perguntas/pergunta.ts';
import { SENHA } from '../terminal/perguntas/senha.ts';
import { type PorTecla, TECLA } from '../terminal/perguntas/tecla.ts';
import { TEXTO, type Texto } from '../terminal/perguntas/texto.ts';
import { aviso, falha } from '../terminal/tela/cores.ts';
import type { Linha, ListaMostrada } from '../terminal/tela/fileiras.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Uma resposta mais rápida que isto não pede explicação. */
const DEMORA_MS = 500;

/** Tantos itens se leem melhor um por fileira. */
const POUCOS = 6;

/** A pergunta aberta perdeu o sentido: o lugar da pessoa mudou. */
export class MudouDeLugar extends Error {}

export class Dialogo {
  readonly #terminal: Terminal;
  readonly #agendar: Agendar;
  #lugar = new AbortController();
  #encerrado = false;

  constructor(terminal: Terminal, agendar: Agendar = agendarNoSistema) {
    this.#terminal = terminal;
    this.#agendar = agendar;
  }

  get encerrado(): boolean {
    return this.#encerrado;
  }

  /** Se já se digitou mais do que as perguntas receberam. */
  get haTeclasAEspera(): boolean {
    return this.#terminal.teclado.temFila;
  }

  /** O servidor mudou o lugar da pessoa: nem a pergunta aberta nem as que viriam depois dela servem. */
  mudouDeLugar(): void {
    this.#lugar.abort();
  }

  /** As perguntas voltam a fazer sentido. */
  recomecar(): void {
    if (this.#lugar.signal.aborted) this.#lugar = new AbortController();
  }

  /** A pessoa sai: nada mais se pergunta nem se diz. */
  parar(): void {
    this.#encerrado = true;
    this.#lugar.abort();
  }

  /** @throws MudouDeLugar */
  perguntar<Configuracao, Valor>(
    tipo: TipoDePergunta<Configuracao, Valor>,
    configuracao: Configuracao,
  ): Promise<Valor> {
    return this.#aquiMesmo((signal) => perguntar(this.#terminal, tipo, configuracao, signal));
  }

  /** @throws MudouDeLugar */
  perguntarTexto(texto: Texto): Promise<string | undefined> {
    return this.perguntar(TEXTO, texto);
  }

  /**
   * O que se digita não se mostra.
   * @param mensagem já sem nada que um terminal obedeceria
   * @returns `undefined` se se desiste
   * @throws MudouDeLugar
   */
  perguntarSenha(mensagem: string): Promise<string | undefined> {
    return this.perguntar(SENHA, { mensagem });
  }

  /**
   * Uma tecla responde.
   * @param mensagem já sem nada que um terminal obedeceria
   * @param padrao o que Enter responde; Esc e uma tecla que não seja resposta são não
   * @throws MudouDeLugar
   */
  async confirmar(mensagem: string, padrao: boolean): Promise<boolean> {
    const letra = await this.perguntarLetra({ mensagem, letras: ['s', 'n'] });
    return letra === 'enter' ? padrao : letra === 's';
  }

  /**
   * Uma tecla responde; outra, que não seja resposta, vai para o que se perguntar depois.
   * @returns `undefined` com Esc, e com outra tecla
   * @throws MudouDeLugar
   */
  async perguntarLetra(porTecla: PorTecla): Promise<string | undefined> {
    const { teclado } = this.#terminal;
    const dada = await this.perguntar(TECLA, porTecla);
    if (dada.tipo === 'outra') teclado.devolver(dada.tecla);
    if (dada.tipo === 'letra') teclado.dispensarEnter();
    if (dada.tipo === 'enter') return 'enter';
    return dada.tipo === 'letra' ? dada.letra : undefined;
  }

  /**
   * Quem fica com Ctrl+C quando nenhuma pergunta aberta fica com ele.
   * @param agir diz se fica; senão, é sair
   * @returns como deixar de ficar
   */
  aoInterromper(agir: () => boolean): () => void {
    const { teclado } = this.#terminal;
    teclado.aoInterromper = agir;
    return () => {
      teclado.aoInterromper = undefined;
    };
  }

  /** Age daqui a algum tempo. @returns como desistir */
  agendar(esperaMs: number, agir: () => void): () => void {
    return this.#agendar(esperaMs, agir);
  }

  /**
   * @param opcoes já sem nada que um terminal obedeceria
   * @returns o número da opção, a partir de 1
   * @throws MudouDeLugar
   */
  escolher(opcoes: readonly string[]): Promise<number> {
    return this.#aquiMesmo((signal) => escolher(this.#terminal, opcoes, signal));
  }

  async #aquiMesmo<Valor>(fazer: (signal: AbortSignal) => Promise<Valor>): Promise<Valor> {
    const { signal } = this.#lugar;
    if (signal.aborted) throw new MudouDeLugar();
    try {
      return await fazer(signal);
    } catch (erro) {
      throw signal.aborted ? new MudouDeLugar() : erro;
    }
  }

  /** @returns o resultado; `undefined` depois de dizer por que não o há */
  async tentar<T>(oQueFalhou: string, acao: () => Promise<T>): Promise<{ readonly valor: T } | undefined> {
    try {
      return { valor: await this.comEspera(acao()) };
    } catch (erro) {
      this.falhar(`${oQueFalhou}: ${explicar(erro)}`);
      return undefined;
    }
  }

  /** Espera por uma ação até um tempo; depois dele, chama `aoDemorar`, e quem espera segue. */
  async ateADemora(acao: Promise<unknown>, esperaMs: number, aoDemorar: () => void): Promise<void> {
    let desistir: () => void = () => {};
    const demora = new Promise<void>((resolve) => {
      desistir = this.#agendar(esperaMs, () => {
        aoDemorar();
        resolve();
      });
    });
    await Promise.race([acao, demora]);
    desistir();
  }

  /** Uma demora se mostra, para que a tela nunca pareça parada. */
  async comEspera<T>(acao: Promise<T>): Promise<T> {
    const { tela } = this.#terminal;
    const naoMostrar = this.#agendar(DEMORA_MS, () =>
      tela.desenhar({ linhas: [{ texto: 'Aguarde…', pintar: aviso }] }),
    );
    try {
      return await acao;
    } finally {
      naoMostrar();
      tela.retirar();
    }
  }

  /** @param linhas já sem nada que um terminal obedeceria, como em `avisar` e `falhar` */
  mostrar(...linhas: readonly (string | Linha | ListaMostrada)[]): void {
    if (!this.#encerrado) this.#terminal.tela.mostrar(...linhas);
  }

  /** Diz algo da parte do programa. */
  avisar(...textos: readonly string[]): void {
    this.mostrar(...textos.map(aviso));
  }

  /** @param itens já sem nada que um terminal obedeceria */
  listar(itens: readonly string[]): void {
    this.mostrar({ lista: { itens, baixa: itens.length > POUCOS }, pintar: aviso });
  }

  /** Poucos cabem numa frase; muitos vão em colunas. @param itens já sem nada que um terminal obedeceria, como `oQue` */
  avisarDeMuitos(oQue: string, itens: readonly string[]): void {
    if (itens.length <= POUCOS) this.avisar(`${oQue}: ${itens.join(', ') || 'ninguém'}`);
    else {
      this.avisar(`${oQue} (${itens.length}):`);
      this.listar(itens);
    }
  }

  falhar(texto: string): void {
    this.mostrar(falha(texto));
  }
}

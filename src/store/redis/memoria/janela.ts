/**
 * O que um servidor sabe de uma sala em que alguém espera: as mensagens mais novas, e quem está nela. Parte do que se leu
 * no Redis, e segue o que se publica no canal. Não pede nada a ninguém, e não adivinha: do que não tem inteiro, diz que
 * não sabe. Quem vê o quê se decide como no Redis: quem está na sala vê o que é de todos, e uma privada, só as sessões dela.
 */

import type { Mensagem } from '../../../contract/chat.ts';
import { emMensagem, type MensagemGuardada } from '../../mensagem-guardada.ts';
import type { Recentes } from '../../recentes.ts';
import type { Gravada } from '../../store.ts';
import { LIDAS_DE_CADA_FLUXO } from '../scripts/janela.ts';
import type { Aviso } from './aviso.ts';

/** Uma sala, como se leu de uma só vez. */
export interface Retrato {
  readonly salaId: string;
  /** O nome com que a sala se mostra. */
  readonly nome: string;
  /** O id da última mensagem. */
  readonly ultimo: number;
  /** Quantas vezes alguém já entrou ou saiu. */
  readonly mudancas: number;
  /** As sessões que estão nela. */
  readonly membros: readonly number[];
  /** As últimas que se disseram a todos, e as últimas entradas e saídas: `LIDAS_DE_CADA_FLUXO`, ou todas as que há. */
  readonly fluxos: readonly (readonly MensagemGuardada[])[];
  /** As sessões que talvez tenham privadas nela. */
  readonly comPrivadas: readonly number[];
  /** De cada sessão, a última privada, se se anotou. */
  readonly ultimasPrivadas: readonly (readonly [sessaoId: number, mensagemId: number])[];
}

/** O que um aviso fez: a janela o seguiu; não dizia nada de novo; ou falta algo antes dele, e é preciso ler a sala. */
export type Efeito = 'seguiu' | 'velho' | 'falta';

/** Muito mais do que se publica enquanto se lê uma sala. */
const MAXIMO_DE_PENDENTES = 1_000;

const NENHUMA: readonly Mensagem[] = Object.freeze([]);

export class Janela {
  readonly #recentes: Recentes<Janela>;
  readonly #membros = new Set<number>();
  /** Até que id cada sessão pode ter privadas que a janela não tem. */
  readonly #privadasDeAntes = new Map<number, number>();
  /** Os avisos que chegam enquanto se lê a sala. */
  #pendentes: Aviso[] = [];
  #salaId = '';
  #nome = '';
  #ultimo = 0;
  #mudancas = 0;
  /** O que este servidor já sabe que houve, sem ser pelo canal. */
  #exigida: { readonly salaId: string; readonly mudancas: number } | undefined;
  #inteira = false;
  #fechada = false;

  /** @param recentes as mensagens de todas as janelas, que dividem o lugar */
  constructor(recentes: Recentes<Janela>) {
    this.#recentes = recentes;
  }

  /** Se sabe tudo o que se publicou até `ultimo`. */
  get inteira(): boolean {
    return this.#inteira;
  }

  /** O id da última mensagem que conhece. */
  get ultimo(): number {
    return this.#ultimo;
  }

  /** Se é desta sala, e não de outra de mesmo nome, que ela fala. */
  eDaSala(salaId: string): boolean {
    return this.#salaId === salaId;
  }

  /**
   * Começa do que se leu, e segue os avisos que chegaram enquanto isso.
   * @returns o que isso fez: `falta` se algo se perdeu antes de algum desses avisos
   */
  preencher(retrato: Retrato): Efeito {
    const { salaId, nome, ultimo, mudancas, membros, fluxos, comPrivadas, ultimasPrivadas } = retrato;
    if (this.#fechada) return 'velho';
    const antes = this.#ultimo;
    this.#salaId = salaId;
    this.#nome = nome;
    this.#ultimo = ultimo;
    this.#mudancas = mudancas;
    this.#membros.clear();
    for (const sessaoId of membros) this.#membros.add(sessaoId);
    this.#privadasDeAntes.clear();
    for (const sessaoId of comPrivadas) this.#privadasDeAntes.set(sessaoId, ultimo);
    for (const [sessaoId, mensagemId] of ultimasPrivadas) this.#privadasDeAntes.set(sessaoId, mensagemId);
    this.#recomecarRecentes(fluxos);
    this.#inteira = true;
    const pendentes = this.#pendentes;
    this.#pendentes = [];
    for (const aviso of pendentes) if (this.receber(aviso) === 'falta') return 'falta';
    return this.#ultimo === antes ? 'velho' : 'seguiu';
  }

  /** Deixa de saber, até a próxima leitura: não se chama enquanto uma está em andamento. */
  perder(): void {
    this.#inteira = false;
    // O que já se sabe que houve, a próxima leitura vê.
    this.#exigida = undefined;
  }

  receber(aviso: Aviso): Efeito {
    if (this.#fechada) return 'velho';
    if (!this.#inteira) {
      this.#pendentes.push(aviso);
      // Sem o mais antigo falta algo antes do seguinte: lê-se outra vez.
      if (this.#pendentes.length > MAXIMO_DE_PENDENTES) this.#pendentes.shift();
      return 'falta';
    }
    const { id, anterior, visivelPara, dita } = aviso;
    if (id <= this.#ultimo) return 'velho';
    if (!dita || anterior !== this.#ultimo || dita.salaId !== this.#salaId) {
      this.perder();
      return 'falta';
    }
    this.#ultimo = id;
    if (dita.mudancas !== undefined) this.#mudancas = dita.mudancas;
    if (dita.entrou !== undefined) this.#membros.add(dita.entrou);
    if (dita.saiu !== undefined) this.#membros.delete(dita.saiu);
    this.#acrescentar(dita.mensagem, anterior, visivelPara);
    return 'seguiu';
  }

  /**
   * Alguém soube, sem ser pelo canal, que na sala já se entrou e saiu tantas vezes: até que o canal o conte, a janela não
   * responde.
   */
  exigir(salaId: string, mudancas: number): void {
    const daMesma = this.#exigida?.salaId === salaId ? this.#exigida.mudancas : 0;
    this.#exigida = { salaId, mudancas: Math.max(daMesma, mudancas) };
  }

  /**
   * As primeiras depois de um id, entre as que a sessão pode ver.
   * @returns `undefined` se a janela não sabe, ou se a sessão não está na sala: quem decide é o Redis
   */
  depoisDe(sessaoId: number, desde: number): readonly Mensagem[] | undefined {
    if (!this.#inteira || !this.#emDia() || !this.#membros.has(sessaoId)) return undefined;
    if (desde >= this.#ultimo) return NENHUMA;
    if (desde < (this.#privadasDeAntes.get(sessaoId) ?? 0)) return undefined;
    return this.#recentes.depoisDe(this, sessaoId, desde);
  }

  /** Larga o que guarda, e não guarda mais nada. */
  close(): void {
    this.#fechada = true;
    this.perder();
    this.#recentes.esquecer(this);
  }

  #emDia(): boolean {
    if (!this.#exigida) return true;
    return this.#exigida.salaId === this.#salaId && this.#exigida.mudancas <= this.#mudancas;
  }

  /** De um fluxo que veio cheio, não se sabe o que há até a mais antiga que veio. */
  #recomecarRecentes(fluxos: Retrato['fluxos']): void {
    const cheios = fluxos.filter(({ length }) => length >= LIDAS_DE_CADA_FLUXO);
    const desde = Math.max(0, ...cheios.map((fluxo) => Math.min(...fluxo.map(([id]) => id))));
    this.#recentes.recomecar(this, desde);
    let anterior = desde;
    const lidas = fluxos.flat().filter(([id]) => id > desde);
    for (const lida of lidas.sort(([uma], [outra]) => uma - outra)) {
      this.#acrescentar(lida, anterior, 'todos');
      [anterior] = lida;
    }
  }

  #acrescentar(guardada: MensagemGuardada, anterior: number, visivelPara: Gravada['visivelPara']): void {
    const mensagem = Object.freeze(emMensagem(guardada, this.#nome));
    const sessoes = visivelPara === 'todos' ? undefined : visivelPara;
    this.#recentes.acrescentar(this, anterior, { mensagem, visivelPara: sessoes });
  }
}

/**
 * O que a janela sabe do sistema: quem conta, em que estado está cada um, e a sequência do que aconteceu.
 * Guarda os últimos acontecimentos, para que uma página aberta depois veja de onde se veio.
 */

import type { Acontecimento, Apresentacao, Processo } from '../contract/janela.ts';
import type { Clock } from '../process/clock.ts';
import type { Noticia } from './noticias.ts';
import { OrdemCausal } from './ordem-causal.ts';

const MAXIMO_DE_NOTICIAS = 10_000;
/** Quem conta o faz ao menos uma vez por segundo: depois disto sem nada, ele já não vive. */
const SILENCIO_MS = 5_000;
/** Quantos processos cabem na figura; os que já morreram saem primeiro. */
const MAXIMO_DE_PROCESSOS = 200;

interface Conhecido {
  readonly id: string;
  processo: Processo;
  /** A notícia que diz como ele está. */
  dita?: NoticiaNumerada;
  vistoMs: number;
  /** O número do último acontecimento que ele contou: um aviso que chega duas vezes não conta duas. */
  ultimo: number;
  /** Se o estado é dito por quem iniciou o processo, e não pelo silêncio dele. */
  readonly doLaboratorio: boolean;
  /** Se só se sabe dele porque o binder o tem na tabela. */
  readonly soAvistado?: boolean;
}

interface NoticiaNumerada {
  readonly numero: number;
  readonly noticia: Noticia;
}

type Ouvinte = (numerada: NoticiaNumerada) => void;

export interface JanelaOptions {
  readonly clock: Clock;
  /** O endereço a que um processo chamou → o de quem atende, quando há um proxy entre os dois. */
  readonly traduzir?: (endereco: string) => string;
}

export class Janela {
  readonly #clock: Clock;
  readonly #traduzir: (endereco: string) => string;
  readonly #ordem: OrdemCausal;
  readonly #conhecidos = new Map<string, Conhecido>();
  readonly #noticias: NoticiaNumerada[] = [];
  readonly #ouvintes = new Set<Ouvinte>();
  readonly #naoContados = new Map<string, number>();
  #numero = 0;

  constructor({ clock, traduzir = (endereco) => endereco }: JanelaOptions) {
    this.#clock = clock;
    this.#traduzir = traduzir;
    this.#ordem = new OrdemCausal(
      clock,
      (endereco) => this.listar().some((processo) => processo.endereco === endereco),
      ({ processo, acontecimento, quandoMs }) =>
        this.#noticiar({ tipo: 'acontecimento', processo, quandoMs, acontecimento }),
    );
  }

  listar(): Processo[] {
    return [...this.#conhecidos.values()].map(({ processo }) => processo);
  }

  /**
   * Ouve as notícias: primeiro as que se guardam, depois cada nova. De quem a notícia já não se guarda, diz-se antes como
   * está, e desde quando.
   * @param depoisDe o número da última que quem ouve já tem; 0 para todas
   * @returns como deixar de ouvir
   */
  ouvir(ouvinte: Ouvinte, depoisDe = 0): () => void {
    const primeira = this.#noticias[0]?.numero ?? 0;
    for (const { dita } of this.#conhecidos.values()) {
      if (dita && dita.numero < primeira) ouvinte({ numero: depoisDe, noticia: dita.noticia });
    }
    for (const numerada of this.#noticias) if (numerada.numero > depoisDe) ouvinte(numerada);
    this.#ouvintes.add(ouvinte);
    return () => this.#ouvintes.delete(ouvinte);
  }

  /** O que um processo contou de si. */
  receber(apresentacao: Apresentacao, acontecimentos: readonly Acontecimento[], naoContados: number): void {
    const conhecido = this.#conhecer(apresentacao);
    conhecido.vistoMs = this.#clock.monotonicoMs();
    this.#anotarNaoContados(conhecido.id, naoContados);
    this.#anotarEndereco(conhecido, apresentacao.endereco);
    const novos = acontecimentos.filter(({ n }) => n > conhecido.ultimo);
    conhecido.ultimo = novos.at(-1)?.n ?? conhecido.ultimo;
    this.#ordem.receber(
      conhecido,
      novos.map((acontecimento) => this.#traduzido(acontecimento)),
    );
    if (conhecido.doLaboratorio) return;
    const encerrou = acontecimentos.some(({ tipo }) => tipo === 'encerrou');
    this.#mudarEstado(conhecido, encerrou ? 'morto' : 'vivo');
  }

  /** O retrato de um processo, dito por quem o iniciou. */
  retratar(processo: Processo): void {
    const conhecido = this.#conhecidos.get(processo.nome);
    const continua = conhecido?.processo.pid === processo.pid;
    if (conhecido && !continua) this.#ordem.esquecer(conhecido.id);
    const ultimo = continua ? conhecido.ultimo : 0;
    const vistoMs = this.#clock.monotonicoMs();
    this.#apresentar({ id: processo.nome, processo, vistoMs, ultimo, doLaboratorio: true });
  }

  /**
   * Um processo que não conta nada, mas que se sabe estar ali: as chamadas feitas a ele têm aonde chegar.
   * @param endereco `host:porta` em que ele atende
   */
  avistar(papel: Processo['papel'], endereco: string): void {
    const vistoMs = this.#clock.monotonicoMs();
    const conhecido = [...this.#conhecidos.values()].find(({ processo }) => processo.endereco === endereco);
    if (conhecido) {
      if (conhecido.soAvistado) {
        conhecido.vistoMs = vistoMs;
        this.#mudarEstado(conhecido, 'vivo');
      }
      return;
    }
    this.#fazerLugar();
    const processo: Processo = { nome: this.#nomeLivre(papel), papel, pid: 0, endereco, estado: 'vivo' };
    const id = `avistado-${endereco}`;
    this.#apresentar({ id, processo, vistoMs, ultimo: 0, doLaboratorio: false, soAvistado: true });
  }

  /** Uma notícia que não é da história: o veredito, as garantias. Só a mais nova de cada tipo se guarda. */
  dizer(noticia: Exclude<Noticia, { readonly tipo: 'processo' | 'acontecimento' }>): void {
    const anterior = this.#noticias.findLastIndex((guardada) => guardada.noticia.tipo === noticia.tipo);
    if (anterior !== -1) this.#noticias.splice(anterior, 1);
    this.#noticiar(noticia);
  }

  /** Chamado de tempos em tempos: solta o que esperou demais, e dá por morto quem se calou. */
  avancar(): void {
    this.#ordem.avancar();
    const limiteMs = this.#clock.monotonicoMs() - SILENCIO_MS;
    for (const conhecido of this.#conhecidos.values()) {
      if (!conhecido.doLaboratorio && conhecido.vistoMs < limiteMs) this.#mudarEstado(conhecido, 'morto');
    }
    this.#noticiar({ tipo: 'hora', quandoMs: this.#clock.agoraMs() }, false);
  }

  #conhecer({ id, papel, nome, pid, endereco }: Apresentacao): Conhecido {
    for (const conhecido of this.#conhecidos.values()) {
      if (conhecido.id === id || (conhecido.doLaboratorio && conhecido.processo.pid === pid)) return conhecido;
    }
    this.#fazerLugar();
    const processo: Processo = { nome: this.#nomeLivre(nome), papel, pid, endereco, estado: 'vivo' };
    const novo = { id, processo, vistoMs: this.#clock.monotonicoMs(), ultimo: 0, doLaboratorio: false };
    this.#apresentar(novo);
    return novo;
  }

  #fazerLugar(): void {
    if (this.#conhecidos.size < MAXIMO_DE_PROCESSOS) return;
    const [maisAntigo] = [...this.#conhecidos.values()].sort((um, outro) => um.vistoMs - outro.vistoMs);
    if (!maisAntigo) return;
    this.#conhecidos.delete(maisAntigo.id);
    this.#naoContados.delete(maisAntigo.id);
    this.#ordem.esquecer(maisAntigo.id);
  }

  #nomeLivre(nome: string): string {
    const usados = new Set(this.listar().map((processo) => processo.nome));
    let numero = 1;
    let livre = nome;
    while (usados.has(livre)) {
      numero += 1;
      livre = `${nome}-${numero}`;
    }
    return livre;
  }

  #traduzido(acontecimento: Acontecimento): Acontecimento {
    return acontecimento.tipo === 'enviou'
      ? { ...acontecimento, para: this.#traduzir(acontecimento.para) }
      : acontecimento;
  }

  /** Quem acaba de se iniciar conta antes de saber em que porta atende. */
  #anotarEndereco(conhecido: Conhecido, endereco: string | null): void {
    if (conhecido.doLaboratorio || endereco === null || conhecido.processo.endereco === endereco) return;
    conhecido.processo = { ...conhecido.processo, endereco };
    this.#apresentar(conhecido);
  }

  #mudarEstado(conhecido: Conhecido, estado: Processo['estado']): void {
    if (conhecido.processo.estado === estado) return;
    conhecido.processo = { ...conhecido.processo, estado };
    this.#apresentar(conhecido);
  }

  /** É novo, ou mudou. */
  #apresentar(conhecido: Conhecido): void {
    const { id, processo } = conhecido;
    this.#conhecidos.set(id, conhecido);
    conhecido.dita = this.#noticiar({ tipo: 'processo', id, quandoMs: this.#clock.agoraMs(), processo });
  }

  #anotarNaoContados(id: string, quantos: number): void {
    if (quantos === (this.#naoContados.get(id) ?? 0)) return;
    this.#naoContados.set(id, quantos);
    const todos = [...this.#naoContados.values()].reduce((soma, parcela) => soma + parcela, 0);
    this.dizer({ tipo: 'nao_contados', quantos: todos });
  }

  #noticiar(noticia: Noticia, guardar = true): NoticiaNumerada {
    this.#numero += 1;
    const numerada = { numero: this.#numero, noticia };
    if (guardar) {
      this.#noticias.push(numerada);
      if (this.#noticias.length > MAXIMO_DE_NOTICIAS * 1.1)
        this.#noticias.splice(0, this.#noticias.length - MAXIMO_DE_NOTICIAS);
    }
    for (const ouvinte of this.#ouvintes) ouvinte(numerada);
    return numerada;
  }
}

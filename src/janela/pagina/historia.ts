/**
 * O que a página sabe do sistema: faixas (um processo cada), chamadas entre elas, leases e quedas.
 * É só um modelo: recebe acontecimentos já ordenados pela causa e não conhece o navegador.
 */

import type { Acontecimento, Papel, Processo } from '../../contract/janela.ts';
import type { NoticiaDaHistoria } from '../noticias.ts';
import { type Lease, TabelaDeLeases } from './tabela-de-leases.ts';

/** Quantos acontecimentos se guardam para voltar no tempo. */
export const MAXIMO_DE_ACONTECIMENTOS = 10_000;
/** E enquanto a figura não acompanha o presente: o que se vê não deve sumir no meio de uma explicação. */
export const MAXIMO_FORA_DO_VIVO = 50_000;

/** Um processo, como a página o mostra. */
export interface Faixa {
  readonly id: string;
  readonly papel: Papel;
  readonly nome: string;
  readonly endereco: string | null;
  readonly desdeMs: number;
  /** As mudanças de estado, na ordem. */
  readonly estados: { readonly estado: Processo['estado']; readonly desdeMs: number }[];
}

/** Uma chamada: a seta que vai e a que volta. Os instantes são em ms desde 1970. */
export interface Chamada {
  readonly id: string;
  readonly procedimento: string;
  /** A faixa de quem chama; `undefined` para um programa que não conta nada. */
  readonly de: string | undefined;
  /** `host:porta` a quem se dirigiu. */
  readonly destino: string | undefined;
  readonly inicioMs: number;
  readonly params: string | undefined;
  readonly chave: string | undefined;
  /** A chamada anterior com a mesma chave de repetição. */
  readonly repete: Chamada | undefined;
  /** A faixa de quem atende, quando se sabe. */
  para: string | undefined;
  chegouMs: number | undefined;
  respondeuMs: number | undefined;
  /** Quando quem chamou soube o desfecho, ou desistiu. */
  fimMs: number | undefined;
  /** `ok`, ou o tipo do erro. */
  desfecho: string | undefined;
  resultado: string | undefined;
  /** Por que quem chamou ficou sem a resposta. */
  falta: string | undefined;
}

type AcontecimentoDe<T extends Acontecimento['tipo']> = Extract<Acontecimento, { readonly tipo: T }>;

export class Historia {
  readonly #faixas = new Map<string, Faixa>();
  readonly #porEndereco = new Map<string, string>();
  readonly #chamadas = new Map<string, Chamada>();
  readonly #ultimaComChave = new Map<string, Chamada>();
  readonly #leases = new TabelaDeLeases();
  /** Os instantes dos acontecimentos guardados, do mais antigo ao mais novo: os passos de quem anda no tempo. */
  readonly #instantes: number[] = [];
  #agoraMs = 0;
  #maximo = MAXIMO_DE_ACONTECIMENTOS;

  /** O instante da última notícia, em ms desde 1970; 0 antes da primeira. */
  get agoraMs(): number {
    return this.#agoraMs;
  }

  /** Os instantes em que algo aconteceu, na ordem. */
  get instantes(): readonly number[] {
    return this.#instantes;
  }

  /** Se o que aconteceu nesse instante, em ms desde 1970, ainda se pode mostrar. */
  guarda(quandoMs: number): boolean {
    return quandoMs >= (this.#instantes[0] ?? 0);
  }

  /** Clientes, binders e servidores, nesta ordem; dentro de cada papel, por ordem de chegada. */
  faixas(): Faixa[] {
    const ordem: readonly Papel[] = ['cliente', 'binder', 'servidor'];
    return [...this.#faixas.values()].sort((um, outro) => ordem.indexOf(um.papel) - ordem.indexOf(outro.papel));
  }

  /** As que se desenham de um instante em diante: um cliente que já tinha acabado não ocupa lugar. */
  faixasDesde(deMs: number): Faixa[] {
    return this.faixas().filter((faixa) => !acabouAntes(faixa, deMs));
  }

  /** As chamadas que aparecem em algum momento do período, da mais antiga à mais nova. */
  *chamadasEntre(deMs: number, ateMs: number): Generator<Chamada> {
    for (const chamada of this.#chamadas.values()) {
      if (chamada.inicioMs <= ateMs && this.#ultimoMs(chamada) >= deMs) yield chamada;
    }
  }

  chamada(id: string): Chamada | undefined {
    return this.#chamadas.get(id);
  }

  leasesEntre(deMs: number, ateMs: number): Lease[] {
    return this.#leases.entre(deMs, ateMs);
  }

  /** A tabela do binder num instante: os endpoints que ele tinha. */
  endpointsEm(instanteMs: number): Lease[] {
    return this.#leases.em(instanteMs);
  }

  /** O estado de um processo num instante, e desde quando; `undefined` para quem ainda não se conhecia. */
  estadoEm(faixa: string, instanteMs: number): Faixa['estados'][number] | undefined {
    return this.#faixas.get(faixa)?.estados.findLast(({ desdeMs }) => desdeMs <= instanteMs);
  }

  /** @param aoVivo se a figura acompanha o presente; parada ou em câmera lenta, guarda-se mais */
  acompanhar(aoVivo: boolean): void {
    this.#maximo = aoVivo ? MAXIMO_DE_ACONTECIMENTOS : MAXIMO_FORA_DO_VIVO;
  }

  receber(noticia: NoticiaDaHistoria): void {
    this.#agoraMs = Math.max(this.#agoraMs, noticia.quandoMs);
    if (noticia.tipo === 'processo') {
      this.#apresentar(noticia.id, noticia.processo, noticia.quandoMs);
    } else {
      this.#acontecer(noticia.processo, noticia.acontecimento, noticia.quandoMs);
      this.#instantes.push(noticia.quandoMs);
      if (this.#instantes.length > this.#maximo * 1.1) this.#esquecerOMaisAntigo();
    }
  }

  #apresentar(id: string, { papel, nome, endereco, estado }: Processo, quandoMs: number): void {
    const conhecida = this.#faixas.get(id);
    const { desdeMs = quandoMs, estados = [] } = conhecida ?? {};
    const faixa: Faixa = { id, papel, nome, endereco: endereco ?? conhecida?.endereco ?? null, desdeMs, estados };
    this.#faixas.set(id, faixa);
    if (endereco !== null) this.#porEndereco.set(endereco, id);
    const anterior = faixa.estados.at(-1)?.estado;
    if (anterior === estado) return;
    faixa.estados.push({ estado, desdeMs: quandoMs });
    if (anterior === 'morto') this.#leases.recomecar(id, quandoMs);
  }

  #acontecer(processo: string, acontecimento: Acontecimento, quandoMs: number): void {
    switch (acontecimento.tipo) {
      case 'enviou':
        this.#enviar(processo, acontecimento, quandoMs);
        break;
      case 'chegou':
        this.#chegar(processo, acontecimento, quandoMs);
        break;
      case 'respondeu':
        this.#mudar(acontecimento.chamada, (chamada) => {
          chamada.respondeuMs = quandoMs;
          chamada.desfecho ??= acontecimento.desfecho;
          chamada.resultado = acontecimento.resultado;
          if (chamada.de === undefined) chamada.fimMs = quandoMs;
        });
        break;
      case 'recebeu':
        this.#mudar(acontecimento.chamada, (chamada) => {
          chamada.fimMs = quandoMs;
          chamada.desfecho = acontecimento.desfecho;
        });
        break;
      case 'desistiu':
        this.#mudar(acontecimento.chamada, (chamada) => {
          chamada.fimMs = quandoMs;
          chamada.falta = acontecimento.motivo;
        });
        break;
      case 'lease':
        this.#leases.registrar(processo, acontecimento, quandoMs);
        break;
      case 'lease_fim':
        this.#leases.retirar(processo, acontecimento, quandoMs);
        break;
      case 'encerrou':
        // A janela mesma conta que o processo morreu: ela o sabe também quando ele não teve tempo de dizer.
        break;
    }
  }

  #enviar(de: string, acontecimento: AcontecimentoDe<'enviou'>, inicioMs: number): void {
    const { chamada: id, procedimento, para: destino, params, chave } = acontecimento;
    const repete = chave === undefined ? undefined : this.#ultimaComChave.get(chave);
    const chamada = novaChamada({ id, procedimento, de, inicioMs, destino, params, chave, repete });
    chamada.para = this.#porEndereco.get(destino);
    this.#chamadas.set(id, chamada);
    if (chave !== undefined) this.#ultimaComChave.set(chave, chamada);
  }

  #chegar(para: string, { chamada: id, procedimento }: AcontecimentoDe<'chegou'>, quandoMs: number): void {
    const chamada = this.#chamadas.get(id) ?? novaChamada({ id, procedimento, inicioMs: quandoMs });
    this.#chamadas.set(id, chamada);
    chamada.para = para;
    chamada.chegouMs ??= quandoMs;
  }

  #mudar(id: string, mudanca: (chamada: Chamada) => void): void {
    const chamada = this.#chamadas.get(id);
    if (chamada) mudanca(chamada);
  }

  /** Até quando a chamada dura: quem morreu sem saber o desfecho já não o espera. */
  #ultimoMs({ de, inicioMs, fimMs }: Chamada): number {
    if (fimMs !== undefined) return fimMs;
    const estados = de === undefined ? [] : (this.#faixas.get(de)?.estados ?? []);
    return estados.find(({ estado, desdeMs }) => estado === 'morto' && desdeMs >= inicioMs)?.desdeMs ?? this.#agoraMs;
  }

  /** Ficam os últimos acontecimentos, e o que ainda não acabou. */
  #esquecerOMaisAntigo(): void {
    this.#instantes.splice(0, this.#instantes.length - this.#maximo);
    const inicioMs = this.#instantes[0] ?? 0;
    for (const [id, chamada] of this.#chamadas) {
      if (this.#ultimoMs(chamada) < inicioMs) this.#chamadas.delete(id);
    }
    for (const [id, faixa] of this.#faixas) if (acabouAntes(faixa, inicioMs)) this.#faixas.delete(id);
    for (const [chave, chamada] of this.#ultimaComChave) {
      if (!this.#chamadas.has(chamada.id)) this.#ultimaComChave.delete(chave);
    }
    this.#leases.esquecerAte(inicioMs);
  }
}

/** Só um cliente se esquece: de um binder ou de um servidor que morreu se espera que volte. */
function acabouAntes({ papel, estados }: Faixa, instanteMs: number): boolean {
  const ultimo = estados.at(-1);
  return papel === 'cliente' && ultimo?.estado === 'morto' && ultimo.desdeMs < instanteMs;
}

type Nascimento = Pick<Chamada, 'id' | 'procedimento' | 'inicioMs'> &
  Partial<Pick<Chamada, 'de' | 'destino' | 'params' | 'chave' | 'repete'>>;

function novaChamada({ id, procedimento, inicioMs, de, destino, params, chave, repete }: Nascimento): Chamada {
  return {
    id,
    procedimento,
    inicioMs,
    de,
    destino,
    params,
    chave,
    repete,
    para: undefined,
    chegouMs: undefined,
    respondeuMs: undefined,
    fimMs: undefined,
    desfecho: undefined,
    resultado: undefined,
    falta: undefined,
  };
}

/**
 * As chamadas que esperam por mensagens: uma por sessão, acordada só pelo que pode ver.
 * O fim das esperas é de uma varredura só, não de um timer por chamada.
 */

import { nomeComparavel } from '../contract/nomes/nomes.ts';
import type { Clock } from '../process/clock.ts';
import type { Gravada } from '../store/store.ts';

/** O intervalo entre duas procuras por esperas vencidas: uma espera curta pode durar isto mais do que pediu. */
const VARREDURA_MS = 50;

/** As que pedem isto ou mais são longas, e acabam em grupos. */
const LONGA_MS = 10_000;
/**
 * O intervalo entre dois grupos: uma longa também pode durar isto mais do que pediu. Responder a muitos numa volta do event
 * loop, e ler numa volta os pedidos com que voltam a esperar, custa menos que uma volta para cada um.
 */
const GRUPO_MS = 250;

/**
 * Quantas se concluem em cada volta do event loop, das primeiras: cada resposta leva perto de 0,05 ms. Com menos, numa
 * sala cheia, os que já receberam e esperam de novo seriam atendidos à frente dos que ainda não receberam.
 */
const CONCLUSOES_POR_VOLTA = 100;
const PRIMEIRAS = 200;

/** E depois das primeiras: uma multidão é atendida aos poucos, porque cada um também volta a pedir. */
const CONCLUSOES_DA_MULTIDAO_POR_VOLTA = 32;

type Desfecho = 'mensagem' | 'fim';

/** Uma espera aberta. Inscreve-se antes da primeira leitura, para que nada caia entre as duas. */
export interface Espera {
  /** Cumpre-se uma vez: `mensagem` quando há algo a reler; `fim` quando a resposta é vazia. */
  readonly desfecho: Promise<Desfecho>;
  readonly terminar: () => void;
}

interface Aberta {
  readonly sessaoId: number;
  readonly sala: string;
  readonly venceEmMs: number;
  readonly resolver: (desfecho: Desfecho) => void;
}

export class Esperas {
  readonly #clock: Clock;
  readonly #porSessao = new Map<number, Aberta>();
  readonly #porSala = new Map<string, Set<Aberta>>();
  /** As esperas que vencem em cada passo da varredura. */
  readonly #porPasso = new Map<number, Set<Aberta>>();
  /** As que já têm desfecho e esperam por sua vez de concluir, na ordem em que o tiveram. */
  readonly #prontas = new Map<Aberta, Desfecho>();
  #concluindo = false;
  #passo: number;
  #fechado = false;
  readonly #timer: NodeJS.Timeout;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#passo = this.#passoDe(clock.monotonicoMs());
    this.#timer = setInterval(() => this.vencer(), VARREDURA_MS);
    this.#timer.unref();
  }

  /**
   * Abre a espera de uma sessão, terminando a que ela tinha.
   * @param duracaoMs até quando espera, em ms
   */
  abrir(sessaoId: number, nomeSala: string, duracaoMs: number): Espera {
    const anterior = this.#porSessao.get(sessaoId);
    if (anterior) this.#concluir(anterior);
    let resolver: Aberta['resolver'] = () => {};
    const desfecho = new Promise<Desfecho>((resolve) => {
      resolver = resolve;
    });
    const aberta = {
      sessaoId,
      sala: nomeComparavel(nomeSala),
      venceEmMs: this.#vencimento(duracaoMs),
      resolver,
    };
    if (this.#fechado) resolver('fim');
    else this.#guardar(aberta);
    return { desfecho, terminar: () => this.#concluir(aberta) };
  }

  /** Termina a espera de uma sessão, se ela tem uma: há outra mais nova em outro servidor. */
  terminar(sessaoId: number): void {
    const aberta = this.#porSessao.get(sessaoId);
    if (aberta) this.#aprontar(aberta, 'fim');
  }

  /** Acorda as esperas que podem ver a mensagem. */
  acordar({ sala, visivelPara }: Gravada): void {
    if (visivelPara === 'todos') {
      for (const aberta of this.#porSala.get(sala) ?? []) this.#aprontar(aberta, 'mensagem');
      return;
    }
    for (const sessaoId of visivelPara) {
      const aberta = this.#porSessao.get(sessaoId);
      if (aberta?.sala === sala) this.#aprontar(aberta, 'mensagem');
    }
  }

  /** Por sessão, a que ela tem. */
  get abertas(): ReadonlyMap<number, unknown> {
    return this.#porSessao;
  }

  /** Termina as que venceram. */
  vencer(): void {
    const ate = this.#passoDe(this.#clock.monotonicoMs());
    for (; this.#passo < ate; this.#passo += 1) {
      for (const aberta of this.#porPasso.get(this.#passo) ?? []) this.#aprontar(aberta, 'fim');
    }
  }

  /** Termina todas; as que se abrirem depois já nascem terminadas. */
  close(): void {
    this.#fechado = true;
    clearInterval(this.#timer);
    for (const aberta of [...this.#porSessao.values()]) this.#concluir(aberta);
  }

  #guardar(aberta: Aberta): void {
    this.#porSessao.set(aberta.sessaoId, aberta);
    incluir(this.#porSala, aberta.sala, aberta);
    incluir(this.#porPasso, this.#passoDe(aberta.venceEmMs), aberta);
  }

  /** Uma vez só na fila, por mais mensagens que venham: quem a responde lê todas as que houver. */
  #aprontar(aberta: Aberta, desfecho: Desfecho): void {
    this.#deixarDeEsperar(aberta);
    this.#prontas.set(aberta, desfecho);
    if (this.#concluindo) return;
    this.#concluindo = true;
    // No fim da mesma volta do event loop: as primeiras não esperam por outra volta.
    queueMicrotask(() => this.#concluirAlgumas(0));
  }

  /** @param jaConcluidas quantas, desde que há alguma à espera de vez */
  #concluirAlgumas(jaConcluidas: number): void {
    const nestaVolta = jaConcluidas < PRIMEIRAS ? CONCLUSOES_POR_VOLTA : CONCLUSOES_DA_MULTIDAO_POR_VOLTA;
    let concluidas = 0;
    for (const aberta of this.#prontas.keys()) {
      this.#concluir(aberta);
      concluidas += 1;
      if (concluidas === nestaVolta) break;
    }
    this.#concluindo = this.#prontas.size > 0;
    if (this.#concluindo) setImmediate(() => this.#concluirAlgumas(jaConcluidas + concluidas));
  }

  /** Já, sem esperar pela vez: com o desfecho que tiver, ou com `fim`. */
  #concluir(aberta: Aberta): void {
    const desfecho = this.#prontas.get(aberta) ?? 'fim';
    this.#prontas.delete(aberta);
    if (this.#porSessao.get(aberta.sessaoId) === aberta) this.#porSessao.delete(aberta.sessaoId);
    this.#deixarDeEsperar(aberta);
    aberta.resolver(desfecho);
  }

  #deixarDeEsperar(aberta: Aberta): void {
    excluir(this.#porSala, aberta.sala, aberta);
    excluir(this.#porPasso, this.#passoDe(aberta.venceEmMs), aberta);
  }

  #vencimento(duracaoMs: number): number {
    const venceEmMs = this.#clock.monotonicoMs() + duracaoMs;
    return duracaoMs < LONGA_MS ? venceEmMs : Math.ceil(venceEmMs / GRUPO_MS) * GRUPO_MS;
  }

  #passoDe(instanteMs: number): number {
    return Math.floor(instanteMs / VARREDURA_MS);
  }
}

function incluir<K>(grupos: Map<K, Set<Aberta>>, chave: K, aberta: Aberta): void {
  const grupo = grupos.get(chave);
  if (grupo) grupo.add(aberta);
  else grupos.set(chave, new Set([aberta]));
}

function excluir<K>(grupos: Map<K, Set<Aberta>>, chave: K, aberta: Aberta): void {
  const grupo = grupos.get(chave);
  if (grupo?.delete(aberta) && grupo.size === 0) grupos.delete(chave);
}

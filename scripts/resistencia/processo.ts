/** Um processo que pode morrer e voltar no mesmo lugar. */

import { memoriaBytes } from '../comum/consumo.ts';
import type { Pilha } from '../comum/pilha.ts';
import { type Executavel, iniciar, type Processo } from '../comum/processos.ts';

export interface Memoria {
  /** MB, agora e no máximo que se mediu. */
  readonly agora: number;
  readonly maior: number;
}

export class ProcessoQueVolta {
  readonly nome: string;
  reinicios = 0;
  readonly #qual: Executavel;
  readonly #argumentos: readonly string[];
  #atual: Processo;
  #maiorBytes = 0;

  static async abrir(pilha: Pilha, nome: string, qual: Executavel, argumentos: readonly string[]) {
    const processo = new ProcessoQueVolta(nome, qual, argumentos, await ligar(qual, argumentos, 0));
    pilha.defer(() => processo.#atual.encerrarEmOrdem());
    return processo;
  }

  private constructor(nome: string, qual: Executavel, argumentos: readonly string[], atual: Processo) {
    this.nome = nome;
    this.#qual = qual;
    this.#argumentos = argumentos;
    this.#atual = atual;
  }

  get porta(): number {
    return this.#atual.porta;
  }

  get url(): string {
    return this.#atual.url;
  }

  async reiniciar(sinal: NodeJS.Signals): Promise<void> {
    const { porta } = this.#atual;
    this.reinicios += 1;
    await this.#atual.encerrar(sinal);
    this.#atual = await ligar(this.#qual, this.#argumentos, porta);
  }

  medir(): Memoria {
    try {
      const bytes = memoriaBytes(this.#atual.pid);
      this.#maiorBytes = Math.max(this.#maiorBytes, bytes);
      return { agora: emMb(bytes), maior: emMb(this.#maiorBytes) };
    } catch {
      // Está morto neste instante.
      return { agora: 0, maior: emMb(this.#maiorBytes) };
    }
  }
}

/** Quantas vezes se inicia quem não conseguiu: um Redis ocupado não responde a tempo, e quem o usa diz isso e termina. */
const PARTIDAS = 5;

/** Como faz quem cuida de serviços: o que termina sem poder servir inicia-se de novo. @param porta 0 para uma livre */
async function ligar(
  qual: Executavel,
  argumentos: readonly string[],
  porta: number,
  partidas = PARTIDAS,
): Promise<Processo> {
  try {
    return await iniciar(qual, { argumentos: ['--porta', String(porta), ...argumentos] });
  } catch (erro) {
    if (partidas === 1 || !(erro as Error).message.includes('o Redis não respondeu a tempo')) throw erro;
    return ligar(qual, argumentos, porta, partidas - 1);
  }
}

function emMb(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}

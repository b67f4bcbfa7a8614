/** Um processo que pode morrer e voltar no mesmo lugar. */

import { memoriaBytes } from '../bench/consumo.js';
import { iniciar } from '../bench/processos.js';

export class Processo {
  nome;
  reinicios = 0;
  #abertos;
  #qual;
  #argumentos;
  #atual;
  #maiorBytes = 0;

  constructor(abertos, nome, qual, argumentos) {
    this.nome = nome;
    this.#abertos = abertos;
    this.#qual = qual;
    this.#argumentos = argumentos;
  }

  get porta() {
    return this.#atual.porta;
  }

  get url() {
    return this.#atual.url;
  }

  /** @param porta 0 para uma livre */
  async ligar(porta = 0) {
    this.#atual = await iniciar(this.#abertos, this.#qual, ['--porta', String(porta), ...this.#argumentos]);
  }

  async reiniciar(sinal) {
    const { porta } = this.#atual;
    this.reinicios += 1;
    await this.#atual.encerrar(sinal);
    await this.ligar(porta);
  }

  /** @returns MB, agora e no máximo que se mediu */
  medir() {
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

function emMb(bytes) {
  return Math.round(bytes / 1024 / 1024);
}

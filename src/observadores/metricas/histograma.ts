/** Quantas observações couberam em cada limite, no formato de texto do Prometheus. */

/** Em segundos: de um décimo de milissegundo a uma espera inteira do contrato. */
const LIMITES_S = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 120];

export class Histograma {
  readonly #contagens = new Array<number>(LIMITES_S.length).fill(0);
  #soma = 0;
  #total = 0;

  observar(segundos: number): void {
    this.#soma += segundos;
    this.#total += 1;
    const limite = LIMITES_S.findIndex((maximo) => segundos <= maximo);
    if (limite >= 0) this.#contagens[limite] = (this.#contagens[limite] ?? 0) + 1;
  }

  /** @param rotulos já escritos, como `procedimento="listar_salas"`; vazio para nenhum */
  linhas(nome: string, rotulos: string): string[] {
    let acumulado = 0;
    const emCada = LIMITES_S.map((limite, indice) => {
      acumulado += this.#contagens[indice] ?? 0;
      return `${nome}_bucket{${comVirgula(rotulos)}le="${limite}"} ${acumulado}`;
    });
    const entreChaves = rotulos && `{${rotulos}}`;
    return [
      ...emCada,
      `${nome}_bucket{${comVirgula(rotulos)}le="+Inf"} ${this.#total}`,
      `${nome}_sum${entreChaves} ${this.#soma}`,
      `${nome}_count${entreChaves} ${this.#total}`,
    ];
  }
}

function comVirgula(rotulos: string): string {
  return rotulos && `${rotulos},`;
}

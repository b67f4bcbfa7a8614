/** O que se enviou, o que o servidor reconheceu, e o que cada pessoa recebeu: as contas que têm de fechar. */

import type { Mensagem } from '../../src/contract/chat.ts';

/** O que uma pessoa recebeu numa sala. */
export interface Caixa {
  readonly pessoa: string;
  readonly sala: string;
  /** O id a partir do qual ela recebe. */
  readonly desde: number;
  ultimoId: number;
  /** id → o texto. */
  readonly porId: Map<number, string>;
  /** remetente → o último número dele. */
  readonly porRemetente: Map<string, number>;
}

export interface Resumo {
  readonly enviadas: number;
  readonly reconhecidas: number;
  readonly recebidas: number;
  readonly duplicadas: number;
  readonly foraDeOrdem: number;
  readonly alheias: number;
}

export class Contas {
  /** Por sala: id → o que se reconheceu. */
  readonly #reconhecidas = new Map<string, Map<number, Mensagem>>();
  #enviadas = 0;
  #recebidas = 0;
  #duplicadas = 0;
  #foraDeOrdem = 0;
  #alheias = 0;
  readonly #exemplos: string[] = [];
  /** Quantas tentativas ficaram sem resposta e se repetiram. */
  falhas = 0;
  /** O mais que alguém esperou por uma resposta, com as repetições, além do que pediu para esperar. */
  maiorPausaMs = 0;

  semResposta(): void {
    this.falhas += 1;
  }

  respondida(pausaMs: number): void {
    this.maiorPausaMs = Math.max(this.maiorPausaMs, pausaMs);
  }

  enviada(): void {
    this.#enviadas += 1;
  }

  /** @param marca o que só aquela mensagem diz */
  reconhecida(sala: string, mensagem: Mensagem, marca: string): void {
    const daSala = this.#reconhecidas.get(sala) ?? new Map<number, Mensagem>();
    this.#reconhecidas.set(sala, daSala);
    const outra = daSala.get(mensagem.id);
    if (outra !== undefined || mensagem.conteudo !== marca) {
      this.#duplicadas += 1;
      this.#exemplo(`o id ${mensagem.id} de ${sala} foi dado a ${outra?.conteudo ?? mensagem.conteudo} e a ${marca}`);
    }
    daSala.set(mensagem.id, mensagem);
  }

  /** Confere o que uma pessoa recebeu contra o que ela já tinha, e o põe na caixa dela. */
  recebida(caixa: Caixa, pessoa: string, mensagem: Mensagem): void {
    this.#recebidas += 1;
    if (caixa.porId.has(mensagem.id)) {
      this.#duplicadas += 1;
      this.#exemplo(`${pessoa} recebeu duas vezes ${mensagem.id}: ${mensagem.conteudo}`);
    } else if (mensagem.id < caixa.ultimoId) {
      this.#foraDeOrdem += 1;
      this.#exemplo(`${pessoa} recebeu ${mensagem.id} depois de ${caixa.ultimoId}`);
    }
    caixa.porId.set(mensagem.id, mensagem.conteudo);
    caixa.ultimoId = Math.max(caixa.ultimoId, mensagem.id);
    this.#conferirRemetente(caixa, pessoa, mensagem);
    if (mensagem.tipo === 'unicast' && mensagem.origem !== pessoa && mensagem.destino !== pessoa) {
      this.#alheias += 1;
      this.#exemplo(`${pessoa} recebeu a privada de ${mensagem.origem} para ${mensagem.destino}`);
    }
  }

  /** As de cada remetente trazem um número que cresce: repetido, foi guardada duas vezes; menor, trocou de lugar. */
  #conferirRemetente(caixa: Caixa, pessoa: string, { origem, conteudo }: Mensagem): void {
    const numero = Number(/#(\d+)$/.exec(conteudo)?.[1] ?? Number.NaN);
    if (Number.isNaN(numero)) return;
    const ultimo = caixa.porRemetente.get(origem) ?? -1;
    caixa.porRemetente.set(origem, numero);
    if (numero > ultimo) return;
    if (numero === ultimo) this.#duplicadas += 1;
    else this.#foraDeOrdem += 1;
    this.#exemplo(`${pessoa} recebeu de ${origem} o número ${numero} depois do ${ultimo}`);
  }

  /** @returns quantas reconhecidas faltam nas caixas, uma por pessoa */
  perdidas(caixas: readonly Caixa[]): number {
    let perdidas = 0;
    for (const { pessoa, sala, desde, porId } of caixas) {
      for (const [id, { tipo, origem, destino, conteudo }] of this.#reconhecidas.get(sala) ?? []) {
        const devia = id > desde && (tipo === 'broadcast' || origem === pessoa || destino === pessoa);
        if (!devia || porId.get(id) === conteudo) continue;
        perdidas += 1;
        this.#exemplo(`${pessoa} não recebeu ${id}: ${conteudo}`);
      }
    }
    return perdidas;
  }

  get resumo(): Resumo {
    return {
      enviadas: this.#enviadas,
      reconhecidas: [...this.#reconhecidas.values()].reduce((soma, { size }) => soma + size, 0),
      recebidas: this.#recebidas,
      duplicadas: this.#duplicadas,
      foraDeOrdem: this.#foraDeOrdem,
      alheias: this.#alheias,
    };
  }

  /** Os primeiros defeitos, por extenso. */
  get exemplos(): readonly string[] {
    return this.#exemplos;
  }

  #exemplo(frase: string): void {
    if (this.#exemplos.length < 20) this.#exemplos.push(frase);
  }
}

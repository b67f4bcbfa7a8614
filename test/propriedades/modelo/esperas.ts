/** As chamadas que esperam, e o que delas se cobra: que acabem quando devem, e não antes. */

import type { Resposta } from '../../../scripts/comum/jsonrpc.ts';
import type { Mensagem } from '../../suporte/pessoas.ts';
import type { Servidor } from '../servidores/servidor.ts';
import { Discordancia } from './discordancia.ts';
import type { Estado } from './estado.ts';
import { conferirMensagens, primeirasDepoisDe } from './mensagens-esperadas.ts';

interface Espera {
  readonly quem: number;
  readonly sala: number;
  readonly desde: number;
  readonly venceMs: number;
  readonly resposta: Promise<Resposta>;
  chegou: boolean;
}

interface Pedida {
  readonly quem: number;
  readonly sala: number;
  readonly desde: number;
  readonly ms: number;
}

export class Esperas {
  readonly #estado: () => Estado;
  readonly #servidor: Servidor;
  #abertas: Espera[] = [];

  constructor(estado: () => Estado, servidor: Servidor) {
    this.#estado = estado;
    this.#servidor = servidor;
  }

  quemEspera(): number[] {
    return this.#abertas.map(({ quem }) => quem);
  }

  /** Um reinício rompe a conexão de quem esperava: não há o que conferir. */
  romper(): void {
    this.#abertas = [];
  }

  async terminar(): Promise<void> {
    await Promise.all(this.#abertas.map(({ resposta }) => resposta));
  }

  /** A anterior de quem espera de novo tem de acabar vazia. */
  async abrir({ quem, sala, desde, ms }: Pedida, respostas: Promise<Resposta[]>): Promise<void> {
    const espera: Espera = {
      quem,
      sala,
      desde,
      venceMs: this.#estado().agoraMs + ms,
      resposta: respostas.then(([resposta]) => {
        espera.chegou = true;
        return resposta as Resposta;
      }),
      chegou: false,
    };
    // A que um reinício rompe ninguém mais olha.
    espera.resposta.catch(() => {});
    await this.#servidor.assentar();
    for (const anterior of this.#abertas.filter((outra) => outra.quem === quem)) await this.#conferirVazia(anterior);
    this.#abertas.push(espera);
  }

  async conferir(): Promise<void> {
    if (this.#abertas.length === 0) return;
    await this.#servidor.assentar();
    for (const espera of [...this.#abertas]) await this.#conferirUma(espera);
  }

  async #conferirUma(espera: Espera): Promise<void> {
    const { sessoes, salas, agoraMs } = this.#estado();
    const sala = salas[espera.sala] as Estado['salas'][number];
    if (sessoes[espera.quem]?.sala !== espera.sala) return this.#conferirVazia(espera);
    const novas = primeirasDepoisDe(sala, espera.quem, espera.desde);
    if (novas.length > 0) {
      const { result, error } = await this.#chegada(espera);
      // Quem saiu e voltou no mesmo passo pode ter tido a resposta de quem já não está lá.
      const nome = sessoes[espera.quem]?.nome;
      const despedidas = [`${nome} saiu da sala.`, `${nome} foi expulso da sala.`];
      const saiu = novas.some(({ conteudo }) => despedidas.includes(conteudo));
      if (saiu && (error || result.length === 0)) return;
      if (error || result.length === 0) throw new Discordancia(`a espera devia trazer algo: ${JSON.stringify(error)}`);
      const quais = () => primeirasDepoisDe(sala, espera.quem, espera.desde).slice(0, result.length);
      return conferirMensagens(sala, quais, result as Mensagem[]);
    }
    if (agoraMs >= espera.venceMs) return this.#conferirVazia(espera);
    if (espera.chegou) {
      throw new Discordancia(`nada chegou, e a espera acabou com ${JSON.stringify(await espera.resposta)}`);
    }
  }

  async #conferirVazia(espera: Espera): Promise<void> {
    const { result, error } = await this.#chegada(espera);
    const jaNaoEsta = error !== undefined && [2002, 2005, 2006].includes(error.code);
    if (!jaNaoEsta && JSON.stringify(result) !== '[]') {
      throw new Discordancia(`a espera devia acabar vazia, e deu ${JSON.stringify(error ?? result)}`);
    }
  }

  async #chegada(espera: Espera): Promise<Resposta> {
    this.#abertas = this.#abertas.filter((outra) => outra !== espera);
    let timer: NodeJS.Timeout | undefined;
    const prazo = new Promise<never>((_, reject) => {
      const romper = () => reject(new Discordancia('a espera devia ter acabado'));
      timer = setTimeout(romper, this.#servidor.prazoDaRespostaMs);
    });
    return Promise.race([espera.resposta, prazo]).finally(() => clearTimeout(timer));
  }
}

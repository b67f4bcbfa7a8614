/** Usuários que esperam: cada um numa conexão, com um `receber_mensagens` sempre aberto e o cursor no que já recebeu. */

import type { Mensagem } from '../../../src/contract/chat.ts';
import { resultadoDe } from './chamadas.ts';
import { conferir } from './conferencia.ts';
import { pedidoDeEspera } from './envios.ts';
import { abrirConexoes, type Conexao } from './http.ts';
import type { Usuario } from './identidades.ts';

const MARCA_DO_ID = '"id":';
/** O resultado vazio cabe nisto com folga; uma mensagem não. */
const TAMANHO_DE_VAZIO = 60;

interface Escuta {
  readonly porta: number;
  readonly usuarios: readonly Usuario[];
  readonly sala: string;
  /** O id depois do qual se espera. */
  readonly desde: number;
  /** Quanto cada chamada espera. */
  readonly esperarMs?: number;
}

interface Ouvinte {
  readonly usuario: Usuario;
  readonly conexao: Conexao;
  readonly pedido: (desde: number) => Buffer;
  cursor: number;
  /** Quando a última resposta com algo chegou. */
  chegouMs: number;
  /** As respostas com algo, desde o último `conferirERecomecar`. */
  respostas: Buffer[];
}

export class Ouvintes {
  readonly #ouvintes: readonly Ouvinte[];
  #parado = false;
  #alvo = Number.POSITIVE_INFINITY;
  /** Quantos ainda não receberam até o alvo. */
  #faltam = 0;
  #aoCompletar: (() => void) | undefined;

  static async abrir({ porta, usuarios, sala, desde, esperarMs = 25_000 }: Escuta): Promise<Ouvintes> {
    const conexoes = await abrirConexoes(porta, usuarios.length);
    const ouvintes = usuarios.flatMap((usuario, indice): Ouvinte[] => {
      const conexao = conexoes[indice];
      const pedido = pedidoDeEspera(usuario, sala, esperarMs);
      return conexao ? [{ usuario, conexao, pedido, cursor: desde, chegouMs: 0, respostas: [] }] : [];
    });
    return new Ouvintes(ouvintes);
  }

  private constructor(ouvintes: readonly Ouvinte[]) {
    this.#ouvintes = ouvintes;
    for (const ouvinte of ouvintes) this.#ouvir(ouvinte);
  }

  #ouvir(ouvinte: Ouvinte): void {
    const falhar = (erro: Error) => {
      if (!this.#parado) throw erro;
    };
    const responder = (corpo: Buffer) => {
      if (corpo.length > TAMANHO_DE_VAZIO) this.#anotar(ouvinte, corpo);
      if (!this.#parado) ouvinte.conexao.pedir(ouvinte.pedido(ouvinte.cursor), responder, falhar);
    };
    ouvinte.conexao.pedir(ouvinte.pedido(ouvinte.cursor), responder, falhar);
  }

  #anotar(ouvinte: Ouvinte, corpo: Buffer): void {
    ouvinte.chegouMs = performance.now();
    ouvinte.respostas.push(corpo);
    // O id de cada mensagem é o seu primeiro campo: o último da resposta é o da mais nova. O do envelope vem fora delas.
    const fim = corpo.lastIndexOf('}]');
    const id = Number.parseInt(
      corpo.toString('latin1', corpo.lastIndexOf(MARCA_DO_ID, fim) + MARCA_DO_ID.length, fim),
      10,
    );
    if (!(id > ouvinte.cursor)) throw new Error(`${ouvinte.usuario.nome} recebeu algo estranho: ${corpo}`);
    const alcancou = ouvinte.cursor < this.#alvo && id >= this.#alvo;
    ouvinte.cursor = id;
    if (!alcancou) return;
    this.#faltam -= 1;
    if (this.#faltam === 0) this.#aoCompletar?.();
  }

  /** @returns quando todos tiverem recebido até este id */
  ateTodosTerem(id: number): Promise<void> {
    this.#alvo = id;
    this.#faltam = this.quantosSem(id);
    if (this.#faltam === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#aoCompletar = resolve;
    });
  }

  /** Quantos ainda não receberam até este id. */
  quantosSem(id: number): number {
    return this.#ouvintes.filter(({ cursor }) => cursor < id).length;
  }

  /** Quando chegou a cada um a última resposta. */
  chegadasMs(): number[] {
    return this.#ouvintes.map(({ chegouMs }) => chegouMs);
  }

  /** Confere o que chegou contra o que foi confirmado, e esquece-o. @returns os defeitos */
  conferirERecomecar(confirmadas: readonly Mensagem[]): string[] {
    return this.#ouvintes.flatMap((ouvinte) => {
      const recebidas = ouvinte.respostas.flatMap((corpo) => resultadoDe<Mensagem[]>(corpo));
      ouvinte.respostas = [];
      return conferir(ouvinte.usuario.nome, confirmadas, recebidas);
    });
  }

  fechar(): void {
    this.#parado = true;
    for (const { conexao } of this.#ouvintes) conexao.fechar();
  }
}

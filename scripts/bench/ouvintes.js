/** Usuários que esperam: cada um numa conexão, com um `receber_mensagens` sempre aberto e o cursor no que já recebeu. */

import { performance } from 'node:perf_hooks';
import { resultadoDe } from './chamadas.js';
import { conferir } from './conferencia.js';
import { pedidoDeEspera } from './envios.js';
import { abrirConexoes } from './http.js';

const MARCA_DO_ID = '"id":';
/** O resultado vazio cabe nisto com folga; uma mensagem não. */
const TAMANHO_DE_VAZIO = 60;

export class Ouvintes {
  #conexoes;
  #ouvintes;
  #parado = false;
  #faltam = 0;
  #aoCompletar;
  /** Só o que se recebeu desde o último `recomecar`. */
  #respostas;

  /** @param esperarMs quanto cada chamada espera */
  static async abrir({ porta, usuarios, sala, desde, esperarMs = 25_000 }) {
    return new Ouvintes(await abrirConexoes(porta, usuarios.length), usuarios, sala, desde, esperarMs);
  }

  constructor(conexoes, usuarios, sala, desde, esperarMs) {
    this.#conexoes = conexoes;
    this.#respostas = usuarios.map(() => []);
    this.#ouvintes = usuarios.map((usuario, indice) => ({
      usuario,
      conexao: conexoes[indice],
      pedido: pedidoDeEspera(usuario, sala, esperarMs),
      cursor: desde,
      /** Quando a última resposta com algo chegou. */
      chegouMs: 0,
    }));
    for (const [indice] of this.#ouvintes.entries()) this.#ouvir(indice);
  }

  #ouvir(indice) {
    const ouvinte = this.#ouvintes[indice];
    const falhar = (erro) => {
      if (!this.#parado) throw erro;
    };
    const responder = (corpo) => {
      if (corpo.length > TAMANHO_DE_VAZIO) this.#anotar(indice, corpo);
      if (!this.#parado) ouvinte.conexao.pedir(ouvinte.pedido(ouvinte.cursor), responder, falhar);
    };
    ouvinte.conexao.pedir(ouvinte.pedido(ouvinte.cursor), responder, falhar);
  }

  #anotar(indice, corpo) {
    const ouvinte = this.#ouvintes[indice];
    ouvinte.chegouMs = performance.now();
    this.#respostas[indice].push(corpo);
    // O id de cada mensagem é o seu primeiro campo: o último da resposta é o da mais nova. O do envelope vem fora delas.
    const fim = corpo.lastIndexOf('}]');
    const id = Number.parseInt(corpo.latin1Slice(corpo.lastIndexOf(MARCA_DO_ID, fim) + MARCA_DO_ID.length, fim), 10);
    if (!(id > ouvinte.cursor)) throw new Error(`${ouvinte.usuario.nome} recebeu algo estranho: ${corpo}`);
    const alcancou = ouvinte.cursor < this.alvo && id >= this.alvo;
    ouvinte.cursor = id;
    if (!alcancou) return;
    this.#faltam -= 1;
    if (this.#faltam === 0) this.#aoCompletar?.();
  }

  alvo = Number.POSITIVE_INFINITY;

  /** @returns quando todos tiverem recebido até este id */
  ateTodosTerem(id) {
    this.alvo = id;
    this.#faltam = this.#ouvintes.filter(({ cursor }) => cursor < id).length;
    if (this.#faltam === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#aoCompletar = resolve;
    });
  }

  /** Quando chegou a cada um a última resposta. */
  chegadasMs() {
    return this.#ouvintes.map(({ chegouMs }) => chegouMs);
  }

  /** Quantas respostas com algo chegaram. */
  contarRespostas() {
    return this.#respostas.reduce((soma, suas) => soma + suas.length, 0);
  }

  /** Quantas mensagens chegaram: cada uma começa pelo seu id, e o envelope traz mais um. */
  contarEntregas() {
    let total = 0;
    for (const suas of this.#respostas) for (const corpo of suas) total += resultadoDe(corpo).length;
    return total;
  }

  /** Confere o que chegou contra o que foi confirmado, e esquece-o. @returns os defeitos */
  conferirERecomecar(confirmadas) {
    const defeitos = this.#ouvintes.flatMap(({ usuario }, indice) =>
      conferir(usuario.nome, confirmadas, this.#respostas[indice].flatMap(resultadoDe)),
    );
    this.#respostas = this.#ouvintes.map(() => []);
    return defeitos;
  }

  fechar() {
    this.#parado = true;
    for (const conexao of this.#conexoes) conexao.fechar();
  }
}

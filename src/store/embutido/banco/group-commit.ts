/**
 * O commit em grupo: o que chega numa volta do event loop roda em ordem, numa transação só, e um só fsync serve a todos.
 * Este arquivo não sabe o que os verbos fazem.
 */

import { ContractError } from '../../../contract/errors.ts';
import type { Connection } from './connection.ts';

/** Quantos verbos rodam antes de devolver o event loop: com mensagens curtas e chave, uns 3 ms. */
const MAXIMO_POR_GRUPO = 128;

/** E por quanto tempo: quem entra numa sala cheia lê a lista inteira de usuários, o que demora mais. */
const MAXIMO_POR_GRUPO_MS = 5;

/**
 * Quantas voltas do event loop o grupo espera, enquanto cada uma traz mais tarefas: quem acaba de receber uma resposta
 * envia de novo, e um fsync serve tanto a 32 quanto a 16. Quem envia sozinho espera uma volta só.
 */
const VOLTAS_A_ESPERAR = 8;

const TENTE_DE_NOVO_EM_MS = 1_000;

/** O que um verbo muda nas sessões e nas salas decide quais verbos podem passar à frente dele. */
export type Natureza = 'leitura' | 'gravacao' | 'mudanca_de_sessao';

/** Um verbo na fila. */
interface Tarefa {
  readonly natureza: Natureza;
  readonly verbo: () => unknown;
  readonly resolve: (valor: unknown) => void;
  readonly reject: (erro: ContractError) => void;
  /** Entrega o resultado do verbo a quem pediu, quando o grupo for durável. */
  entregar?: () => void;
  /** Rodou antes da primeira gravação do grupo: só viu o que já era durável, e vale mesmo que o grupo falhe. */
  firme?: boolean;
}

/** Quem guarda em memória algo do que os verbos gravam: acompanha o que o grupo confirma ou desfaz. */
export interface Participante {
  /** Antes de cada commit, ainda dentro da transação. */
  antesDeConfirmar?(): void;
  aoConfirmar?(): void;
  /** O grupo foi desfeito: o que a memória guarda pode não ser mais verdade. */
  aoDesfazer(): void;
}

interface Dependencias {
  readonly participantes: readonly Participante[];
  /** Um relógio, em ms desde um ponto qualquer. */
  readonly monotonicoMs: () => number;
  /** Recebe o detalhe de uma falha, para o log. */
  readonly aoFalhar: (erro: unknown) => void;
}

function indisponivel(): ContractError {
  return new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: TENTE_DE_NOVO_EM_MS });
}

export class GroupCommit {
  readonly #connection: Connection;
  readonly #deps: Dependencias;
  readonly #fila: Tarefa[] = [];
  #mudancasNaFila = 0;
  #depois: (() => void)[] = [];
  #disponivel = true;
  /** As falhas já contadas desde a última gravação: repetidas a cada chamada, encheriam o log, talvez no mesmo disco. */
  readonly #contadas = new Set<string>();
  #encerrado = false;

  constructor(connection: Connection, dependencias: Dependencias) {
    this.#connection = connection;
    this.#deps = dependencias;
  }

  /** Se a última gravação deu certo. */
  get disponivel(): boolean {
    return this.#disponivel;
  }

  /**
   * Roda um verbo na sua vez e cumpre a promessa depois do commit.
   * @param verbo recusa com ContractError antes de gravar qualquer coisa; qualquer outro erro desfaz o grupo
   */
  pedir<T>(natureza: Natureza, verbo: () => T): Promise<T> {
    if (this.#encerrado) return Promise.reject(indisponivel());
    if (natureza === 'leitura' && this.#fila.length === 0) return this.#lerJa(verbo);
    return this.#enfileirar(natureza, verbo);
  }

  /** Como `pedir`, para o que só depende das sessões: não espera por quem não as muda. */
  lerSessoes<T>(verbo: () => T): Promise<T> {
    if (this.#encerrado) return Promise.reject(indisponivel());
    return this.#mudancasNaFila === 0 ? this.#lerJa(verbo) : this.#enfileirar('leitura', verbo);
  }

  /** Faz algo depois que o grupo em andamento for durável, ou nunca, se for desfeito. */
  depoisDeConfirmar(efeito: () => void): void {
    this.#depois.push(efeito);
  }

  /** Conclui o que está na fila; o que for pedido depois é recusado. */
  close(): void {
    this.#encerrado = true;
    while (this.#fila.length > 0) this.#rodarGrupo();
  }

  #enfileirar<T>(natureza: Natureza, verbo: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#fila.length === 0) this.#juntar(0, VOLTAS_A_ESPERAR);
      if (natureza === 'mudanca_de_sessao') this.#mudancasNaFila += 1;
      this.#fila.push({ natureza, verbo, resolve: resolve as (valor: unknown) => void, reject });
    });
  }

  #juntar(haviaNaFila: number, voltas: number): void {
    setImmediate(() => {
      const ha = this.#fila.length;
      if (ha > haviaNaFila && ha < MAXIMO_POR_GRUPO && voltas > 0) this.#juntar(ha, voltas - 1);
      else this.#rodarGrupo();
    });
  }

  async #lerJa<T>(verbo: () => T): Promise<T> {
    try {
      return verbo();
    } catch (erro) {
      throw this.#recusa(erro);
    }
  }

  #rodarGrupo(): void {
    const grupo: Tarefa[] = [];
    try {
      this.#rodarAlguns(grupo);
      this.#confirmar();
    } catch (erro) {
      this.#desfazer(grupo, erro);
    }
    this.#fila.splice(0, grupo.length);
    this.#mudancasNaFila -= grupo.filter(({ natureza }) => natureza === 'mudanca_de_sessao').length;
    if (this.#fila.length > 0) setImmediate(() => this.#rodarGrupo());
    const depois = this.#depois;
    this.#depois = [];
    for (const tarefa of grupo) tarefa.entregar?.();
    for (const efeito of depois) this.#semFalhar(efeito);
  }

  /** @param grupo recebe cada um antes que ele rode: o que falha também é do grupo */
  #rodarAlguns(grupo: Tarefa[]): void {
    const fimMs = this.#deps.monotonicoMs() + MAXIMO_POR_GRUPO_MS;
    for (const tarefa of this.#fila) {
      grupo.push(tarefa);
      this.#rodar(tarefa);
      if (grupo.length === MAXIMO_POR_GRUPO || this.#deps.monotonicoMs() >= fimMs) return;
    }
  }

  #confirmar(): void {
    if (!this.#connection.emTransacao) return;
    for (const participante of this.#deps.participantes) participante.antesDeConfirmar?.();
    this.#connection.confirmar();
    for (const participante of this.#deps.participantes) participante.aoConfirmar?.();
    this.#disponivel = true;
    this.#contadas.clear();
  }

  #rodar(tarefa: Tarefa): void {
    try {
      const valor = tarefa.verbo();
      tarefa.entregar = () => tarefa.resolve(valor);
    } catch (erro) {
      // Uma leitura que falha não deve levar consigo o que outros gravaram, a não ser que o SQLite já o tenha desfeito.
      const soEle = tarefa.natureza === 'leitura' && !this.#connection.perdeuTransacao;
      if (!(erro instanceof ContractError) && !soEle) throw erro;
      const recusa = this.#recusa(erro);
      tarefa.entregar = () => tarefa.reject(recusa);
    }
    tarefa.firme = !this.#connection.emTransacao;
  }

  #desfazer(grupo: readonly Tarefa[], erro: unknown): void {
    this.#disponivel = false;
    this.#depois = [];
    this.#semFalhar(() => this.#connection.desfazer());
    for (const participante of this.#deps.participantes) participante.aoDesfazer();
    this.#contar(erro);
    for (const tarefa of grupo) {
      if (tarefa.firme) continue;
      tarefa.entregar = () => tarefa.reject(indisponivel());
      if (tarefa.natureza === 'leitura') this.#semFalhar(() => this.#rodar(tarefa));
    }
  }

  #recusa(erro: unknown): ContractError {
    if (erro instanceof ContractError) return erro;
    this.#contar(erro);
    return indisponivel();
  }

  #semFalhar(acao: () => void): void {
    try {
      acao();
    } catch (erro) {
      this.#contar(erro);
    }
  }

  #contar(erro: unknown): void {
    const texto = String(erro);
    if (this.#contadas.has(texto)) return;
    this.#contadas.add(texto);
    this.#deps.aoFalhar(erro);
  }
}

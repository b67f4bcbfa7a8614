/**
 * `usuarios.json`: a lista dos nomes registrados, para pessoas e outros programas lerem.
 * Quem decide é o store; este arquivo só o acompanha, é trocado inteiro e por isso é válido a todo instante.
 */

import { constants } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { setTimeout as esperar } from 'node:timers/promises';
import { NaoEArquivoComum, situacaoDoComum } from '../../process/arquivo-comum.ts';
import { StoreError } from '../../store/store-error.ts';
import { apagarTemporariosVelhos, gravarInteiro } from './gravar-inteiro.ts';

/** O intervalo entre duas gravações: com 20 mil nomes cada uma custa alguns ms, e muitos registros não a multiplicam. */
const PAUSA_MS = 200;
/** Depois de uma que falhou: o disco cheio ou a pasta fechada podem durar. */
const NOVA_TENTATIVA_MS = 1_000;

/** O que passa por si: quem serve pode começar sem a lista, e gravá-la quando houver lugar. */
const SEM_LUGAR_NO_DISCO = ['ENOSPC', 'EDQUOT'];

export interface OpcoesDeUsuarios {
  /** Os nomes das sessões vivas: o que o arquivo passa a dizer. */
  readonly nomes: Iterable<string>;
  /** Recebe uma linha para pessoas: um arquivo posto de lado, uma gravação que falhou. */
  readonly aoAvisar: (linha: string) => void;
  /** O relógio da máquina, em ms. */
  readonly agoraMs: () => number;
  /**
   * Outros servidores, sobre os mesmos dados, podem gravar o mesmo arquivo: o primeiro a saber de uma mudança grava, e os
   * outros, que já a acham lá, não. Quem gravou confere depois, porque um atrasado pode ter gravado por cima.
   */
  readonly dividido?: boolean;
  /** A espera entre duas gravações, em ms; termina antes se o sinal for dado. */
  readonly pausar?: (duracaoMs: number, sinal: AbortSignal) => Promise<unknown>;
}

/**
 * Lê o que havia, põe de lado o que não se entende, e grava os nomes de agora. Sem lugar no disco, grava-os depois.
 * @throws StoreError se o caminho não se pode ler e gravar, ou não é de um arquivo comum
 */
export async function abrirUsuariosFile(caminho: string, opcoes: OpcoesDeUsuarios): Promise<UsuariosFile> {
  const arquivo = new UsuariosFile(caminho, opcoes);
  try {
    await arquivo.iniciar();
    return arquivo;
  } catch (erro) {
    throw explicar(erro, caminho);
  }
}

function explicar(erro: unknown, caminho: string): StoreError {
  if (erro instanceof NaoEArquivoComum) {
    const conselho = 'Escolha outro com --usuarios.';
    return new StoreError('sem_acesso', `A lista de usuários ${caminho} não é um arquivo comum. ${conselho}`, erro);
  }
  const codigo = codigoDe(erro) ?? 'erro desconhecido';
  return new StoreError('sem_acesso', `Não é possível ler e gravar a lista de usuários ${caminho} (${codigo}).`, erro);
}

export class UsuariosFile {
  readonly #caminho: string;
  readonly #nomes: Set<string>;
  readonly #aoAvisar: (linha: string) => void;
  readonly #pausar: (duracaoMs: number, sinal: AbortSignal) => Promise<unknown>;
  readonly #fim = new AbortController();
  readonly #agoraMs: () => number;
  /** O que se achou no arquivo não é uma lista: antes da primeira gravação ele é copiado para o lado. */
  #aPorDeLado = false;
  #desatualizado = false;
  #falhando = false;
  readonly #dividido: boolean;
  /** Outro servidor pode ter gravado por cima do que este gravou. */
  #porConferir = false;
  #gravacoes: Promise<void> | undefined;

  constructor(caminho: string, { nomes, aoAvisar, agoraMs, dividido = false, pausar = pausaPadrao }: OpcoesDeUsuarios) {
    this.#caminho = caminho;
    this.#nomes = new Set(nomes);
    this.#aoAvisar = aoAvisar;
    this.#agoraMs = agoraMs;
    this.#dividido = dividido;
    this.#pausar = pausar;
  }

  /** @throws o que impede de ler e gravar, salvo a falta de lugar no disco */
  async iniciar(): Promise<void> {
    await apagarTemporariosVelhos(this.#caminho, this.#agoraMs());
    const anterior = await this.#ler();
    if (anterior?.toString() === this.#conteudo()) return;
    this.#aPorDeLado = anterior !== undefined && !ehListaDeNomes(anterior);
    try {
      await this.#gravar();
    } catch (erro) {
      if (!SEM_LUGAR_NO_DISCO.includes(codigoDe(erro) ?? '')) throw erro;
      this.#contarFalha(erro);
      this.#desatualizado = true;
      this.#gravacoes = this.#gravarEnquantoMuda();
    }
  }

  /** Acompanha uma sessão que nasceu ou acabou; a gravação vem depois, e falhar nela não é de quem chama. */
  mudar(nome: string, mudanca: 'nasceu' | 'acabou'): void {
    if (mudanca === 'nasceu') this.#nomes.add(nome);
    else this.#nomes.delete(nome);
    this.#desatualizado = true;
    if (!this.#fim.signal.aborted) this.#gravacoes ??= this.#gravarEnquantoMuda();
  }

  /** Grava o que falta. */
  async close(): Promise<void> {
    this.#fim.abort();
    await this.#gravacoes;
    if (this.#desatualizado) await this.#tentarGravar();
  }

  /** Uma gravação por vez; o que muda enquanto isso vai na seguinte, e o que não se pôde gravar também. */
  async #gravarEnquantoMuda(): Promise<void> {
    while (this.#desatualizado || this.#porConferir) {
      await this.#tentarGravar();
      await this.#pausar(this.#falhando || this.#porConferir ? NOVA_TENTATIVA_MS : PAUSA_MS, this.#fim.signal).catch(
        () => {},
      );
      if (this.#fim.signal.aborted) break;
    }
    this.#gravacoes = undefined;
  }

  async #tentarGravar(): Promise<void> {
    try {
      this.#desatualizado = false;
      await this.#gravar();
      this.#falhando = false;
    } catch (erro) {
      this.#desatualizado = true;
      this.#contarFalha(erro);
    }
  }

  /** Uma vez, por mais que a falha se repita. */
  #contarFalha(erro: unknown): void {
    if (!this.#falhando) {
      this.#aoAvisar(`Não foi possível gravar a lista de usuários ${this.#caminho}: ${(erro as Error).message}.`);
    }
    this.#falhando = true;
  }

  async #gravar(): Promise<void> {
    this.#porConferir = false;
    if (this.#dividido && (await this.#outroJaGravou())) return;
    if (this.#aPorDeLado) {
      const copia = await copiarParaOLado(this.#caminho);
      this.#aPorDeLado = false;
      const oQue = `O arquivo ${this.#caminho} não é uma lista de nomes em JSON`;
      this.#aoAvisar(`${oQue}; foi posto de lado como ${copia}.`);
    }
    await gravarInteiro(this.#caminho, this.#conteudo());
    this.#porConferir = this.#dividido;
  }

  /** A ordem é a de quem gravou: os nomes é que contam. */
  async #outroJaGravou(): Promise<boolean> {
    const bytes = await this.#ler();
    if (!bytes || !ehListaDeNomes(bytes)) return false;
    const nomes = new Set(JSON.parse(bytes.toString()) as string[]);
    return nomes.size === this.#nomes.size && [...nomes].every((nome) => this.#nomes.has(nome));
  }

  /** @returns o que está no arquivo, ou `undefined` se não há arquivo */
  async #ler(): Promise<Buffer | undefined> {
    return (await situacaoDoComum(this.#caminho)) && readFile(this.#caminho);
  }

  #conteudo(): string {
    return `${JSON.stringify([...this.#nomes], null, 2)}\n`;
  }
}

function pausaPadrao(duracaoMs: number, signal: AbortSignal): Promise<unknown> {
  return esperar(duracaoMs, undefined, { signal, ref: false });
}

function ehListaDeNomes(bytes: Buffer): boolean {
  try {
    const valor: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(valor) && valor.every((nome) => typeof nome === 'string');
  } catch {
    return false;
  }
}

/** @returns o nome da cópia, que não era de nenhum outro arquivo */
async function copiarParaOLado(caminho: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const copia = `${caminho}.invalido-${n}`;
    try {
      await copyFile(caminho, copia, constants.COPYFILE_EXCL);
      return copia;
    } catch (erro) {
      if (codigoDe(erro) !== 'EEXIST') throw erro;
    }
  }
}

function codigoDe(erro: unknown): string | undefined {
  return (erro as NodeJS.ErrnoException).code;
}

/**
 * `usuarios.json`: a lista dos nomes registrados, para pessoas e outros programas lerem.
 * Quem decide é o store; este arquivo só o acompanha, é trocado inteiro e por isso é válido a todo instante.
 */

import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as esperar } from 'node:timers/promises';
import { StoreError } from '../store/store-error.ts';

/** O intervalo entre duas gravações: com 20 mil nomes cada uma custa alguns ms, e muitos registros não a multiplicam. */
const PAUSA_MS = 200;
/** Depois de uma que falhou: o disco cheio ou a pasta fechada podem durar. */
const NOVA_TENTATIVA_MS = 1_000;

export interface OpcoesDeUsuarios {
  /** Os nomes das sessões vivas: o que o arquivo passa a dizer. */
  readonly nomes: Iterable<string>;
  /** Recebe uma linha para pessoas: um arquivo posto de lado, uma gravação que falhou. */
  readonly aoAvisar: (linha: string) => void;
  /** A espera entre duas gravações, em ms; termina antes se o sinal for dado. */
  readonly pausar?: (duracaoMs: number, sinal: AbortSignal) => Promise<unknown>;
}

/**
 * Lê o que havia, põe de lado o que não se entende, e grava os nomes de agora.
 * @throws StoreError se o caminho não se pode ler e gravar
 */
export async function abrirUsuariosFile(caminho: string, opcoes: OpcoesDeUsuarios): Promise<UsuariosFile> {
  try {
    const anterior = await lerSeHouver(caminho);
    if (anterior !== undefined && !ehListaDeNomes(anterior)) {
      const posto = await porDeLado(caminho);
      opcoes.aoAvisar(`O arquivo ${caminho} não é uma lista de nomes em JSON; foi posto de lado como ${posto}.`);
    }
    const arquivo = new UsuariosFile(caminho, opcoes);
    await arquivo.gravarSeMudou(anterior);
    return arquivo;
  } catch (erro) {
    const codigo = (erro as NodeJS.ErrnoException).code ?? 'erro desconhecido';
    throw new StoreError('sem_acesso', `Não é possível ler e gravar a lista de usuários ${caminho} (${codigo}).`, erro);
  }
}

export class UsuariosFile {
  readonly #caminho: string;
  readonly #nomes: Set<string>;
  readonly #aoAvisar: (linha: string) => void;
  readonly #pausar: (duracaoMs: number, sinal: AbortSignal) => Promise<unknown>;
  readonly #fim = new AbortController();
  #desatualizado = false;
  #falhando = false;
  #gravacoes: Promise<void> | undefined;

  constructor(caminho: string, { nomes, aoAvisar, pausar = pausaPadrao }: OpcoesDeUsuarios) {
    this.#caminho = caminho;
    this.#nomes = new Set(nomes);
    this.#aoAvisar = aoAvisar;
    this.#pausar = pausar;
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

  /** @param anterior o conteúdo que o arquivo tem, ou `undefined` se ele não existe */
  async gravarSeMudou(anterior: Buffer | undefined): Promise<void> {
    await rm(temporario(this.#caminho), { force: true });
    if (anterior?.toString() !== this.#conteudo()) await this.#gravar();
  }

  /** Uma gravação por vez; o que muda enquanto isso vai na seguinte, e o que não se pôde gravar também. */
  async #gravarEnquantoMuda(): Promise<void> {
    while (this.#desatualizado) {
      await this.#tentarGravar();
      await this.#pausar(this.#falhando ? NOVA_TENTATIVA_MS : PAUSA_MS, this.#fim.signal).catch(() => {});
      if (this.#fim.signal.aborted) break;
    }
    this.#gravacoes = undefined;
  }

  /** Uma falha é contada uma vez, por mais que se repita. */
  async #tentarGravar(): Promise<void> {
    try {
      this.#desatualizado = false;
      await this.#gravar();
      this.#falhando = false;
    } catch (erro) {
      this.#desatualizado = true;
      if (!this.#falhando) {
        this.#aoAvisar(`Não foi possível gravar a lista de usuários ${this.#caminho}: ${(erro as Error).message}.`);
      }
      this.#falhando = true;
    }
  }

  async #gravar(): Promise<void> {
    const novo = temporario(this.#caminho);
    try {
      await writeFile(novo, this.#conteudo());
      await rename(novo, this.#caminho);
    } catch (erro) {
      await rm(novo, { force: true }).catch(() => {});
      throw erro;
    }
  }

  #conteudo(): string {
    return `${JSON.stringify([...this.#nomes], null, 2)}\n`;
  }
}

/** Na mesma pasta, porque rename não atravessa sistemas de arquivos; de nome fixo, para que uma queda não os acumule. */
function temporario(caminho: string): string {
  return `${caminho}.tmp`;
}

function pausaPadrao(duracaoMs: number, signal: AbortSignal): Promise<unknown> {
  return esperar(duracaoMs, undefined, { signal, ref: false });
}

async function lerSeHouver(caminho: string): Promise<Buffer | undefined> {
  try {
    return await readFile(caminho);
  } catch (erro) {
    if ((erro as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw erro;
  }
}

function ehListaDeNomes(bytes: Buffer): boolean {
  try {
    const valor: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(valor) && valor.every((nome) => typeof nome === 'string');
  } catch {
    return false;
  }
}

/** @returns o nome sob o qual o arquivo ficou, que não era de nenhum outro */
async function porDeLado(caminho: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const destino = `${caminho}.invalido-${n}`;
    try {
      // Criá-lo só se não existe reserva o nome; o rename seguinte não apaga o de ninguém.
      await (await open(destino, 'wx')).close();
    } catch (erro) {
      if ((erro as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw erro;
    }
    await rename(caminho, destino);
    return destino;
  }
}

/**
 * A sessão guardada no disco, para que um cliente que foi morto volte como a mesma pessoa.
 * Cada arquivo é de um binder e um nome, e pertence ao processo que o escreveu enquanto este viver.
 */

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { nomeComparavel } from '../../contract/nomes.ts';
import { type Dono, estaVivo, esteProcesso } from './dono.ts';

const NOME_DA_PASTA = 'chat-system-distribuido';

/** Só o dono do arquivo o lê: o token é a identidade da pessoa. */
const SO_DO_DONO = 0o600;
const PASTA_SO_DO_DONO = 0o700;

export interface Sessao {
  readonly nome: string;
  readonly token: string;
  /** A última sala em que se esteve; `undefined` fora de qualquer uma. */
  readonly sala: string | undefined;
}

interface Guardada extends Sessao {
  readonly binder: string;
  readonly dono: Dono;
}

/** Onde cada sistema quer o estado de quem usa: a especificação XDG, o da Apple, o da Microsoft. */
export function pastaDeEstado(ambiente = process.env, plataforma: NodeJS.Platform = process.platform): string {
  if (ambiente['XDG_STATE_HOME']) return join(ambiente['XDG_STATE_HOME'], NOME_DA_PASTA);
  const casa = homedir();
  if (plataforma === 'darwin') return join(casa, 'Library', 'Application Support', NOME_DA_PASTA);
  if (plataforma === 'win32') return join(ambiente['LOCALAPPDATA'] || join(casa, 'AppData', 'Local'), NOME_DA_PASTA);
  return join(casa, '.local', 'state', NOME_DA_PASTA);
}

/** As sessões de um binder. Sem disco em que escrever, nada se guarda, e a conversa segue. */
export class SessoesGuardadas {
  readonly #pasta: string;
  readonly #binder: string;
  /** O arquivo que este processo mantém. */
  #meu: string | undefined;

  constructor(binder: string, pasta = pastaDeEstado()) {
    this.#binder = binder;
    this.#pasta = join(pasta, 'sessoes');
  }

  /** As que ninguém usa agora. */
  livres(): Sessao[] {
    return this.#arquivos()
      .map((arquivo) => this.#ler(arquivo))
      .filter((guardada): guardada is Guardada => guardada?.binder === this.#binder && !estaVivo(guardada.dono));
  }

  /**
   * Toma uma sessão que ninguém usa; dois processos nunca tomam a mesma.
   * @returns `undefined` se não há, ou se outro a tem
   */
  tomar(nome: string): Sessao | undefined {
    const arquivo = this.#arquivoDe(nome);
    const vista = this.#ler(arquivo);
    if (!vista || vista.binder !== this.#binder || estaVivo(vista.dono)) return undefined;
    // Só um rename do mesmo arquivo tem sucesso: é ele que decide entre dois que a querem.
    const meu = join(this.#pasta, `${randomUUID()}.tomada`);
    if (!tentar(() => renameSync(join(this.#pasta, arquivo), meu))) return undefined;
    const tomada = lerGuardada(meu);
    if (!tomada || estaVivo(tomada.dono)) {
      tentar(() => renameSync(meu, join(this.#pasta, arquivo)));
      return undefined;
    }
    this.guardar(tomada);
    tentar(() => rmSync(meu, { force: true }));
    return tomada;
  }

  /** Escreve por inteiro, por rename; a de outro processo vivo não se toca. */
  guardar({ nome, token, sala }: Sessao): void {
    const arquivo = this.#arquivoDe(nome);
    if (this.#meu !== undefined && this.#meu !== arquivo) this.esquecer();
    const anterior = this.#ler(arquivo);
    if (this.#meu !== arquivo && anterior && estaVivo(anterior.dono)) return;
    const guardada: Guardada = { binder: this.#binder, nome, token, sala, dono: esteProcesso() };
    const novo = join(this.#pasta, `${randomUUID()}.nova`);
    const escrita = tentar(() => {
      mkdirSync(this.#pasta, { recursive: true, mode: PASTA_SO_DO_DONO });
      writeFileSync(novo, `${JSON.stringify(guardada)}\n`, { mode: SO_DO_DONO });
      renameSync(novo, join(this.#pasta, arquivo));
    });
    if (escrita) this.#meu = arquivo;
    else tentar(() => rmSync(novo, { force: true }));
  }

  /** A sessão deste processo terminou. */
  esquecer(): void {
    const meu = this.#meu;
    this.#meu = undefined;
    if (meu !== undefined) tentar(() => rmSync(join(this.#pasta, meu), { force: true }));
  }

  #arquivos(): string[] {
    try {
      return readdirSync(this.#pasta).filter((arquivo) => arquivo.endsWith('.json'));
    } catch {
      return [];
    }
  }

  #ler(arquivo: string): Guardada | undefined {
    return lerGuardada(join(this.#pasta, arquivo));
  }

  /** O nome da pessoa não vai para o nome do arquivo: nem todo sistema o aceitaria. */
  #arquivoDe(nome: string): string {
    const resumo = createHash('sha256')
      .update(`${this.#binder}\n${nomeComparavel(nome)}`)
      .digest('hex');
    return `${resumo.slice(0, 32)}.json`;
  }
}

/** @returns `undefined` quando não é uma sessão que se entenda */
function lerGuardada(caminho: string): Guardada | undefined {
  try {
    const { binder, nome, token, sala, dono } = JSON.parse(readFileSync(caminho, 'utf8')) as Guardada;
    const textos = [binder, nome, token, sala ?? ''];
    if (textos.some((texto) => typeof texto !== 'string') || typeof dono?.pid !== 'number') return undefined;
    return { binder, nome, token, sala, dono };
  } catch {
    return undefined;
  }
}

function tentar(agir: () => void): boolean {
  try {
    agir();
    return true;
  } catch {
    return false;
  }
}

/**
 * A sessão guardada no disco, para que um cliente que foi morto volte como a mesma pessoa.
 * Cada arquivo é de um binder e um nome, e pertence ao processo que o escreveu enquanto este viver.
 */

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import { lerComumSync } from '../../../process/arquivo-comum.ts';
import { type Dono, ehDono, estaMaquina, esteProcesso, podeEstarVivo } from './dono.ts';

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

/**
 * Onde cada sistema quer o estado de quem usa: a especificação XDG, o da Apple, o da Microsoft.
 * @returns `undefined` quando não há um lugar que sirva: de um caminho relativo, o token cairia na pasta em que se está
 */
export function pastaDeEstado(
  ambiente: NodeJS.ProcessEnv = process.env,
  plataforma: NodeJS.Platform = process.platform,
  casa: () => string = homedir,
): string | undefined {
  const { isAbsolute } = plataforma === 'win32' ? win32 : posix;
  const usar = (pasta: string | undefined, ...partes: readonly string[]) =>
    pasta && isAbsolute(pasta) ? join(pasta, ...partes, NOME_DA_PASTA) : undefined;
  const daCasa = (...partes: readonly string[]) => usar(lerCasa(casa), ...partes);
  if (plataforma === 'win32') return usar(ambiente['LOCALAPPDATA']) ?? daCasa('AppData', 'Local');
  const deXdg = usar(ambiente['XDG_STATE_HOME']);
  if (deXdg !== undefined) return deXdg;
  return plataforma === 'darwin' ? daCasa('Library', 'Application Support') : daCasa('.local', 'state');
}

/** Quem não tem HOME nem um nome no sistema não tem casa. */
function lerCasa(casa: () => string): string | undefined {
  try {
    return casa();
  } catch {
    return undefined;
  }
}

/** As sessões de um binder. Sem lugar em que escrever, nada se guarda, e a conversa segue. */
export class SessoesGuardadas {
  /** `undefined` quando não há onde guardar. */
  readonly #pasta: string | undefined;
  readonly #binder: string;
  /** O arquivo que este processo mantém. */
  #meu: string | undefined;

  /** @param pasta a do estado; sem ela, nada se guarda */
  constructor(binder: string, pasta: string | undefined) {
    this.#binder = binder;
    this.#pasta = pasta === undefined ? undefined : join(pasta, 'sessoes');
  }

  /** As que ninguém usa agora. */
  livres(): Sessao[] {
    return this.#arquivos()
      .map((arquivo) => this.#ler(arquivo))
      .filter((guardada): guardada is Guardada => guardada?.binder === this.#binder && !podeEstarVivo(guardada.dono));
  }

  /**
   * Toma uma sessão que ninguém usa; dois processos nunca tomam a mesma.
   * @returns `undefined` se não há, ou se outro a tem
   */
  tomar(nome: string): Sessao | undefined {
    const arquivo = this.#arquivoDe(nome);
    const vista = this.#ler(arquivo);
    if (!vista || vista.binder !== this.#binder || podeEstarVivo(vista.dono)) return undefined;
    // Só um rename do mesmo arquivo tem sucesso: é ele que decide entre dois que a querem.
    const meu = this.#caminho(`${randomUUID()}.tomada`);
    if (!tentar(() => renameSync(this.#caminho(arquivo), meu))) return undefined;
    const tomada = lerGuardada(meu);
    if (!tomada || podeEstarVivo(tomada.dono)) {
      tentar(() => renameSync(meu, this.#caminho(arquivo)));
      return undefined;
    }
    this.guardar(tomada);
    tentar(() => rmSync(meu, { force: true }));
    return tomada;
  }

  /** Escreve por inteiro, por rename; a de outro processo vivo não se toca. */
  guardar({ nome, token, sala }: Sessao): void {
    const pasta = this.#pasta;
    if (pasta === undefined) return;
    const arquivo = this.#arquivoDe(nome);
    if (this.#meu !== undefined && this.#meu !== arquivo) this.esquecer();
    const anterior = this.#ler(arquivo);
    if (this.#meu !== arquivo && anterior && podeEstarVivo(anterior.dono)) return;
    const guardada: Guardada = { binder: this.#binder, nome, token, sala, dono: esteProcesso() };
    const novo = this.#caminho(`${randomUUID()}.nova`);
    const escrita = tentar(() => {
      mkdirSync(pasta, { recursive: true, mode: PASTA_SO_DO_DONO });
      writeFileSync(novo, `${JSON.stringify(guardada)}\n`, { mode: SO_DO_DONO });
      renameSync(novo, this.#caminho(arquivo));
    });
    if (escrita) this.#meu = arquivo;
    else tentar(() => rmSync(novo, { force: true }));
  }

  /** A sessão deste processo terminou. */
  esquecer(): void {
    const meu = this.#meu;
    this.#meu = undefined;
    if (meu !== undefined) tentar(() => rmSync(this.#caminho(meu), { force: true }));
  }

  #arquivos(): string[] {
    if (this.#pasta === undefined) return [];
    try {
      return readdirSync(this.#pasta).filter((arquivo) => arquivo.endsWith('.json'));
    } catch {
      return [];
    }
  }

  #ler(arquivo: string): Guardada | undefined {
    return this.#pasta === undefined ? undefined : lerGuardada(this.#caminho(arquivo));
  }

  #caminho(arquivo: string): string {
    return join(this.#pasta ?? '', arquivo);
  }

  /**
   * O nome da pessoa não vai para o nome do arquivo: nem todo sistema o aceitaria. A máquina vai: `localhost` é outro
   * binder em cada uma que divide a pasta.
   */
  #arquivoDe(nome: string): string {
    const resumo = createHash('sha256')
      .update([this.#binder, estaMaquina(), nomeComparavel(nome)].join('\n'))
      .digest('hex');
    return `${resumo.slice(0, 32)}.json`;
  }
}

/** @returns `undefined` quando não é uma sessão que se entenda */
function lerGuardada(caminho: string): Guardada | undefined {
  try {
    const { binder, nome, token, sala, dono } = JSON.parse(lerComumSync(caminho).toString()) as Guardada;
    const textos = [binder, nome, token, sala ?? ''];
    if (textos.some((texto) => typeof texto !== 'string') || !ehDono(dono)) return undefined;
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

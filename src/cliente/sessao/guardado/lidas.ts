/**
 * Até onde se leu em cada sala, guardado no disco: quem volta, no mesmo cliente ou em outro, vê onde parou.
 * Sem lugar em que escrever, vale só enquanto o cliente vive.
 */

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import { lerComumSync } from '../../../process/arquivo-comum.ts';
import type { Agendar } from '../../../process/clock.ts';

/** Uma sala movimentada não faz escrever a cada mensagem. */
const ESPERA_PARA_GUARDAR_MS = 1_000;
/** As em que se leu por último; as outras se esquecem. */
const MAXIMO_DE_SALAS = 100;
const SO_DO_DONO = 0o600;
const PASTA_SO_DO_DONO = 0o700;

interface LidasOptions {
  readonly binder: string;
  readonly agendar: Agendar;
  /** A do estado de quem usa; `undefined` quando não há onde guardar. */
  readonly pasta: string | undefined;
}

/** De quem se guarda, e o id da última mensagem lida em cada sala, da que se leu há mais tempo à de agora. */
interface DeAlguem {
  readonly nome: string;
  readonly ids: Map<string, number>;
}

export class Lidas {
  readonly #options: LidasOptions;
  #alguem: DeAlguem | undefined;
  #desistir: (() => void) | undefined;

  constructor(options: LidasOptions) {
    this.#options = options;
  }

  /** @returns o id da última mensagem que a pessoa leu na sala; `undefined` se nunca a leu */
  de(nome: string, sala: string): number | undefined {
    return this.#idsDe(nome).get(nomeComparavel(sala));
  }

  /** @param id da última mensagem que se mostrou */
  marcar(nome: string, sala: string, id: number): void {
    const ids = this.#idsDe(nome);
    const chave = nomeComparavel(sala);
    ids.delete(chave);
    ids.set(chave, id);
    for (const [antiga] of ids) if (ids.size > MAXIMO_DE_SALAS) ids.delete(antiga);
    this.#desistir ??= this.#options.agendar(ESPERA_PARA_GUARDAR_MS, () => this.guardar());
  }

  /** Escreve o que falta, já. */
  guardar(): void {
    if (!this.#desistir) return;
    this.#desistir();
    this.#desistir = undefined;
    const { pasta } = this.#options;
    if (!this.#alguem || pasta === undefined) return;
    const novo = join(pasta, `${randomUUID()}.nova`);
    try {
      mkdirSync(pasta, { recursive: true, mode: PASTA_SO_DO_DONO });
      writeFileSync(novo, `${JSON.stringify([...this.#alguem.ids])}\n`, { mode: SO_DO_DONO });
      renameSync(novo, this.#arquivo(pasta, this.#alguem.nome));
    } catch {
      apagar(novo);
    }
  }

  #idsDe(nome: string): Map<string, number> {
    const comparavel = nomeComparavel(nome);
    if (this.#alguem?.nome !== comparavel) {
      this.guardar();
      this.#alguem = { nome: comparavel, ids: this.#ler(comparavel) };
    }
    return this.#alguem.ids;
  }

  #ler(nome: string): Map<string, number> {
    const { pasta } = this.#options;
    if (pasta === undefined) return new Map();
    try {
      const lido: unknown = JSON.parse(lerComumSync(this.#arquivo(pasta, nome)).toString());
      return new Map(Array.isArray(lido) ? lido.filter(ehLida).slice(-MAXIMO_DE_SALAS) : []);
    } catch {
      return new Map();
    }
  }

  /** Como o da sessão: o nome de alguém não serve para o de um arquivo em todo sistema. */
  #arquivo(pasta: string, nome: string): string {
    const resumo = createHash('sha256').update(`${this.#options.binder}\n${nome}`).digest('hex');
    return join(pasta, `lidas-${resumo.slice(0, 32)}.json`);
  }
}

function ehLida(lida: unknown): lida is [string, number] {
  return Array.isArray(lida) && typeof lida[0] === 'string' && Number.isSafeInteger(lida[1]);
}

function apagar(caminho: string): void {
  try {
    rmSync(caminho, { force: true });
  } catch {
    // Nem a pasta existe.
  }
}

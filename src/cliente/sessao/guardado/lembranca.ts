/**
 * O que se lembra de uma vez para a outra, além da sessão: o último nome, o que se prefere ver e ouvir, e o que se enviou.
 * Sem lugar em que escrever, ou com um arquivo que não se entende, nada se lembra, e a conversa segue.
 */

import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lerComumSync } from '../../../process/arquivo-comum.ts';

export const QUANDO_TOCAR = ['off', 'mencao', 'tudo'] as const;
export type QuandoTocar = (typeof QUANDO_TOCAR)[number];

export interface Lembrado {
  readonly nome: string | undefined;
  readonly quandoTocar: QuandoTocar;
  readonly semMovimento: boolean;
  readonly semHora: boolean;
  readonly ignorados: readonly string[];
  /** As linhas enviadas, da mais antiga à mais nova. */
  readonly enviadas: readonly string[];
}

const NADA: Lembrado = {
  nome: undefined,
  quandoTocar: 'mencao',
  semMovimento: false,
  semHora: false,
  ignorados: [],
  enviadas: [],
};

const ARQUIVO = 'lembranca.json';
/** Só o dono o lê: o que se enviou pode ser privado. */
const SO_DO_DONO = 0o600;
const PASTA_SO_DO_DONO = 0o700;
/** O arquivo se escreve inteiro a cada envio: fica pequeno. */
const MAXIMO_DE_ENVIADAS = 100;
const MAXIMO_DE_IGNORADOS = 200;
const MAIOR_LINHA = 500;

export class Lembranca {
  readonly #pasta: string | undefined;

  /** @param pasta a do estado de quem usa; `undefined` quando não há onde guardar */
  constructor(pasta: string | undefined) {
    this.#pasta = pasta;
  }

  ler(): Lembrado {
    if (this.#pasta === undefined) return NADA;
    try {
      return entender(JSON.parse(lerComumSync(join(this.#pasta, ARQUIVO)).toString()));
    } catch {
      return NADA;
    }
  }

  /** Muda só o que se diz: outro cliente pode ter mudado o resto. */
  guardar(mudanca: Partial<Lembrado>): void {
    const pasta = this.#pasta;
    if (pasta === undefined) return;
    const novo = join(pasta, `${randomUUID()}.nova`);
    try {
      mkdirSync(pasta, { recursive: true, mode: PASTA_SO_DO_DONO });
      const texto = JSON.stringify(entender({ ...this.ler(), ...mudanca }));
      writeFileSync(novo, `${texto}\n`, { mode: SO_DO_DONO });
      renameSync(novo, join(pasta, ARQUIVO));
    } catch {
      apagar(novo);
    }
  }
}

function apagar(caminho: string): void {
  try {
    rmSync(caminho, { force: true });
  } catch {
    // Nem a pasta existe.
  }
}

/** O que não tem a forma certa vale como se não estivesse lá. */
function entender(lido: Partial<Record<keyof Lembrado, unknown>>): Lembrado {
  const { nome, quandoTocar, semMovimento, semHora, ignorados, enviadas } = lido;
  return {
    nome: typeof nome === 'string' ? nome : undefined,
    quandoTocar: QUANDO_TOCAR.find((opcao) => opcao === quandoTocar) ?? NADA.quandoTocar,
    semMovimento: semMovimento === true,
    semHora: semHora === true,
    ignorados: textos(ignorados).slice(-MAXIMO_DE_IGNORADOS),
    enviadas: textos(enviadas)
      .filter((linha) => linha.length <= MAIOR_LINHA)
      .slice(-MAXIMO_DE_ENVIADAS),
  };
}

function textos(valor: unknown): string[] {
  return Array.isArray(valor) ? valor.filter((um): um is string => typeof um === 'string') : [];
}

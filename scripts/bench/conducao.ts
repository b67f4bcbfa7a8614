/** Conduz as partes: cada uma roda num processo de carga só dela, que inicia os processos medidos. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Parte } from './bancada.ts';
import type { Encargo, Noticia } from './carga.ts';
import type { Linha } from './medidas/linhas.ts';

/** O que uma parte contou. */
export interface Relato {
  readonly linhas: Linha[];
  confirmadas: number;
  entregas: number;
  readonly defeitos: string[];
  falha: string | undefined;
}

export class Conducao {
  readonly #aoMedir: (parte: Parte, linha: Linha) => void;
  #carga: ChildProcess | undefined;
  #interrompida = false;

  /** @param aoMedir recebe cada linha assim que ela é medida */
  constructor(aoMedir: (parte: Parte, linha: Linha) => void) {
    this.#aoMedir = aoMedir;
  }

  get interrompida(): boolean {
    return this.#interrompida;
  }

  /** Ctrl+C chega também à carga, que desfaz o que abriu; o que vem de fora é repassado a ela. */
  obedecerASinais(): void {
    for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(sinal, () => {
        this.#interrompida = true;
        this.#carga?.kill('SIGTERM');
      });
    }
  }

  /** Roda uma parte, e diz na saída de erro como anda. */
  async rodar(parte: Parte, encargo: Omit<Encargo, 'parte'>, titulo = parte.nome): Promise<Relato> {
    const desdeMs = performance.now();
    avisar(`${titulo}: ${parte.descricao}…`);
    const relato: Relato = { linhas: [], confirmadas: 0, entregas: 0, defeitos: [], falha: undefined };
    const carga = fork(join(import.meta.dirname, 'carga.js'), [JSON.stringify({ ...encargo, parte: parte.nome })]);
    this.#carga = carga;
    carga.on('message', (noticia: Noticia) => this.#anotar(parte, relato, noticia));
    const [status, sinal] = await once(carga, 'exit');
    this.#carga = undefined;
    if (status !== 0) relato.falha ??= `terminou com ${status ?? sinal}`;
    if (relato.falha && !this.#interrompida) avisar(`  ${titulo} não foi medida: ${relato.falha}`);
    avisar(`  ${((performance.now() - desdeMs) / 1000).toFixed(1)} s`);
    return relato;
  }

  #anotar(parte: Parte, relato: Relato, { linha, conferencia, falha }: Noticia): void {
    if (linha) {
      relato.linhas.push(linha);
      this.#aoMedir(parte, linha);
    }
    if (conferencia) {
      relato.confirmadas += conferencia.confirmadas;
      relato.entregas += conferencia.entregas;
      relato.defeitos.push(...conferencia.defeitos);
    }
    relato.falha ??= falha;
  }
}

export function avisar(texto: string): void {
  process.stderr.write(`${texto}\n`);
}

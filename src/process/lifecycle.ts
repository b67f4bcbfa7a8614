/**
 * A vida de um processo: o que foi aberto, os sinais, o fim em ordem e o status de saída.
 */

import { camposDoErro, type Log } from './log.ts';

/** Depois deste tempo o processo termina, mesmo com recursos abertos: o contrato dá 5 s para o fim em ordem. */
const PRAZO_PARA_ENCERRAR_MS = 4_500;

/** SIGHUP vem com o fim do terminal; sob `nohup` também se trata, porque o Node desfaz o que o nohup pediu. */
const SINAIS_DE_FIM = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface Closable {
  /** Pode ser chamado mais de uma vez; só a primeira age. */
  close(): Promise<void> | void;
}

/** Uma falha de partida que se explica numa linha: porta em uso, arquivo ilegível, pasta ocupada. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** A pilha do que foi aberto: fecha na ordem inversa, e a falha de um não impede o fim dos outros. */
export class Opened implements Closable {
  readonly #abertos: Closable[] = [];
  readonly #log: Log;
  #fim: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add<T extends Closable>(recurso: T): T {
    this.#abertos.push(recurso);
    return recurso;
  }

  close(): Promise<void> {
    this.#fim ??= this.#fecharTodos();
    return this.#fim;
  }

  async #fecharTodos(): Promise<void> {
    for (let recurso = this.#abertos.pop(); recurso; recurso = this.#abertos.pop()) {
      try {
        await recurso.close();
      } catch (erro) {
        this.#log.erro('falha ao encerrar', camposDoErro(erro));
      }
    }
  }
}

/**
 * Roda um processo até SIGTERM, SIGINT ou SIGHUP e o encerra em ordem, com status 0.
 * @param abrir abre os recursos, na ordem em que dependem uns dos outros
 */
export async function executarProcesso(log: Log, abrir: (abertos: Opened) => Promise<void>): Promise<void> {
  const abertos = new Opened(log);
  let encerrando = false;

  const encerrar = async (status: number) => {
    if (encerrando) return;
    encerrando = true;
    setTimeout(() => process.exit(status), PRAZO_PARA_ENCERRAR_MS).unref();
    await abertos.close();
    process.exit(status);
  };

  const falhar = (erro: unknown) => {
    log.erro('falha inesperada; o processo termina', camposDoErro(erro));
    void encerrar(1);
  };

  // O disco do log pode encher, ou o leitor do log terminar: nada disso derruba o processo.
  for (const saida of [process.stdout, process.stderr]) saida.on('error', () => {});
  process.on('uncaughtException', falhar);
  process.on('unhandledRejection', falhar);
  for (const sinal of SINAIS_DE_FIM) process.on(sinal, () => void encerrar(0));

  try {
    await abrir(abertos);
  } catch (erro) {
    if (!(erro instanceof StartupError)) return falhar(erro);
    process.stderr.write(`${erro.message}\n`);
    await encerrar(erro.status);
  }
}

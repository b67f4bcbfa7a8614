/** Um processo de verdade que o laboratório inicia, mata, congela e reinicia. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Processo as Retrato } from '../../contract/janela.ts';

/** Quanto se espera pela linha que diz que ele pode servir. */
const PRAZO_DA_PARTIDA_MS = 60_000;
/** Quanto um fim pedido pode levar antes de ser forçado. */
const PRAZO_DO_FIM_MS = 6_000;

export interface Receita {
  readonly nome: string;
  readonly papel: Retrato['papel'];
  /** O programa e os argumentos dele. */
  readonly argumentos: () => readonly string[];
  /** Reconhece a linha que diz que ele pode servir, e dá a porta dela; sem isto, ele serve assim que começa. */
  readonly pronto?: RegExp;
  readonly ambiente?: Readonly<Record<string, string>>;
  /** O que ele manda pelo canal entre os dois. */
  readonly aoDizer?: (mensagem: unknown) => void;
}

export class Processo {
  readonly #receita: Receita;
  readonly #aoMudar: (retrato: Retrato) => void;
  #filho: ChildProcess | undefined;
  #estado: Retrato['estado'] = 'morto';
  #porta: number | undefined;
  #ultimasLinhas = '';

  /** @param aoMudar o retrato do processo, a cada mudança de estado */
  constructor(receita: Receita, aoMudar: (retrato: Retrato) => void) {
    this.#receita = receita;
    this.#aoMudar = aoMudar;
  }

  get nome(): string {
    return this.#receita.nome;
  }

  get papel(): Retrato['papel'] {
    return this.#receita.papel;
  }

  get estado(): Retrato['estado'] {
    return this.#estado;
  }

  /** 0 antes de servir pela primeira vez; depois, a última em que serviu. */
  get porta(): number {
    return this.#porta ?? 0;
  }

  get retrato(): Retrato {
    const { nome, papel } = this.#receita;
    const endereco = this.#porta === undefined ? null : `127.0.0.1:${this.#porta}`;
    return { nome, papel, pid: this.#filho?.pid ?? 0, endereco, estado: this.#estado };
  }

  /**
   * Inicia, ou não faz nada se já vive.
   * @throws Error com as últimas linhas dele, se ele não chega a servir
   */
  async iniciar(): Promise<void> {
    if (this.#estado !== 'morto') return;
    const { argumentos, ambiente, aoDizer } = this.#receita;
    const filho = spawn(process.execPath, argumentos(), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...ambiente },
      // Um Ctrl+C no terminal é com a janela, que encerra os seus em ordem.
      detached: process.platform !== 'win32',
    });
    this.#filho = filho;
    this.#ultimasLinhas = '';
    for (const saida of [filho.stdout, filho.stderr]) saida?.on('data', (pedaco) => this.#guardar(String(pedaco)));
    if (aoDizer) filho.on('message', aoDizer);
    filho.once('exit', () => this.#mudar(filho, 'morto'));
    // Já, e não só quando puder servir: ele conta o que faz desde a partida, e quem ouve precisa saber quem é.
    this.#mudar(filho, 'vivo');
    await this.#esperarPronto(filho);
    this.#aoMudar(this.retrato);
  }

  dizer(mensagem: object): void {
    if (this.#filho?.connected) this.#filho.send(mensagem);
  }

  matar(): void {
    this.#filho?.kill('SIGKILL');
  }

  congelar(): void {
    if (this.#estado === 'vivo' && this.#filho?.kill('SIGSTOP')) this.#mudar(this.#filho, 'congelado');
  }

  descongelar(): void {
    if (this.#estado === 'congelado' && this.#filho?.kill('SIGCONT')) this.#mudar(this.#filho, 'vivo');
  }

  /** Encerra em ordem, se ainda vive, e começa de novo. */
  async reiniciar(): Promise<void> {
    await this.close();
    await this.iniciar();
  }

  async close(): Promise<void> {
    const filho = this.#filho;
    if (!filho || this.#estado === 'morto') return;
    const fim = new Promise<void>((resolve) => filho.once('exit', () => resolve()));
    filho.kill('SIGCONT');
    filho.kill('SIGTERM');
    const forcar = setTimeout(() => filho.kill('SIGKILL'), PRAZO_DO_FIM_MS);
    await fim;
    clearTimeout(forcar);
  }

  async #esperarPronto(filho: ChildProcess): Promise<void> {
    const { pronto, nome } = this.#receita;
    if (!pronto) return;
    const fim = new AbortController();
    const { signal } = fim;
    try {
      this.#porta = await new Promise<number>((resolve, reject) => {
        const falhar = (motivo: string) => reject(new Error(`${nome} ${motivo}\n${this.#ultimasLinhas}`.trim()));
        const prazo = setTimeout(() => falhar('não ficou pronto a tempo'), PRAZO_DA_PARTIDA_MS);
        signal.addEventListener('abort', () => clearTimeout(prazo));
        filho.once('exit', () => falhar('terminou antes de servir'));
        filho.stdout?.on('data', () => {
          const achado = pronto.exec(this.#ultimasLinhas)?.[1];
          if (achado !== undefined) resolve(Number(achado));
        });
      });
    } catch (erro) {
      filho.kill('SIGKILL');
      throw erro;
    } finally {
      fim.abort();
    }
  }

  #mudar(filho: ChildProcess, estado: Retrato['estado']): void {
    if (filho !== this.#filho || estado === this.#estado) return;
    this.#estado = estado;
    this.#aoMudar(this.retrato);
  }

  #guardar(texto: string): void {
    this.#ultimasLinhas = (this.#ultimasLinhas + texto).slice(-2_000);
  }
}

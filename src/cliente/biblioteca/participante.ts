/** Um participante sem pessoa à frente: o que a conversa avisa vira uma fila, e quem é retirado da sala volta a ela. */

import { setTimeout as esperar } from 'node:timers/promises';
import type { Mensagem } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import { lerUrlsDoBinder } from '../../process/opcoes-de-rede.ts';
import { UnreachableError } from '../../rpc/client/falhas.ts';
import { criarConexoes } from '../../rpc/client/http.ts';
import { Conexao } from '../chamadas/conexao.ts';
import { ehDoTipo, ehPassageira, esperaPedidaMs, estaFora, foiCancelada } from '../chamadas/explicar.ts';
import { criarRastro } from '../chamadas/rastro.ts';
import { Conversa } from '../sessao/conversa.ts';
import type { Chat, ConectarOptions, Entrada, Sala } from './biblioteca.ts';
import { Fila } from './fila.ts';

const BINDER_PADRAO = 'http://localhost:5000';
const PRAZO_PADRAO_MS = 10_000;
const INTERVALO_PADRAO_MS = 1_000;
const ESPERA_PADRAO_MS = 20_000;

/** Quem acabou de responder tem ao menos este tempo para registrar o nome. */
const PRAZO_MINIMO_DO_REGISTRO_MS = 5_000;

/** Quantas mensagens esperam na memória por quem as leia; as outras esperam no servidor. */
const MAXIMO_NA_FILA = 1_000;

type ParticipanteOptions = Omit<ConectarOptions, 'nome' | 'sala' | 'criarSala'>;

export class Participante implements Chat {
  readonly #conexao: Conexao;
  readonly #conversa: Conversa;
  readonly #fila = new Fila<Mensagem>();
  readonly #prazoMs: number;
  readonly #intervaloMs: number;
  readonly #fim = new AbortController();
  #nome = '';
  /** Onde se quer estar; a conversa sabe onde se está. */
  #sala: string | undefined;
  /** O id da última mensagem posta na fila, ou vista ao entrar. */
  #ultima = 0;
  /** A fila encheu, e o que veio depois da última ainda está por buscar. */
  #atrasado = false;
  #volta: Promise<void> | undefined;
  /** O envio anterior: o seguinte só parte depois dele. */
  #envioAnterior: Promise<unknown> = Promise.resolve();
  #ultimoAviso = '';

  constructor(options: ParticipanteOptions) {
    const { binder = BINDER_PADRAO, ca, prazoMs = PRAZO_PADRAO_MS, aoAvisar, aoRastrear } = options;
    const { intervaloMs = INTERVALO_PADRAO_MS, esperaMs = ESPERA_PADRAO_MS } = options;
    this.#prazoMs = prazoMs;
    this.#intervaloMs = intervaloMs;
    this.#conexao = new Conexao({
      binders: lerBinders(binder),
      clock: relogioDoSistema,
      conexoes: criarConexoes(ca === undefined ? undefined : Buffer.from(ca)),
      observador: aoRastrear && criarRastro(aoRastrear),
    });
    this.#conversa = new Conversa({
      conexao: this.#conexao,
      clock: relogioDoSistema,
      ritmo: { intervaloMs, esperaMs },
      ouvinte: {
        aoReceber: (mensagens) => this.#guardar(mensagens),
        aoAvisar: (texto) => {
          this.#ultimoAviso = texto;
          aoAvisar?.(texto);
        },
        aoSerRetirado: () => this.#aoSerRetirado(),
      },
    });
  }

  get nome(): string {
    return this.#nome;
  }

  get sala(): string | undefined {
    return this.#sala;
  }

  /** @throws o que o servidor recusou, ou a falta de resposta até o prazo */
  async registrar(nomeUsuario: string): Promise<void> {
    await this.salas();
    // Registrar insiste sem fim, porque uma pessoa pode ir embora; um programa precisa saber.
    const prazo = setTimeout(() => void this.close(), Math.max(this.#prazoMs, PRAZO_MINIMO_DO_REGISTRO_MS));
    try {
      await this.#conversa.registrar(nomeUsuario);
      this.#nome = this.#conversa.nome ?? nomeUsuario;
    } catch (erro) {
      throw foiCancelada(erro) ? new UnreachableError('prazo', 'O registro do nome ficou sem resposta.', erro) : erro;
    } finally {
      clearTimeout(prazo);
    }
  }

  async entrar(nomeSala: string, { criar = false } = {}): Promise<Entrada> {
    const entrada = await this.#insistir(() => this.#entrarOuCriar(nomeSala, criar));
    this.#sala = entrada.nomeSala;
    this.#ultima = entrada.mensagens.at(-1)?.id ?? 0;
    this.#atrasado = false;
    return entrada;
  }

  async sair(): Promise<string> {
    this.#exigirAberto();
    const nomeSala = await this.#conversa.sair();
    this.#sala = undefined;
    return nomeSala;
  }

  enviar(texto: string, { para }: { readonly para?: string | undefined } = {}): Promise<Mensagem> {
    const envio = this.#envioAnterior.then(() => this.#enviar(texto, para));
    this.#envioAnterior = envio.catch(() => {});
    return envio;
  }

  async *mensagens(): AsyncGenerator<Mensagem, void, undefined> {
    for (;;) {
      // Se não der certo, é a fila que o diz.
      if (this.#atrasado && this.#fila.tamanho === 0) await this.#voltarASala().catch(() => {});
      const mensagem = await this.#fila.tirar();
      if (mensagem === undefined) return;
      yield mensagem;
    }
  }

  salas(): Promise<readonly Sala[]> {
    return this.#insistir(() => this.#conversa.listarSalas());
  }

  usuarios(nomeSala = this.#sala): Promise<readonly string[]> {
    return this.#insistir(() => this.#conversa.listarUsuarios(nomeSala));
  }

  async criarSala(nomeSala: string): Promise<string> {
    this.#exigirAberto();
    return this.#conversa.criarSala(nomeSala);
  }

  async close(): Promise<void> {
    this.#fim.abort();
    this.#fila.fechar();
    await this.#conversa.encerrar();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #entrarOuCriar(nomeSala: string, criar: boolean): Promise<Entrada> {
    try {
      return await this.#conversa.entrar(nomeSala);
    } catch (erro) {
      if (!criar || !ehDoTipo(erro, 'SALA_NAO_ENCONTRADA')) throw erro;
    }
    try {
      await this.#conversa.criarSala(nomeSala);
    } catch (erro) {
      if (!ehDoTipo(erro, 'SALA_JA_EXISTE')) throw erro;
    }
    return this.#conversa.entrar(nomeSala);
  }

  async #enviar(texto: string, para: string | undefined): Promise<Mensagem> {
    this.#exigirAberto();
    await this.#volta;
    if (this.#sala === undefined) throw new ContractError('FORA_DA_SALA');
    try {
      return await this.#conversa.enviar(texto, para);
    } catch (erro) {
      // Retirado por ausência, e a recepção ainda não percebeu.
      if (!ehDoTipo(erro, 'FORA_DA_SALA')) throw erro;
      await this.#voltarASala();
      return this.#conversa.enviar(texto, para);
    }
  }

  #guardar(mensagens: readonly Mensagem[]): void {
    for (const mensagem of mensagens) {
      this.#atrasado ||= this.#fila.tamanho >= MAXIMO_NA_FILA;
      if (this.#atrasado) return;
      this.#fila.por(mensagem);
      this.#ultima = mensagem.id;
    }
  }

  #aoSerRetirado(): void {
    if (this.#conversa.nome === undefined) {
      this.#sala = undefined;
      this.#fila.falhar(new ContractError('NAO_AUTENTICADO', {}, this.#ultimoAviso));
    } else {
      // A falha chega a quem lê pela fila.
      this.#voltarASala().catch(() => {});
    }
  }

  /** Entra de novo e recebe a partir da última mensagem guardada: o que houve nesse meio-tempo vem pelo laço, em ordem. */
  #voltarASala(): Promise<void> {
    this.#volta ??= this.#tentarVoltar().finally(() => {
      this.#volta = undefined;
    });
    return this.#volta;
  }

  async #tentarVoltar(): Promise<void> {
    const nomeSala = this.#sala;
    if (nomeSala === undefined) return;
    try {
      await this.#repetir(() => this.#conversa.entrar(nomeSala, this.#ultima), ehPassageira, Number.POSITIVE_INFINITY);
      this.#atrasado = false;
    } catch (erro) {
      if (this.#sala === nomeSala) this.#sala = undefined;
      this.#atrasado = false;
      if (!this.#fim.signal.aborted) this.#fila.falhar(erro);
      throw erro;
    }
  }

  #insistir<T>(acao: () => Promise<T>): Promise<T> {
    return this.#repetir(acao, estaFora, this.#prazoMs);
  }

  /** Repete o que o tempo cura, até o prazo. */
  async #repetir<T>(acao: () => Promise<T>, vale: (erro: unknown) => boolean, prazoMs: number): Promise<T> {
    const fimMs = relogioDoSistema.monotonicoMs() + prazoMs;
    for (;;) {
      this.#exigirAberto();
      try {
        return await acao();
      } catch (erro) {
        const pausaMs = esperaPedidaMs(erro, this.#intervaloMs);
        if (!vale(erro) || relogioDoSistema.monotonicoMs() + pausaMs > fimMs) throw erro;
        await esperar(pausaMs, undefined, { signal: this.#fim.signal });
      }
    }
  }

  #exigirAberto(): void {
    if (this.#fim.signal.aborted) throw new Error('A conexão com o chat foi fechada.');
  }
}

function lerBinders(texto: string): readonly string[] {
  try {
    return lerUrlsDoBinder(texto);
  } catch (erro) {
    throw new Error(`binder ${(erro as Error).message}`, { cause: erro });
  }
}

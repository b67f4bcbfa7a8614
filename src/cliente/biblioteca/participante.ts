/** Um participante sem pessoa à frente: o que chega vira uma fila, e quem é retirado da sala volta a ela. */

import type { Mensagem } from '../../contract/chat.ts';
import { ContractError, ehDoTipo } from '../../contract/errors.ts';
import type { Temporizador } from '../../process/clock.ts';
import type { Servico } from '../chamadas/servico.ts';
import type { Ritmo } from '../ritmo.ts';
import { Conversa } from '../sessao/conversa.ts';
import type { Chat, Entrada, Sala } from './chat.ts';
import { Fila } from './fila.ts';

/** Quantas mensagens esperam na memória por quem as leia; as outras esperam no servidor. */
const MAXIMO_NA_FILA = 1_000;

interface ParticipanteOptions {
  readonly servico: Servico;
  readonly clock: Temporizador;
  readonly ritmo: Ritmo;
  /** Por quanto tempo se insiste em cada coisa que o programa pede, menos envios, em ms. */
  readonly prazoMs: number;
  readonly aoAvisar?: ((texto: string) => void) | undefined;
}

export class Participante implements Chat {
  readonly #conversa: Conversa;
  readonly #fila = new Fila<Mensagem>();
  readonly #prazoMs: number;
  #fechado = false;
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

  constructor({ servico, clock, ritmo, prazoMs, aoAvisar }: ParticipanteOptions) {
    this.#prazoMs = prazoMs;
    this.#conversa = new Conversa({
      servico,
      clock,
      ritmo,
      ouvinte: {
        aoReceber: (mensagens) => this.#guardar(mensagens),
        aoAvisar: (texto) => {
          this.#ultimoAviso = texto;
          aoAvisar?.(texto);
        },
        aoSerRetirado: (expulso) => this.#aoSerRetirado(expulso),
      },
      prazoDaAcaoMs: prazoMs,
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
    await this.#conversa.registrar(nomeUsuario, this.#prazoMs);
    this.#nome = this.#conversa.nome ?? nomeUsuario;
  }

  async entrar(nomeSala: string, { criar = false, senha }: Parameters<Chat['entrar']>[1] = {}): Promise<Entrada> {
    this.#exigirAberto();
    const entrada = await this.#entrarOuCriar(nomeSala, criar, senha);
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

  async salas(): Promise<readonly Sala[]> {
    this.#exigirAberto();
    return this.#conversa.listarSalas();
  }

  async usuarios(nomeSala = this.#sala): Promise<readonly string[]> {
    this.#exigirAberto();
    return this.#conversa.listarUsuarios(nomeSala);
  }

  async criarSala(nomeSala: string): Promise<string> {
    this.#exigirAberto();
    return this.#conversa.criarSala(nomeSala);
  }

  async close(): Promise<void> {
    this.#fechado = true;
    this.#fila.fechar();
    await this.#conversa.encerrar();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #entrarOuCriar(nomeSala: string, criar: boolean, senha: string | undefined): Promise<Entrada> {
    try {
      return await this.#conversa.entrar(nomeSala, { senha });
    } catch (erro) {
      if (!criar || !ehDoTipo(erro, 'SALA_NAO_ENCONTRADA')) throw erro;
    }
    try {
      await this.#conversa.criarSala(nomeSala);
    } catch (erro) {
      if (!ehDoTipo(erro, 'SALA_JA_EXISTE')) throw erro;
    }
    return this.#conversa.entrar(nomeSala, { senha });
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

  #aoSerRetirado(expulso: boolean): void {
    if (this.#conversa.nome === undefined || expulso) {
      this.#sala = undefined;
      this.#fila.falhar(new ContractError(expulso ? 'EXPULSO' : 'NAO_AUTENTICADO', {}, this.#ultimoAviso));
    } else {
      // A falha chega a quem lê pela fila.
      this.#voltarASala().catch(() => {});
    }
  }

  /** Entra de novo e recebe a partir da última mensagem guardada: o que houve nesse tempo vem pelo laço, em ordem. */
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
      await this.#conversa.entrar(nomeSala, { desde: this.#ultima, insistirMs: Number.POSITIVE_INFINITY });
      this.#atrasado = false;
    } catch (erro) {
      if (this.#sala === nomeSala) this.#sala = undefined;
      this.#atrasado = false;
      if (!this.#fechado) this.#fila.falhar(erro);
      throw erro;
    }
  }

  #exigirAberto(): void {
    if (this.#fechado) throw new Error('A conexão com o chat foi fechada.');
  }
}

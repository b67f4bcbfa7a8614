/**
 * Um robô: entra na sala, escreve e lê, e conta à janela o que enviou e o que recebeu.
 * Pede ou deixa de pedir cada garantia do contrato, como a janela mandar; sem elas, faz o que um cliente descuidado
 * faria. É um programa como qualquer outro: só fala com o binder e com o servidor pelo contrato.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as esperar } from 'node:timers/promises';
import type { Mensagem } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import type { Garantia } from '../../contract/janela.ts';
import type { Escrita, Relato } from './conferencia.ts';
import { escrever, ler } from './falas.ts';
import type { Memoria } from './memoria.ts';
import type { Servidor } from './servidor.ts';

export type Garantias = Readonly<Record<Garantia, boolean>>;

/** Entre uma mensagem e a seguinte, em ms; o sorteio evita que todos escrevam juntos. */
const PAUSA_MINIMA_MS = 1_000;
const PAUSA_SORTEADA_MS = 1_500;
/** Entre uma pergunta e a seguinte, sem a espera no servidor; e depois de uma falha. */
const PAUSA_DA_LEITURA_MS = 700;
const PAUSA_DA_FALHA_MS = 700;
/** Abaixo dos 60 s em que o servidor dá por ausente quem não chama. */
const ESPERA_MS = 20_000;
/** De quantas em quantas mensagens uma é privada. */
const UMA_PRIVADA_EM = 5;

export interface RoboOptions {
  readonly nome: string;
  readonly sala: string;
  readonly servidor: Servidor;
  readonly memoria: Memoria;
  readonly garantias: () => Garantias;
  readonly contar: (relato: Relato) => void;
}

export class Robo {
  readonly #options: RoboOptions;
  #cursor = 0;

  constructor(options: RoboOptions) {
    this.#options = options;
  }

  get #token(): string | undefined {
    return this.#options.memoria.lembranca.token;
  }

  /** Conversa para sempre; só termina com o processo. */
  async conversar(): Promise<never> {
    await this.#insistir(() => this.#entrar());
    return Promise.race([this.#escreverSempre(), this.#lerSempre()]);
  }

  async #entrar(): Promise<void> {
    const { nome, sala, servidor, memoria, contar } = this.#options;
    // Com o token de antes, quem volta de uma queda retoma a mesma sessão.
    const registro = await servidor.chamar('registrar_usuario', { nomeUsuario: nome }, this.#token);
    memoria.guardar({ token: registro.token });
    await servidor.chamar('criar_sala', { nomeSala: sala }, this.#token).catch(seJaExiste);
    const { mensagens } = await servidor.chamar('entrar_sala', { nomeUsuario: nome, nomeSala: sala }, this.#token);
    this.#cursor = Math.max(this.#cursor, mensagens.at(-1)?.id ?? 0);
    contar({ tipo: 'entrou', desde: this.#cursor });
  }

  async #escreverSempre(): Promise<never> {
    for (;;) {
      await esperar(PAUSA_MINIMA_MS + Math.random() * PAUSA_SORTEADA_MS);
      const { nome, memoria, contar } = this.#options;
      const numero = memoria.lembranca.numero + 1;
      memoria.guardar({ numero });
      const para = numero % UMA_PRIVADA_EM === 0 ? await this.#alguem() : undefined;
      const escrita: Escrita = { de: nome, numero, ...(para === undefined ? {} : { para }) };
      contar({ tipo: 'enviada', escrita });
      const chave = randomUUID();
      const gravada = await this.#insistir(() => this.#enviar(escrita, chave));
      if (gravada) contar({ tipo: 'confirmada', escrita, id: gravada.id });
    }
  }

  /** @returns `undefined` quando o destinatário já não está na sala */
  async #enviar(escrita: Escrita, chave: string): Promise<Mensagem | undefined> {
    const { nome, sala, servidor, garantias } = this.#options;
    try {
      return await servidor.chamar(
        'enviar_mensagem',
        {
          nomeUsuario: nome,
          salaAtual: sala,
          mensagem: escrever(escrita),
          destinatario: escrita.para,
          ...(garantias().chave ? { chave } : {}),
        },
        this.#token,
      );
    } catch (erro) {
      if (erro instanceof ContractError && erro.tipo === 'DESTINATARIO_FORA_DA_SALA') return undefined;
      throw erro;
    }
  }

  async #lerSempre(): Promise<never> {
    for (;;) {
      const { espera } = this.#options.garantias();
      const mensagens = await this.#insistir(() => this.#receber());
      for (const mensagem of mensagens) this.#entregar(mensagem);
      if (!espera || mensagens.length === 0) await esperar(PAUSA_DA_LEITURA_MS);
    }
  }

  #receber(): Promise<Mensagem[]> {
    const { nome, sala, servidor, garantias } = this.#options;
    const { cursor, espera } = garantias();
    const params = {
      nomeUsuario: nome,
      salaAtual: sala,
      ...(cursor ? { desde: this.#cursor } : {}),
      ...(espera && cursor ? { esperarMs: ESPERA_MS } : {}),
    };
    return servidor.chamar('receber_mensagens', params, this.#token, ESPERA_MS + 10_000);
  }

  #entregar(mensagem: Mensagem): void {
    this.#cursor = Math.max(this.#cursor, mensagem.id);
    const escrita = ler(mensagem);
    if (escrita) this.#options.contar({ tipo: 'entregue', escrita, id: mensagem.id });
  }

  async #alguem(): Promise<string | undefined> {
    const { nome, servidor } = this.#options;
    const usuarios = await servidor.chamar('listar_usuarios', {}, this.#token).catch(() => []);
    const outros = usuarios.filter((outro) => outro !== nome);
    return outros[Math.floor(Math.random() * outros.length)];
  }

  /** Tenta até conseguir: quem já não está na sala, ou já não tem sessão, volta a entrar. */
  async #insistir<T>(agir: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await agir();
      } catch (erro) {
        await esperar(PAUSA_DA_FALHA_MS);
        if (erro instanceof ContractError) await this.#voltar(erro).catch(() => {});
      }
    }
  }

  async #voltar({ tipo }: ContractError): Promise<void> {
    if (tipo === 'NAO_AUTENTICADO') this.#options.memoria.guardar({ token: undefined });
    if (tipo === 'NAO_AUTENTICADO' || tipo === 'FORA_DA_SALA' || tipo === 'SALA_NAO_ENCONTRADA') {
      this.#options.contar({ tipo: 'saiu' });
      await this.#entrar();
    }
  }
}

function seJaExiste(erro: unknown): void {
  if (!(erro instanceof ContractError) || erro.tipo !== 'SALA_JA_EXISTE') throw erro;
}

/** Alguém que conversa: envia com `chave`, insiste até ser reconhecido, e recebe com um cursor. */

import { Agent } from 'node:http';
import { setTimeout as esperar } from 'node:timers/promises';
import type { Mensagem } from '../../src/contract/chat.ts';
import { Recusa } from './chamada.ts';
import type { Caixa, Contas } from './contas.ts';
import { insistir, type Params } from './insistencia.ts';
import type { Rede } from './rede.ts';

const ENTRE_ENVIOS_MS = 150;
const ESPERA_MS = 2_000;
/** A sala não existe, ou a pessoa não está nela. */
const FORA_DA_SALA = new Set([2006, 2007]);
/** De cada tantas mensagens, uma é privada. */
const UMA_PRIVADA_EM = 5;

interface Entrada {
  readonly mensagens: readonly Mensagem[];
}

interface Quem {
  readonly rede: Rede;
  readonly contas: Contas;
  readonly nome: string;
  readonly sala: string;
  readonly token: string;
  /** O id da última mensagem que viu ao entrar. */
  readonly desde: number;
}

export class Pessoa {
  readonly nome: string;
  readonly sala: string;
  /** O que recebeu, para as contas. */
  readonly caixa: Caixa;
  readonly #rede: Rede;
  readonly #contas: Contas;
  readonly #token: string;
  #desde: number;
  #numero = 0;
  #enviando = true;
  #recebendo = true;
  // Uma conexão para enviar e outra para esperar, como num navegador: a espera não segura o envio.
  #agent = new Agent({ keepAlive: true, maxSockets: 2 });

  /** Registra-se e entra, antes das falhas: registrar não se repete sem consequência. A primeira de cada sala a cria. */
  static async reunir(rede: Rede, contas: Contas, nome: string, sala: string, criar: boolean): Promise<Pessoa> {
    const { token } = await insistir<{ token: string }>(rede, contas, 'registrar_usuario', { nomeUsuario: nome });
    if (criar) await insistir(rede, contas, 'criar_sala', { nomeSala: sala }, { token });
    const entrada = { nomeUsuario: nome, nomeSala: sala };
    const { mensagens } = await insistir<Entrada>(rede, contas, 'entrar_sala', entrada, { token });
    return new Pessoa({ rede, contas, nome, sala, token, desde: mensagens.at(-1)?.id ?? 0 });
  }

  private constructor({ rede, contas, nome, sala, token, desde }: Quem) {
    this.#rede = rede;
    this.#contas = contas;
    this.nome = nome;
    this.sala = sala;
    this.#token = token;
    this.#desde = desde;
    this.caixa = { pessoa: nome, sala, desde, ultimoId: desde, porId: new Map(), porRemetente: new Map() };
  }

  /** @param vizinhos quem está na mesma sala */
  async enviarSempre(vizinhos: readonly Pessoa[]): Promise<void> {
    while (this.#enviando) {
      this.#numero += 1;
      const privada = this.#numero % UMA_PRIVADA_EM === 0;
      const conteudo = `${this.nome} #${this.#numero}`;
      this.#contas.enviada();
      const mensagem = await this.#naSala<Mensagem>('enviar_mensagem', {
        ...{ nomeUsuario: this.nome, salaAtual: this.sala, mensagem: conteudo, chave: String(this.#numero) },
        ...(privada ? { destinatario: vizinhos[this.#numero % vizinhos.length]?.nome } : {}),
      });
      this.#contas.reconhecida(this.sala, mensagem, conteudo);
      await esperar(ENTRE_ENVIOS_MS * (0.5 + Math.random()));
    }
  }

  async receberSempre(): Promise<void> {
    while (this.#recebendo) await this.#receber(ESPERA_MS);
    // O que foi reconhecido já está lá: acaba quando não vem mais nada.
    while ((await this.#receber(0)) > 0);
    this.#agent.destroy();
  }

  pararDeEnviar(): void {
    this.#enviando = false;
  }

  pararDeReceber(): void {
    this.#recebendo = false;
  }

  async #receber(esperarMs: number): Promise<number> {
    const params = { nomeUsuario: this.nome, salaAtual: this.sala, desde: this.#desde, esperarMs };
    const mensagens = await this.#naSala<Mensagem[]>('receber_mensagens', params);
    for (const mensagem of mensagens) this.#contas.recebida(this.caixa, this.nome, mensagem);
    this.#desde = mensagens.at(-1)?.id ?? this.#desde;
    return mensagens.length;
  }

  /** Uma falha comprida pode ter feito o servidor tirar a pessoa da sala: ela volta, e pede de novo. */
  async #naSala<T>(method: string, params: Params): Promise<T> {
    for (;;) {
      try {
        return await this.#chamar<T>(method, params);
      } catch (erro) {
        if (!(erro instanceof Recusa) || !FORA_DA_SALA.has(erro.code)) throw erro;
        await this.#entrar();
      }
    }
  }

  #entrar(): Promise<unknown> {
    return this.#chamar('entrar_sala', { nomeUsuario: this.nome, nomeSala: this.sala });
  }

  #chamar<T>(method: string, params: Params): Promise<T> {
    return insistir<T>(this.#rede, this.#contas, method, params, {
      token: this.#token,
      agent: this.#agent,
      prazoMs: 8_000 + (params.esperarMs ?? 0),
    });
  }
}

/** Alguém que conversa: envia com `chave`, insiste até ser reconhecido, e recebe com um cursor. */

import { Agent } from 'node:http';
import { setTimeout as esperar } from 'node:timers/promises';
import { insistir } from './chamada.js';

const ENTRE_ENVIOS_MS = 150;
const ESPERA_MS = 2_000;
/** De cada tantas mensagens, uma é privada. */
const UMA_PRIVADA_EM = 5;

export class Pessoa {
  nome;
  sala;
  /** O que recebeu, para as contas. */
  caixa;
  #rede;
  #contas;
  #token;
  #desde = 0;
  #numero = 0;
  #enviando = true;
  #recebendo = true;
  // Uma conexão para enviar e outra para esperar, como num navegador: a espera não segura o envio.
  #agent = new Agent({ keepAlive: true, maxSockets: 2 });

  constructor(rede, contas, nome, sala) {
    this.#rede = rede;
    this.#contas = contas;
    this.nome = nome;
    this.sala = sala;
  }

  /** Antes das falhas: registrar não se repete sem consequência. */
  async registrar() {
    ({ token: this.#token } = await this.#chamar('registrar_usuario', { nomeUsuario: this.nome }));
  }

  async entrar() {
    const { mensagens } = await this.#entrar();
    this.#desde = mensagens.at(-1).id;
    this.caixa = {
      ...{ pessoa: this.nome, sala: this.sala, desde: this.#desde },
      ...{ ultimoId: this.#desde, porId: new Map(), porRemetente: new Map() },
    };
  }

  criarSala() {
    return this.#chamar('criar_sala', { nomeSala: this.sala });
  }

  /** @param vizinhos quem está na mesma sala */
  async enviarSempre(vizinhos) {
    while (this.#enviando) {
      this.#numero += 1;
      const privada = this.#numero % UMA_PRIVADA_EM === 0;
      const conteudo = `${this.nome} #${this.#numero}`;
      this.#contas.enviada();
      const mensagem = await this.#naSala('enviar_mensagem', {
        ...{ nomeUsuario: this.nome, salaAtual: this.sala, mensagem: conteudo, chave: String(this.#numero) },
        ...(privada ? { destinatario: vizinhos[this.#numero % vizinhos.length].nome } : {}),
      });
      this.#contas.reconhecida(this.sala, mensagem, conteudo);
      await esperar(ENTRE_ENVIOS_MS * (0.5 + Math.random()));
    }
  }

  async receberSempre() {
    while (this.#recebendo) await this.#receber(ESPERA_MS);
    // O que foi reconhecido já está lá: acaba quando não vem mais nada.
    while ((await this.#receber(0)) > 0);
    this.#agent.destroy();
  }

  pararDeEnviar() {
    this.#enviando = false;
  }

  pararDeReceber() {
    this.#recebendo = false;
  }

  async #receber(esperarMs) {
    const params = { nomeUsuario: this.nome, salaAtual: this.sala, desde: this.#desde, esperarMs };
    const mensagens = await this.#naSala('receber_mensagens', params);
    for (const mensagem of mensagens) this.#contas.recebida(this.caixa, this.nome, mensagem);
    this.#desde = mensagens.at(-1)?.id ?? this.#desde;
    return mensagens.length;
  }

  /** Uma falha comprida pode ter feito o servidor tirar a pessoa da sala: ela volta, e pede de novo. */
  async #naSala(method, params) {
    for (;;) {
      try {
        return await this.#chamar(method, params);
      } catch (erro) {
        if (erro.code !== 2006 && erro.code !== 2007) throw erro;
        await this.#entrar();
      }
    }
  }

  #entrar() {
    return this.#chamar('entrar_sala', { nomeUsuario: this.nome, nomeSala: this.sala });
  }

  #chamar(method, params) {
    return insistir(this.#rede, this.#contas, method, params, {
      token: this.#token,
      agent: this.#agent,
      prazoMs: 8_000 + (params.esperarMs ?? 0),
    });
  }
}

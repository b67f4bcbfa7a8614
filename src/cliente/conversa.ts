/**
 * Quem sou, em que sala estou, até onde li: o estado de um participante, mantido através das quedas.
 * Não escreve no terminal nem pergunta nada: avisa a quem ouve.
 */

import { setTimeout as esperar } from 'node:timers/promises';
import type { Mensagem } from '../contract/chat.ts';
import { ContractError } from '../contract/errors.ts';
import { tornarVisivel } from '../dominio/mensagens.ts';
import type { Clock } from '../process/clock.ts';
import type { Conexao, NomeDeProcedimento, ParamsDe, ResultadoDe } from './conexao.ts';
import { Contato } from './contato.ts';
import { Envios } from './envios.ts';
import { ehDoTipo, ehPassageira, esperaPedidaMs, estaFora, explicar, motivoDaSaida } from './explicar.ts';
import { Presenca, type Ritmo } from './presenca.ts';
import type { Sessao } from './sessao-guardada.ts';

/** Quem encerra não espera mais que isto pelo servidor. */
const PRAZO_DA_DESPEDIDA_MS = 2_000;

export interface Ouvinte {
  /** Na ordem, cada uma uma só vez. */
  readonly aoReceber: (mensagens: readonly Mensagem[]) => void;
  /** Algo que a pessoa precisa saber. */
  readonly aoAvisar: (texto: string) => void;
  /** O servidor mudou o lugar da pessoa: ela já não está na sala, ou já não tem nome. */
  readonly aoSerRetirado: () => void;
  /** O que é preciso para voltar mais tarde mudou; `undefined` quando já não há a que voltar. */
  readonly aoMudarDeSessao?: (sessao: Sessao | undefined) => void;
}

interface ConversaOptions {
  readonly conexao: Conexao;
  readonly clock: Clock;
  readonly ritmo: Ritmo;
  readonly ouvinte: Ouvinte;
  /** Quanto insistir num envio, em ms. */
  readonly prazoDoEnvioMs?: number;
}

export class Conversa {
  readonly #conexao: Conexao;
  readonly #contato: Contato;
  readonly #presenca: Presenca;
  readonly #envios: Envios;
  readonly #options: ConversaOptions;
  #nome: string | undefined;
  #sala: string | undefined;
  #cursor = 0;
  #recuperacao: Promise<void> | undefined;
  readonly #fim = new AbortController();

  constructor(options: ConversaOptions) {
    const { conexao, clock, ritmo, ouvinte, prazoDoEnvioMs } = options;
    this.#options = options;
    this.#conexao = conexao;
    this.#contato = new Contato(ouvinte.aoAvisar);
    this.#envios = new Envios(clock, ritmo.intervaloMs, prazoDoEnvioMs);
    this.#presenca = new Presenca({
      conexao: this.#conexao,
      contato: this.#contato,
      clock,
      ritmo,
      aoRecusar: (erro) => this.#aoPararDeReceber(erro),
    });
  }

  /** `undefined` enquanto não há sessão. */
  get nome(): string | undefined {
    return this.#nome;
  }

  /** `undefined` fora de qualquer sala. */
  get sala(): string | undefined {
    return this.#sala;
  }

  /**
   * Insiste enquanto binder ou servidor estão fora.
   * @throws ContractError quando o nome não serve
   */
  async registrar(nomeUsuario: string): Promise<void> {
    const registro = await this.#insistir(() => this.#chamar('registrar_usuario', { nomeUsuario }), estaFora);
    this.#assumir(registro);
    if (registro.sala === null) this.#presenca.foraDaSala();
    else await this.entrar(registro.sala);
  }

  /** Se uma sessão de antes ainda vive no servidor; insiste enquanto ele está fora. */
  async aindaVale({ token }: Sessao): Promise<boolean> {
    this.#conexao.token = token;
    try {
      await this.#insistir(() => this.#chamar('listar_usuarios', {}), ehPassageira);
      return true;
    } catch (erro) {
      return ehDoTipo(erro, 'FORA_DA_SALA');
    } finally {
      this.#conexao.token = undefined;
    }
  }

  /**
   * Volta a ser quem se era; entrar na sala é com quem chama.
   * @returns a sala em que o servidor ainda nos tem
   */
  async retomar({ nome, token }: Sessao): Promise<string | undefined> {
    this.#conexao.token = token;
    const registro = await this.#insistir(() => this.#chamar('registrar_usuario', { nomeUsuario: nome }), ehPassageira);
    this.#assumir(registro);
    this.#presenca.foraDaSala();
    return registro.sala ?? undefined;
  }

  async criarSala(nomeSala: string): Promise<string> {
    return (await this.#agir('criar_sala', () => ({ nomeSala }))).nomeSala;
  }

  /**
   * @param desde o id a partir do qual receber; sem ele, o da última mensagem devolvida
   * @returns quem está na sala e as últimas mensagens, que sem `desde` não serão entregues de novo
   */
  async entrar(nomeSala: string, desde?: number): Promise<ResultadoDe<'entrar_sala'>> {
    return this.#mudandoDeSala(async () => {
      const entrada = await this.#agir('entrar_sala', () => ({ nomeUsuario: this.#quem(), nomeSala }));
      this.#sala = entrada.nomeSala;
      this.#guardarSessao();
      this.#cursor = desde ?? entrada.mensagens.at(-1)?.id ?? 0;
      return entrada;
    });
  }

  /** @returns o nome da sala que se deixou */
  async sair(): Promise<string> {
    return this.#mudandoDeSala(async () => {
      const { nomeSala } = await this.#agir('sair_da_sala', () => ({}));
      this.#sala = undefined;
      this.#guardarSessao();
      return nomeSala;
    });
  }

  listarSalas(): Promise<ResultadoDe<'listar_salas'>> {
    return this.#agir('listar_salas', () => ({}));
  }

  /** @param nomeSala a em que se está, se não se diz outra */
  listarUsuarios(nomeSala?: string): Promise<ResultadoDe<'listar_usuarios'>> {
    return this.#agir('listar_usuarios', () => ({ nomeSala: nomeSala ?? this.#sala }));
  }

  /** As últimas mensagens da sala, já entregues ou não; o cursor fica onde está. */
  historico(): Promise<ResultadoDe<'receber_mensagens'>> {
    return this.#agir('receber_mensagens', () => ({ nomeUsuario: this.#quem(), salaAtual: this.#sala ?? '' }));
  }

  /**
   * Envia à sala em que se está, uma vez só.
   * @param destinatario `undefined` para todos
   * @returns a mensagem como o servidor a guardou
   * @throws o motivo pelo qual não se enviou
   */
  enviar(texto: string, destinatario?: string): Promise<Mensagem> {
    return this.#envios.enviar({ sala: this.#sala ?? '', texto, destinatario }, (envio) =>
      this.#agir('enviar_mensagem', () => ({
        nomeUsuario: this.#quem(),
        salaAtual: envio.sala,
        mensagem: envio.texto,
        destinatario: envio.destinatario,
        chave: envio.chave,
      })),
    );
  }

  /** Termina a sessão, sem esperar muito por quem não responde. */
  async encerrar(): Promise<void> {
    this.#fim.abort();
    this.#presenca.parar();
    try {
      if (this.#conexao.token !== undefined) {
        await this.#conexao.chamar('encerrar_sessao', {}, { signal: AbortSignal.timeout(PRAZO_DA_DESPEDIDA_MS) });
      }
    } catch {
      // O servidor percebe a ausência por si; quem sai não tem o que fazer com a falha.
    } finally {
      this.#nome = undefined;
      this.#conexao.token = undefined;
      this.#guardarSessao();
      this.#conexao.close();
    }
  }

  /** Repete o que falha por um motivo que o tempo cura. */
  async #insistir<T>(acao: () => Promise<T>, vale: (erro: unknown) => boolean): Promise<T> {
    for (;;) {
      try {
        return await acao();
      } catch (erro) {
        if (!vale(erro)) throw erro;
        this.#contato.perdeu(erro);
        const { intervaloMs } = this.#options.ritmo;
        await esperar(esperaPedidaMs(erro, intervaloMs), undefined, { signal: this.#fim.signal });
      }
    }
  }

  #assumir({ nomeUsuario, token }: ResultadoDe<'registrar_usuario'>): void {
    this.#conexao.token = token;
    this.#nome = nomeUsuario;
    this.#guardarSessao();
  }

  #guardarSessao(): void {
    const { token } = this.#conexao;
    const haSessao = this.#nome !== undefined && token !== undefined;
    this.#options.ouvinte.aoMudarDeSessao?.(haSessao ? { nome: this.#quem(), token, sala: this.#sala } : undefined);
  }

  /** O laço para antes: o fim da sala antiga não pode parecer que fomos retirados dela. */
  async #mudandoDeSala<T>(mudar: () => Promise<T>): Promise<T> {
    this.#presenca.parar();
    try {
      return await mudar();
    } finally {
      this.#marcarPresenca();
    }
  }

  #marcarPresenca(): void {
    if (this.#nome !== undefined && this.#sala !== undefined) {
      this.#presenca.naSala({
        nomeUsuario: this.#nome,
        salaAtual: this.#sala,
        cursor: () => this.#cursor,
        entregar: (mensagens) => this.#entregar(mensagens),
      });
    } else if (this.#nome !== undefined) {
      this.#presenca.foraDaSala();
    }
  }

  #entregar(mensagens: readonly Mensagem[]): void {
    const novas = mensagens.filter(({ id }) => id > this.#cursor);
    const ultima = novas.at(-1);
    if (!ultima) return;
    this.#cursor = ultima.id;
    this.#options.ouvinte.aoReceber(novas);
  }

  #quem(): string {
    return this.#nome ?? '';
  }

  /** Uma chamada de quem tem sessão; se ela acabou no servidor, registra-se de novo e chama outra vez. */
  async #agir<N extends NomeDeProcedimento>(nome: N, params: () => ParamsDe<N>): Promise<ResultadoDe<N>> {
    const { token } = this.#conexao;
    try {
      return await this.#chamar(nome, params());
    } catch (erro) {
      if (!ehDoTipo(erro, 'NAO_AUTENTICADO')) throw erro;
      if (this.#conexao.token === token) await this.#recuperarSessao();
      return this.#chamar(nome, params());
    }
  }

  async #chamar<N extends NomeDeProcedimento>(nome: N, params: ParamsDe<N>): Promise<ResultadoDe<N>> {
    try {
      const resultado = await this.#conexao.chamar(nome, params);
      this.#contato.voltou();
      return resultado;
    } catch (erro) {
      // Quem recusa também respondeu.
      if (erro instanceof ContractError && !ehPassageira(erro)) this.#contato.voltou();
      throw erro;
    }
  }

  /** O laço de recepção parou: ou a sessão acabou, ou a sala já não é nossa. */
  #aoPararDeReceber(erro: unknown): void {
    if (!ehDoTipo(erro, 'NAO_AUTENTICADO')) this.#serRetirado(erro);
    // O que impediu a recuperação já foi dito a quem ouve.
    else this.#recuperarSessao().catch(() => {});
  }

  #serRetirado(erro: unknown): void {
    const { aoAvisar, aoSerRetirado } = this.#options.ouvinte;
    const sala = tornarVisivel(this.#sala ?? '');
    this.#sala = undefined;
    this.#guardarSessao();
    this.#marcarPresenca();
    aoAvisar(`Você já não está na sala ${sala}. ${motivoDaSaida(erro)}`);
    aoSerRetirado();
  }

  #recuperarSessao(): Promise<void> {
    this.#recuperacao ??= this.#registrarDeNovo().finally(() => {
      this.#recuperacao = undefined;
    });
    return this.#recuperacao;
  }

  /** @throws o que impediu retomar o nome: a conversa volta ao começo */
  async #registrarDeNovo(): Promise<void> {
    const { aoAvisar, aoSerRetirado } = this.#options.ouvinte;
    const nomeUsuario = this.#quem();
    this.#presenca.parar();
    try {
      this.#assumir(await this.#insistir(() => this.#chamar('registrar_usuario', { nomeUsuario }), ehPassageira));
    } catch (erro) {
      this.#nome = undefined;
      this.#sala = undefined;
      this.#guardarSessao();
      aoAvisar(`Sua sessão terminou no servidor, e o nome não pôde ser retomado: ${explicar(erro)}`);
      aoSerRetirado();
      throw erro;
    }
    aoAvisar(`Sua sessão tinha terminado no servidor; você foi registrado de novo como ${tornarVisivel(nomeUsuario)}.`);
    await this.#voltarASala(nomeUsuario);
  }

  /** O cursor fica onde estava: o que se perdeu entretanto vem pelo laço, em ordem. */
  async #voltarASala(nomeUsuario: string): Promise<void> {
    const nomeSala = this.#sala;
    if (nomeSala === undefined) return this.#marcarPresenca();
    try {
      await this.#insistir(() => this.#chamar('entrar_sala', { nomeUsuario, nomeSala }), ehPassageira);
    } catch (erro) {
      return this.#serRetirado(erro);
    }
    this.#options.ouvinte.aoAvisar(`Você voltou à sala ${tornarVisivel(nomeSala)}.`);
    this.#marcarPresenca();
  }
}

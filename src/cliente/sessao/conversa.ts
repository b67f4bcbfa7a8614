/**
 * O que uma pessoa faz no chat: registra-se, entra, sai, envia, lista.
 * Não escreve no terminal nem pergunta nada: avisa a quem ouve.
 */

import type { Mensagem } from '../../contract/chat.ts';
import { ehDoTipo } from '../../contract/errors.ts';
import type { NomeDeProcedimento, ParamsDe, ResultadoDe } from '../chamadas/servico.ts';
import { Envios } from './envios.ts';
import type { Sessao } from './guardado/sessoes-guardadas.ts';
import { SessaoViva, type SessaoVivaOptions } from './sessao-viva.ts';

/** Por quanto tempo se insiste num envio antes de devolver o texto. */
const PRAZO_DO_ENVIO_MS = 10_000;

const SEM_FIM = Number.POSITIVE_INFINITY;

export interface ConversaOptions extends SessaoVivaOptions {
  /** Por quanto tempo se insiste no que a pessoa pede, menos envios, em ms (0: uma vez só). */
  readonly prazoDaAcaoMs?: number;
  /** Por quanto tempo se insiste num envio, em ms (10.000). */
  readonly prazoDoEnvioMs?: number;
}

interface OpcoesDaEntrada {
  readonly desde?: number;
  readonly insistirMs?: number;
  readonly senha?: string | undefined;
}

export class Conversa {
  readonly #sessao: SessaoViva;
  readonly #envios = new Envios();
  readonly #prazoDaAcaoMs: number;
  readonly #prazoDoEnvioMs: number;

  constructor({ prazoDaAcaoMs = 0, prazoDoEnvioMs = PRAZO_DO_ENVIO_MS, ...options }: ConversaOptions) {
    this.#prazoDaAcaoMs = prazoDaAcaoMs;
    this.#prazoDoEnvioMs = prazoDoEnvioMs;
    this.#sessao = new SessaoViva(options);
  }

  /** `undefined` enquanto não há sessão. */
  get nome(): string | undefined {
    return this.#sessao.identidade.nome;
  }

  /** `undefined` fora de qualquer sala. */
  get sala(): string | undefined {
    return this.#sessao.identidade.sala;
  }

  /** Se o servidor respondeu por último. */
  get conectada(): boolean {
    return this.#sessao.conectada;
  }

  /**
   * @param insistirMs por quanto tempo se insiste enquanto binder ou servidor estão fora, em ms
   * @throws ContractError quando o nome não serve
   */
  async registrar(nomeUsuario: string, insistirMs = SEM_FIM): Promise<void> {
    const { tentativas } = this.#sessao;
    this.#sessao.comecar(await tentativas.chamar('registrar_usuario', { nomeUsuario }, { insistirMs }));
  }

  /** Se uma sessão de antes ainda vive no servidor; insiste enquanto ele está fora. */
  async aindaVale({ token }: Sessao): Promise<boolean> {
    try {
      await this.#sessao.tentativas.chamar('listar_usuarios', {}, { token, insistirMs: SEM_FIM });
      return true;
    } catch (erro) {
      return ehDoTipo(erro, 'FORA_DA_SALA');
    }
  }

  /**
   * Volta a ser quem se era; entrar na sala é com quem chama.
   * @returns a sala em que o servidor ainda nos tem
   */
  async retomar({ nome, token }: Sessao): Promise<string | undefined> {
    const opcoes = { token, insistirMs: SEM_FIM };
    const registro = await this.#sessao.tentativas.chamar('registrar_usuario', { nomeUsuario: nome }, opcoes);
    this.#sessao.comecar(registro);
    return registro.sala ?? undefined;
  }

  async criarSala(nomeSala: string): Promise<string> {
    return (await this.#agir('criar_sala', () => ({ nomeSala }))).nomeSala;
  }

  /**
   * Volta com a senha que já abriu a sala, se não se diz outra.
   * @param options.senha a da sala, se ela tem uma
   * @param options.desde o id a partir do qual receber; sem ele, o da última mensagem devolvida
   * @param options.insistirMs por quanto tempo, em ms; sem ele, o de toda ação
   * @returns quem está na sala e as últimas mensagens, que sem `desde` não serão entregues de novo
   */
  entrar(nomeSala: string, { desde, insistirMs, senha }: OpcoesDaEntrada = {}): Promise<ResultadoDe<'entrar_sala'>> {
    return this.#sessao.mudarDeSala(async () => {
      const valor = await this.#entrar(nomeSala, senha, insistirMs);
      const lidas = desde ?? valor.mensagens.at(-1)?.id ?? 0;
      return { valor, sala: valor.nomeSala, lidas, emAtraso: desde !== undefined };
    });
  }

  async #entrar(nomeSala: string, dada: string | undefined, insistirMs: number | undefined) {
    const { senhas } = this.#sessao;
    const senha = dada ?? senhas.da(nomeSala);
    try {
      const entrada = await this.#agir(
        'entrar_sala',
        () => ({ nomeUsuario: this.#quem(), nomeSala, senha }),
        insistirMs,
      );
      if (senha !== undefined) senhas.lembrar(nomeSala, senha);
      return entrada;
    } catch (erro) {
      if (ehDoTipo(erro, 'SENHA_INCORRETA')) senhas.esquecer(nomeSala);
      throw erro;
    }
  }

  /** @returns o nome da sala que se deixou */
  sair(): Promise<string> {
    return this.#sessao.mudarDeSala(async () => ({ valor: await this.#sairDaSala(), sala: undefined }));
  }

  listarSalas(): Promise<ResultadoDe<'listar_salas'>> {
    return this.#agir('listar_salas', () => ({}));
  }

  /** @param nomeSala a em que se está, se não se diz outra */
  listarUsuarios(nomeSala?: string): Promise<ResultadoDe<'listar_usuarios'>> {
    return this.#agir('listar_usuarios', () => ({ nomeSala: nomeSala ?? this.sala }));
  }

  /** As salas abertas, com o que os donos configuraram. */
  async listarSalasComDetalhes(): Promise<readonly ResultadoDe<'detalhar_sala'>[]> {
    const salas = await this.#agir('listar_salas', () => ({ detalhes: true }));
    return salas as readonly ResultadoDe<'detalhar_sala'>[];
  }

  /** A sala em que se está. */
  detalharSala(): Promise<ResultadoDe<'detalhar_sala'>> {
    return this.#agir('detalhar_sala', () => ({ nomeSala: this.sala ?? '' }));
  }

  /** O que falta não muda; um texto vazio tira. Como os outros atos do dono, na sala em que se está. */
  configurarSala(
    mudancas: Pick<ParamsDe<'configurar_sala'>, 'topico' | 'senha' | 'silenciada' | 'permanente'>,
  ): Promise<ResultadoDe<'configurar_sala'>> {
    return this.#agir('configurar_sala', () => ({ ...this.#aqui(), ...mudancas }));
  }

  silenciarUsuario(alvo: string, silenciado: boolean): Promise<true> {
    return this.#agir('silenciar_usuario', () => ({ ...this.#aqui(), alvo, silenciado }));
  }

  /** @param minutos por quanto tempo não volta; sem ele, o do contrato */
  expulsarUsuario(alvo: string, minutos?: number): Promise<true> {
    return this.#agir('expulsar_usuario', () => ({ ...this.#aqui(), alvo, minutos }));
  }

  passarSala(alvo: string): Promise<true> {
    return this.#agir('passar_sala', () => ({ ...this.#aqui(), alvo }));
  }

  /** As últimas mensagens da sala, já entregues ou não; o que falta entregar não muda. */
  historico(): Promise<ResultadoDe<'receber_mensagens'>> {
    return this.#agir('receber_mensagens', () => ({ nomeUsuario: this.#quem(), salaAtual: this.sala ?? '' }));
  }

  /**
   * O que se disse na sala entre duas mensagens, por muito que seja; o que falta entregar não muda.
   * @param desde o id da última que não interessa
   * @param ate o id da última que interessa
   */
  async entre(desde: number, ate: number): Promise<readonly Mensagem[]> {
    const todas: Mensagem[] = [];
    for (let depoisDe = desde; depoisDe < ate; ) {
      const params = () => ({ nomeUsuario: this.#quem(), salaAtual: this.sala ?? '', desde: depoisDe });
      const pagina = await this.#agir('receber_mensagens', params);
      todas.push(...pagina.filter(({ id }) => id <= ate));
      const ultima = pagina.at(-1)?.id ?? ate;
      // Um servidor que erra não faz perguntar para sempre.
      depoisDe = ultima > depoisDe ? ultima : ate;
    }
    return todas;
  }

  /**
   * Envia, uma vez só.
   * @param destinatario `undefined` para todos
   * @param sala a em que se está, se não se diz outra
   * @returns a mensagem como o servidor a guardou
   * @throws o motivo pelo qual não se enviou
   */
  enviar(texto: string, destinatario?: string, sala = this.sala): Promise<Mensagem> {
    return this.#envios.enviar({ sala: sala ?? '', texto, destinatario }, (envio) => {
      const params = () => ({
        nomeUsuario: this.#quem(),
        salaAtual: envio.sala,
        mensagem: envio.texto,
        destinatario: envio.destinatario,
        chave: envio.chave,
      });
      return this.#agir('enviar_mensagem', params, this.#prazoDoEnvioMs);
    });
  }

  /** Termina a sessão, sem esperar muito por quem não responde. Pode ser chamado mais de uma vez. */
  encerrar(): Promise<void> {
    return this.#sessao.encerrar();
  }

  /** Quem já não está na sala não precisa sair dela. */
  async #sairDaSala(): Promise<string> {
    const { sala } = this;
    try {
      return (await this.#agir('sair_da_sala', () => ({}))).nomeSala;
    } catch (erro) {
      if (sala === undefined || !ehDoTipo(erro, 'FORA_DA_SALA')) throw erro;
      return sala;
    }
  }

  #agir<N extends NomeDeProcedimento>(
    nome: N,
    params: () => ParamsDe<N>,
    insistirMs = this.#prazoDaAcaoMs,
  ): Promise<ResultadoDe<N>> {
    return this.#sessao.agir(nome, params, insistirMs);
  }

  #aqui() {
    return { nomeUsuario: this.#quem(), nomeSala: this.sala ?? '' };
  }

  #quem(): string {
    return this.nome ?? '';
  }
}

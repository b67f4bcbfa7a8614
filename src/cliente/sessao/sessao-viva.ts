/**
 * Uma sessão mantida viva através das quedas: sem sessão, fora de qualquer sala, ou numa sala.
 * Só aqui se passa de um estado a outro: a identidade diz em qual se está, a recepção roda o laço dele, e a recuperação
 * conta o que houve quando o servidor o desfez. Não sabe o que a pessoa pede, nem como se mostra.
 */

import type { Mensagem } from '../../contract/chat.ts';
import { ehDoTipo } from '../../contract/errors.ts';
import type { Temporizador } from '../../process/clock.ts';
import { Contato } from '../chamadas/contato.ts';
import { acabouASessao, ehDefeito, ehPassageira, foiCancelada } from '../chamadas/falhas.ts';
import type { NomeDeProcedimento, ParamsDe, ResultadoDe, Servico } from '../chamadas/servico.ts';
import { Tentativas } from '../chamadas/tentativas.ts';
import type { Ritmo } from '../ritmo.ts';
import { contarDesfecho, contarQueSaiu } from './avisos.ts';
import type { Sessao } from './guardado/sessoes-guardadas.ts';
import { Identidade } from './identidade.ts';
import { Recepcao } from './recepcao.ts';
import { type Desfecho, Recuperacao } from './recuperacao.ts';
import { Senhas } from './senhas.ts';

/** Quem encerra não espera mais que isto pelo servidor. */
const PRAZO_DA_DESPEDIDA_MS = 2_000;

export interface Ouvinte {
  /** Na ordem, cada uma uma só vez. @param atrasadas se são do tempo de uma queda, ou de uma ausência */
  readonly aoReceber: (mensagens: readonly Mensagem[], atrasadas: boolean) => void;
  /** Algo que a pessoa precisa saber. */
  readonly aoAvisar: (texto: string) => void;
  /**
   * O servidor mudou o lugar da pessoa: ela já não está na sala, ou já não tem nome.
   * @param expulso se foi por vontade de alguém: então não se volta sem que a pessoa peça
   */
  readonly aoSerRetirado: (expulso: boolean) => void;
  /** O que é preciso para voltar mais tarde mudou; `undefined` quando já não há a que voltar. */
  readonly aoMudarDeSessao?: (sessao: Sessao | undefined) => void;
}

export interface SessaoVivaOptions {
  /** Fecha junto com a sessão. */
  readonly servico: Servico;
  readonly clock: Temporizador;
  readonly ritmo: Ritmo;
  readonly ouvinte: Ouvinte;
}

export class SessaoViva {
  readonly identidade: Identidade;
  readonly senhas = new Senhas();
  readonly tentativas: Tentativas;
  readonly #contato: Contato;
  readonly #servico: Servico;
  readonly #clock: Temporizador;
  readonly #ouvinte: Ouvinte;
  readonly #recepcao: Recepcao;
  readonly #recuperacao: Recuperacao;
  /** A recuperação em curso, se há uma: quem precisa dela espera pela mesma. */
  #recuperando: Promise<Desfecho> | undefined;
  /** Quantas mudanças de sala estão em curso: enquanto há uma, não se recebe de sala nenhuma. */
  #mudancas = 0;
  #fim: Promise<void> | undefined;

  constructor({ servico, clock, ritmo, ouvinte }: SessaoVivaOptions) {
    this.#servico = servico;
    this.#clock = clock;
    this.#ouvinte = ouvinte;
    this.identidade = new Identidade((sessao) => ouvinte.aoMudarDeSessao?.(sessao));
    const contato = new Contato(ouvinte.aoAvisar);
    this.#contato = contato;
    const tentativas = new Tentativas({ servico, clock, contato, intervaloMs: ritmo.intervaloMs });
    this.tentativas = tentativas;
    this.#recepcao = new Recepcao({ tentativas, clock, ritmo, entregar: ouvinte.aoReceber });
    this.#recuperacao = new Recuperacao(tentativas, this.identidade, this.senhas);
  }

  /** Se o servidor respondeu por último. */
  get conectada(): boolean {
    return !this.#contato.perdido;
  }

  /** Começa, fora de qualquer sala, a sessão que um registro deu. */
  comecar(registro: ResultadoDe<'registrar_usuario'>): void {
    this.identidade.assumir(registro);
    this.#receber();
  }

  /**
   * Uma chamada de quem tem sessão; se ela acabou no servidor, registra-se de novo e chama outra vez.
   * @param params de novo a cada vez: o nome e a sala podem ter mudado
   * @param insistirMs por quanto tempo se insiste, em ms
   */
  async agir<N extends NomeDeProcedimento>(
    nome: N,
    params: () => ParamsDe<N>,
    insistirMs: number,
  ): Promise<ResultadoDe<N>> {
    const { token } = this.identidade;
    try {
      return await this.tentativas.chamar(nome, params(), { token, insistirMs });
    } catch (erro) {
      if (!acabouASessao(erro)) throw erro;
      // Com outro token, alguém já se registrou de novo.
      if (this.identidade.token === token) await this.#recuperar();
      return this.tentativas.chamar(nome, params(), { token: this.identidade.token, insistirMs });
    }
  }

  /**
   * O laço para antes da mudança: o fim da sala antiga não pode parecer que fomos retirados dela.
   * @param mudar diz a sala em que se ficou e, numa sala, o id da última mensagem que já não é preciso entregar
   */
  async mudarDeSala<T>(
    mudar: () => Promise<{
      readonly valor: T;
      readonly sala: string | undefined;
      readonly lidas?: number;
      readonly emAtraso?: boolean;
    }>,
  ): Promise<T> {
    this.#mudancas += 1;
    this.#recepcao.parar();
    try {
      const { valor, sala, lidas = 0, emAtraso = false } = await mudar();
      this.identidade.estarEm(sala);
      this.#recepcao.continuarDepoisDe(lidas, emAtraso);
      return valor;
    } finally {
      this.#mudancas -= 1;
      this.#receber();
    }
  }

  /** Termina a sessão, sem esperar muito por quem não responde. Pode ser chamado mais de uma vez. */
  encerrar(): Promise<void> {
    this.#fim ??= this.#encerrar();
    return this.#fim;
  }

  async #encerrar(): Promise<void> {
    const { token } = this.identidade;
    this.tentativas.parar();
    this.#recepcao.parar();
    if (token !== undefined) {
      // Quem não soube da despedida ainda tem o nome no servidor, e só com o token o retoma.
      if (await this.#despedir(token)) this.identidade.perder();
      else this.identidade.deixar();
    }
    this.#servico.close();
  }

  /** @returns se a sessão acabou */
  async #despedir(token: string): Promise<boolean> {
    const respondido = new AbortController();
    const prazo = new AbortController();
    this.#clock.esperar(PRAZO_DA_DESPEDIDA_MS, respondido.signal).then(
      () => prazo.abort(),
      () => {},
    );
    const opcoes = { token, signal: prazo.signal, prazoMs: PRAZO_DA_DESPEDIDA_MS };
    try {
      await this.#servico.chamar('encerrar_sessao', {}, opcoes);
      return true;
    } catch (erro) {
      return !ehPassageira(erro) && !foiCancelada(erro);
    } finally {
      respondido.abort();
    }
  }

  /** Põe a rodar o laço do lugar em que se está. */
  #receber(): void {
    const { sessao } = this.identidade;
    if (!sessao || this.#mudancas > 0 || this.#fim) return;
    void this.#recepcao.manter(sessao).then((recusa) => recusa && this.#aoPararDeReceber(recusa.erro, sessao));
  }

  /** Ou a sessão acabou, ou a sala já não é nossa. */
  async #aoPararDeReceber(erro: unknown, sessao: Sessao): Promise<void> {
    if (ehDefeito(erro)) throw erro;
    // Enquanto a recusa chegava, já se mudou de lugar.
    if (this.identidade.sessao !== sessao) return;
    if (acabouASessao(erro)) {
      // O que impediu a recuperação já foi dito a quem ouve.
      await this.#recuperar().catch(() => {});
    } else {
      this.identidade.estarEm(undefined);
      this.#receber();
      this.#contar({ avisos: [contarQueSaiu(sessao.sala, erro)], retirado: true }, ehDoTipo(erro, 'EXPULSO'));
    }
  }

  /** @throws o que impediu retomar o nome: volta-se ao começo */
  async #recuperar(): Promise<void> {
    this.#recuperando ??= this.#recuperarUmaVez().finally(() => {
      this.#recuperando = undefined;
    });
    const desfecho = await this.#recuperando;
    if (desfecho.tipo === 'sem_nome') throw desfecho.erro;
  }

  async #recuperarUmaVez(): Promise<Desfecho> {
    this.#recepcao.parar();
    const desfecho = await this.#recuperacao.recuperar();
    this.#receber();
    this.#contar(contarDesfecho(desfecho));
    return desfecho;
  }

  #contar({ avisos, retirado }: ReturnType<typeof contarDesfecho>, expulso = false): void {
    if (this.#fim) return;
    for (const aviso of avisos) this.#ouvinte.aoAvisar(aviso);
    if (retirado) this.#ouvinte.aoSerRetirado(expulso);
  }
}

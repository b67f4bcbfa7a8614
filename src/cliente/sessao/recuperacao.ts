/** Quando a sessão ou a sala acabam no servidor: registrar-se de novo e voltar, ou dizer que não se pôde. */

import { tornarVisivel } from '../../dominio/visivel.ts';
import type { Chamadas } from '../chamadas/chamadas.ts';
import type { NomeDeProcedimento, ParamsDe, ResultadoDe } from '../chamadas/conexao.ts';
import { ehDoTipo, explicar, motivoDaSaida } from '../chamadas/explicar.ts';
import type { Lugar } from './identidade.ts';

interface RecuperacaoOptions {
  readonly chamadas: Chamadas;
  readonly lugar: Lugar;
  readonly pararDeReceber: () => void;
  /** Recebe no lugar em que se está agora. */
  readonly receber: () => void;
  readonly aoAvisar: (texto: string) => void;
  /** A pessoa já não está na sala, ou já não tem nome. */
  readonly aoSerRetirado: () => void;
}

export class Recuperacao {
  readonly #options: RecuperacaoOptions;
  /** A que está em curso, se há uma: quem precisa dela espera pela mesma. */
  #emCurso: Promise<void> | undefined;

  constructor(options: RecuperacaoOptions) {
    this.#options = options;
  }

  /** Uma chamada de quem tem sessão; se ela acabou no servidor, registra-se de novo e chama outra vez. */
  async agir<N extends NomeDeProcedimento>(nome: N, params: () => ParamsDe<N>): Promise<ResultadoDe<N>> {
    const { chamadas, lugar } = this.#options;
    const { token } = lugar;
    try {
      return await chamadas.chamar(nome, params());
    } catch (erro) {
      if (!ehDoTipo(erro, 'NAO_AUTENTICADO')) throw erro;
      // Com outro token, outra chamada já recuperou a sessão.
      if (lugar.token === token) await this.#recuperar();
      return chamadas.chamar(nome, params());
    }
  }

  /** O laço de recepção parou: ou a sessão acabou, ou a sala já não é nossa. */
  aoPararDeReceber(erro: unknown): void {
    if (!ehDoTipo(erro, 'NAO_AUTENTICADO')) this.#perderASala(erro);
    // O que impediu a recuperação já foi dito a quem ouve.
    else this.#recuperar().catch(() => {});
  }

  #recuperar(): Promise<void> {
    this.#emCurso ??= this.#registrarDeNovo().finally(() => {
      this.#emCurso = undefined;
    });
    return this.#emCurso;
  }

  /** @throws o que impediu retomar o nome: a conversa volta ao começo */
  async #registrarDeNovo(): Promise<void> {
    const { chamadas, lugar, pararDeReceber, aoAvisar, aoSerRetirado } = this.#options;
    const nomeUsuario = lugar.nome ?? '';
    pararDeReceber();
    try {
      lugar.assumir(await chamadas.insistir('registrar_usuario', { nomeUsuario }));
    } catch (erro) {
      lugar.perder();
      aoAvisar(`Sua sessão terminou no servidor, e o nome não pôde ser retomado: ${explicar(erro)}`);
      aoSerRetirado();
      throw erro;
    }
    aoAvisar(`Sua sessão tinha terminado no servidor; você foi registrado de novo como ${tornarVisivel(nomeUsuario)}.`);
    await this.#voltarASala(nomeUsuario);
  }

  /** Quem recebe continua de onde estava: o que se perdeu nesse meio-tempo vem pelo laço, em ordem. */
  async #voltarASala(nomeUsuario: string): Promise<void> {
    const { chamadas, lugar, receber, aoAvisar } = this.#options;
    const nomeSala = lugar.sala;
    if (nomeSala === undefined) return receber();
    try {
      await chamadas.insistir('entrar_sala', { nomeUsuario, nomeSala });
    } catch (erro) {
      return this.#perderASala(erro);
    }
    aoAvisar(`Você voltou à sala ${tornarVisivel(nomeSala)}.`);
    receber();
  }

  #perderASala(erro: unknown): void {
    const { lugar, receber, aoAvisar, aoSerRetirado } = this.#options;
    const sala = tornarVisivel(lugar.sala ?? '');
    lugar.estarEm(undefined);
    receber();
    aoAvisar(`Você não está mais na sala ${sala}. ${motivoDaSaida(erro)}`);
    aoSerRetirado();
  }
}

/** Quem entra numa sala, sai dela ou acaba: o que muda na sessão, na sala e no que se diz nela, tudo num ato só. */

import { ContractError } from '../../contract/errors.ts';
import { textoDeEntrada, textoDeSaida } from '../../dominio/mensagens.ts';
import type { Entrada, Entrou, Saiu, Sessao } from '../store.ts';
import type { Donos } from './donos.ts';
import type { Gravacoes } from './gravacoes.ts';
import type { Mensagens } from './tabelas/mensagens.ts';
import type { Repeticoes } from './tabelas/repeticoes.ts';
import type { Restricoes } from './tabelas/restricoes.ts';
import type { Salas } from './tabelas/salas.ts';
import type { SessaoGuardada, Sessoes } from './tabelas/sessoes.ts';

interface Dependencias {
  readonly sessoes: Sessoes;
  readonly salas: Salas;
  readonly mensagens: Mensagens;
  readonly gravacoes: Gravacoes;
  readonly donos: Donos;
  readonly restricoes: Restricoes;
  readonly repeticoes: Repeticoes;
}

export class Movimentos {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** @param ocuparLugar chamado só se a sessão não está já na sala */
  entrar({ sessaoId, nomeSala, senhaAceita }: Entrada, ocuparLugar: () => void): Entrou {
    const { sessoes, salas, mensagens, gravacoes, donos } = this.#deps;
    const guardada = sessoes.exigir(sessaoId);
    const sala = salas.exigir(nomeSala);
    if (guardada.salaAtual?.id !== sala.id) {
      donos.exigirEntrada(sala, guardada.sessao, senhaAceita);
      ocuparLugar();
      this.#deixarSala(guardada);
      const entrada = gravacoes.dizerPassagem(sala, textoDeEntrada(guardada.sessao.nome));
      sessoes.entrar(sessaoId, sala, entrada.id);
      salas.abertas.entrou(sala.id);
      donos.receber(sala, guardada.sessao);
    }
    return {
      nomeSala: sala.nome,
      usuarios: sessoes.nomesNaSala(sala.id),
      mensagens: mensagens.ultimas(sala, sessoes.exigir(sessaoId)),
    };
  }

  /** @throws FORA_DA_SALA */
  sair(sessaoId: number): Saiu {
    const { sessoes } = this.#deps;
    const guardada = sessoes.exigir(sessaoId);
    if (!guardada.salaAtual) throw new ContractError('FORA_DA_SALA');
    this.#deixarSala(guardada);
    sessoes.sair(sessaoId);
    return { nomeSala: guardada.salaAtual.nome };
  }

  /** @returns a sessão que acabou; `undefined` se já não havia */
  encerrar(sessaoId: number): Sessao | undefined {
    const { sessoes, donos, restricoes, repeticoes } = this.#deps;
    const guardada = sessoes.deId(sessaoId);
    if (!guardada) return undefined;
    this.#deixarSala(guardada);
    sessoes.apagar(guardada);
    donos.passarAdiante(guardada.sessao);
    restricoes.esquecerSessao(sessaoId);
    repeticoes.deixarParaApagar(sessaoId);
    return guardada.sessao;
  }

  /** O que a saída muda na sala, se a sessão está em alguma. */
  #deixarSala({ sessao, salaAtual }: SessaoGuardada): void {
    if (!salaAtual) return;
    this.#deps.gravacoes.dizerPassagem(salaAtual, textoDeSaida(sessao.nome));
    this.#deps.salas.abertas.saiu(salaAtual.id);
  }
}

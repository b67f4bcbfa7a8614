/** De quem é o token que uma chamada trouxe, e a presença que a chamada é. */

import type { Sessao } from '../store.ts';
import type { GroupCommit } from './banco/group-commit.ts';
import type { Presenca, Presencas } from './presencas.ts';
import type { SessaoGuardada, Sessoes } from './tabelas/sessoes.ts';

interface Dependencias {
  readonly sessoes: Sessoes;
  readonly presencas: Presencas;
  readonly grupo: GroupCommit;
}

export class QuemChama {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  async identificar(tokenHash: string): Promise<Sessao | undefined> {
    const { sessoes, grupo } = this.#deps;
    const guardada = await grupo.lerSessoes(() => sessoes.doToken(tokenHash));
    const confirmacao = guardada && this.#anotarPresenca(guardada);
    if (confirmacao) await confirmacao;
    return guardada?.sessao;
  }

  /**
   * Uma chamada trouxe o token.
   * @returns na primeira chamada com esse token, a gravação que o anota no arquivo
   */
  #anotarPresenca({ sessao: { id }, confirmada }: SessaoGuardada): Promise<void> | undefined {
    const { presencas } = this.#deps;
    const presenca = presencas.renovar(id) ?? presencas.iniciar(id, confirmada);
    presenca.confirmada = true;
    return confirmada || presenca.confirmacaoPedida ? undefined : this.#confirmar(presenca);
  }

  async #confirmar(presenca: Presenca): Promise<void> {
    const { sessoes, grupo } = this.#deps;
    const { sessaoId: id } = presenca;
    presenca.confirmacaoPedida = true;
    try {
      await grupo.pedir('mudanca_de_sessao', () => {
        if (sessoes.deId(id)?.confirmada === false) sessoes.confirmar(id);
      });
    } catch {
      // Sem lugar para gravar, a chamada ainda pode ser atendida; a próxima confirma.
      presenca.confirmacaoPedida = false;
    }
  }
}

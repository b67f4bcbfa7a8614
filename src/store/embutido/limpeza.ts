/** O que se apaga depois que ninguém mais o alcança: salas removidas com suas mensagens, chaves de repetição sem sessão. */

import type { Connection } from './banco/connection.ts';
import type { GroupCommit } from './banco/group-commit.ts';
import type { Mensagens } from './tabelas/mensagens.ts';
import type { Repeticoes } from './tabelas/repeticoes.ts';
import type { Restricoes } from './tabelas/restricoes.ts';
import type { Salas } from './tabelas/salas.ts';
import type { SalaVazia } from './tabelas/salas-abertas.ts';

interface Dependencias {
  readonly connection: Connection;
  readonly grupo: GroupCommit;
  readonly salas: Salas;
  readonly mensagens: Mensagens;
  readonly repeticoes: Repeticoes;
  readonly restricoes: Restricoes;
}

export class Limpeza {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** O nome da sala fica livre já; suas mensagens se apagam depois. Sem efeito se alguém entrou nela. */
  removerSala(vazia: SalaVazia): Promise<void> {
    const { grupo, salas, mensagens, restricoes } = this.#deps;
    return grupo.pedir('gravacao', () => {
      if (!salas.removerVazia(vazia)) return;
      restricoes.esquecerSala(vazia.salaId);
      grupo.depoisDeConfirmar(() => mensagens.esquecerSala(vazia.salaId));
    });
  }

  /** Apaga um pouco. @returns true se ainda há o que apagar */
  limpar(): Promise<boolean> {
    const { connection, grupo, salas, mensagens, repeticoes } = this.#deps;
    return grupo.pedir('gravacao', () => {
      // Se ninguém gravasse, nada mostraria que o disco voltou: a limpeza, que roda sempre, tenta gravar.
      if (!grupo.disponivel) {
        connection.provarEspaco();
        mensagens.reservarIds();
      }
      if (!repeticoes.apagarAlgumas()) this.#apagarAlgumasMensagens();
      return repeticoes.haParaApagar() || salas.umaRemovida() !== undefined;
    });
  }

  #apagarAlgumasMensagens(): void {
    const { salas, mensagens, repeticoes } = this.#deps;
    if (!salas.umaRemovida()) return;
    salas.apagarRemovidasSemMensagens();
    const removida = salas.umaRemovida();
    if (!removida) return;
    const salvar = repeticoes.guardarMensagem.bind(repeticoes);
    if (!mensagens.apagarAlgumas(removida, salvar)) salas.apagar(removida.id);
  }
}

/** As chaves de repetição no arquivo, e a mensagem que cada uma enviou: sobrevivem à sala, e acabam com a sessão. */

import type { Mensagem } from '../../../contract/chat.ts';
import { emMensagem } from '../../mensagem-guardada.ts';
import type { Connection } from '../banco/connection.ts';
import { type ChaveDeRepeticao, REGISTROS_POR_LIMPEZA, type RegistroDeMensagem } from './mensagens.ts';

export class Repeticoes {
  readonly #ler;
  readonly #inserir;
  readonly #guardarMensagem;
  readonly #deixarParaApagar;
  readonly #lerEncerrada;
  readonly #apagarPrimeiras;
  readonly #esquecerEncerrada;

  constructor(connection: Connection) {
    this.#ler = connection.registro<[mensagem: string | null, sala: string, ...RegistroDeMensagem]>(
      `SELECT mensagem, salas.nome, mensagens.id, origem, destino, conteudo, enviada_em_ms FROM chaves
         LEFT JOIN salas ON salas.id = chaves.sala_id
         LEFT JOIN mensagens ON mensagens.sala_id = chaves.sala_id
           AND mensagens.visivel_para = chaves.visivel_para AND mensagens.id = mensagem_id
       WHERE sessao_id = ? AND chaves.chave = ?`,
    );
    this.#inserir = connection.gravacao(
      'INSERT INTO chaves (sessao_id, chave, sala_id, visivel_para, mensagem_id) VALUES (?, ?, ?, ?, ?)',
    );
    this.#guardarMensagem = connection.comando('UPDATE chaves SET mensagem = ? WHERE sessao_id = ? AND chave = ?');
    this.#deixarParaApagar = connection.comando(
      'INSERT INTO sessoes_encerradas SELECT ?1 WHERE EXISTS (SELECT 1 FROM chaves WHERE sessao_id = ?1)',
    );
    this.#lerEncerrada = connection.registro<[number]>('SELECT id FROM sessoes_encerradas LIMIT 1');
    this.#apagarPrimeiras = connection.comando(
      `DELETE FROM chaves WHERE (sessao_id, chave) IN
         (SELECT sessao_id, chave FROM chaves WHERE sessao_id = ? LIMIT ${REGISTROS_POR_LIMPEZA})`,
    );
    this.#esquecerEncerrada = connection.comando('DELETE FROM sessoes_encerradas WHERE id = ?');
  }

  /** @returns a mensagem que a sessão enviou com essa chave, como foi dada da primeira vez */
  mensagemDe({ sessaoId, chave }: ChaveDeRepeticao): Mensagem | undefined {
    const registro = this.#ler(sessaoId, chave);
    if (!registro) return undefined;
    const [guardada, sala, ...mensagem] = registro;
    return guardada === null ? emMensagem(mensagem, sala) : JSON.parse(guardada);
  }

  /** @param visivelPara a faixa em que a mensagem está: a de todos, ou a do remetente */
  inserir({ sessaoId, chave }: ChaveDeRepeticao, salaId: number, visivelPara: number, mensagemId: number): void {
    this.#inserir(sessaoId, chave, salaId, visivelPara, mensagemId);
  }

  /** A mensagem vai ser apagada; a chave passa a guardá-la. Sem efeito se a sessão já acabou. */
  guardarMensagem({ sessaoId, chave }: ChaveDeRepeticao, mensagem: Mensagem): void {
    this.#guardarMensagem(JSON.stringify(mensagem), sessaoId, chave);
  }

  /** A sessão acabou: como seu id não volta, suas chaves já não se alcançam. */
  deixarParaApagar(sessaoId: number): void {
    this.#deixarParaApagar(sessaoId);
  }

  /** Se há chaves de sessões encerradas. */
  haParaApagar(): boolean {
    return this.#lerEncerrada() !== undefined;
  }

  /** @returns false se não havia nenhuma de sessão encerrada */
  apagarAlgumas(): boolean {
    const encerrada = this.#lerEncerrada();
    if (!encerrada) return false;
    if (this.#apagarPrimeiras(encerrada[0]).changes < REGISTROS_POR_LIMPEZA) this.#esquecerEncerrada(encerrada[0]);
    return true;
  }
}

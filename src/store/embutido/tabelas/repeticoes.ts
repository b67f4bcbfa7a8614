/** As chaves de repetição no arquivo, e a mensagem que cada uma enviou: sobrevivem à sala, e acabam com a sessão. */

import type { Mensagem } from '../../../contract/chat.ts';
import { emMensagem } from '../../mensagem-guardada.ts';
import type { Connection } from '../banco/connection.ts';
import {
  CHAVE_EM_BYTES,
  type ChaveDeRepeticao,
  type Mensagens,
  REGISTROS_POR_LIMPEZA,
  type RegistroDeMensagem,
} from './mensagens.ts';

/**
 * De quantas em quantas mensagens, com chave ou sem, as chaves passam ao índice, que é a tabela `chaves`. Uma a uma, cada
 * pessoa que envia sujaria a cada commit a sua página do índice: juntas, as de uma pessoa dividem a página. Passar as de um
 * lote leva de 2 ms, se são de poucas pessoas, a 5 ms.
 */
const MENSAGENS_POR_LOTE = 500;

/** Onde está a mensagem de uma chave. */
type Lugar = readonly [salaId: number, visivelPara: number, mensagemId: number];

/**
 * As linhas das mensagens cujas chaves ainda não passaram ao índice. O rowid segue a ordem de chegada: da última linha para
 * trás, só se percorrem as que faltam.
 */
const POR_INDEXAR = `FROM mensagens WHERE chave IS NOT NULL AND rowid > coalesce(
  (SELECT rowid FROM mensagens WHERE id <= (SELECT chaves_ate FROM contador) ORDER BY rowid DESC LIMIT 1), 0)`;

export class Repeticoes {
  readonly #mensagens: Pick<Mensagens, 'ultimoId'>;
  /** As que por enquanto só estão na linha da sua mensagem, pela sessão e pela chave; `undefined` se é preciso lê-las. */
  #porIndexar: Map<string, Lugar> | undefined;
  /** Das mensagens até este id, o índice tem todas as chaves; 0 se é preciso passá-las para o saber. */
  #indexadasAte = 0;
  readonly #lerPorIndexar;
  readonly #indexarTodas;
  readonly #guardarIndexadasAte;
  readonly #ler;
  readonly #lerDaLinha;
  readonly #guardarMensagem;
  readonly #deixarParaApagar;
  readonly #lerEncerrada;
  readonly #apagarPrimeiras;
  readonly #esquecerEncerrada;

  constructor(connection: Connection, mensagens: Pick<Mensagens, 'ultimoId'>) {
    this.#mensagens = mensagens;
    this.#lerPorIndexar = connection.registros<[sessaoId: number, chave: Buffer, ...lugar: Lugar]>(
      `SELECT chave_sessao_id, ${CHAVE_EM_BYTES}, sala_id, visivel_para, id ${POR_INDEXAR}`,
    );
    // Na ordem do índice. O que já está nele não pode impedir que o resto passe: nenhum commit daria certo.
    this.#indexarTodas = connection.gravacao(
      `INSERT INTO chaves (sessao_id, chave, sala_id, visivel_para, mensagem_id)
         SELECT chave_sessao_id, chave, sala_id, visivel_para, id ${POR_INDEXAR}
         ORDER BY chave_sessao_id, chave ON CONFLICT DO NOTHING`,
    );
    this.#guardarIndexadasAte = connection.gravacao('UPDATE contador SET chaves_ate = ?');
    this.#ler = connection.registro<[mensagem: string | null, sala: string, ...RegistroDeMensagem]>(
      `SELECT mensagem, salas.nome, mensagens.id, origem, destino, conteudo, enviada_em_ms FROM chaves
         LEFT JOIN salas ON salas.id = chaves.sala_id
         LEFT JOIN mensagens ON mensagens.sala_id = chaves.sala_id
           AND mensagens.visivel_para = chaves.visivel_para AND mensagens.id = mensagem_id
       WHERE sessao_id = ? AND chaves.chave = ?`,
    );
    this.#lerDaLinha = connection.registro<[sala: string, ...RegistroDeMensagem]>(
      `SELECT salas.nome, mensagens.id, origem, destino, conteudo, enviada_em_ms FROM mensagens
         JOIN salas ON salas.id = sala_id WHERE sala_id = ? AND visivel_para = ? AND mensagens.id = ?`,
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
    const porIndexar = this.#faltam().get(emTexto(sessaoId, chave));
    if (porIndexar) return this.#daLinha(porIndexar);
    const registro = this.#ler(sessaoId, chave);
    if (!registro) return undefined;
    const [guardada, sala, ...mensagem] = registro;
    return guardada === null ? emMensagem(mensagem, sala) : JSON.parse(guardada);
  }

  /** @param visivelPara a faixa em que a mensagem está: a de todos, ou a do remetente */
  inserir({ sessaoId, chave }: ChaveDeRepeticao, salaId: number, visivelPara: number, mensagemId: number): void {
    this.#faltam().set(emTexto(sessaoId, chave), [salaId, visivelPara, mensagemId]);
  }

  /** A mensagem vai ser apagada; a chave passa a guardá-la. Sem efeito se a sessão já acabou. */
  guardarMensagem({ sessaoId, chave }: ChaveDeRepeticao, mensagem: Mensagem): void {
    if (this.#faltam().size > 0) this.#indexar();
    this.#guardarMensagem(JSON.stringify(mensagem), sessaoId, chave);
  }

  /** A sessão acabou: como seu id não volta, suas chaves já não se alcançam. */
  deixarParaApagar(sessaoId: number): void {
    if (this.#faltam().size > 0) this.#indexar();
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

  antesDeConfirmar(): void {
    if (this.#mensagens.ultimoId - this.#indexadasAte >= MENSAGENS_POR_LOTE) this.#indexar();
  }

  /** Nem as mensagens nem o índice ficaram como o grupo os deixou. */
  aoDesfazer(): void {
    this.#porIndexar = undefined;
    this.#indexadasAte = 0;
  }

  #daLinha([salaId, visivelPara, mensagemId]: Lugar): Mensagem | undefined {
    const registro = this.#lerDaLinha(salaId, visivelPara, mensagemId);
    if (!registro) return undefined;
    const [sala, ...mensagem] = registro;
    return emMensagem(mensagem, sala);
  }

  #faltam(): Map<string, Lugar> {
    this.#porIndexar ??= new Map(
      this.#lerPorIndexar().map(([sessaoId, chave, ...lugar]) => [emTexto(sessaoId, chave.toString()), lugar]),
    );
    return this.#porIndexar;
  }

  #indexar(): void {
    const { ultimoId } = this.#mensagens;
    this.#indexarTodas();
    this.#guardarIndexadasAte(ultimoId);
    this.#porIndexar = new Map();
    this.#indexadasAte = ultimoId;
  }
}

function emTexto(sessaoId: number, chave: string): string {
  return `${sessaoId} ${chave}`;
}

/** As chaves de repetição no arquivo, e a mensagem que cada uma enviou: sobrevivem à sala, e acabam com a sessão. */

import type { Mensagem } from '../../../contract/chat.ts';
import { emMensagem } from '../../mensagem-guardada.ts';
import type { Connection } from '../banco/connection.ts';
import { type ChaveDeRepeticao, type Mensagens, REGISTROS_POR_LIMPEZA, type RegistroDeMensagem } from './mensagens.ts';

/**
 * De quantas em quantas mensagens as chaves passam ao índice. Uma a uma, cada pessoa que envia sujaria a cada commit a sua
 * página do índice: juntas, as de uma pessoa dividem a página. Passar as de um lote leva uns 2 ms.
 */
const MENSAGENS_POR_LOTE = 500;

type RegistroDeChave = [sessaoId: number, chave: string, salaId: number, visivelPara: number, mensagemId: number];

export class Repeticoes {
  readonly #mensagens: Pick<Mensagens, 'ultimoId'>;
  /** As que por enquanto só estão na linha da sua mensagem, pela sessão e pela chave; `undefined` se é preciso lê-las. */
  #porIndexar: Map<string, RegistroDeChave> | undefined;
  /** Das mensagens até este id, o índice tem todas as chaves. */
  #indexadasAte = 0;
  readonly #lerIndexadasAte;
  readonly #lerPorIndexar;
  readonly #guardarIndexadasAte;
  readonly #ler;
  readonly #lerDaLinha;
  readonly #inserir;
  readonly #guardarMensagem;
  readonly #deixarParaApagar;
  readonly #lerEncerrada;
  readonly #apagarPrimeiras;
  readonly #esquecerEncerrada;

  constructor(connection: Connection, mensagens: Pick<Mensagens, 'ultimoId'>) {
    this.#mensagens = mensagens;
    this.#lerIndexadasAte = connection.registro<[number]>('SELECT chaves_ate FROM contador');
    // O rowid segue a ordem de chegada: da última linha para trás, só se percorrem as que faltam.
    this.#lerPorIndexar = connection.registros<RegistroDeChave>(
      `SELECT chave_sessao_id, chave, sala_id, visivel_para, id FROM mensagens
        WHERE chave IS NOT NULL
          AND rowid > coalesce((SELECT rowid FROM mensagens WHERE id <= ? ORDER BY rowid DESC LIMIT 1), 0)`,
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
    const porIndexar = this.#faltam().get(emTexto(sessaoId, chave));
    if (porIndexar) return this.#daLinha(porIndexar);
    const registro = this.#ler(sessaoId, chave);
    if (!registro) return undefined;
    const [guardada, sala, ...mensagem] = registro;
    return guardada === null ? emMensagem(mensagem, sala) : JSON.parse(guardada);
  }

  /** @param visivelPara a faixa em que a mensagem está: a de todos, ou a do remetente */
  inserir({ sessaoId, chave }: ChaveDeRepeticao, salaId: number, visivelPara: number, mensagemId: number): void {
    this.#faltam().set(emTexto(sessaoId, chave), [sessaoId, chave, salaId, visivelPara, mensagemId]);
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
  }

  #daLinha([, , salaId, visivelPara, mensagemId]: RegistroDeChave): Mensagem | undefined {
    const registro = this.#lerDaLinha(salaId, visivelPara, mensagemId);
    if (!registro) return undefined;
    const [sala, ...mensagem] = registro;
    return emMensagem(mensagem, sala);
  }

  #faltam(): Map<string, RegistroDeChave> {
    if (this.#porIndexar) return this.#porIndexar;
    [this.#indexadasAte] = this.#lerIndexadasAte() ?? [0];
    const registros = this.#lerPorIndexar(this.#indexadasAte);
    this.#porIndexar = new Map(registros.map((registro) => [emTexto(registro[0], registro[1]), registro]));
    return this.#porIndexar;
  }

  #indexar(): void {
    const { ultimoId } = this.#mensagens;
    const faltam = this.#faltam();
    // Na ordem do índice, as que dividem uma página vêm seguidas.
    for (const [, registro] of [...faltam].sort(porTexto)) this.#inserir(...registro);
    faltam.clear();
    this.#guardarIndexadasAte(ultimoId);
    this.#indexadasAte = ultimoId;
  }
}

function emTexto(sessaoId: number, chave: string): string {
  return `${sessaoId} ${chave}`;
}

function porTexto([um]: [string, unknown], [outro]: [string, unknown]): number {
  return um < outro ? -1 : 1;
}

/** O que já não é alcançável e se apaga aos poucos, para que nada segure o event loop. */

import type { Connection } from './sqlite-connection.ts';

/** Quantas linhas uma limpeza apaga: com mensagens curtas, cerca de 1 ms. */
const LINHAS_POR_LIMPEZA = 500;

type Tipo = 'sala' | 'sessao';

export class Lixo {
  readonly #proximo;
  readonly #guardar;
  readonly #esquecer;
  readonly #apagar;

  constructor(connection: Connection) {
    this.#proximo = connection.linha<[Tipo, number]>('SELECT tipo, id FROM lixo LIMIT 1');
    this.#guardar = {
      sala: connection.comando(
        `INSERT INTO lixo SELECT 'sala', ?1 WHERE EXISTS (SELECT 1 FROM mensagens WHERE sala_id = ?1)`,
      ),
      sessao: connection.comando(
        `INSERT INTO lixo SELECT 'sessao', ?1 WHERE EXISTS (SELECT 1 FROM chaves WHERE sessao_id = ?1)`,
      ),
    };
    this.#esquecer = connection.comando('DELETE FROM lixo WHERE tipo = ? AND id = ?');
    this.#apagar = {
      sala: connection.comando(
        `DELETE FROM mensagens WHERE (sala_id, visivel_para, id) IN
           (SELECT sala_id, visivel_para, id FROM mensagens WHERE sala_id = ? LIMIT ${LINHAS_POR_LIMPEZA})`,
      ),
      sessao: connection.comando(
        `DELETE FROM chaves WHERE (sessao_id, chave) IN
           (SELECT sessao_id, chave FROM chaves WHERE sessao_id = ? LIMIT ${LINHAS_POR_LIMPEZA})`,
      ),
    };
  }

  /** Deixa para depois as mensagens de uma sala removida, ou as chaves de uma sessão encerrada. */
  guardar(tipo: Tipo, id: number): void {
    this.#guardar[tipo](id);
  }

  /** @returns true se ainda há o que apagar */
  apagarUmPouco(): boolean {
    const proximo = this.#proximo();
    if (!proximo) return false;
    const [tipo, id] = proximo;
    if (this.#apagar[tipo](id).changes < LINHAS_POR_LIMPEZA) this.#esquecer(tipo, id);
    return this.#proximo() !== undefined;
  }
}

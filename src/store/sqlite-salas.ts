/** As salas no arquivo. */

import { ContractError } from '../contract/errors.ts';
import { chaveDoNome, mesmoNome } from '../contract/nomes.ts';
import type { Connection } from './sqlite-connection.ts';
import type { SalaGuardada, SessaoGuardada } from './sqlite-sessoes.ts';
import type { SalaAberta, SalaVazia } from './store.ts';
import { MAXIMO_DE_SALAS, salasDemais } from './teto-de-salas.ts';

/** Uma leitura destas leva perto de 2 ms. */
export const VAZIAS_POR_LEITURA = 1_000;

const ABERTA_SEM_NINGUEM = 'chave IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessoes WHERE sala_id = salas.id)';

export class Salas {
  readonly #lerPorChave;
  readonly #listar;
  readonly #lerVazias;
  readonly #inserir;
  readonly #removerVazia;
  readonly #lerRemovida;
  readonly #apagar;
  readonly #contar;

  constructor(connection: Connection) {
    this.#lerPorChave = connection.linha<[number, string]>('SELECT id, nome FROM salas WHERE chave = ?');
    this.#listar = connection.linhas<[string, number]>(
      `SELECT nome, (SELECT count(*) FROM sessoes WHERE sala_id = salas.id) FROM salas
        WHERE chave IS NOT NULL ORDER BY nome`,
    );
    this.#lerVazias = connection.linhas<[number, string]>(
      `SELECT id, nome FROM salas WHERE id > ? AND ${ABERTA_SEM_NINGUEM} ORDER BY id LIMIT ${VAZIAS_POR_LEITURA}`,
    );
    this.#inserir = connection.comando('INSERT INTO salas (nome, chave) VALUES (?, ?)');
    this.#removerVazia = connection.comando(`UPDATE salas SET chave = NULL WHERE id = ? AND ${ABERTA_SEM_NINGUEM}`);
    this.#lerRemovida = connection.linha<[number, string]>('SELECT id, nome FROM salas WHERE chave IS NULL LIMIT 1');
    this.#contar = connection.linha<[number]>('SELECT count(*) FROM salas');
    this.#apagar = connection.comando('DELETE FROM salas WHERE id = ?');
  }

  /** @throws SALA_NAO_ENCONTRADA */
  exigir(nome: string): SalaGuardada {
    const linha = this.#lerPorChave(chaveDoNome(nome));
    if (!linha) throw new ContractError('SALA_NAO_ENCONTRADA');
    return { id: linha[0], nome: linha[1] };
  }

  /**
   * A sala de nome dado, se é a em que a sessão está.
   * @throws SALA_NAO_ENCONTRADA, FORA_DA_SALA
   */
  exigirPresenca({ salaAtual }: SessaoGuardada, nome: string): SalaGuardada {
    if (salaAtual && mesmoNome(salaAtual.nome, nome)) return salaAtual;
    this.exigir(nome);
    throw new ContractError('FORA_DA_SALA');
  }

  /** @throws SALA_JA_EXISTE */
  exigirNomeLivre(nome: string): void {
    if (this.#lerPorChave(chaveDoNome(nome))) throw new ContractError('SALA_JA_EXISTE');
  }

  /** @throws LIMITE_EXCEDIDO */
  exigirEspaco(): void {
    const [quantas] = this.#contar() ?? [0];
    if (quantas >= MAXIMO_DE_SALAS) throw salasDemais();
  }

  inserir(nome: string): SalaVazia {
    const { lastInsertRowid } = this.#inserir(nome, chaveDoNome(nome));
    return { salaId: Number(lastInsertRowid), nomeSala: nome };
  }

  listar(): SalaAberta[] {
    return this.#listar().map(([nomeSala, usuarios]) => ({ nomeSala, usuarios }));
  }

  /**
   * As sem ninguém, por id, até VAZIAS_POR_LEITURA.
   * @param depoisDe o id da última que já se leu
   */
  vazias(depoisDe: number): SalaVazia[] {
    return this.#lerVazias(depoisDe).map(([salaId, nomeSala]) => ({ salaId, nomeSala }));
  }

  /**
   * O nome fica livre, e a sala só espera que suas mensagens sejam apagadas.
   * @returns false se alguém está nela, ou se já não existe
   */
  removerVazia(salaId: number): boolean {
    return this.#removerVazia(salaId).changes > 0;
  }

  /** Uma das que foram removidas e ainda têm o que apagar. */
  umaRemovida(): SalaGuardada | undefined {
    const linha = this.#lerRemovida();
    return linha && { id: linha[0], nome: linha[1] };
  }

  apagar(salaId: number): void {
    this.#apagar(salaId);
  }
}

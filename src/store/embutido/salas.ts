/** As salas no arquivo, e na memória as que estão abertas. */

import { ContractError } from '../../contract/errors.ts';
import { mesmoNome, nomeComparavel } from '../../contract/nomes.ts';
import type { SalaAberta } from '../store.ts';
import { MAXIMO_DE_SALAS, salasDemais } from '../teto-de-salas.ts';
import type { Connection } from './connection.ts';
import { SalasAbertas, type SalaVazia } from './salas-abertas.ts';
import type { SalaGuardada, SessaoGuardada } from './sessoes.ts';

export class Salas {
  readonly abertas: SalasAbertas;
  readonly #inserir;
  readonly #remover;
  readonly #lerRemovida;
  readonly #contarRemovidas;
  readonly #apagar;

  /** @param monotonicoMs o relógio dos prazos, em ms desde um ponto qualquer */
  constructor(connection: Connection, monotonicoMs: () => number) {
    this.abertas = new SalasAbertas(monotonicoMs);
    this.#inserir = connection.comando('INSERT INTO salas (nome, chave) VALUES (?, ?)');
    this.#remover = connection.gravacao('UPDATE salas SET chave = NULL WHERE id = ?');
    this.#lerRemovida = connection.registro<[number, string]>('SELECT id, nome FROM salas WHERE chave IS NULL LIMIT 1');
    this.#contarRemovidas = connection.registro<[number]>('SELECT count(*) FROM salas WHERE chave IS NULL');
    this.#apagar = connection.gravacao('DELETE FROM salas WHERE id = ?');
    const lerAbertas = connection.registros<[id: number, nome: string, usuarios: number]>(
      `SELECT id, nome, (SELECT count(*) FROM sessoes WHERE sala_id = salas.id) FROM salas
        WHERE chave IS NOT NULL ORDER BY nome`,
    );
    for (const aberta of lerAbertas()) this.abertas.abrir(...aberta);
    this.abertas.aoConfirmar();
  }

  /** @throws SALA_NAO_ENCONTRADA */
  exigir(nome: string): SalaGuardada {
    const sala = this.abertas.doNome(nome);
    if (!sala) throw new ContractError('SALA_NAO_ENCONTRADA');
    return sala;
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
    if (this.abertas.doNome(nome)) throw new ContractError('SALA_JA_EXISTE');
  }

  /** @throws LIMITE_EXCEDIDO */
  exigirEspaco(): void {
    const [removidas] = this.#contarRemovidas() ?? [0];
    if (this.abertas.quantas + removidas >= MAXIMO_DE_SALAS) throw salasDemais();
  }

  inserir(nome: string): void {
    const salaId = Number(this.#inserir(nome, nomeComparavel(nome)).lastInsertRowid);
    this.abertas.abrir(salaId, nome);
  }

  /** Por nome, em ordem de code points. */
  listar(): readonly SalaAberta[] {
    return this.abertas.listar();
  }

  /**
   * O nome fica livre, e a sala só espera que suas mensagens sejam apagadas.
   * @returns false se alguém entrou nela desde então, ou se já não existe
   */
  removerVazia(vazia: SalaVazia): boolean {
    if (!this.abertas.estaVaziaDesde(vazia)) return false;
    this.#remover(vazia.salaId);
    this.abertas.fechar(vazia.salaId);
    return true;
  }

  /** Uma das que foram removidas e ainda têm o que apagar. */
  umaRemovida(): SalaGuardada | undefined {
    const registro = this.#lerRemovida();
    return registro && { id: registro[0], nome: registro[1] };
  }

  apagar(salaId: number): void {
    this.#apagar(salaId);
  }
}

/**
 * As sessões no arquivo, e a cópia em memória das que se usam: a leitura mais frequente não custa uma consulta.
 * De quem é cada token e cada nome só se sabe em memória: nem uns nem outros chegam em ordem, e um índice no arquivo
 * sujaria uma página por pessoa que se registra.
 */

import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import type { NovaSessao, Sessao } from '../store.ts';
import type { Connection } from './connection.ts';

export interface SalaGuardada {
  readonly id: number;
  readonly nome: string;
}

/** Uma sessão, com o que o store sabe dela além do que a porta conta. */
export interface SessaoGuardada {
  readonly sessao: Sessao;
  readonly salaAtual: SalaGuardada | null;
  /** A do token com que ela se mostra. */
  readonly chaveDoToken: string;
}

type LinhaDeSessao = [
  id: number,
  nome: string,
  confirmada: number,
  tokenHash: Buffer,
  salaId: number | null,
  sala: string | null,
];

const SELECT_SESSAO = `SELECT sessoes.id, sessoes.nome, confirmada, token_hash, sala_id, salas.nome
  FROM sessoes LEFT JOIN salas ON salas.id = sala_id`;

function emSessao([id, nome, confirmada, tokenHash, salaId, sala]: LinhaDeSessao): SessaoGuardada {
  return {
    sessao: { id, nome, sala, confirmada: confirmada === 1 },
    salaAtual: salaId === null || sala === null ? null : { id: salaId, nome: sala },
    chaveDoToken: chaveDoToken(tokenHash),
  };
}

/** Um texto que serve de chave de Map: um caractere por byte. */
function chaveDoToken(tokenHash: Buffer): string {
  return tokenHash.toString('latin1');
}

export class Sessoes {
  readonly #porId = new Map<number, SessaoGuardada>();
  /** Só as confirmadas: ninguém recebeu ainda o token de uma sessão que não foi gravada. */
  readonly #idPorToken = new Map<string, number>();
  /** Por chave do nome, só o que está confirmado. */
  readonly #idPorNome = new Map<string, number>();
  /** O que o grupo em andamento fará a eles. */
  #inseridas: SessaoGuardada[] = [];
  #apagadas: SessaoGuardada[] = [];
  /** O que já se sabe dos nomes dentro do grupo: `undefined`, que o nome ficou livre. */
  readonly #nomesDoGrupo = new Map<string, number | undefined>();
  readonly #lerPorId;
  readonly #lerTodas;
  readonly #lerNomesNaSala;
  readonly #inserir;
  readonly #mudarSala;
  readonly #confirmar;
  readonly #apagar;

  constructor(connection: Connection) {
    this.#lerPorId = connection.linha<LinhaDeSessao>(`${SELECT_SESSAO} WHERE sessoes.id = ?`);
    this.#lerTodas = connection.linhas<LinhaDeSessao>(`${SELECT_SESSAO} ORDER BY sessoes.id`);
    this.#lerNomesNaSala = connection.linhas<[string]>('SELECT nome FROM sessoes WHERE sala_id = ? ORDER BY nome');
    this.#inserir = connection.comando('INSERT INTO sessoes (nome, chave, token_hash) VALUES (?, ?, ?)');
    this.#mudarSala = connection.comando('UPDATE sessoes SET sala_id = ? WHERE id = ?');
    this.#confirmar = connection.comando('UPDATE sessoes SET confirmada = 1 WHERE id = ?');
    this.#apagar = connection.comando('DELETE FROM sessoes WHERE id = ?');
    const lerIndices = connection.linhas<[number, string, Buffer]>('SELECT id, chave, token_hash FROM sessoes');
    for (const [id, chave, tokenHash] of lerIndices()) {
      this.#idPorNome.set(chave, id);
      this.#idPorToken.set(chaveDoToken(tokenHash), id);
    }
  }

  doToken(tokenHash: Buffer): SessaoGuardada | undefined {
    const id = this.#idPorToken.get(chaveDoToken(tokenHash));
    return id === undefined ? undefined : this.deId(id);
  }

  deId(id: number): SessaoGuardada | undefined {
    const lembrada = this.#porId.get(id);
    if (lembrada) return lembrada;
    const linha = this.#lerPorId(id);
    return linha && this.#lembrar(linha);
  }

  /** @throws NAO_AUTENTICADO */
  exigir(id: number): SessaoGuardada {
    const guardada = this.deId(id);
    if (!guardada) throw new ContractError('NAO_AUTENTICADO');
    return guardada;
  }

  doNome(nome: string): SessaoGuardada | undefined {
    const chave = nomeComparavel(nome);
    const id = this.#nomesDoGrupo.has(chave) ? this.#nomesDoGrupo.get(chave) : this.#idPorNome.get(chave);
    return id === undefined ? undefined : this.deId(id);
  }

  todas(): Sessao[] {
    return this.#lerTodas().map((linha) => emSessao(linha).sessao);
  }

  /** Por nome, em ordem de code points. */
  nomesNaSala(salaId: number): string[] {
    return this.#lerNomesNaSala(salaId).map(([nome]) => nome);
  }

  /**
   * @param nova de um nome que está livre
   * @returns a sessão que nasceu
   */
  inserir({ nome, tokenHash }: NovaSessao): SessaoGuardada {
    const chave = nomeComparavel(nome);
    const id = Number(this.#inserir(nome, chave, tokenHash).lastInsertRowid);
    const guardada = this.#lembrar([id, nome, 0, tokenHash, null, null]);
    this.#inseridas.push(guardada);
    this.#nomesDoGrupo.set(chave, id);
    return guardada;
  }

  mudarSala(id: number, salaId: number | null): void {
    this.#mudarSala(salaId, id);
    this.#porId.delete(id);
  }

  confirmar(id: number): void {
    this.#confirmar(id);
    this.#porId.delete(id);
  }

  apagar(guardada: SessaoGuardada): void {
    const { id } = guardada.sessao;
    this.#apagar(id);
    this.#porId.delete(id);
    this.#apagadas.push(guardada);
    this.#nomesDoGrupo.set(nomeComparavel(guardada.sessao.nome), undefined);
  }

  aoConfirmar(): void {
    for (const { chaveDoToken, sessao } of this.#inseridas) this.#idPorToken.set(chaveDoToken, sessao.id);
    for (const { chaveDoToken } of this.#apagadas) this.#idPorToken.delete(chaveDoToken);
    for (const [chave, id] of this.#nomesDoGrupo) {
      if (id === undefined) this.#idPorNome.delete(chave);
      else this.#idPorNome.set(chave, id);
    }
    this.#esquecerGrupo();
  }

  aoDesfazer(): void {
    this.#porId.clear();
    this.#esquecerGrupo();
  }

  #esquecerGrupo(): void {
    this.#inseridas = [];
    this.#apagadas = [];
    this.#nomesDoGrupo.clear();
  }

  #lembrar(linha: LinhaDeSessao): SessaoGuardada {
    const guardada = emSessao(linha);
    this.#porId.set(guardada.sessao.id, guardada);
    return guardada;
  }
}

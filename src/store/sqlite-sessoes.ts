/**
 * As sessões no arquivo, e a cópia em memória das que se usam: a leitura mais frequente não custa uma consulta.
 * De quem é cada token só se sabe em memória: os hashes não têm ordem, e um índice no arquivo sujaria uma página por
 * pessoa que se registra.
 */

import { ContractError } from '../contract/errors.ts';
import { chaveDoNome } from '../contract/nomes.ts';
import type { Connection } from './sqlite-connection.ts';
import type { NovaSessao, Sessao } from './store.ts';

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
  /** Só o que está confirmado: ninguém tem ainda o token de uma sessão que não está. */
  readonly #idPorToken = new Map<string, number>();
  /** O que o grupo em andamento fará a ele. */
  #inseridas: SessaoGuardada[] = [];
  #apagadas: SessaoGuardada[] = [];
  readonly #lerPorId;
  readonly #lerPorChave;
  readonly #lerTodas;
  readonly #lerNomesNaSala;
  readonly #inserir;
  readonly #mudarSala;
  readonly #confirmar;
  readonly #apagar;

  constructor(connection: Connection) {
    this.#lerPorId = connection.linha<LinhaDeSessao>(`${SELECT_SESSAO} WHERE sessoes.id = ?`);
    this.#lerPorChave = connection.linha<[number, string]>('SELECT id, nome FROM sessoes WHERE chave = ?');
    this.#lerTodas = connection.linhas<LinhaDeSessao>(`${SELECT_SESSAO} ORDER BY sessoes.id`);
    this.#lerNomesNaSala = connection.linhas<[string]>('SELECT nome FROM sessoes WHERE sala_id = ? ORDER BY nome');
    this.#inserir = connection.comando('INSERT INTO sessoes (nome, chave, token_hash) VALUES (?, ?, ?)');
    this.#mudarSala = connection.comando('UPDATE sessoes SET sala_id = ? WHERE id = ?');
    this.#confirmar = connection.comando('UPDATE sessoes SET confirmada = 1 WHERE id = ?');
    this.#apagar = connection.comando('DELETE FROM sessoes WHERE id = ?');
    for (const [id, tokenHash] of connection.linhas<[number, Buffer]>('SELECT id, token_hash FROM sessoes')()) {
      this.#idPorToken.set(chaveDoToken(tokenHash), id);
    }
  }

  doToken(tokenHash: Buffer): SessaoGuardada | undefined {
    const id = this.#idPorToken.get(chaveDoToken(tokenHash));
    return id === undefined ? undefined : this.deId(id);
  }

  deId(id: number): SessaoGuardada | undefined {
    return this.#porId.get(id) ?? this.#lembrar(this.#lerPorId(id));
  }

  /** @throws NAO_AUTENTICADO */
  exigir(id: number): SessaoGuardada {
    const guardada = this.deId(id);
    if (!guardada) throw new ContractError('NAO_AUTENTICADO');
    return guardada;
  }

  doNome(nome: string): SessaoGuardada | undefined {
    const linha = this.#lerPorChave(chaveDoNome(nome));
    return linha && this.deId(linha[0]);
  }

  todas(): Sessao[] {
    return this.#lerTodas().map((linha) => emSessao(linha).sessao);
  }

  /** Por nome, em ordem de code points. */
  nomesNaSala(salaId: number): string[] {
    return this.#lerNomesNaSala(salaId).map(([nome]) => nome);
  }

  /** @returns a sessão que nasceu */
  inserir({ nome, tokenHash }: NovaSessao): SessaoGuardada {
    const { lastInsertRowid } = this.#inserir(nome, chaveDoNome(nome), tokenHash);
    const guardada = this.exigir(Number(lastInsertRowid));
    this.#inseridas.push(guardada);
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
  }

  aoConfirmar(): void {
    for (const { chaveDoToken, sessao } of this.#inseridas) this.#idPorToken.set(chaveDoToken, sessao.id);
    for (const { chaveDoToken } of this.#apagadas) this.#idPorToken.delete(chaveDoToken);
    this.#esquecerGrupo();
  }

  aoDesfazer(): void {
    this.#porId.clear();
    this.#esquecerGrupo();
  }

  #esquecerGrupo(): void {
    this.#inseridas = [];
    this.#apagadas = [];
  }

  #lembrar(linha: LinhaDeSessao | undefined): SessaoGuardada | undefined {
    if (!linha) return undefined;
    const guardada = emSessao(linha);
    this.#porId.set(guardada.sessao.id, guardada);
    return guardada;
  }
}

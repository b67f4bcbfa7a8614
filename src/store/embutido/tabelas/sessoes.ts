/**
 * As sessões no arquivo, e a cópia em memória das que se usam: a leitura mais frequente não custa uma consulta.
 * De quem é cada token e cada nome só se sabe em memória: nem uns nem outros chegam em ordem, e um índice no arquivo
 * sujaria uma página por pessoa que se registra.
 * Esta pasta não sabe que verbo pediu o que ela lê e escreve.
 */

import { ContractError } from '../../../contract/errors.ts';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import type { NovaSessao, Sessao } from '../../store.ts';
import type { Connection } from '../banco/connection.ts';

export interface SalaGuardada {
  readonly id: number;
  readonly nome: string;
}

/** Uma sessão, com o que o store sabe dela além do que a porta conta. */
export interface SessaoGuardada {
  readonly sessao: Sessao;
  readonly salaAtual: SalaGuardada | null;
  /** O id da mensagem da sua entrada na sala em que está. */
  readonly entradaId: number | null;
  /** Se alguma chamada já trouxe o token: até lá, a resposta do registro pode ter se perdido. */
  readonly confirmada: boolean;
  readonly tokenHash: string;
}

type RegistroDeSessao = [
  id: number,
  nome: string,
  confirmada: number,
  tokenHash: string,
  salaId: number | null,
  sala: string | null,
  entradaId: number | null,
];

/** O arquivo guarda o hash em bytes. */
const HASH_EM_HEXADECIMAL = 'lower(hex(token_hash))';

const SELECT_SESSAO = `SELECT sessoes.id, sessoes.nome, confirmada, ${HASH_EM_HEXADECIMAL}, sala_id, salas.nome, entrada_id
  FROM sessoes LEFT JOIN salas ON salas.id = sala_id`;

function emSessao([id, nome, confirmada, tokenHash, salaId, sala, entradaId]: RegistroDeSessao): SessaoGuardada {
  return {
    sessao: { id, nome, sala },
    salaAtual: salaId === null || sala === null ? null : { id: salaId, nome: sala },
    entradaId,
    confirmada: confirmada === 1,
    tokenHash,
  };
}

export class Sessoes {
  readonly #porId = new Map<number, SessaoGuardada>();
  /** Só as confirmadas: ninguém recebeu ainda o token de uma sessão que não foi gravada. */
  readonly #idPorToken = new Map<string, number>();
  /** Pelo nome como se compara; só o que está confirmado. */
  readonly #idPorNome = new Map<string, number>();
  /** O que o grupo em andamento fará a eles. */
  #inseridas: SessaoGuardada[] = [];
  #apagadas: SessaoGuardada[] = [];
  /** O que já se sabe dos nomes dentro do grupo: `undefined`, que o nome ficou livre. */
  readonly #nomesDoGrupo = new Map<string, number | undefined>();
  readonly #lerPorId;
  readonly #lerTodas;
  readonly #lerNomesNaSala;
  readonly #lerMaisAntiga;
  readonly #inserir;
  readonly #mudarSala;
  readonly #confirmar;
  readonly #apagar;

  constructor(connection: Connection) {
    this.#lerPorId = connection.registro<RegistroDeSessao>(`${SELECT_SESSAO} WHERE sessoes.id = ?`);
    this.#lerTodas = connection.registros<RegistroDeSessao>(`${SELECT_SESSAO} ORDER BY sessoes.id`);
    // Um texto só: ler milhares de registros, um a um, custaria o dobro.
    this.#lerNomesNaSala = connection.registro<[string]>(
      'SELECT json_group_array(nome ORDER BY nome) FROM sessoes WHERE sala_id = ?',
    );
    this.#lerMaisAntiga = connection.registro<[number]>(
      'SELECT id FROM sessoes WHERE sala_id = ? ORDER BY entrada_id, id LIMIT 1',
    );
    this.#inserir = connection.comando('INSERT INTO sessoes (nome, chave, token_hash) VALUES (?, ?, ?)');
    this.#mudarSala = connection.gravacao('UPDATE sessoes SET sala_id = ?, entrada_id = ? WHERE id = ?');
    this.#confirmar = connection.gravacao('UPDATE sessoes SET confirmada = 1 WHERE id = ?');
    this.#apagar = connection.gravacao('DELETE FROM sessoes WHERE id = ?');
    const lerIndices = connection.registros<[number, string, string]>(
      `SELECT id, nome, ${HASH_EM_HEXADECIMAL} FROM sessoes`,
    );
    for (const [id, nome, tokenHash] of lerIndices()) {
      this.#idPorNome.set(nomeComparavel(nome), id);
      this.#idPorToken.set(tokenHash, id);
    }
  }

  doToken(tokenHash: string): SessaoGuardada | undefined {
    const id = this.#idPorToken.get(tokenHash);
    return id === undefined ? undefined : this.deId(id);
  }

  deId(id: number): SessaoGuardada | undefined {
    const lembrada = this.#porId.get(id);
    if (lembrada) return lembrada;
    const registro = this.#lerPorId(id);
    return registro && this.#lembrar(registro);
  }

  /** @throws NAO_AUTENTICADO */
  exigir(id: number): SessaoGuardada {
    const guardada = this.deId(id);
    if (!guardada) throw new ContractError('NAO_AUTENTICADO');
    return guardada;
  }

  doNome(nome: string): SessaoGuardada | undefined {
    const comparavel = nomeComparavel(nome);
    const nesteGrupo = this.#nomesDoGrupo.has(comparavel);
    const id = nesteGrupo ? this.#nomesDoGrupo.get(comparavel) : this.#idPorNome.get(comparavel);
    return id === undefined ? undefined : this.deId(id);
  }

  /** A sessão desse nome, se está na sala. */
  naSala(nome: string, sala: SalaGuardada): Sessao | undefined {
    const guardada = this.doNome(nome);
    return guardada?.salaAtual?.id === sala.id ? guardada.sessao : undefined;
  }

  /** @throws DESTINATARIO_FORA_DA_SALA */
  exigirNaSala(nome: string, sala: SalaGuardada): Sessao {
    const sessao = this.naSala(nome, sala);
    if (!sessao) throw new ContractError('DESTINATARIO_FORA_DA_SALA');
    return sessao;
  }

  todas(): SessaoGuardada[] {
    return this.#lerTodas().map(emSessao);
  }

  /** Por nome, em ordem de code points. */
  nomesNaSala(salaId: number): string[] {
    const [nomes] = this.#lerNomesNaSala(salaId) ?? ['[]'];
    return JSON.parse(nomes);
  }

  /** Quem está na sala há mais tempo. */
  maisAntigaNaSala(salaId: number): Sessao | undefined {
    const registro = this.#lerMaisAntiga(salaId);
    return registro && this.deId(registro[0])?.sessao;
  }

  /**
   * @param nova de um nome que está livre
   * @returns a sessão que nasceu
   */
  inserir({ nome, tokenHash }: NovaSessao): SessaoGuardada {
    const comparavel = nomeComparavel(nome);
    const id = Number(this.#inserir(nome, comparavel, Buffer.from(tokenHash, 'hex')).lastInsertRowid);
    const guardada = this.#lembrar([id, nome, 0, tokenHash, null, null, null]);
    this.#inseridas.push(guardada);
    this.#nomesDoGrupo.set(comparavel, id);
    return guardada;
  }

  /** @param entradaId o id da mensagem da entrada */
  entrar(id: number, sala: SalaGuardada, entradaId: number): void {
    this.#mudarSala(sala.id, entradaId, id);
    this.#mudarLembrada(id, { salaAtual: sala, entradaId });
  }

  sair(id: number): void {
    this.#mudarSala(null, null, id);
    this.#mudarLembrada(id, { salaAtual: null, entradaId: null });
  }

  confirmar(id: number): void {
    this.#confirmar(id);
    this.#mudarLembrada(id, { confirmada: true });
  }

  apagar(guardada: SessaoGuardada): void {
    const { id } = guardada.sessao;
    this.#apagar(id);
    this.#porId.delete(id);
    this.#apagadas.push(guardada);
    this.#nomesDoGrupo.set(nomeComparavel(guardada.sessao.nome), undefined);
  }

  aoConfirmar(): void {
    for (const { tokenHash, sessao } of this.#inseridas) this.#idPorToken.set(tokenHash, sessao.id);
    for (const { tokenHash } of this.#apagadas) this.#idPorToken.delete(tokenHash);
    for (const [comparavel, id] of this.#nomesDoGrupo) {
      if (id === undefined) this.#idPorNome.delete(comparavel);
      else this.#idPorNome.set(comparavel, id);
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

  /** Quem entra ou sai é procurado logo em seguida: lê-lo do arquivo custaria mais que a gravação. */
  #mudarLembrada(id: number, mudancas: Partial<SessaoGuardada>): void {
    const lembrada = this.#porId.get(id);
    if (!lembrada) return;
    const mudada = { ...lembrada, ...mudancas };
    this.#porId.set(id, { ...mudada, sessao: { ...lembrada.sessao, sala: mudada.salaAtual?.nome ?? null } });
  }

  #lembrar(registro: RegistroDeSessao): SessaoGuardada {
    const guardada = emSessao(registro);
    this.#porId.set(guardada.sessao.id, guardada);
    return guardada;
  }
}

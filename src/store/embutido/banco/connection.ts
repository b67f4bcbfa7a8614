/**
 * A conexão com o arquivo: o único lugar que conhece o libsql.
 * Esta pasta não sabe o que as linhas das tabelas dizem.
 * Toda gravação passa por `comando` ou `gravacao`, que abrem a transação do grupo se ela ainda não está aberta.
 */

import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';

/** Um servidor reiniciado às pressas pode abrir o arquivo antes que o anterior acabe de fechá-lo. */
const ESPERA_PELA_TRANCA_MS = 300;

/**
 * A cada 4 MB de páginas, o conteúdo do WAL passa ao arquivo. Mais cedo, a mesma página iria ao arquivo muitas vezes;
 * mais tarde, cada passagem seguraria o event loop por mais que poucos ms.
 */
const PAGINAS_POR_CHECKPOINT = 1_000;

/**
 * O maior tamanho que o WAL costuma ter: as páginas acima, o cabeçalho de cada uma, e um grupo de escritas dos grandes. Só um
 * lote de chaves de centenas de pessoas passa disso, e então o arquivo cresce uma vez.
 */
const WAL_INTEIRO_BYTES = (PAGINAS_POR_CHECKPOINT + 100) * (4_096 + 24);

/** Com menos espaço livre que isto, o WAL não é reservado: o espaço fica para as mensagens. */
const DISCO_FOLGADO_BYTES = 100 * 1024 * 1024;

/** Uma mensagem privada das maiores, com todas as páginas que ela altera. */
const ESPACO_A_PROVAR_BYTES = 64 * 1024;

/** O cache de páginas do SQLite, em KiB, negativo como o PRAGMA pede: é o valor padrão dele. */
const CACHE_PADRAO = -2_000;

/** Os valores que uma consulta aceita: com um boolean o libsql derruba o processo, e undefined ele recusa. */
export type Valor = number | string | Buffer | null;

/** Um registro, com as colunas na ordem em que a consulta as pede. */
type Registro = readonly (number | string | Buffer | null)[];

export interface Efeito {
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}

/** @returns o código do SQLite (`SQLITE_FULL`, `SQLITE_BUSY`...), ou `undefined` se o erro não veio dele */
export function codigoDoSqlite(erro: unknown): string | undefined {
  if (!(erro instanceof Error)) return undefined;
  if (erro instanceof Database.SqliteError) return erro.code;
  // Uma falha ao abrir chega como Error comum, e só o texto a distingue.
  return erro.message.startsWith('ConnectionFailed(') ? 'SQLITE_CANTOPEN' : undefined;
}

/**
 * Leva a um arquivo que ninguém usa o que está no WAL dele, e confere o todo: fica um arquivo só. Tudo passa por `exec`:
 * uma consulta preparada deixaria o arquivo aberto, e no Windows um arquivo aberto não muda de nome.
 * @throws o erro do SQLite, se o arquivo não é um banco inteiro com as tabelas do chat
 */
export function juntarWal(caminho: string): void {
  const db = new Database(caminho);
  try {
    db.exec(`CREATE TEMP TABLE conferencia (resultado TEXT CHECK (resultado = 'ok'));
      INSERT INTO conferencia SELECT * FROM pragma_quick_check(1);
      SELECT ultimo_id FROM contador;
      PRAGMA journal_mode = DELETE`);
  } finally {
    db.close();
  }
}

export class Connection {
  readonly #db: Database.Database;
  readonly #caminho: string;
  #emTransacao = false;
  #fechada = false;

  /** Abre o arquivo, ou o cria, e o tranca para este processo. O sistema desfaz a tranca quando o processo acaba. */
  constructor(caminho: string) {
    this.#caminho = caminho;
    this.#db = new Database(caminho, { timeout: ESPERA_PELA_TRANCA_MS });
    try {
      this.executar('PRAGMA locking_mode = EXCLUSIVE');
      this.registro('PRAGMA journal_mode = WAL')();
      this.executar('PRAGMA synchronous = FULL');
      this.registro(`PRAGMA wal_autocheckpoint = ${PAGINAS_POR_CHECKPOINT}`)();
      // Só uma escrita prova que a tranca é nossa e que a pasta aceita gravação.
      this.executar('BEGIN EXCLUSIVE; COMMIT');
      this.#reservarWal();
    } catch (erro) {
      this.#db.close();
      throw erro;
    }
  }

  /** Se o grupo em andamento já gravou alguma coisa. */
  get emTransacao(): boolean {
    return this.#emTransacao;
  }

  /** O próprio SQLite desfez a transação do grupo: uma gravação agora ficaria fora dela. */
  get perdeuTransacao(): boolean {
    return this.#emTransacao && !this.#db.inTransaction;
  }

  /** Percorre o arquivo (uns 3 ms por MB): sem isso, uma página estragada só apareceria quando fosse lida. */
  estaInteiro(): boolean {
    return this.registro<[string]>('PRAGMA quick_check(1)')()?.[0] === 'ok';
  }

  /**
   * Prova que há lugar no disco para os maiores commits: num disco cheio, os pequenos ainda podem caber no que o
   * arquivo já ocupa.
   * @throws o erro do sistema, se não há
   */
  provarEspaco(): void {
    const prova = `${this.#caminho}-prova`;
    try {
      // O que outro tenha posto ali não se segue, se é um link, nem se espera, se é um fifo.
      rmSync(prova, { force: true });
      writeFileSync(prova, Buffer.alloc(ESPACO_A_PROVAR_BYTES), { flag: 'wx' });
    } finally {
      rmSync(prova, { force: true });
    }
  }

  /**
   * Dá ao WAL, de uma vez, o seu maior tamanho: enquanto um arquivo cresce, cada fsync grava também o tamanho dele, e leva
   * o dobro do tempo. Uma transação maior que o cache transborda para o WAL, e desfazer a transação não encolhe o WAL.
   */
  #reservarWal(): void {
    const { bavail, bsize } = statfsSync(dirname(this.#caminho));
    if (bavail * bsize < DISCO_FOLGADO_BYTES) return;
    try {
      this.executar(`PRAGMA cache_size = 10; BEGIN IMMEDIATE; CREATE TABLE reserva (bytes BLOB);
        INSERT INTO reserva VALUES (zeroblob(${WAL_INTEIRO_BYTES})); ROLLBACK`);
    } catch {
      // Pode ser uma quota. Sem a reserva, o servidor só fica mais lento.
      this.desfazer();
    }
    this.executar(`PRAGMA cache_size = ${CACHE_PADRAO}`);
  }

  /** @returns a consulta preparada, que dá no máximo um registro */
  registro<R extends Registro>(sql: string): (...valores: Valor[]) => R | undefined {
    return this.#preparada(
      () => this.#db.prepare(sql).raw(),
      (consulta, valores) => consulta.get(valores) as R | undefined,
    );
  }

  /** @returns a consulta preparada, que dá todos os registros */
  registros<R extends Registro>(sql: string): (...valores: Valor[]) => R[] {
    return this.#preparada(
      () => this.#db.prepare(sql).raw(),
      (consulta, valores) => consulta.all(valores) as R[],
    );
  }

  /** @returns a gravação preparada; vale quando a transação for confirmada */
  comando(sql: string): (...valores: Valor[]) => Efeito {
    return this.#preparada(
      () => this.#db.prepare(sql),
      (gravacao, valores) => {
        this.#abrirTransacao();
        return gravacao.run(valores);
      },
    );
  }

  /** Como `comando`, sem contar o que se gravou: num INSERT, contar custa mais que gravar. */
  gravacao(sql: string): (...valores: Valor[]) => void {
    return this.#preparada(
      () => this.#db.prepare(sql),
      (gravacao, valores) => {
        this.#abrirTransacao();
        gravacao.get(valores);
      },
    );
  }

  /** Depois de uma falha prepara outra vez: o libsql repetiria a mesma falha para sempre. */
  #preparada<T>(
    preparar: () => Database.Statement,
    rodar: (preparada: Database.Statement, valores: Valor[]) => T,
  ): (...valores: Valor[]) => T {
    let preparada = preparar();
    return (...valores) => {
      try {
        return rodar(preparada, valores);
      } catch (erro) {
        preparada = preparar();
        throw erro;
      }
    };
  }

  #abrirTransacao(): void {
    if (this.#emTransacao) return;
    this.executar('BEGIN IMMEDIATE');
    this.#emTransacao = true;
  }

  executar(sql: string): void {
    this.#db.exec(sql);
  }

  /** Torna durável o que o grupo gravou; sem efeito se ele só leu. */
  confirmar(): void {
    if (!this.#emTransacao) return;
    this.executar('COMMIT');
    this.#emTransacao = false;
  }

  /** Desfaz o que o grupo gravou; o SQLite pode já tê-lo feito, por exemplo com o disco cheio. */
  desfazer(): void {
    this.#emTransacao = false;
    if (this.#db.inTransaction) this.executar('ROLLBACK');
  }

  /**
   * Libera o arquivo. O libsql só o fecha de fato quando as consultas preparadas forem recolhidas. Por isso a tranca é
   * solta antes: o arquivo sai do WAL e do modo exclusivo, e é lido uma vez, porque é a leitura que solta a tranca.
   */
  close(): void {
    if (this.#fechada) return;
    this.#fechada = true;
    try {
      this.registro('PRAGMA journal_mode = DELETE')();
      this.registro('PRAGMA locking_mode = NORMAL')();
      this.registro('SELECT 1 FROM sqlite_schema')();
    } catch {
      // Num disco cheio não se sai do WAL: ele fica, com tudo o que foi confirmado, e a próxima abertura o lê.
    }
    this.#db.close();
  }
}

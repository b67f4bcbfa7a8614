/** As mensagens no arquivo: o id que cresce sempre, quem pode ver cada uma, e as chaves de idempotência. */

import { MENSAGENS_POR_PAGINA, type Mensagem } from '../contract/chat.ts';
import { NOME_DE_TODOS } from '../contract/nomes.ts';
import type { Connection } from './sqlite-connection.ts';
import { TODOS } from './sqlite-schema.ts';
import type { SalaGuardada } from './sqlite-sessoes.ts';

export interface NovaMensagem {
  readonly sala: SalaGuardada;
  readonly origem: string;
  /** O nome de quem recebe, e os ids das sessões que podem ver; `undefined` para todos. */
  readonly privada?: { readonly destino: string; readonly visivelPara: readonly number[] } | undefined;
  readonly conteudo: string;
  /** Ms desde 1970. */
  readonly agoraMs: number;
}

type LinhaDeMensagem = [id: number, origem: string, destino: string | null, conteudo: string, enviadaEmMs: number];

const COLUNAS = 'id, origem, destino, conteudo, enviada_em_ms';

/** Junta por id as duas faixas que uma sessão pode ver: cada uma é lida no máximo até o tamanho da página. */
function selectVisiveis(depoisDe: string, ordem: 'ASC' | 'DESC'): string {
  const faixa = (visivelPara: string) =>
    `SELECT * FROM (SELECT ${COLUNAS} FROM mensagens
      WHERE sala_id = ?1 AND visivel_para = ${visivelPara} ${depoisDe}
      ORDER BY id ${ordem} LIMIT ${MENSAGENS_POR_PAGINA})`;
  return `${faixa(String(TODOS))} UNION ALL ${faixa('?2')} ORDER BY id ${ordem} LIMIT ${MENSAGENS_POR_PAGINA}`;
}

export class Mensagens {
  readonly #ultimas;
  readonly #depoisDe;
  readonly #inserir;
  readonly #guardarContador;
  readonly #lerChave;
  readonly #inserirChave;
  readonly #idNaAbertura: number;
  #ultimoId: number;
  #ultimoIdDuravel: number;
  /** Por sala, um id que nenhuma mensagem dela ultrapassa: responde "nada de novo" sem consulta. */
  readonly #tetos = new Map<number, number>();

  constructor(connection: Connection) {
    this.#ultimas = connection.linhas<LinhaDeMensagem>(selectVisiveis('', 'DESC'));
    this.#depoisDe = connection.linhas<LinhaDeMensagem>(selectVisiveis('AND id > ?3', 'ASC'));
    this.#inserir = connection.comando(
      `INSERT INTO mensagens (sala_id, visivel_para, ${COLUNAS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#guardarContador = connection.comando('UPDATE contador SET ultimo_id = ?');
    this.#lerChave = connection.linha<[string]>('SELECT mensagem FROM chaves WHERE sessao_id = ? AND chave = ?');
    this.#inserirChave = connection.comando('INSERT INTO chaves (sessao_id, chave, mensagem) VALUES (?, ?, ?)');
    const [ultimoId] = connection.linha<[number]>('SELECT ultimo_id FROM contador')() ?? [0];
    this.#idNaAbertura = ultimoId;
    this.#ultimoId = ultimoId;
    this.#ultimoIdDuravel = ultimoId;
  }

  /** @returns a mensagem como será lida */
  inserir({ sala, origem, privada, conteudo, agoraMs }: NovaMensagem): Mensagem {
    this.#ultimoId += 1;
    const id = this.#ultimoId;
    this.#tetos.set(sala.id, id);
    const destino = privada?.destino ?? null;
    for (const quem of privada?.visivelPara ?? [TODOS]) {
      this.#inserir(sala.id, quem, id, origem, destino, conteudo, agoraMs);
    }
    return emMensagem([id, origem, destino, conteudo, agoraMs], sala);
  }

  /** As últimas que a sessão pode ver na sala, da mais antiga à mais nova. */
  ultimas(sala: SalaGuardada, sessaoId: number): Mensagem[] {
    return this.#ultimas(sala.id, sessaoId)
      .reverse()
      .map((linha) => emMensagem(linha, sala));
  }

  /** As primeiras depois de um id, entre as que a sessão pode ver na sala. */
  depoisDe(sala: SalaGuardada, sessaoId: number, desde: number): Mensagem[] {
    if (desde >= (this.#tetos.get(sala.id) ?? this.#idNaAbertura)) return [];
    return this.#depoisDe(sala.id, sessaoId, desde).map((linha) => emMensagem(linha, sala));
  }

  /** @returns a mensagem que a sessão enviou com essa chave */
  daChave(sessaoId: number, chave: string): Mensagem | undefined {
    const linha = this.#lerChave(sessaoId, chave);
    return linha && JSON.parse(linha[0]);
  }

  guardarChave(sessaoId: number, chave: string, mensagem: Mensagem): void {
    this.#inserirChave(sessaoId, chave, JSON.stringify(mensagem));
  }

  /** Grava o contador com o grupo que o fez crescer. */
  antesDeConfirmar(): void {
    if (this.#ultimoId !== this.#ultimoIdDuravel) this.gravarContador();
  }

  gravarContador(): void {
    this.#guardarContador(this.#ultimoId);
  }

  aoConfirmar(): void {
    this.#ultimoIdDuravel = this.#ultimoId;
  }

  /** Os tetos ficam: continuam sendo limites de cima. */
  aoDesfazer(): void {
    this.#ultimoId = this.#ultimoIdDuravel;
  }

  /** A sala deixou de existir. */
  esquecerSala(salaId: number): void {
    this.#tetos.delete(salaId);
  }
}

function emMensagem([id, origem, destino, conteudo, enviadaEmMs]: LinhaDeMensagem, { nome }: SalaGuardada): Mensagem {
  return {
    id,
    sala: nome,
    tipo: destino === null ? 'broadcast' : 'unicast',
    origem,
    destino: destino ?? NOME_DE_TODOS,
    conteudo,
    timestamp: new Date(enviadaEmMs).toISOString(),
  };
}

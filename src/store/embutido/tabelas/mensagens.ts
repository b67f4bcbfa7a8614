/** As mensagens no arquivo: o id que cresce sempre, e quem pode ver cada uma. */

import { MENSAGENS_POR_PAGINA, type Mensagem } from '../../../contract/chat.ts';
import { emMensagem, type MensagemGuardada } from '../../mensagem-guardada.ts';
import { Recentes } from '../../recentes.ts';
import type { Connection } from '../banco/connection.ts';
import { PASSAGENS, TODOS } from '../banco/schema.ts';
import type { SalaGuardada, SessaoGuardada } from './sessoes.ts';

/** A chave de repetição de um envio, dentro da sessão. */
export interface ChaveDeRepeticao {
  readonly sessaoId: number;
  readonly chave: string;
}

export interface NovaMensagem {
  readonly sala: SalaGuardada;
  readonly origem: string;
  /** O nome de quem recebe, e as sessões que podem ver, a do remetente primeiro; `undefined` para todos. */
  readonly privada?: { readonly destino: string; readonly visivelPara: readonly number[] } | undefined;
  /** Diz quem entrou ou quem saiu: não é das que se disseram. */
  readonly passagem?: boolean;
  readonly conteudo: string;
  /** Ms desde 1970. */
  readonly agoraMs: number;
  readonly chave?: ChaveDeRepeticao | undefined;
}

/** Quantos ids se reservam de uma vez: o contador suja uma página, e quem envia não precisa pagar por ela a cada commit. */
const IDS_POR_RESERVA = 1_000;

const MICROSSEGUNDOS_POR_MS = 1_000;

/** Quantos registros se apagam de uma vez, para não segurar o event loop: alguns ms, se todos têm chave de repetição. */
export const REGISTROS_POR_LIMPEZA = 250;

export type RegistroDeMensagem = [...MensagemGuardada];

export const COLUNAS = 'id, origem, destino, conteudo, enviada_em_ms';

/** O libsql grava inteiro um texto com U+0000, mas só o lê até ali: uma chave de repetição, que pode tê-lo, se lê em bytes. */
export const CHAVE_EM_BYTES = 'CAST(chave AS BLOB)';

/** As faixas que uma sessão pode ver, cada uma lida no máximo até o tamanho da página. */
const VISIVEIS_DEPOIS_DE = [TODOS, PASSAGENS, '?2'].map(
  (visivelPara) =>
    `SELECT * FROM (SELECT ${COLUNAS} FROM mensagens
      WHERE sala_id = ?1 AND visivel_para = ${visivelPara} AND id > ?3
      ORDER BY id LIMIT ${MENSAGENS_POR_PAGINA})`,
);
const SELECT_VISIVEIS_DEPOIS_DE = `${VISIVEIS_DEPOIS_DE.join(' UNION ALL ')} ORDER BY id LIMIT ${MENSAGENS_POR_PAGINA}`;

export class Mensagens {
  readonly #ultimasDaFaixa;
  readonly #depoisDe;
  readonly #lerPassagem;
  readonly #inserir;
  readonly #guardarContador;
  readonly #lerChavesDasPrimeiras;
  readonly #apagarPrimeiras;
  readonly #idNaAbertura: number;
  #ultimoId: number;
  /** Até que id o arquivo já sabe que se pode ter dado. */
  #reservadosAte: number;
  /** O mesmo, contando com o grupo em andamento. */
  #reservandoAte: number;
  /** Por sala, um id que nenhuma mensagem dela ultrapassa: responde "nada de novo" sem consulta. */
  readonly #tetos = new Map<number, number>();
  readonly #recentes = new Recentes<number>();
  /**
   * Por sala e por sessão, o id depois do qual o arquivo já não tinha o que ela pode ver: numa sala em que nada se diz
   * desde a abertura, cada nova espera o perguntaria outra vez. A primeira mensagem da sala o esquece.
   */
  readonly #semNovas = new Map<number, Map<number, number>>();

  /**
   * @param agoraMs a hora em que o arquivo se abre, em ms desde 1970. Os ids partem dela, em µs: se o arquivo é uma cópia
   * antiga que alguém repôs, o que se diz agora ainda vem depois de todo cursor dado antes. Ninguém grava um milhão de
   * mensagens por segundo, e por isso os ids não se adiantam à hora.
   */
  constructor(connection: Connection, agoraMs: number) {
    this.#ultimasDaFaixa = connection.registros<RegistroDeMensagem>(
      `SELECT ${COLUNAS} FROM mensagens WHERE sala_id = ? AND visivel_para = ?
        ORDER BY id DESC LIMIT ${MENSAGENS_POR_PAGINA}`,
    );
    this.#depoisDe = connection.registros<RegistroDeMensagem>(SELECT_VISIVEIS_DEPOIS_DE);
    this.#lerPassagem = connection.registro<RegistroDeMensagem>(
      `SELECT ${COLUNAS} FROM mensagens WHERE sala_id = ? AND visivel_para = ${PASSAGENS} AND id = ?`,
    );
    this.#inserir = connection.gravacao(
      `INSERT INTO mensagens (sala_id, visivel_para, ${COLUNAS}, chave_sessao_id, chave)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#guardarContador = connection.gravacao('UPDATE contador SET ultimo_id = ?');
    const primeiras = (colunas: string) =>
      `SELECT ${colunas} FROM mensagens WHERE sala_id = ? ORDER BY visivel_para, id LIMIT ${REGISTROS_POR_LIMPEZA}`;
    this.#lerChavesDasPrimeiras = connection.registros<[...RegistroDeMensagem, sessaoId: number, chave: Buffer]>(
      `SELECT ${COLUNAS}, chave_sessao_id, ${CHAVE_EM_BYTES}
         FROM (${primeiras(`${COLUNAS}, chave_sessao_id, chave`)}) WHERE chave IS NOT NULL`,
    );
    this.#apagarPrimeiras = connection.comando(
      `DELETE FROM mensagens WHERE (sala_id, visivel_para, id) IN (${primeiras('sala_id, visivel_para, id')})`,
    );
    const [ultimoId] = connection.registro<[number]>('SELECT ultimo_id FROM contador')() ?? [0];
    this.#idNaAbertura = Math.max(ultimoId, Math.floor(agoraMs) * MICROSSEGUNDOS_POR_MS);
    this.#ultimoId = this.#idNaAbertura;
    this.#reservadosAte = ultimoId;
    this.#reservandoAte = ultimoId;
  }

  /** Nenhuma mensagem, em sala alguma, tem um id maior que este. */
  get ultimoId(): number {
    return this.#ultimoId;
  }

  /** @returns a mensagem como será lida: congelada, porque é a mesma para todos */
  inserir({ sala, origem, privada, passagem = false, conteudo, agoraMs, chave }: NovaMensagem): Mensagem {
    this.#ultimoId += 1;
    const id = this.#ultimoId;
    const anterior = this.#tetoDe(sala.id);
    this.#tetos.set(sala.id, id);
    this.#semNovas.delete(sala.id);
    const destino = privada?.destino ?? null;
    const [primeira = passagem ? PASSAGENS : TODOS, ...outros] = privada?.visivelPara ?? [];
    const dados = [id, origem, destino, conteudo, agoraMs] as const;
    this.#inserir(sala.id, primeira, ...dados, chave?.sessaoId ?? null, chave?.chave ?? null);
    for (const outro of outros) this.#inserir(sala.id, outro, ...dados, null, null);
    const mensagem = Object.freeze(emMensagem([...dados], sala.nome));
    this.#recentes.acrescentar(sala.id, anterior, { mensagem, passagem, visivelPara: privada?.visivelPara });
    return mensagem;
  }

  /** As últimas que se disseram e a sessão pode ver na sala, e entre elas a sua entrada, da mais antiga à mais nova. */
  ultimas(sala: SalaGuardada, { sessao, entradaId }: SessaoGuardada): Mensagem[] {
    const aTodos = this.#recentes.ditas(sala.id) ?? this.#lerDitas(sala);
    const privadas = this.#lerUltimas(sala, sessao.id);
    const ditas = [...aTodos, ...privadas].sort(porId).slice(-MENSAGENS_POR_PAGINA);
    const entrada = entradaId === null ? undefined : this.#passagem(sala, entradaId);
    return entrada ? [...ditas, entrada].sort(porId) : ditas;
  }

  /** As primeiras depois de um id, entre as que a sessão pode ver na sala. */
  depoisDe(sala: SalaGuardada, sessaoId: number, desde: number): readonly Mensagem[] {
    if (desde >= this.#tetoDe(sala.id)) return [];
    return this.#recentes.depoisDe(sala.id, sessaoId, desde) ?? this.#lerDepoisDe(sala, sessaoId, desde);
  }

  /**
   * Apaga algumas mensagens de uma sala que já não se alcança.
   * @param salvar recebe as que uma chave de repetição cita
   * @returns true se ainda há outras
   */
  apagarAlgumas(sala: SalaGuardada, salvar: (chave: ChaveDeRepeticao, mensagem: Mensagem) => void): boolean {
    for (const [id, origem, destino, conteudo, agoraMs, sessaoId, chave] of this.#lerChavesDasPrimeiras(sala.id)) {
      salvar({ sessaoId, chave: chave.toString() }, emMensagem([id, origem, destino, conteudo, agoraMs], sala.nome));
    }
    return this.#apagarPrimeiras(sala.id).changes === REGISTROS_POR_LIMPEZA;
  }

  /** Os ids reservados que sobram no fim do processo são pulados: um id pulado não faz falta. */
  antesDeConfirmar(): void {
    if (this.#ultimoId > this.#reservadosAte) this.reservarIds();
  }

  reservarIds(): void {
    this.#reservandoAte = this.#ultimoId + IDS_POR_RESERVA;
    this.#guardarContador(this.#reservandoAte);
  }

  aoConfirmar(): void {
    this.#reservadosAte = this.#reservandoAte;
  }

  /** Alguma das recentes pode não ter ficado no arquivo. */
  aoDesfazer(): void {
    this.#reservandoAte = this.#reservadosAte;
    this.#recentes.esquecerTodas();
  }

  /** A sala deixou de existir. */
  esquecerSala(salaId: number): void {
    this.#tetos.delete(salaId);
    this.#semNovas.delete(salaId);
    this.#recentes.esquecer(salaId);
  }

  #lerDepoisDe(sala: SalaGuardada, sessaoId: number, desde: number): readonly Mensagem[] {
    const semNovasDesde = this.#semNovas.get(sala.id)?.get(sessaoId);
    if (semNovasDesde !== undefined && desde >= semNovasDesde) return [];
    const registros = this.#depoisDe(sala.id, sessaoId, desde);
    if (registros.length === 0) this.#anotarSemNovas(sala.id, sessaoId, desde);
    return registros.map((registro) => emMensagem(registro, sala.nome));
  }

  #anotarSemNovas(salaId: number, sessaoId: number, desde: number): void {
    const daSala = this.#semNovas.get(salaId) ?? new Map<number, number>();
    this.#semNovas.set(salaId, daSala.set(sessaoId, desde));
  }

  /** Lê do arquivo uma vez só: daqui em diante estão entre as recentes. */
  #lerDitas(sala: SalaGuardada): readonly Mensagem[] {
    const ditas = this.#lerUltimas(sala, TODOS).map((mensagem) => Object.freeze(mensagem));
    this.#recentes.lembrarDitas(sala.id, this.#tetoDe(sala.id), ditas);
    return ditas;
  }

  #lerUltimas(sala: SalaGuardada, visivelPara: number): Mensagem[] {
    const registros = this.#ultimasDaFaixa(sala.id, visivelPara).reverse();
    return registros.map((registro) => emMensagem(registro, sala.nome));
  }

  #passagem(sala: SalaGuardada, id: number): Mensagem | undefined {
    const recente = this.#recentes.buscar(sala.id, id);
    if (recente) return recente;
    const registro = this.#lerPassagem(sala.id, id);
    return registro && emMensagem(registro, sala.nome);
  }

  #tetoDe(salaId: number): number {
    return this.#tetos.get(salaId) ?? this.#idNaAbertura;
  }
}

function porId(uma: Mensagem, outra: Mensagem): number {
  return uma.id - outra.id;
}

/** As salas no arquivo, e na memória as que estão abertas. */

import { ContractError } from '../../../contract/errors.ts';
import { mesmoNome, nomeComparavel } from '../../../contract/nomes/nomes.ts';
import {
  MAXIMO_DE_PERMANENTES,
  MAXIMO_DE_PERMANENTES_DO_DONO,
  MAXIMO_DE_SALAS,
  permanentesDemais,
  salasDemais,
  type TetoDeVazias,
  vaziasDemais,
} from '../../teto-de-salas.ts';
import type { Connection } from '../banco/connection.ts';
import { type Ajustes, type Dono, SEM_AJUSTES } from './ajustes.ts';
import { REGISTROS_POR_LIMPEZA } from './mensagens.ts';
import { type Criador, SalasAbertas, type SalaVazia } from './salas-abertas.ts';
import type { SalaGuardada, SessaoGuardada } from './sessoes.ts';

type RegistroDeAjustes = [
  donoId: number | null,
  dono: string | null,
  topico: string | null,
  senha: string | null,
  silenciada: number,
  permanente: number,
];
type RegistroDeSala = [id: number, nome: string, usuarios: number, ...RegistroDeAjustes];

function emAjustes([donoId, dono, topico, senha, silenciada, permanente]: RegistroDeAjustes): Ajustes {
  return {
    dono: donoId === null || dono === null ? null : { sessaoId: donoId, nome: dono },
    topico,
    senha,
    silenciada: silenciada === 1,
    permanente: permanente === 1,
  };
}

export class Salas {
  readonly abertas: SalasAbertas;
  readonly #inserir;
  readonly #ajustar;
  readonly #remover;
  readonly #apagarRemovidasSemMensagens;
  readonly #lerRemovida;
  readonly #contarRemovidas;
  readonly #apagar;

  /** @param monotonicoMs o relógio dos prazos, em ms desde um ponto qualquer */
  constructor(connection: Connection, monotonicoMs: () => number) {
    this.abertas = new SalasAbertas(monotonicoMs);
    this.#inserir = connection.comando('INSERT INTO salas (nome, chave, dono_id) VALUES (?, ?, ?)');
    this.#ajustar = connection.gravacao(
      'UPDATE salas SET dono_id = ?, topico = ?, senha = ?, silenciada = ?, permanente = ? WHERE id = ?',
    );
    this.#remover = connection.gravacao('UPDATE salas SET chave = NULL WHERE id = ?');
    this.#lerRemovida = connection.registro<[number, string]>('SELECT id, nome FROM salas WHERE chave IS NULL LIMIT 1');
    this.#contarRemovidas = connection.registro<[number]>('SELECT count(*) FROM salas WHERE chave IS NULL');
    this.#apagar = connection.gravacao('DELETE FROM salas WHERE id = ?');
    this.#apagarRemovidasSemMensagens = connection.comando(
      `DELETE FROM salas WHERE id IN (
         SELECT id FROM salas WHERE chave IS NULL AND NOT EXISTS (SELECT 1 FROM mensagens WHERE sala_id = salas.id)
          LIMIT ${REGISTROS_POR_LIMPEZA})`,
    );
    const lerAbertas = connection.registros<RegistroDeSala>(
      `SELECT salas.id, salas.nome, (SELECT count(*) FROM sessoes WHERE sala_id = salas.id), sessoes.id, sessoes.nome,
              topico, senha, silenciada, permanente
         FROM salas LEFT JOIN sessoes ON sessoes.id = dono_id WHERE salas.chave IS NOT NULL ORDER BY salas.nome`,
    );
    for (const [id, nome, usuarios, ...ajustes] of lerAbertas()) {
      this.abertas.abrir({ id, nome }, emAjustes(ajustes), usuarios);
    }
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

  /** @throws LIMITE_EXCEDIDO */
  exigirPoucasVazias(criador: Criador, { porPessoa, porRede }: TetoDeVazias): void {
    const { daPessoa, daRede } = this.abertas.vaziasDe(criador);
    if (daPessoa >= porPessoa || daRede >= porRede) throw vaziasDemais();
  }

  /** @throws LIMITE_EXCEDIDO */
  exigirLugarPermanente({ sessaoId }: Dono): void {
    const cabe =
      this.abertas.quantasPermanentes() < MAXIMO_DE_PERMANENTES &&
      this.abertas.quantasPermanentes(sessaoId) < MAXIMO_DE_PERMANENTES_DO_DONO;
    if (!cabe) throw permanentesDemais();
  }

  inserir(nome: string, dono: Dono, rede: string): void {
    const id = Number(this.#inserir(nome, nomeComparavel(nome), dono.sessaoId).lastInsertRowid);
    this.abertas.abrir({ id, nome }, { ...SEM_AJUSTES, dono }, 0, { sessaoId: dono.sessaoId, rede });
  }

  /** @param mudancas o que não está aqui fica como era */
  ajustar(sala: SalaGuardada, mudancas: Partial<Ajustes>): void {
    const ajustes = { ...this.abertas.ajustesDe(sala), ...mudancas };
    const { dono, topico, senha, silenciada, permanente } = ajustes;
    this.#ajustar(dono?.sessaoId ?? null, topico, senha, Number(silenciada), Number(permanente), sala.id);
    this.abertas.ajustar(sala, ajustes);
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

  /** Muitas de uma vez: das que ninguém chegou a usar não há mais o que apagar. */
  apagarRemovidasSemMensagens(): void {
    this.#apagarRemovidasSemMensagens();
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

/**
 * As sessões no Redis, repartidas em faixas, e de quem é cada nome.
 * Esta pasta é o que todos os servidores dividem: não sabe que verbo pediu o que ela lê e escreve.
 */

import { ContractError } from '../../../contract/errors.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import { RedisIndisponivel } from '../../../redis/redis-error.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import { json, nada, ou, pares, texto } from '../../../redis/resposta.ts';
import type { NovaSessao, Sessao } from '../../store.ts';
import {
  chaveDoDono,
  chavesDaFaixa,
  chavesDasFaixas,
  FAIXAS,
  faixaDaSessao,
  faixaDoToken,
  VERSAO_DOS_NOMES,
} from '../formato/chaves.ts';
import type { SessaoGuardada } from '../formato/registros.ts';
import { fixarNome, liberarNome, reservarNome } from '../scripts/nomes.ts';
import { identificar, registrarSessao } from '../scripts/sessoes.ts';

/** Quanto um nome espera pela sessão que o reservou: se ela não nasce, outro o pode reservar. */
const RESERVA_DO_NOME_MS = 5_000;

const sessaoGuardada = json<SessaoGuardada>();

export class Sessoes {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;

  constructor(redis: RedisConnection, relogio: RelogioDividido) {
    this.#redis = redis;
    this.#relogio = relogio;
  }

  /**
   * Reserva o nome, cria a sessão, e por último o nome é dela: um kill entre dois passos deixa no máximo uma sessão de que
   * ninguém tem o token, e um nome que outro pode reservar. Um passo que não se respondeu pode ter agido: a quem se diz
   * que nada mudou, o nome fica livre para tentar de novo.
   * @throws NOME_EM_USO, ou RedisIndisponivel
   */
  async registrar(nova: NovaSessao): Promise<Sessao> {
    try {
      return await this.#registrarPorPassos(nova);
    } catch (erro) {
      if (erro instanceof RedisIndisponivel) {
        // Sem o Redis não há o que desfazer agora: a reserva vence, e a sessão acaba por falta de chamadas.
        await this.liberarNome({ nome: nova.nome, hash: nova.tokenHash }).catch(() => {});
      }
      throw erro;
    }
  }

  async #registrarPorPassos({ nome, tokenHash: hash }: NovaSessao): Promise<Sessao> {
    const agora = this.#relogio.agoraMs();
    const chaves = { dono: chaveDoDono(nome) };
    const reserva = { agora, hash, validadeMs: RESERVA_DO_NOME_MS };
    if (!(await this.#redis.executar(reservarNome, chaves, reserva))) throw new ContractError('NOME_EM_USO');
    const faixa = faixaDoToken(hash);
    const sessao = JSON.stringify({ nome, hash } satisfies SessaoGuardada);
    const argumentos = { agora, hash, sessao, faixa, faixas: FAIXAS };
    const id = await this.#redis.executar(registrarSessao, chavesDaFaixa(faixa), argumentos);
    await this.#anotarMudancaDeNomes();
    // A reserva passou a outro: a sessão fica sem nome nem dono, e acaba por falta de chamadas.
    if (!(await this.#redis.executar(fixarNome, chaves, { hash }))) throw new ContractError('NOME_EM_USO');
    return { id, nome, sala: null };
  }

  /** A sessão de um token; perguntar conta como presença, e confirma que o token chegou a quem registrou. */
  async identificar(tokenHash: string): Promise<Sessao | undefined> {
    const chaves = chavesDaFaixa(faixaDoToken(tokenHash));
    const argumentos = { agora: this.#relogio.agoraMs(), hash: tokenHash };
    const achada = await this.#redis.executar(identificar, chaves, argumentos);
    return achada && emSessao(achada[0], JSON.parse(achada[1]));
  }

  /**
   * @returns a sessão como está guardada
   * @throws NAO_AUTENTICADO se acabou, ou está acabando
   */
  async exigir(sessaoId: number): Promise<SessaoGuardada> {
    const { sessoes } = chavesDaFaixa(faixaDaSessao(sessaoId));
    const sessao = await this.#redis.comando(ou(sessaoGuardada), sessoes, 'HGET', sessoes, sessaoId);
    if (!sessao || estaAcabando(sessao)) throw new ContractError('NAO_AUTENTICADO');
    return sessao;
  }

  /** Por id, sem as que estão acabando. */
  async todas(): Promise<Sessao[]> {
    const porFaixa = await Promise.all(
      chavesDasFaixas().map(({ sessoes }) => this.#redis.comando(pares, sessoes, 'HGETALL', sessoes)),
    );
    return porFaixa
      .flat()
      .map(([id, guardada]) => [Number(id), JSON.parse(guardada) as SessaoGuardada] as const)
      .filter(([, sessao]) => !estaAcabando(sessao))
      .map(([id, sessao]) => emSessao(id, sessao))
      .sort((uma, outra) => uma.id - outra.id);
  }

  async liberarNome({ nome, hash }: SessaoGuardada): Promise<void> {
    await this.#redis.executar(liberarNome, { dono: chaveDoDono(nome) }, { hash });
    await this.#anotarMudancaDeNomes();
  }

  /** Um texto que muda a cada nome que nasce ou acaba. */
  versaoDosNomes(): Promise<string | undefined> {
    return this.#redis.comando(ou(texto), VERSAO_DOS_NOMES, 'GET', VERSAO_DOS_NOMES);
  }

  #anotarMudancaDeNomes(): Promise<void> {
    return this.#redis.comando(nada, VERSAO_DOS_NOMES, 'INCR', VERSAO_DOS_NOMES);
  }
}

function estaAcabando({ movimento }: SessaoGuardada): boolean {
  return movimento?.tipo === 'encerrar';
}

function emSessao(id: number, { nome, sala }: SessaoGuardada): Sessao {
  return { id, nome, sala: sala?.nome ?? null };
}

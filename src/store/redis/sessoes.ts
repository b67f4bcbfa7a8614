/** As pessoas no Redis: sessões repartidas em faixas, e de quem é cada nome. */

import { ContractError } from '../../contract/errors.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { LimiteDeChamadas, NovaSessao, Sessao } from '../store.ts';
import {
  chaveDoDono,
  chaveDoRitmo,
  chaveDosRegistros,
  chavesDaFaixa,
  chavesDasFaixas,
  FAIXAS,
  faixaDaSessao,
  faixaDoToken,
  VERSAO_DOS_NOMES,
} from './chaves.ts';
import { fixarNome, liberarNome, reservarNome } from './nomes-scripts.ts';
import type { SessaoNoRedis } from './respostas.ts';
import {
  confirmarSessao,
  identificar,
  lerPorToken,
  ocuparLugar,
  registrarSessao,
  renovarPresencas,
} from './sessoes-scripts.ts';

/** Quanto um nome espera pela sessão que o reservou: se ela não nasce, ele se solta por si. */
const RESERVA_DO_NOME_MS = 5_000;

const POR_SCRIPT = 500;

export class Pessoas {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /**
   * Reserva o nome, cria a sessão, e por último o nome é dela: um kill no meio deixa no máximo uma sessão de que
   * ninguém tem o token, e um nome que se solta.
   * @throws NOME_EM_USO
   */
  async registrar({ nome, tokenHash }: NovaSessao): Promise<Sessao> {
    const hash = tokenHash.toString('hex');
    const dono = chaveDoDono(nome);
    const reservado = await this.#redis.executar(reservarNome, [dono], [hash, RESERVA_DO_NOME_MS]);
    if (reservado === 0) throw new ContractError('NOME_EM_USO');
    const faixa = faixaDoToken(tokenHash);
    const { contador, tokens, sessoes, presentes, novas } = chavesDaFaixa(faixa);
    const texto = JSON.stringify({ nome, hash } satisfies SessaoNoRedis);
    const argumentos = [hash, texto, faixa, FAIXAS];
    const id = Number(
      await this.#redis.executar(registrarSessao, [contador, tokens, sessoes, presentes, novas], argumentos),
    );
    await this.#anotarMudancaDeNomes();
    // A reserva acabou antes: a sessão fica sem nome nem dono, e acaba por falta de chamadas.
    if ((await this.#redis.executar(fixarNome, [dono], [hash])) === 0) throw new ContractError('NOME_EM_USO');
    return emSessao(id, { nome, hash });
  }

  /**
   * Ocupa um lugar entre os registros que uma rede pode fazer.
   * @throws LIMITE_EXCEDIDO
   */
  ocuparRegistro(rede: string, limite: LimiteDeChamadas): Promise<void> {
    return this.#ocupar(chaveDosRegistros(rede), limite);
  }

  /**
   * Ocupa um lugar num limite da pessoa.
   * @param qual o nome dele
   * @throws LIMITE_EXCEDIDO
   */
  ocuparLugar(sessaoId: number, qual: string, limite: LimiteDeChamadas): Promise<void> {
    return this.#ocupar(chaveDoRitmo(sessaoId, qual), limite);
  }

  /** Devolve o último lugar ocupado: a chamada não era das que contam. */
  async devolverLugar(sessaoId: number, limite: string): Promise<void> {
    const chave = chaveDoRitmo(sessaoId, limite);
    await this.#redis.comando(chave, 'RPOP', chave);
  }

  async doToken(tokenHash: Buffer): Promise<Sessao | undefined> {
    const { tokens, sessoes } = chavesDaFaixa(faixaDoToken(tokenHash));
    return emSessaoViva(await this.#redis.executar(lerPorToken, [tokens, sessoes], [tokenHash.toString('hex')]));
  }

  /** O mesmo que `doToken`, e a chamada conta como sinal de vida. */
  async identificar(tokenHash: Buffer): Promise<Sessao | undefined> {
    const { tokens, sessoes, presentes, ausentes, novas } = chavesDaFaixa(faixaDoToken(tokenHash));
    const chaves = [tokens, sessoes, presentes, ausentes, novas];
    return emSessaoViva(await this.#redis.executar(identificar, chaves, [tokenHash.toString('hex')]));
  }

  /** @returns a sessão como está guardada; `undefined` se acabou, ou está acabando */
  async deId(sessaoId: number): Promise<SessaoNoRedis | undefined> {
    const { sessoes } = chavesDaFaixa(faixaDaSessao(sessaoId));
    const texto = await this.#redis.comando(sessoes, 'HGET', sessoes, sessaoId);
    const sessao = texto === null ? undefined : (JSON.parse(texto as string) as SessaoNoRedis);
    return sessao?.movimento?.tipo === 'encerrar' ? undefined : sessao;
  }

  /** @throws NAO_AUTENTICADO */
  async exigir(sessaoId: number): Promise<SessaoNoRedis> {
    const sessao = await this.deId(sessaoId);
    if (!sessao) throw new ContractError('NAO_AUTENTICADO');
    return sessao;
  }

  async confirmar(sessaoId: number): Promise<void> {
    const { sessoes, novas } = chavesDaFaixa(faixaDaSessao(sessaoId));
    await this.#redis.executar(confirmarSessao, [sessoes, novas], [sessaoId]);
  }

  /** Anota o sinal de vida das que ainda existem. */
  async renovar(sessoes: readonly number[]): Promise<void> {
    const porFaixa = chavesDasFaixas().map((chaves) => ({ chaves, ids: [] as number[] }));
    for (const id of sessoes) porFaixa[faixaDaSessao(id)]?.ids.push(id);
    await Promise.all(
      porFaixa.flatMap(({ chaves: { sessoes, presentes, ausentes }, ids }) =>
        emGrupos(ids).map((grupo) => this.#redis.executar(renovarPresencas, [sessoes, presentes, ausentes], grupo)),
      ),
    );
  }

  /** Por id, sem as que estão acabando. */
  async todas(): Promise<Sessao[]> {
    const porFaixa = await Promise.all(
      chavesDasFaixas().map(async ({ sessoes }) => emPares(await this.#redis.comando(sessoes, 'HGETALL', sessoes))),
    );
    return porFaixa
      .flat()
      .flatMap((resposta) => emSessaoViva(resposta) ?? [])
      .sort((uma, outra) => uma.id - outra.id);
  }

  async liberarNome({ nome, hash }: SessaoNoRedis): Promise<void> {
    await this.#redis.executar(liberarNome, [chaveDoDono(nome)], [hash]);
    await this.#anotarMudancaDeNomes();
  }

  /** Um número que muda a cada nome que nasce ou acaba. */
  async versaoDosNomes(): Promise<string | null> {
    return (await this.#redis.comando(VERSAO_DOS_NOMES, 'GET', VERSAO_DOS_NOMES)) as string | null;
  }

  async #ocupar(chave: string, { maximo, janelaMs }: LimiteDeChamadas): Promise<void> {
    const tenteEmMs = Number(await this.#redis.executar(ocuparLugar, [chave], [maximo, janelaMs]));
    if (tenteEmMs > 0) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
  }

  async #anotarMudancaDeNomes(): Promise<void> {
    await this.#redis.comando(VERSAO_DOS_NOMES, 'INCR', VERSAO_DOS_NOMES);
  }
}

function emSessao(id: number, { nome, sala, confirmada = false }: SessaoNoRedis): Sessao {
  return { id, nome, sala: sala?.nome ?? null, confirmada };
}

function emSessaoViva(resposta: unknown): Sessao | undefined {
  if (resposta === null) return undefined;
  const [id, texto] = resposta as [string, string];
  const sessao = JSON.parse(texto) as SessaoNoRedis;
  return sessao.movimento?.tipo === 'encerrar' ? undefined : emSessao(Number(id), sessao);
}

/** Um script com muitos argumentos seguraria o Redis. */
function emGrupos(ids: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ids.length / POR_SCRIPT) }, (_, indice) =>
    ids.slice(indice * POR_SCRIPT, (indice + 1) * POR_SCRIPT),
  );
}

/** RESP3 dá um mapa como objeto. */
function emPares(resposta: unknown): [string, string][] {
  return Object.entries(resposta as Record<string, string>);
}

/**
 * O registro do binder: nome de procedimento → endpoints, cada um com ou sem lease.
 * É um por binder, na memória dele, ou um só, no Redis, que vários binders dividem. Uma leitura não grava nada.
 */

import { ContractError } from '../../contract/errors.ts';
import type { Closable } from '../../process/lifecycle.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface EndpointVivo extends Endpoint {
  /** O que resta do lease, em segundos, arredondado para cima; null quando não há lease. */
  readonly ttl_s: number | null;
}

export interface ProcedimentoRegistrado {
  readonly procedure_name: string;
  readonly endpoints: EndpointVivo[];
}

/** A tabela, e um texto que muda quando um endpoint vem ou vai, e não quando se renova. */
export interface TabelaComVersao {
  readonly versao: string;
  readonly procedures: ProcedimentoRegistrado[];
}

/** Todo verbo pode recusar com SERVICO_INDISPONIVEL, e então nada mudou. */
export interface Registry extends Closable {
  /** Se pode servir agora. */
  readonly disponivel: boolean;

  /**
   * O último registro de um endpoint decide, tenha lease ou não; renovar não muda a vez dele.
   * @param ttl_s duração do lease em segundos; `undefined` para nenhum
   * @throws LIMITE_EXCEDIDO quando não cabe mais nenhum endpoint
   */
  register(nome: string, endpoint: Endpoint, ttl_s: number | undefined): Promise<void>;

  /**
   * Entrega os endpoints vivos um por vez; a vez é de cada binder.
   * @throws PROCEDIMENTO_NAO_REGISTRADO
   */
  lookup(nome: string): Promise<EndpointVivo>;

  /** @returns true se o endpoint estava registrado, e vivo */
  unregister(nome: string, endpoint: Endpoint): Promise<boolean>;

  /** Os procedimentos com endpoint vivo, em ordem de code points; os endpoints de cada um, na da vez. */
  list(): Promise<ProcedimentoRegistrado[]>;

  /** O mesmo que `list`, com a versão. */
  listComVersao(): Promise<TabelaComVersao>;

  /**
   * @param ouvinte chamado quando um endpoint pode ter vindo ou ido; de um lease que vence, em até 200 ms
   * @returns como deixar de ouvir
   */
  aoMudar(ouvinte: () => void): () => void;
}

/** Um binder em uso tem algumas dezenas de endpoints: o máximo só impede que alguém o encha. */
export const MAXIMO_DE_REGISTROS = 20_000;

/** Nomes de máquina e IPv6 não distinguem maiúsculas. */
export function chaveDoEndpoint({ address, port }: Endpoint): string {
  return `${address.toLowerCase()} ${port}`;
}

export function registroCheio(): ContractError {
  const message = `O binder já guarda o máximo de ${MAXIMO_DE_REGISTROS} endpoints.`;
  return new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: 1_000 }, message);
}

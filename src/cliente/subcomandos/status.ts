/** Uma falha → o status com que o subcomando termina. */

import { ContractError } from '../../contract/errors.ts';
import { StartupError } from '../../process/lifecycle.ts';
import { UnreachableError } from '../../rpc/client/falhas.ts';
import { explicar } from '../chamadas/explicar.ts';
import { estaFora } from '../chamadas/falhas.ts';
import { STATUS } from './subcomandos.ts';

/**
 * @param quem começa a linha do erro
 * @returns um StartupError com o status; o próprio erro, quando é um defeito do programa
 */
export function comStatus(quem: string, erro: unknown): unknown {
  if (estaFora(erro)) return new StartupError(`${quem}: ${explicar(erro)}`, STATUS.falta.status);
  if (erro instanceof ContractError) return new StartupError(`${quem}: ${explicar(erro)}`, STATUS.recusa.status);
  if (erro instanceof UnreachableError) return new StartupError(`${quem}: ${explicar(erro)}`, STATUS.falta.status);
  return erro;
}

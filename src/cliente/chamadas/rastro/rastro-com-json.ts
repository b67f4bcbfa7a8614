/** `--rastro=json`: as mesmas linhas e, sob cada uma, o que viaja: os parâmetros na ida, o resultado ou o erro na volta. */

import { ContractError } from '../../../contract/errors.ts';
import { semSegredos } from '../../../contract/sem-segredos.ts';
import { tornarVisivel } from '../../../dominio/visivel.ts';
import { type Acontecimento, criarRastro, type Observador } from './rastro.ts';

/** @param mostrar recebe linhas já sem nada que um terminal obedeceria */
export function criarRastroComJson(mostrar: (linha: string) => void): Observador {
  const contar = criarRastro(mostrar);
  return (acontecimento) => {
    contar(acontecimento);
    const viajou = oQueViajou(acontecimento);
    if (viajou) mostrar(`    ${tornarVisivel(semSegredos(viajou))}`);
  };
}

/** O que é do JSON-RPC 2.0 nos dois sentidos; o que não chegou não viajou. */
function oQueViajou(acontecimento: Acontecimento): object | undefined {
  if (acontecimento.tipo === 'chamada') return { method: acontecimento.nome, params: acontecimento.params };
  if (acontecimento.tipo !== 'resposta') return undefined;
  const { erro, resultado } = acontecimento;
  if (erro === undefined) return { result: resultado };
  return erro instanceof ContractError ? { error: erro.paraOFio() } : undefined;
}

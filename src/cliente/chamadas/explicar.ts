/** Uma falha → a frase que uma pessoa entende; nada do que outro escolheu chega cru ao terminal. */

import { ContractError } from '../../contract/errors.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import { UnreachableError } from '../../rpc/client/falhas.ts';

/** @returns o motivo, numa linha, terminado em ponto */
export function explicar(erro: unknown): string {
  if (erro instanceof ContractError) return tornarVisivel(explicarRecusa(erro));
  if (erro instanceof UnreachableError) return tornarVisivel(explicarFalta(erro));
  return 'O cliente falhou por dentro.';
}

/** O mesmo, de uma chamada que vai ser repetida: que não se saiba se ela agiu não importa a quem lê. */
export function explicarQueda(erro: unknown): string {
  return erro instanceof UnreachableError ? tornarVisivel(erro.message) : explicar(erro);
}

function explicarRecusa({ message, detalhes }: ContractError): string {
  if (detalhes.problemas?.length) {
    return `${detalhes.problemas.map(({ parametro, motivo }) => `${ROTULOS[parametro] ?? parametro} ${motivo}`).join('; ')}.`;
  }
  if (detalhes.tenteEmMs === undefined) return message;
  return `${message} (Daqui a ${Math.ceil(detalhes.tenteEmMs / 1000)} s.)`;
}

const ROTULOS: Readonly<Record<string, string>> = {
  nomeUsuario: 'o nome',
  nomeSala: 'o nome da sala',
  salaAtual: 'o nome da sala',
  destinatario: 'o destinatário',
  mensagem: 'a mensagem',
};

function explicarFalta({ motivo, message }: UnreachableError): string {
  if (motivo === 'recusada') return message;
  return `${message} Não se sabe se o pedido foi feito.`;
}

/** Uma falha que o tempo cura: o outro lado está fora, reiniciando ou ocupado. */
export function ehPassageira(erro: unknown): boolean {
  if (erro instanceof UnreachableError) return erro.motivo !== 'cancelada';
  return erro instanceof ContractError && PASSAGEIRAS.has(erro.tipo);
}

const PASSAGEIRAS = new Set<ContractError['tipo']>([
  'PROCEDIMENTO_NAO_REGISTRADO',
  'SERVICO_INDISPONIVEL',
  'LIMITE_EXCEDIDO',
  'ERRO_INTERNO',
]);

/** No registro, um limite ou uma falha interna se dizem a quem digitou o nome; só a ausência se espera. */
export function estaFora(erro: unknown): boolean {
  return ehPassageira(erro) && !ehDoTipo(erro, 'LIMITE_EXCEDIDO', 'ERRO_INTERNO');
}

/** Por que o servidor nos tirou da sala. */
export function motivoDaSaida(erro: unknown): string {
  if (ehDoTipo(erro, 'FORA_DA_SALA')) return 'O servidor retira quem fica muito tempo sem dar sinal.';
  if (ehDoTipo(erro, 'SALA_NAO_ENCONTRADA')) return 'A sala foi removida.';
  return explicar(erro);
}

/** @returns quanto o outro lado pediu que se espere, em ms, nunca menos que o mínimo */
export function esperaPedidaMs(erro: unknown, minimoMs: number): number {
  const pedida = erro instanceof ContractError ? (erro.detalhes.tenteEmMs ?? 0) : 0;
  return Math.max(pedida, minimoMs);
}

export function foiCancelada(erro: unknown): boolean {
  return (
    (erro instanceof UnreachableError && erro.motivo === 'cancelada') ||
    (erro instanceof Error && erro.name === 'AbortError')
  );
}

export function ehDoTipo(erro: unknown, ...tipos: ContractError['tipo'][]): boolean {
  return erro instanceof ContractError && tipos.includes(erro.tipo);
}

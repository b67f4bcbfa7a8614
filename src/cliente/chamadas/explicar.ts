/** Uma falha → a frase que uma pessoa entende; nada do que outro escolheu chega cru ao terminal. */

import { ContractError, ehDoTipo } from '../../contract/errors.ts';
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
  senha: 'a senha',
  topico: 'o tópico',
  alvo: 'o nome',
};

function explicarFalta({ motivo, message }: UnreachableError): string {
  if (motivo === 'recusada') return message;
  return `${message} Não se sabe se o pedido foi feito.`;
}

/** Por que o servidor nos tirou da sala. */
export function motivoDaSaida(erro: unknown): string {
  // Quem não esperava no servidor não sabe qual dos dois foi: ao voltar, quem foi expulso é recusado, com o motivo.
  if (ehDoTipo(erro, 'FORA_DA_SALA')) {
    return 'O servidor tira quem fica muito tempo sem dar sinal, e quem o dono da sala expulsa.';
  }
  if (ehDoTipo(erro, 'SALA_NAO_ENCONTRADA')) return 'A sala foi removida.';
  return explicar(erro);
}

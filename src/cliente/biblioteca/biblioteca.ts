/**
 * O cliente como biblioteca, para bots e outros programas:
 *
 * ```js
 * import { conectar } from 'chat-system-distribuido';
 *
 * const chat = await conectar({ nome: 'Robô', sala: 'Geral', criarSala: true });
 * try {
 *   await chat.enviar('Bom dia a todos!');
 *   for await (const { origem, conteudo } of chat.mensagens()) console.log(origem, conteudo);
 * } finally {
 *   await chat.close();
 * }
 * ```
 *
 * Do Node 24 em diante, `await using chat = …` dispensa o `close`.
 */

import { ContractError, type TipoDeErro } from '../../contract/errors.ts';
import { tracarSeHaSdk } from '../../observadores/telemetria/se-ha-sdk.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import { type MotivoDeFalha, UnreachableError } from '../../rpc/client/falhas.ts';
import { criarConexoes } from '../../rpc/client/http.ts';
import { Conexao } from '../chamadas/conexao.ts';
import { abrirRastro } from '../chamadas/rastro/rastros.ts';
import type { Chat, ConectarOptions } from './chat.ts';
import { lerOptions } from './options.ts';
import { Participante } from './participante.ts';

export type { Mensagem } from '../../contract/chat.ts';
export type { Chat, ConectarOptions, Entrada, Sala } from './chat.ts';
export type { MotivoDeFalha, TipoDeErro };

/**
 * Registra o nome e, se foi dada, entra na sala.
 * @throws o que o servidor recusou (o nome está em uso, a sala não existe), ou a falta de resposta até o prazo
 */
export async function conectar(options: ConectarOptions): Promise<Chat> {
  const { binders, ritmo, prazoMs } = lerOptions(options);
  const { nome, sala, senha, criarSala = false, ca, aoAvisar, aoRastrear, rastroEm = 'linhas' } = options;
  const tracado = await tracarSeHaSdk((texto) => aoAvisar?.(texto));
  const servico = new Conexao({
    binders,
    clock: relogioDoSistema,
    conexoes: criarConexoes(ca === undefined ? undefined : Buffer.from(ca), tracado?.saida),
    observador: aoRastrear && abrirRastro(rastroEm, aoRastrear, relogioDoSistema),
  });
  const participante = new Participante({ servico, clock: relogioDoSistema, ritmo, prazoMs, aoAvisar });
  try {
    await participante.registrar(nome);
    if (sala !== undefined) await participante.entrar(sala, { criar: criarSala, senha });
  } catch (erro) {
    await participante.close();
    throw erro;
  }
  return participante;
}

/** @returns o tipo com que o servidor (ou o binder) recusou a chamada, ou `undefined` se o erro não é uma recusa */
export function tipoDaRecusa(erro: unknown): TipoDeErro | undefined {
  return erro instanceof ContractError ? erro.tipo : undefined;
}

/** @returns por que não se soube a resposta, ou `undefined` se o erro não é esse */
export function motivoDaFalta(erro: unknown): MotivoDeFalha | undefined {
  return erro instanceof UnreachableError ? erro.motivo : undefined;
}

/** `enviar`: o texto dado, ou cada linha da entrada, uma mensagem cada. */

import { ehDoTipo } from '../../contract/errors.ts';
import { StartupError } from '../../process/lifecycle.ts';
import { explicar } from '../chamadas/explicar.ts';
import { abrirChat } from './abrir-chat.ts';
import { type Linha, LinhaIlegivel, lerLinhas } from './ler-linhas.ts';
import { exigirNome } from './nomes.ts';
import type { Execucao } from './ordem.ts';
import { escreverMensagem } from './saida.ts';
import { comStatus } from './status.ts';
import { STATUS } from './subcomandos.ts';

export async function enviar(execucao: Execucao): Promise<void> {
  const [sala = '', ...palavras] = execucao.operandos;
  const { para, criar } = execucao.opcoes;
  exigirNome(execucao, 'a sala', sala);
  if (para !== undefined) exigirNome(execucao, '--para', para);
  exigirUtf8(execucao.processo, palavras);
  const chat = await abrirChat(execucao);
  await chat.entrar(sala, { criar }).catch((erro: unknown) => {
    throw ehDoTipo(erro, 'SALA_NAO_ENCONTRADA') ? semSala(execucao.processo, erro) : erro;
  });
  const enviarUma = async (texto: string) => escreverMensagem(execucao, await chat.enviar(texto, { para }));
  if (palavras.length > 0) return enviarUma(palavras.join(' '));

  await enviarLinhas(execucao, enviarUma);
}

/**
 * Um argumento cujos bytes não são UTF-8 já chega com U+FFFD no lugar deles: o que se quis dizer não se sabe mais.
 * @throws StartupError se algum o tem
 */
function exigirUtf8(processo: string, palavras: readonly string[]): void {
  if (!palavras.some((palavra) => palavra.includes('\ufffd'))) return;
  const saida = 'se o texto tem mesmo U+FFFD, dê-o pela entrada padrão';
  throw new StartupError(`${processo}: o texto tem bytes que não são UTF-8; ${saida}`, STATUS.uso.status);
}

/** Quem escreve um script não vê a pergunta que a conversa faz: aqui se diz como a sala se cria. */
function semSala(processo: string, erro: unknown): StartupError {
  return new StartupError(`${processo}: ${explicar(erro)} Com --criar, ela é criada.`, STATUS.recusa.status);
}

async function enviarLinhas(execucao: Execucao, enviarUma: (texto: string) => Promise<void>): Promise<void> {
  for await (const { numero, texto } of linhasDaEntrada(execucao)) {
    try {
      if (texto !== '') await enviarUma(texto);
    } catch (erro) {
      throw comStatus(`${execucao.processo}: linha ${numero} da entrada`, erro);
    }
  }
}

/** @throws StartupError quando a entrada não se pode ler até o fim */
async function* linhasDaEntrada({ processo, canais }: Execucao): AsyncGenerator<Linha, void, undefined> {
  try {
    yield* lerLinhas(canais.entrada());
  } catch (erro) {
    const motivo = porqueNaoSeLe(erro);
    throw motivo === undefined ? erro : new StartupError(`${processo}: ${motivo}`, STATUS.uso.status);
  }
}

/** @returns `undefined` quando o erro não é da entrada */
function porqueNaoSeLe(erro: unknown): string | undefined {
  if (erro instanceof LinhaIlegivel) return `linha ${erro.numero} da entrada: ${erro.message}`;
  const { code } = erro as NodeJS.ErrnoException;
  return code && `não foi possível ler a entrada (${code})`;
}

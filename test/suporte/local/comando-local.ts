/** Um subcomando dentro do teste: lê e escreve por canais do teste, e acaba com o status que o processo daria. */

import { PassThrough, Writable } from 'node:stream';
import type { Terminado } from '../../../scripts/comum/processos.ts';
import { executarSubcomando } from '../../../src/cliente/subcomandos/executar.ts';
import { TABELAS_DA_LINHA } from '../../../src/cliente/subcomandos/subcomandos.ts';
import { Opened, StartupError } from '../../../src/process/lifecycle.ts';
import { criarLog } from '../../../src/process/log.ts';
import { lerComando } from '../../../src/process/opcoes/subcomandos.ts';

const LINHA = { nome: 'chat-cliente', versao: '', descricao: '' };

export interface ComandoLocal {
  readonly saida: () => string;
  readonly erros: () => string;
  readonly escrever: (texto: string | Buffer) => void;
  readonly fecharEntrada: () => void;
  /** O que um sinal faria. */
  readonly encerrar: () => void;
  readonly fim: Promise<Terminado>;
}

/** Guarda o que se escreve nele. */
class Guardado extends Writable {
  texto = '';

  override _write(pedaco: Buffer, _codificacao: BufferEncoding, feito: () => void): void {
    this.texto += pedaco.toString();
    feito();
  }
}

/** @param argumentos os da linha de comando */
export function abrirComandoLocal(argumentos: readonly string[]): ComandoLocal {
  const entrada = new PassThrough();
  const [saida, erros] = [new Guardado(), new Guardado()];
  const abertos = new Opened(criarLog((linha) => erros.write(linha)));
  let acabar!: (status: number) => void;
  let quebrar!: (erro: unknown) => void;
  const fim = new Promise<Terminado>((resolve, reject) => {
    acabar = (status) => void abertos.close().then(() => resolve({ status, saida: saida.texto, erros: erros.texto }));
    quebrar = reject;
  });
  const encerrar = () => acabar(0);
  const executar = async () => {
    const { subcomando, operandos, opcoes } = lerComando(LINHA, TABELAS_DA_LINHA, argumentos, {});
    if (!subcomando) throw new Error('sem um subcomando, só o processo sabe o que fazer');
    const ordem = { processo: LINHA.nome, subcomando, operandos, opcoes, ca: undefined, observador: undefined };
    const canais = { entrada: () => entrada, saida: saida as unknown as NodeJS.WriteStream, erros };
    await executarSubcomando(ordem, abertos, encerrar, canais);
  };
  executar().catch((erro: unknown) => {
    if (!(erro instanceof StartupError)) return quebrar(erro);
    erros.write(`${erro.message}\n`);
    acabar(erro.status);
  });
  return {
    saida: () => saida.texto,
    erros: () => erros.texto,
    escrever: (texto) => entrada.write(texto),
    fecharEntrada: () => entrada.end(),
    encerrar,
    fim,
  };
}

/** Até o fim. @param texto o que ele lê; sem isto, nada */
export async function rodarComandoLocal(
  argumentos: readonly string[],
  texto: string | Buffer = '',
): Promise<Terminado> {
  const comando = abrirComandoLocal(argumentos);
  comando.escrever(texto);
  comando.fecharEntrada();
  return await comando.fim;
}

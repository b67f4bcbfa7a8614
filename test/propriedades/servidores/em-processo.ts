/** O processo de verdade como servidor de histórias: morre com SIGKILL e volta sobre os mesmos dados. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postar, type Resposta } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo, SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { iniciarServidor } from '../../suporte/processos/processos.ts';
import type { Pedido, Servidor } from './servidor.ts';

export interface ServidorEmProcesso extends Servidor, AsyncDisposable {
  /** Tudo o que os processos escreveram em suas saídas. */
  readonly log: () => string;
  /** O conteúdo de todo arquivo dos dados, com seu nome. */
  readonly arquivos: () => { nome: string; conteudo: string }[];
  readonly usuarios: () => string[];
}

export async function abrirServidorEmProcesso(): Promise<ServidorEmProcesso> {
  const pasta = pastaTemporaria();
  const binder = await iniciarBinder();
  let servidor: Processo = await iniciarServidor(pasta.caminho, binder.url, { argumentos: SEM_LIMITES });
  const anteriores: Processo[] = [];

  async function chamar(token: string | undefined, pedidos: readonly Pedido[]): Promise<Resposta[]> {
    const entradas = pedidos.map((pedido, id) => ({ jsonrpc: '2.0', id, ...pedido }));
    const { corpo } = await postar(servidor.url, entradas.length === 1 ? entradas[0] : entradas, token);
    const respostas = JSON.parse(corpo) as Resposta | Resposta[];
    return Array.isArray(respostas) ? respostas.sort((a, b) => Number(a.id) - Number(b.id)) : [respostas];
  }

  return {
    prazoDaRespostaMs: 10_000,
    limiteDeMensagens: 0,
    chamar,
    reiniciar: async (jeito) => {
      await servidor.encerrar(jeito === 'morto' ? 'SIGKILL' : 'SIGTERM');
      anteriores.push(servidor);
      servidor = await iniciarServidor(pasta.caminho, binder.url, { argumentos: SEM_LIMITES });
    },
    // Uma ida e volta basta: o servidor acorda quem espera antes de responder à chamada seguinte.
    assentar: async () => void (await chamar(undefined, [{ method: 'listar_salas', params: {} }])),
    log: () => [...anteriores, servidor, binder].map((processo) => processo.saida() + processo.erros()).join('\n'),
    arquivos: () =>
      readdirSync(pasta.caminho, { recursive: true, encoding: 'utf8' }).flatMap((nome) => {
        const conteudo = lerSeHa(join(pasta.caminho, nome));
        return conteudo === undefined ? [] : [{ nome, conteudo }];
      }),
    usuarios: () => JSON.parse(readFileSync(join(pasta.caminho, 'usuarios.json'), 'utf8')),
    [Symbol.asyncDispose]: async () => {
      await servidor[Symbol.asyncDispose]();
      await binder[Symbol.asyncDispose]();
      pasta[Symbol.dispose]();
    },
  };
}

/** @returns `undefined` de uma pasta, e de um arquivo temporário que já tomou o nome de outro */
function lerSeHa(caminho: string): string | undefined {
  try {
    return readFileSync(caminho, 'utf8');
  } catch (erro) {
    if (['EISDIR', 'ENOENT'].includes((erro as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw erro;
  }
}

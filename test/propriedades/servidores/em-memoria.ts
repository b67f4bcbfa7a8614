/** O servidor inteiro menos a rede, com o relógio nas mãos do teste: assim cabem milhares de histórias. */

import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Resposta } from '../../../scripts/comum/jsonrpc.ts';
import { pastaEmMemoria } from '../../../scripts/comum/pasta.ts';
import { textoDoCorpo } from '../../suporte/corpo.ts';
import { ligarServidor, type ServidorLigado } from '../../suporte/local/servidor-local.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';
import type { Pedido, Servidor } from './servidor.ts';

export interface ServidorEmMemoria extends Servidor, AsyncDisposable {}

export async function abrirServidorEmMemoria(limiteDeMensagens: number): Promise<ServidorEmMemoria> {
  const pasta = pastaEmMemoria();
  const relogio = relogioDeTeste();
  const falhas: unknown[] = [];
  /** Todos por uma só, como atrás de um proxy. */
  const conexao = {};
  const dadosDaVida = (qual: number) => join(pasta.caminho, String(qual));
  const ligar = () =>
    ligarServidor({
      dados: dadosDaVida(vida),
      clock: relogio,
      limiteDeMensagens,
      aoFalhar: (erro) => falhas.push(erro),
    });
  let vida = 0;
  let ligado = ligar();

  async function desligar({ store, esperas }: ServidorLigado): Promise<void> {
    esperas.close();
    await assentar();
    await store.close();
  }

  /** Um processo morto deixa os arquivos como estão: uma cópia deles, tirada com o store aberto, é o que ele deixaria. */
  async function matar(): Promise<void> {
    const [antes, depois] = [dadosDaVida(vida), dadosDaVida(vida + 1)];
    vida += 1;
    mkdirSync(depois);
    for (const arquivo of readdirSync(antes)) copyFileSync(join(antes, arquivo), join(depois, arquivo));
    await desligar(ligado);
    ligado = ligar();
  }

  async function chamar(token: string | undefined, pedidos: readonly Pedido[]): Promise<Resposta[]> {
    const entradas = pedidos.map((pedido, id) => ({ jsonrpc: '2.0', id, ...pedido }));
    const corpo = JSON.stringify(entradas.length === 1 ? entradas[0] : entradas);
    const context = { bearer: token, enderecoRemoto: '127.0.0.1', conexao, aoDesistir: () => {} };
    const { corpo: resposta } = await ligado.responder(Buffer.from(corpo), context);
    if (falhas.length > 0) throw new Error(`o servidor falhou por dentro: ${falhas.map(String).join('; ')}`);
    const respostas = JSON.parse(textoDoCorpo(resposta)) as Resposta | Resposta[];
    return Array.isArray(respostas) ? respostas.sort((a, b) => Number(a.id) - Number(b.id)) : [respostas];
  }

  return {
    prazoDaRespostaMs: 2_000,
    limiteDeMensagens,
    chamar,
    reiniciar: async (jeito) => {
      if (jeito === 'morto') return matar();
      await desligar(ligado);
      ligado = ligar();
    },
    passarTempo: async (ms) => {
      relogio.avancar(ms);
      ligado.esperas.vencer();
      await assentar();
    },
    varrer: () => ligado.store.varrer(),
    acertarHora: relogio.acertarHora,
    horaMs: relogio.agoraMs,
    assentar,
    [Symbol.asyncDispose]: async () => {
      await desligar(ligado);
      pasta[Symbol.dispose]();
    },
  };
}

/** Cada verbo do store leva no máximo uma volta do event loop, e nada que se espere aqui passa de três deles. */
async function assentar(): Promise<void> {
  for (let volta = 0; volta < 6; volta += 1) await new Promise((resolve) => setImmediate(resolve));
}

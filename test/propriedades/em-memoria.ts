/**
 * O servidor inteiro menos a rede: as regras, a autenticação e o JSON-RPC sobre o store de verdade, com o relógio nas
 * mãos do teste. Assim cabem milhares de histórias.
 */

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHAT_CONTRACT } from '../../src/contract/chat.ts';
import { criarResponder, type Responder } from '../../src/rpc/server.ts';
import { criarAutenticacao } from '../../src/server/autenticacao.ts';
import { Chat } from '../../src/server/chat.ts';
import { Esperas } from '../../src/server/esperas.ts';
import { criarHandlers } from '../../src/server/handlers.ts';
import { Varredura } from '../../src/server/prazos.ts';
import { Presencas } from '../../src/server/presencas.ts';
import { abrirStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import type { Resposta } from '../suporte/jsonrpc.ts';
import { relogioDeTeste } from '../suporte/relogio.ts';
import type { Pedido, Servidor } from './condutor.ts';

/** A memória serve de disco, onde há como: aqui o que conta é a ordem das gravações, não que cheguem ao metal. */
const BASE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const PRAZOS = { usuarioAusenteMs: 60_000, sessaoExpiraMs: 1_800_000, salaInativaMs: 300_000 };

interface Ligado {
  readonly store: Store;
  readonly esperas: Esperas;
  readonly varredura: Varredura;
  readonly responder: Responder;
}

export interface ServidorEmMemoria extends Servidor, AsyncDisposable {}

export async function abrirServidorEmMemoria(limiteDeMensagens: number): Promise<ServidorEmMemoria> {
  const pasta = mkdtempSync(join(BASE, 'chat-historia-'));
  const relogio = relogioDeTeste();
  const falhas: unknown[] = [];
  let vida = 0;
  let ligado = await ligar(join(pasta, '0'));

  async function ligar(dados: string): Promise<Ligado> {
    const store = abrirStore(dados, { aoFalhar: (erro) => falhas.push(erro), monotonicoMs: relogio.monotonicoMs });
    const presencas = new Presencas(relogio, store);
    const esperas = new Esperas(relogio);
    const varredura = new Varredura({
      store,
      clock: relogio,
      presencas,
      esperas,
      prazos: PRAZOS,
      aoFalhar: (erro) => falhas.push(erro),
    });
    await varredura.iniciar();
    const chat = new Chat({
      store,
      clock: relogio,
      esperas,
      sessoes: presencas,
      limites: {
        mensagens: { maximo: limiteDeMensagens, janelaMs: 1_000 },
        movimentos: { maximo: limiteDeMensagens * 60, janelaMs: 60_000 },
        registros: { maximo: 0, janelaMs: 60_000 },
      },
      salaOcupada: (nomeSala) => varredura.salaOcupada(nomeSala),
    });
    const responder = criarResponder({
      contract: CHAT_CONTRACT,
      handlers: criarHandlers(chat),
      authentication: criarAutenticacao(presencas),
      aoFalhar: (erro) => falhas.push(erro),
    });
    return { store, esperas, varredura, responder };
  }

  async function desligar({ store, esperas, varredura }: Ligado): Promise<void> {
    esperas.close();
    await assentar();
    await varredura.close();
    await store.close();
  }

  /** Um processo morto deixa os arquivos como estão: uma cópia deles, tirada com o store aberto, é o que ele deixaria. */
  async function matar(): Promise<void> {
    const [antes, depois] = [join(pasta, String(vida)), join(pasta, String(vida + 1))];
    vida += 1;
    mkdirSync(depois);
    for (const arquivo of readdirSync(antes)) copyFileSync(join(antes, arquivo), join(depois, arquivo));
    await desligar(ligado);
    ligado = await ligar(depois);
  }

  async function chamar(token: string | undefined, pedidos: readonly Pedido[]): Promise<Resposta[]> {
    const entradas = pedidos.map((pedido, id) => ({ jsonrpc: '2.0', id, ...pedido }));
    const corpo = JSON.stringify(entradas.length === 1 ? entradas[0] : entradas);
    const context = { bearer: token, enderecoRemoto: '127.0.0.1', aoDesistir: () => {} };
    const texto = await ligado.responder(Buffer.from(corpo), context);
    if (falhas.length > 0) throw new Error(`o servidor falhou por dentro: ${falhas.map(String).join('; ')}`);
    const respostas = JSON.parse(texto as string) as Resposta | Resposta[];
    return Array.isArray(respostas) ? respostas.sort((a, b) => Number(a.id) - Number(b.id)) : [respostas];
  }

  return {
    prazoDaRespostaMs: 2_000,
    limiteDeMensagens,
    chamar,
    reiniciar: async (jeito) => {
      if (jeito === 'morto') return matar();
      await desligar(ligado);
      ligado = await ligar(join(pasta, String(vida)));
    },
    passarTempo: async (ms) => {
      relogio.avancar(ms);
      ligado.esperas.vencer();
      await assentar();
    },
    varrer: () => ligado.varredura.varrer(),
    acertarHora: relogio.acertarHora,
    horaMs: relogio.agoraMs,
    assentar,
    [Symbol.asyncDispose]: async () => {
      await desligar(ligado);
      rmSync(pasta, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Cada verbo do store leva no máximo uma volta do event loop, e nada que se espere aqui passa de três deles. */
async function assentar(): Promise<void> {
  for (let volta = 0; volta < 6; volta += 1) await new Promise((resolve) => setImmediate(resolve));
}

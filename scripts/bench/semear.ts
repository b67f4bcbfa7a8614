/**
 * Enche uma pasta de dados pelos verbos do próprio store, em grupos grandes, antes de o servidor a abrir.
 * Roda como programa à parte, para que o lixo de um milhão de promessas não fique com quem mede. O plano chega por IPC:
 * argumentos têm tamanho máximo.
 */

import { once } from 'node:events';
import { join } from 'node:path';
import { hashDoToken } from '../../src/server/autenticacao.ts';
import { abrirEmbutido } from '../../src/store/embutido/open.ts';
import { textoDaMensagem, type Usuario, usuariosDe } from './chamadas/identidades.ts';
import type { Plano } from './semeadura.ts';

/** Quantos verbos ficam pedidos ao mesmo tempo: vários grupos do store. */
const EM_VOO = 4_096;
const TRECHO = 100;
const UM_DIA_MS = 86_400_000;

type Pedido = () => Promise<unknown>;

const [{ pasta, salas = [], soltos = [] }] = (await once(process, 'message')) as [Plano];
const ids = new Map<string, number>();
/** O que se disse foi dito ontem, cada mensagem um ms depois da outra. */
let agoraMs = Date.now() - UM_DIA_MS;
const store = abrirEmbutido(join(pasta, 'dados'), {
  clock: {
    agoraMs: () => {
      agoraMs += 1;
      return agoraMs;
    },
    monotonicoMs: () => performance.now(),
  },
  prazos: { usuarioAusenteMs: UM_DIA_MS, sessaoExpiraMs: UM_DIA_MS, salaInativaMs: UM_DIA_MS },
  emEspera: new Set(),
  aoGravar: () => {},
  aoMudarNomes: () => {},
  aoFalhar: (erro) => {
    throw erro;
  },
});

function idDe({ nome }: Usuario): number {
  const id = ids.get(nome);
  if (id === undefined) throw new Error(`${nome} não foi registrado`);
  return id;
}

/** Faz tudo o que o gerador pede, sem que a fila cresça com o total. */
async function emLevas(pedidos: Iterable<Pedido>): Promise<void> {
  let leva: Promise<unknown>[] = [];
  for (const pedido of pedidos) {
    leva.push(pedido());
    if (leva.length < EM_VOO) continue;
    await Promise.all(leva);
    leva = [];
  }
  await Promise.all(leva);
}

function* registros(): Iterable<Pedido> {
  for (const { prefixo, usuarios } of [...salas, ...soltos]) {
    for (const { nome, token } of usuariosDe(prefixo, usuarios)) {
      yield async () => {
        const tokenHash = hashDoToken(token);
        const { id } = await store.registrar({ nome, tokenHash });
        await store.identificar(tokenHash);
        ids.set(nome, id);
      };
    }
  }
}

function* aberturas(): Iterable<Pedido> {
  const [dono = 0] = ids.values();
  for (const { nome } of salas) yield () => store.criarSala({ sessaoId: dono, nomeSala: nome });
}

function* entradas(): Iterable<Pedido> {
  for (const { nome: nomeSala, prefixo, usuarios } of salas) {
    for (const usuario of usuariosDe(prefixo, usuarios)) {
      yield () => store.entrar({ sessaoId: idDe(usuario), nomeSala });
    }
  }
}

/** Em trechos, como numa conversa: as salas se revezam no arquivo, e cada página não é tocada uma vez por mensagem. */
function* envios(): Iterable<Pedido> {
  const filas = salas.map(({ nome, prefixo, usuarios, mensagens }) => ({
    nomeSala: nome,
    remetentes: usuariosDe(prefixo, usuarios).map(idDe),
    mensagens,
  }));
  const maximo = filas.reduce((um, { mensagens }) => Math.max(um, mensagens), 0);
  for (let inicio = 0; inicio < maximo; inicio += TRECHO) {
    for (const { nomeSala, remetentes, mensagens } of filas) {
      for (let numero = inicio; numero < Math.min(inicio + TRECHO, mensagens); numero += 1) {
        const sessaoId = remetentes[numero % remetentes.length] ?? 0;
        const envio = { sessaoId, nomeSala, conteudo: textoDaMensagem(numero) };
        yield () => store.enviar({ ...envio, destinatario: undefined, chave: undefined });
      }
    }
  }
}

for (const pedidos of [registros(), aberturas(), entradas(), envios()]) await emLevas(pedidos);
await store.close();
process.exit();

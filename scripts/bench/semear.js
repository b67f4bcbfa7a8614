/**
 * Enche uma pasta de dados pelos verbos do próprio store, em grupos grandes, antes de o servidor a abrir.
 * Roda como programa à parte, para que o lixo de um milhão de promessas não fique com quem mede.
 * O plano chega por IPC: { pasta, salas: [{ nome, mensagens, usuarios, prefixo }], soltos: [{ prefixo, usuarios }] }.
 */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { textoDaMensagem, usuariosDe } from './identidades.js';
import { RAIZ } from './processos.js';

/** Quantos verbos ficam pedidos ao mesmo tempo: vários grupos do store. */
const EM_VOO = 4_096;
const TRECHO = 100;
const UM_DIA_MS = 86_400_000;

const recebido = once(process, 'message');
const { abrirStore } = await import(pathToFileURL(join(RAIZ, 'dist', 'store', 'embutido', 'open.js')).href);

const [{ pasta, salas = [], soltos = [] }] = await recebido;
const store = abrirStore(join(pasta, 'dados'));

/** Faz tudo o que o gerador pede, sem que a fila cresça com o total. */
async function emLevas(pedidos) {
  let leva = [];
  for (const pedido of pedidos) {
    leva.push(pedido());
    if (leva.length < EM_VOO) continue;
    await Promise.all(leva);
    leva = [];
  }
  await Promise.all(leva);
}

async function registrar({ nome, token }) {
  const { id } = await store.registrar({ nome, tokenHash: createHash('sha256').update(token).digest() });
  await store.confirmar(id);
  return id;
}

function* registros(lista, ids) {
  for (const { prefixo, usuarios } of lista) {
    for (const usuario of usuariosDe(prefixo, usuarios)) {
      yield async () => {
        ids.set(usuario.nome, await registrar(usuario));
      };
    }
  }
}

function* aberturas(ids) {
  for (const { nome } of salas) yield () => store.criarSala(ids.values().next().value, nome);
}

function* entradas(ids, agoraMs) {
  for (const { nome: nomeSala, prefixo, usuarios } of salas) {
    for (const { nome } of usuariosDe(prefixo, usuarios)) {
      yield () => store.entrar({ sessaoId: ids.get(nome), nomeSala, agoraMs });
    }
  }
}

/** Em trechos, como numa conversa: as salas se revezam no arquivo, e cada página não é tocada uma vez por mensagem. */
function* envios(ids, agoraMs) {
  const filas = salas.map(({ nome, prefixo, usuarios, mensagens }) => ({
    nomeSala: nome,
    remetentes: usuariosDe(prefixo, usuarios).map((usuario) => ids.get(usuario.nome)),
    mensagens,
  }));
  const maximo = filas.reduce((um, { mensagens }) => Math.max(um, mensagens), 0);
  for (let inicio = 0; inicio < maximo; inicio += TRECHO) {
    for (const { nomeSala, remetentes, mensagens } of filas) {
      for (let numero = inicio; numero < Math.min(inicio + TRECHO, mensagens); numero += 1) {
        const sessaoId = remetentes[numero % remetentes.length];
        const envio = { sessaoId, nomeSala, conteudo: textoDaMensagem(numero), agoraMs: agoraMs + numero };
        yield () => store.enviar(envio);
      }
    }
  }
}

const ids = new Map();
const agoraMs = Date.now() - UM_DIA_MS;
await emLevas(registros([...salas, ...soltos], ids));
await emLevas(aberturas(ids));
await emLevas(entradas(ids, agoraMs));
await emLevas(envios(ids, agoraMs));
await store.close();
process.exit();

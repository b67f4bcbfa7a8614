#!/usr/bin/env node
/**
 * O servidor de chat: abre o store, atende as chamadas e se anuncia no binder.
 * Esta pasta não conhece o terminal, nem como o binder guarda o que lhe contam.
 */

import { setFlagsFromString } from 'node:v8';
import { BINDER_PROCEDURES } from '../contract/binder.ts';
import { CHAT_CONTRACT } from '../contract/chat.ts';
import { nomesChamaveis } from '../contract/procedure.ts';
import { relogioDoSistema } from '../process/clock.ts';
import { avisoDeTextoClaro, falhaDeEscuta } from '../process/escuta.ts';
import { executarProcesso, type Opened, StartupError } from '../process/lifecycle.ts';
import { camposDoErro, criarLog } from '../process/log.ts';
import { lerOpcoes, lerSegredo, type OptionValues, STATUS_DE_USO_ERRADO } from '../process/options.ts';
import { type Identidade, lerAutoridade, lerIdentidade } from '../process/tls.ts';
import { VERSAO } from '../process/versao.ts';
import { RedisError } from '../redis/redis-error.ts';
import { criarConexoes } from '../rpc/client/http.ts';
import { abrirBorda, type Edge } from '../rpc/server/edge.ts';
import { criarResponder } from '../rpc/server/responder.ts';
import type { SessoesVivas, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { Announce } from './announce.ts';
import { criarAutenticacao } from './autenticacao.ts';
import { Chat, type LimitesDoChat } from './chat.ts';
import { Esperas } from './esperas.ts';
import { abrirEstado, type DependenciasDoEstado, type Estado } from './estado.ts';
import { criarHandlers } from './handlers.ts';
import { OPCOES, VARIAVEL_DA_PORTA } from './options.ts';
import type { Prazos } from './prazos.ts';
import { abrirUsuariosFile } from './usuarios-file.ts';

// Por padrão o V8 só recolhe o heap depois que ele cresce várias vezes: com milhares que esperam, quase tudo seria lixo.
setFlagsFromString('--heap-growing-percent=50');
// Quem só espera não deixa lixo: das três coletas que o V8 faz ao ver o processo parado, a primeira já recolheu tudo.
setFlagsFromString('--memory-reducer-single-gc');

const PROCESSO = 'chat-server';
const UM_SEGUNDO_MS = 1_000;
const UM_MINUTO_MS = 60_000;

/** Quem pode enviar tantas mensagens por segundo pode criar salas e entrar nelas tantas vezes, em média, num minuto. */
const MOVIMENTOS_POR_MENSAGEM = 60;

type Opcoes = OptionValues<typeof OPCOES>;

const log = criarLog();

/**
 * Abre nesta ordem, e fecha na inversa:
 * 1. o estado e a lista de usuários: sem eles nada é durável;
 * 2. a varredura dos prazos;
 * 3. a borda: para de aceitar e espera pelas respostas;
 * 4. as esperas: respondidas antes, ou a borda esperaria por elas;
 * 5. o anúncio: o primeiro a acabar, para que ninguém mais seja mandado para cá.
 */
await executarProcesso(log, async (abertos) => {
  const opcoes = lerOpcoes(
    {
      nome: PROCESSO,
      versao: VERSAO,
      descricao: 'O servidor de chat do Chat System Distribuido.',
      rodape: 'O segredo do binder vem só da variável CHAT_SEGREDO.',
    },
    OPCOES,
  );
  const endereco = enderecoAnunciado(opcoes);
  const identidade = exigirUmEsquema(opcoes, lerIdentidade(PROCESSO, opcoes));
  const conexoes = criarConexoes(lerAutoridade(PROCESSO, opcoes['tls-ca']));
  const clock = relogioDoSistema;
  const esperas = new Esperas(clock);
  const { store, sessoes, varredura, salaOcupada } = await abrirDados(opcoes, { clock, esperas, log }, abertos);
  abertos.add(varredura);
  await varredura.iniciar();

  const chat = new Chat({
    store,
    clock,
    esperas,
    sessoes,
    limites: lerLimites(opcoes),
    salaOcupada,
  });
  const edge = abertos.add(await abrirServidor(opcoes, identidade, chat, store, sessoes));
  abertos.add(esperas);

  const announce = new Announce({
    binders: opcoes.binder,
    segredo: lerSegredo(),
    procedimentos: nomesChamaveis(CHAT_CONTRACT),
    address: endereco,
    port: edge.porta,
    log,
    conexoes,
  });
  abertos.add(announce);
  abertos.add({ close: edge.anunciarFim });
  announce.iniciar();
  const aviso = await avisoDeTextoClaro(opcoes.host, identidade !== undefined);
  if (aviso) log.aviso(aviso);
  // O que se cria para uma chamada quase sempre morre com ela: basta o lugar que a partida já deu aos objetos novos.
  setFlagsFromString('--semi-space-growth-factor=1');
  process.stdout.write(`Servidor de chat pronto em ${edge.url}\n`);
});

function lerLimites(opcoes: Opcoes): LimitesDoChat {
  const porSegundo = opcoes['limite-mensagens'];
  return {
    mensagens: { maximo: porSegundo, janelaMs: UM_SEGUNDO_MS },
    movimentos: { maximo: MOVIMENTOS_POR_MENSAGEM * porSegundo, janelaMs: UM_MINUTO_MS },
    registros: { maximo: opcoes['limite-registros'], janelaMs: UM_MINUTO_MS },
  };
}

function lerPrazos(opcoes: Opcoes): Prazos {
  return {
    usuarioAusenteMs: opcoes['usuario-ausente'] * UM_SEGUNDO_MS,
    sessaoExpiraMs: opcoes['sessao-expira'] * UM_SEGUNDO_MS,
    salaInativaMs: opcoes['sala-inativa'] * UM_SEGUNDO_MS,
  };
}

/** Clientes não alcançam "todos os endereços": quem escuta assim diz por qual deles. */
function enderecoAnunciado({ host, endereco }: Opcoes): string {
  if (endereco !== undefined) return exigirEndereco(endereco);
  if (host === '0.0.0.0' || host === '::') {
    throw new StartupError(
      `${PROCESSO}: com --host ${host}, diga em --endereco (ou CHAT_ENDERECO) por onde os clientes alcançam este servidor`,
      STATUS_DE_USO_ERRADO,
    );
  }
  return exigirEndereco(host);
}

/** A mesma regra do binder: um engano é dito na partida, e não a cada registro. */
function exigirEndereco(texto: string): string {
  const address = texto.replace(/^\[(.*)\]$/, '$1');
  const { success } = BINDER_PROCEDURES.register_procedure.parametros.shape.address.safeParse(address);
  if (success) return address;
  throw new StartupError(
    `${PROCESSO}: --endereco deve ser um nome de máquina ou endereço IP; veio ${JSON.stringify(texto)}`,
    STATUS_DE_USO_ERRADO,
  );
}

/** O sistema todo usa um esquema só (http ou https): o cliente usa com o servidor o mesmo que usou com o binder. */
function exigirUmEsquema({ binder }: Opcoes, identidade: Identidade | undefined): Identidade | undefined {
  if (binder.every((url) => url.startsWith('https:')) === (identidade !== undefined)) return identidade;
  throw new StartupError(
    identidade
      ? `${PROCESSO}: com --tls-cert, --binder deve ser uma URL https: o sistema todo usa um esquema só`
      : `${PROCESSO}: com um binder https, o servidor também precisa de --tls-cert e --tls-key`,
    STATUS_DE_USO_ERRADO,
  );
}

/** O estado e, ao lado dele, a lista de nomes para pessoas e outros programas lerem. */
async function abrirDados(opcoes: Opcoes, dependencias: DependenciasDoEstado, abertos: Opened): Promise<Estado> {
  try {
    const estado = await abrirEstado({ ...opcoes, prazos: lerPrazos(opcoes) }, dependencias);
    const { store } = estado;
    abertos.add(store);
    const nomes = (await store.sessoes()).map(({ nome }) => nome);
    const usuarios = abertos.add(await abrirUsuariosFile(opcoes.usuarios, { nomes, aoAvisar: log.aviso }));
    store.aoMudarNomes((nome, mudanca) => usuarios.mudar(nome, mudanca));
    return estado;
  } catch (erro) {
    const explicado = erro instanceof StoreError || erro instanceof RedisError;
    throw explicado ? new StartupError(`${PROCESSO}: ${erro.message}`) : erro;
  }
}

async function abrirServidor(
  opcoes: Opcoes,
  identidade: Identidade | undefined,
  chat: Chat,
  store: Store,
  sessoes: SessoesVivas,
): Promise<Edge> {
  const { host, porta } = opcoes;
  return abrirBorda({
    host,
    porta,
    processo: 'servidor',
    responder: criarResponder({
      contract: CHAT_CONTRACT,
      handlers: criarHandlers(chat),
      authentication: criarAutenticacao(sessoes),
      aoFalhar: (erro, referencia, procedimento) =>
        log.erro('falha ao atender', { procedimento, referencia, ...camposDoErro(erro) }),
    }),
    saude: () => ({ ok: store.disponivel, detalhes: { pid: process.pid } }),
    aoFalhar: (erro) => log.erro('falha na borda', camposDoErro(erro)),
    tls: identidade,
  }).catch((erro: unknown) => {
    throw falhaDeEscuta(erro, { processo: PROCESSO, host, porta, variavelDaPorta: VARIAVEL_DA_PORTA });
  });
}

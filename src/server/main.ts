#!/usr/bin/env node
/**
 * O servidor de chat: abre o store, atende as chamadas e se anuncia no binder.
 * Esta pasta não conhece o terminal, nem como o binder guarda o que lhe contam.
 */

import { setFlagsFromString } from 'node:v8';
import { CHAT_CONTRACT } from '../contract/chat.ts';
import { nomesChamaveis } from '../contract/procedure.ts';
import { relogioDoSistema } from '../process/clock.ts';
import { executarProcesso, type Opened, StartupError } from '../process/lifecycle.ts';
import { criarLog } from '../process/log.ts';
import { lerOpcoes, lerSegredo, type OptionValues } from '../process/options.ts';
import { lerAutoridade, lerIdentidade } from '../process/tls.ts';
import { VERSAO } from '../process/versao.ts';
import { RedisError } from '../redis/redis-error.ts';
import { criarConexoes } from '../rpc/client/http.ts';
import { servir } from '../rpc/server/servir.ts';
import { StoreError } from '../store/store-error.ts';
import { Announce } from './announce.ts';
import { criarAutenticacao } from './autenticacao.ts';
import { Chat, type LimitesDoChat } from './chat.ts';
import { enderecoAnunciado, exigirUmEsquema } from './conferir-opcoes.ts';
import { Esperas } from './esperas.ts';
import { abrirEstado, type DependenciasDoEstado, type Estado } from './estado.ts';
import { criarHandlers } from './handlers.ts';
import { OPCOES, VARIAVEL_DA_PORTA } from './options.ts';
import type { Prazos } from './prazos.ts';
import { abrirUsuariosFile } from './usuarios-file.ts';

// As duas opções do V8 que se mudam aqui existem em todo Node de 20 a 26: uma que ele não conhece suja a saída de erro.
// Por padrão o V8 só recolhe o heap depois que ele cresce várias vezes: com milhares que esperam, quase tudo seria lixo.
setFlagsFromString('--heap-growing-percent=50');

const PROCESSO = 'chat-server';
const UM_SEGUNDO_MS = 1_000;
const UM_MINUTO_MS = 60_000;

/** Quem pode enviar tantas mensagens por segundo pode criar salas e entrar nelas tantas vezes, em média, num minuto. */
const MOVIMENTOS_POR_MENSAGEM = 60;

type Opcoes = OptionValues<typeof OPCOES>;

const LINHA = {
  nome: PROCESSO,
  versao: VERSAO,
  descricao: 'O servidor de chat do Chat System Distribuido.',
  rodape: 'O segredo do binder vem só da variável CHAT_SEGREDO.',
};

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
  const opcoes = lerOpcoes(LINHA, OPCOES);
  const address = enderecoAnunciado(PROCESSO, opcoes);
  const identidade = lerIdentidade(PROCESSO, opcoes);
  exigirUmEsquema(PROCESSO, opcoes.binder, identidade);
  const conexoes = criarConexoes(lerAutoridade(PROCESSO, opcoes['tls-ca']));
  const clock = relogioDoSistema;
  const esperas = new Esperas(clock);

  const { store, sessoes, varredura, salaOcupada } = await abrirDados(opcoes, { clock, esperas, log }, abertos);
  abertos.add(varredura);
  await varredura.iniciar();
  const chat = new Chat({ store, clock, esperas, sessoes, limites: lerLimites(opcoes), salaOcupada });
  const edge = abertos.add(
    await servir({
      contract: CHAT_CONTRACT,
      handlers: criarHandlers(chat),
      authentication: criarAutenticacao(sessoes),
      processo: 'servidor',
      comando: PROCESSO,
      escuta: opcoes,
      variavelDaPorta: VARIAVEL_DA_PORTA,
      identidade,
      disponivel: () => store.disponivel,
      log,
    }),
  );
  abertos.add(esperas);
  const announce = abertos.add(
    new Announce({
      binders: opcoes.binder,
      segredo: lerSegredo(),
      procedimentos: nomesChamaveis(CHAT_CONTRACT),
      address,
      port: edge.porta,
      dividido: opcoes.redis !== undefined,
      log,
      conexoes,
    }),
  );
  abertos.add({ close: edge.anunciarFim });
  announce.iniciar();
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

/** O estado e, ao lado dele, a lista de nomes para pessoas e outros programas lerem. */
async function abrirDados(opcoes: Opcoes, dependencias: DependenciasDoEstado, abertos: Opened): Promise<Estado> {
  try {
    const estado = await abrirEstado({ ...opcoes, prazos: lerPrazos(opcoes) }, dependencias);
    const { store } = estado;
    abertos.add(store);
    const nomes = (await store.sessoes()).map(({ nome }) => nome);
    const usuarios = abertos.add(
      await abrirUsuariosFile(opcoes.usuarios, { nomes, aoAvisar: log.aviso, agoraMs: dependencias.clock.agoraMs }),
    );
    store.aoMudarNomes((nome, mudanca) => usuarios.mudar(nome, mudanca));
    return estado;
  } catch (erro) {
    const explicado = erro instanceof StoreError || erro instanceof RedisError;
    throw explicado ? new StartupError(`${PROCESSO}: ${erro.message}`) : erro;
  }
}

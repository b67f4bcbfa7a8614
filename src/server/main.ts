#!/usr/bin/env node
/**
 * O servidor de chat: abre o store, atende as chamadas e se anuncia no binder.
 * Esta pasta não conhece o terminal, nem como o binder guarda o que lhe contam.
 */

import { setFlagsFromString } from 'node:v8';
import { CHAT_CONTRACT } from '../contract/chat.ts';
import { ContractError, ehDoTipo } from '../contract/errors.ts';
import { nomesChamaveis } from '../contract/procedure.ts';
import { abrirObservadores, type Observadores } from '../observadores/abrir.ts';
import type { Metricas } from '../observadores/metricas/metricas.ts';
import { relogioDoSistema } from '../process/clock.ts';
import { hostComPorta } from '../process/enderecos.ts';
import { LacoPeriodico } from '../process/laco-periodico.ts';
import { executarProcesso, type Opened, StartupError } from '../process/lifecycle.ts';
import { camposDoErro, criarLog } from '../process/log.ts';
import { lerSegredo, type OptionValues } from '../process/opcoes/options.ts';
import { lerComando } from '../process/opcoes/subcomandos.ts';
import { lerAutoridade, lerIdentidade } from '../process/tls/tls.ts';
import { VERSAO } from '../process/versao.ts';
import { insistirNaPartida } from '../redis/insistir-na-partida.ts';
import { relatando } from '../redis/relato.ts';
import { criarConexoes } from '../rpc/client/http.ts';
import { servir } from '../rpc/server/servir.ts';
import { abrirStore } from '../store/open.ts';
import type { Prazos } from '../store/prazos.ts';
import type { Store } from '../store/store.ts';
import { Announce } from './anuncio/announce.ts';
import { criarAutenticacao } from './autenticacao.ts';
import { Chat, type LimitesDoChat } from './chat.ts';
import { enderecoAnunciado, exigirUmEsquema } from './conferir-opcoes.ts';
import { copiar, TABELAS_DA_LINHA } from './copiar.ts';
import { Esperas } from './esperas.ts';
import { explicarFalhaDosDados } from './falha-dos-dados.ts';
import { criarHandlers } from './handlers.ts';
import { type OPCOES, VARIAVEL_DA_PORTA } from './options.ts';
import { comEnviosMedidos } from './store-observado/envios-medidos.ts';
import { comGravacoesTracadas } from './store-observado/gravacoes-tracadas.ts';
import { abrirUsuariosFile, type UsuariosFile } from './usuarios/usuarios-file.ts';

// As duas opções do V8 que se mudam aqui existem em todo Node de 20 a 26: uma que ele não conhece suja a saída de erro.
// Por padrão o V8 só recolhe o heap depois que ele cresce várias vezes: com milhares que esperam, quase tudo seria lixo.
setFlagsFromString('--heap-growing-percent=50');

const PROCESSO = 'chat-server';
const UM_SEGUNDO_MS = 1_000;
const UM_MINUTO_MS = 60_000;

/** O contrato dá 3 s ao que vence; com um Redis, outro servidor pode ter de assumir a varredura nesse tempo. */
const VARREDURA_MS = 500;

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
 * 1. os observadores, que ainda contam o fim dos outros;
 * 2. o store e a lista de usuários: sem eles nada é durável;
 * 3. a varredura do que venceu;
 * 4. a borda: para de aceitar e espera pelas respostas;
 * 5. as esperas: respondidas antes, ou a borda esperaria por elas;
 * 6. o anúncio: o primeiro a acabar, para que ninguém mais seja mandado para cá.
 */
await executarProcesso(log, async (abertos) => {
  const { subcomando, operandos, opcoes } = lerComando(LINHA, TABELAS_DA_LINHA);
  if (subcomando === 'copiar') return copiar(PROCESSO, String(operandos[0]), opcoes);
  log.escreverEm(opcoes.log);
  const address = enderecoAnunciado(PROCESSO, opcoes);
  const identidade = lerIdentidade(PROCESSO, opcoes);
  exigirUmEsquema(PROCESSO, opcoes.binder, identidade);
  const segredo = lerSegredo();
  const observadores = await abrirObservadores(
    opcoes,
    { papel: 'servidor', segredo, clock: relogioDoSistema, log },
    abertos,
  );
  const autoridade = lerAutoridade(PROCESSO, opcoes['tls-ca']);
  const conexoes = criarConexoes(autoridade, observadores.saida);
  const esperas = new Esperas(relogioDoSistema);
  const store = await abrirDados(opcoes, autoridade, esperas, abertos);
  const varredura = abertos.add(
    new LacoPeriodico({ intervaloMs: VARREDURA_MS, agir: () => store.varrer(), aoFalhar: falhaNaVarredura }),
  );
  varredura.iniciar();
  if (observadores.metricas) medirChat(observadores.metricas, store, esperas);
  const chat = new Chat({ store: observado(store, observadores, opcoes), esperas, limites: lerLimites(opcoes) });
  const edge = abertos.add(
    await servir({
      contract: CHAT_CONTRACT,
      handlers: criarHandlers(chat),
      authentication: criarAutenticacao(store),
      processo: 'servidor',
      comando: PROCESSO,
      escuta: opcoes,
      variavelDaPorta: VARIAVEL_DA_PORTA,
      identidade,
      nomes: [address],
      disponivel: () => store.disponivel,
      observador: observadores.chegada,
      metricas: observadores.metricas,
      log,
    }),
  );
  observadores.atenderEm(hostComPorta(address, edge.porta));
  abertos.add(esperas);
  const announce = abertos.add(
    new Announce({
      binders: opcoes.binder,
      segredo,
      procedimentos: nomesChamaveis(CHAT_CONTRACT),
      address,
      port: edge.porta,
      dividido: opcoes.redis !== undefined,
      log,
      conexoes,
    }),
  );
  abertos.add({ close: edge.anunciarFim });
  // O que se cria para uma chamada quase sempre morre com ela: basta o lugar que a partida já deu aos objetos novos.
  setFlagsFromString('--semi-space-growth-factor=1');
  process.stdout.write(`Servidor de chat pronto em ${edge.url}\n`);
  // Por último: quem espera pelo servidor não espera pelo binder.
  announce.iniciar();
});

/** O store, com o que os traces e as métricas contam das gravações. */
function observado(store: Store, { tracado, metricas }: Observadores, { redis }: Opcoes): Store {
  const comTraces = tracado ? comGravacoesTracadas(store, tracado, redis ? 'redis' : 'sqlite') : store;
  return metricas ? comEnviosMedidos(comTraces, metricas, relogioDoSistema) : comTraces;
}

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
    salaInativaMs: opcoes['sala-inativa'] * UM_SEGUNDO_MS || Number.POSITIVE_INFINITY,
  };
}

/** Com um Redis, as sessões e as salas são as de todos os servidores. */
function medirChat(metricas: Metricas, store: Store, esperas: Esperas): void {
  const contar = (nome: string, ajuda: string, ler: () => Promise<number> | number) =>
    metricas.medir({ nome, tipo: 'gauge', ajuda, ler });
  contar('chat_sessoes', 'Sessões vivas.', async () => (await store.sessoes()).length);
  contar('chat_salas', 'Salas abertas.', async () => (await store.listarSalas()).length);
  contar('chat_esperas', 'Chamadas que esperam por mensagens neste servidor.', () => esperas.abertas.size);
}

/** O store e, ao lado dele, a lista de nomes para pessoas e outros programas lerem. */
async function abrirDados(
  opcoes: Opcoes,
  autoridade: Buffer | undefined,
  esperas: Esperas,
  abertos: Opened,
): Promise<Store> {
  const { dados, historia, redis } = opcoes;
  try {
    const lugar = { dados, historia, redis: redis && relatando(redis, log, autoridade) };
    const store = await abrirStore(lugar, {
      clock: relogioDoSistema,
      prazos: lerPrazos(opcoes),
      emEspera: esperas.abertas,
      aoGravar: (gravada) => esperas.acordar(gravada),
      // Nenhum nome muda antes que o store esteja aberto, e a lista se abre logo depois.
      aoEsperarEmOutro: (sessaoId) => esperas.terminar(sessaoId),
      aoMudarNomes: (nome, mudanca) => void usuarios.then((lista) => lista.mudar(nome, mudanca)).catch(() => {}),
      aoFalhar: (erro) => log.erro('o store falhou', camposDoErro(erro)),
    });
    abertos.add(store);
    const usuarios = abrirLista(opcoes, store);
    abertos.add(await usuarios);
    return store;
  } catch (erro) {
    const explicado = explicarFalhaDosDados(erro, redis !== undefined);
    throw explicado === undefined ? erro : new StartupError(`${PROCESSO}: ${explicado}`);
  }
}

async function abrirLista({ usuarios, redis }: Opcoes, store: Store): Promise<UsuariosFile> {
  const sessoes = await insistirNaPartida(
    () => store.sessoes(),
    (erro) => redis !== undefined && ehDoTipo(erro, 'SERVICO_INDISPONIVEL'),
  );
  const nomes = sessoes.map(({ nome }) => nome);
  const { agoraMs } = relogioDoSistema;
  return abrirUsuariosFile(usuarios, { nomes, aoAvisar: log.aviso, agoraMs, dividido: redis !== undefined });
}

/** Quando o store não consegue gravar, ele já o disse; a próxima passada tenta de novo. */
function falhaNaVarredura(erro: unknown): void {
  if (!(erro instanceof ContractError)) log.erro('falha na varredura', camposDoErro(erro));
}

#!/usr/bin/env node
/**
 * O binder: guarda em que endpoint está cada procedimento.
 * Esta pasta não conhece chat, salas nem mensagens: qualquer servidor poderia registrar-se aqui.
 */

import { BINDER_CONTRACT } from '../contract/binder.ts';
import { abrirObservadores } from '../observadores/abrir.ts';
import type { ObservadorDeLeases } from '../observadores/leases.ts';
import type { Metricas } from '../observadores/metricas/metricas.ts';
import { relogioDoSistema } from '../process/clock.ts';
import { hostComPorta } from '../process/enderecos.ts';
import { exigirSegredoForaDaqui, nomesDeQuemEscuta } from '../process/escuta.ts';
import { executarProcesso, StartupError } from '../process/lifecycle.ts';
import { criarLog } from '../process/log.ts';
import { lerOpcoes, lerSegredo } from '../process/opcoes/options.ts';
import { lerAutoridade, lerIdentidade } from '../process/tls/tls.ts';
import { VERSAO } from '../process/versao.ts';
import type { OpcoesDoRedis } from '../redis/connection.ts';
import { explicarNaPartida } from '../redis/redis-error.ts';
import { relatando } from '../redis/relato.ts';
import { servir } from '../rpc/server/servir.ts';
import { oferecerCliente } from './cliente-oferecido.ts';
import { criarAutenticacao, criarHandlers } from './handlers.ts';
import { OPCOES, VARIAVEL_DA_PORTA } from './options.ts';
import { abrirRegistry } from './registry/open.ts';
import type { Registry } from './registry/registry.ts';
import { Watchers } from './watchers.ts';

const PROCESSO = 'chat-binder';

const LINHA = {
  nome: PROCESSO,
  versao: VERSAO,
  descricao: 'O binder do Chat System Distribuido: guarda em que endpoint está cada procedimento.',
  rodape: 'O segredo que o registro exige vem só da variável CHAT_SEGREDO; fora desta máquina ele é obrigatório.',
};

const log = criarLog();

/**
 * Abre nesta ordem, e fecha na inversa:
 * 1. os observadores, que ainda contam o fim dos outros;
 * 2. o registro;
 * 3. a borda, por onde se chega a ele;
 * 4. quem espera por uma mudança: respondidos antes, ou a borda esperaria por eles.
 */
await executarProcesso(log, async (abertos) => {
  const opcoes = lerOpcoes(LINHA, OPCOES);
  log.escreverEm(opcoes.log);
  const identidade = lerIdentidade(PROCESSO, opcoes);
  const segredo = await lerSegredoDoRegistro(opcoes.host);
  const oferta = opcoes['oferecer-cliente'] === undefined ? undefined : oferecerCliente(opcoes['oferecer-cliente']);

  const observadores = await abrirObservadores(
    opcoes,
    { papel: 'binder', segredo, clock: relogioDoSistema, log },
    abertos,
  );
  const autoridade = lerAutoridade(PROCESSO, opcoes['tls-ca']);
  const redis = opcoes.redis && relatando(opcoes.redis, log, autoridade);
  const registry = abertos.add(await abrirOuExplicar(redis, observadores.leases));
  const watchers = new Watchers(registry);
  if (observadores.metricas) medirTabela(observadores.metricas, registry);
  const edge = abertos.add(
    await servir({
      contract: BINDER_CONTRACT,
      handlers: criarHandlers(registry, watchers),
      authentication: criarAutenticacao(segredo),
      processo: 'binder',
      comando: PROCESSO,
      escuta: opcoes,
      variavelDaPorta: VARIAVEL_DA_PORTA,
      identidade,
      nomes: nomesDeQuemEscuta(opcoes.host),
      paginas: oferta?.paginas,
      disponivel: () => registry.disponivel,
      observador: observadores.chegada,
      metricas: observadores.metricas,
      log,
    }),
  );
  abertos.add(watchers);
  observadores.atenderEm(hostComPorta(edge.host, edge.porta));
  if (oferta) log.info('oferece o cliente', { url: oferta.url, sha256: oferta.sha256 });
  process.stdout.write(`Binder pronto em ${edge.url}\n`);
});

function medirTabela(metricas: Metricas, registry: Registry): void {
  const contar = (nome: string, ajuda: string, ler: () => Promise<number>) =>
    metricas.medir({ nome, tipo: 'gauge', ajuda, ler });
  contar('chat_procedimentos', 'Procedimentos com endpoint vivo.', async () => (await registry.list()).length);
  contar('chat_endpoints', 'Endpoints vivos, contados em cada procedimento.', async () =>
    (await registry.list()).reduce((soma, { endpoints }) => soma + endpoints.length, 0),
  );
}

/** @throws StartupError se falta o segredo a um binder que outras máquinas alcançam */
async function lerSegredoDoRegistro(host: string): Promise<string | undefined> {
  const segredo = lerSegredo();
  if (segredo !== undefined) return segredo;
  await exigirSegredoForaDaqui(PROCESSO, host, segredo);
  log.aviso(
    'sem CHAT_SEGREDO, qualquer usuário desta máquina pode registrar um endereço seu aqui e receber os tokens de quem conversa',
  );
  return undefined;
}

/** @throws StartupError se o Redis não pode ser usado */
async function abrirOuExplicar(
  redis: OpcoesDoRedis | undefined,
  observador: ObservadorDeLeases | undefined,
): Promise<Registry> {
  try {
    return await abrirRegistry(redis, observador);
  } catch (erro) {
    const explicado = explicarNaPartida(erro);
    throw explicado === undefined ? erro : new StartupError(`${PROCESSO}: ${explicado}`);
  }
}

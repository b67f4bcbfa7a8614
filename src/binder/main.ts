#!/usr/bin/env node
/**
 * O binder: guarda em que endpoint está cada procedimento.
 * Esta pasta não conhece chat, salas nem mensagens: qualquer servidor poderia registrar-se aqui.
 */

import { BINDER_CONTRACT } from '../contract/binder.ts';
import { avisoDeTextoClaro, escutaSoNestaMaquina, falhaDeEscuta } from '../process/escuta.ts';
import { executarProcesso, StartupError } from '../process/lifecycle.ts';
import { camposDoErro, criarLog } from '../process/log.ts';
import { lerOpcoes, lerSegredo } from '../process/options.ts';
import { lerIdentidade } from '../process/tls.ts';
import { VERSAO } from '../process/versao.ts';
import { RedisError } from '../redis/redis-error.ts';
import { abrirBorda } from '../rpc/server/edge.ts';
import { criarResponder } from '../rpc/server/responder.ts';
import { criarAutenticacao, criarHandlers } from './handlers.ts';
import { OPCOES, VARIAVEL_DA_PORTA } from './options.ts';
import { abrirRegistry } from './registry/open.ts';
import type { Registry } from './registry/registry.ts';

const PROCESSO = 'chat-binder';

const log = criarLog();

/** Abre nesta ordem, e fecha na inversa: o registro, e a borda por onde se chega a ele. */
await executarProcesso(log, async (abertos) => {
  const opcoes = lerOpcoes(
    {
      nome: PROCESSO,
      versao: VERSAO,
      descricao: 'O binder do Chat System Distribuido: guarda em que endpoint está cada procedimento.',
      rodape: 'O segredo que o registro exige vem só da variável CHAT_SEGREDO; fora desta máquina ele é obrigatório.',
    },
    OPCOES,
  );
  const { host, porta } = opcoes;
  const identidade = lerIdentidade(PROCESSO, opcoes);
  const segredo = lerSegredo();
  if (segredo === undefined && !(await escutaSoNestaMaquina(host))) {
    throw new StartupError(`${PROCESSO}: escutar em ${host}, fora desta máquina, exige um segredo em CHAT_SEGREDO`);
  }

  const registry = abertos.add(await abrirOuExplicar(opcoes.redis));
  const responder = criarResponder({
    contract: BINDER_CONTRACT,
    handlers: criarHandlers(registry),
    authentication: criarAutenticacao(segredo),
    aoFalhar: (erro, referencia, procedimento) =>
      log.erro('falha ao atender', { procedimento, referencia, ...camposDoErro(erro) }),
  });
  const edge = await abrirBorda({
    host,
    porta,
    responder,
    processo: 'binder',
    saude: () => ({ ok: registry.disponivel, detalhes: { pid: process.pid } }),
    aoFalhar: (erro) => log.erro('falha na borda', camposDoErro(erro)),
    tls: identidade,
  }).catch((erro: unknown) => {
    throw falhaDeEscuta(erro, { processo: PROCESSO, host, porta, variavelDaPorta: VARIAVEL_DA_PORTA });
  });
  abertos.add(edge);
  const aviso = await avisoDeTextoClaro(host, identidade !== undefined);
  if (aviso) log.aviso(aviso);
  process.stdout.write(`Binder pronto em ${edge.url}\n`);
});

async function abrirOuExplicar(redis: readonly string[] | undefined): Promise<Registry> {
  try {
    return await abrirRegistry(redis, log);
  } catch (erro) {
    throw erro instanceof RedisError ? new StartupError(`${PROCESSO}: ${erro.message}`) : erro;
  }
}

/**
 * Nomes com o sigma final (ς), que a versão 1.0.0 comparava como outra letra: ficam com o σ, como se comparam agora. O nome
 * como se compara está nas chaves do Redis, e trocá-lo muda o hash slot: copia-se, muda-se quem cita, e apaga-se por último.
 */

import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import { lista, nada, ou, pares, texto, tupla } from '../../../redis/resposta.ts';
import { chaveDoDono, chavesDaSala, chavesDaSessao, chavesDasFaixas, INDICE } from '../formato/chaves.ts';
import type { SessaoGuardada } from '../formato/registros.ts';
import { emLotes } from './lotes.ts';
import type { Migracao } from './migracao.ts';
import { trocarNaSala, trocarNaSessao, trocarNoIndice } from './scripts.ts';

const SIGMA_FINAL = 'ς';
/** Quantas mensagens se copiam de cada vez. */
const POR_PAGINA = 200;

export async function juntarSigmas(migracao: Migracao): Promise<void> {
  await trocarDonos(migracao);
  await trocarMembros(migracao);
  await mudarSalas(migracao);
  await apagarSalasAntigas(migracao);
}

/** O nome de cada sessão é dela, e de mais ninguém. */
async function trocarDonos(migracao: Migracao): Promise<void> {
  const { redis } = migracao;
  for (const { sessoes } of chavesDasFaixas()) {
    const guardadas = (await redis.comando(pares, sessoes, 'HGETALL', sessoes)).map(([, guardada]) => guardada);
    await emLotes(migracao, guardadas, async (guardada) => {
      const { nome, hash } = JSON.parse(guardada) as SessaoGuardada;
      const antigo = donoNa100(nome);
      const novo = chaveDoDono(nome);
      if (antigo === novo || (await redis.comando(ou(texto), antigo, 'GET', antigo)) !== hash) return;
      await redis.comando(nada, novo, 'SET', novo, hash, 'NX');
      await redis.comando(nada, antigo, 'UNLINK', antigo);
    });
  }
}

function donoNa100(nome: string): string {
  return `chat:{n:${nome.normalize('NFKC').toLowerCase().normalize('NFKC')}}:dono`;
}

/** Em cada sala, quem tem um nome desses. */
async function trocarMembros(migracao: Migracao): Promise<void> {
  const { redis } = migracao;
  await emLotes(migracao, await salasDoIndice(redis), async (sala) => {
    const { nomes } = chavesDaSala(sala);
    const daSala = await redis.comando(pares, nomes, 'HGETALL', nomes);
    for (const [antigo] of daSala.filter(([nome]) => nome.includes(SIGMA_FINAL))) {
      await redis.executar(trocarNaSala, { nomes }, { antigo, novo: nomeComparavel(antigo) });
    }
  });
}

async function mudarSalas(migracao: Migracao): Promise<void> {
  const { redis, continuar } = migracao;
  for (const antigo of (await salasDoIndice(redis)).filter((sala) => sala.includes(SIGMA_FINAL))) {
    const novo = nomeComparavel(antigo);
    // Se havia as duas, a que já tinha o nome fica com ele; a outra, como qualquer sala, acaba quando se esvazia.
    if ((await salasDoIndice(redis)).includes(novo)) continue;
    for await (const chaves of redis.percorrer(`chat:{s:${antigo}}:*`)) {
      for (const chave of chaves) {
        await continuar();
        await copiar(redis, chave, chave.replace(`{s:${antigo}}`, `{s:${novo}}`));
      }
    }
    await trocarNasSessoes(migracao, antigo, novo);
    await redis.executar(trocarNoIndice, INDICE, { antigo, novo });
  }
}

async function trocarNasSessoes(migracao: Migracao, antigo: string, novo: string): Promise<void> {
  const { redis } = migracao;
  for (const { sessoes } of chavesDasFaixas()) {
    const ids = await redis.comando(lista(texto), sessoes, 'HKEYS', sessoes);
    await emLotes(migracao, ids, (id) =>
      redis.executar(trocarNaSessao, chavesDaSessao(Number(id)), { id, antigo, novo }),
    );
  }
}

/** O que resta das salas que já não estão no índice com o nome antigo. */
async function apagarSalasAntigas(migracao: Migracao): Promise<void> {
  const { redis } = migracao;
  const ficam = new Set(await salasDoIndice(redis));
  for await (const chaves of redis.percorrer(`chat:{s:*${SIGMA_FINAL}*}:*`)) {
    await emLotes(migracao, chaves, async (chave) => {
      const [, sala = ''] = /^chat:\{s:(.+?)\}:/.exec(chave) ?? [];
      if (sala.includes(SIGMA_FINAL) && !ficam.has(sala)) await redis.comando(nada, chave, 'UNLINK', chave);
    });
  }
}

function salasDoIndice(redis: RedisConnection): Promise<string[]> {
  return redis.comando(lista(texto), INDICE.salas, 'HKEYS', INDICE.salas);
}

/** O que estiver no destino é de uma cópia que não se acabou. */
async function copiar(redis: RedisConnection, de: string, para: string): Promise<void> {
  await redis.comando(nada, para, 'UNLINK', para);
  switch (await redis.comando(texto, de, 'TYPE', de)) {
    case 'hash': {
      const campos = (await redis.comando(pares, de, 'HGETALL', de)).flat();
      return redis.comando(nada, para, 'HSET', para, ...campos);
    }
    case 'set': {
      const membros = await redis.comando(lista(texto), de, 'SMEMBERS', de);
      return redis.comando(nada, para, 'SADD', para, ...membros);
    }
    case 'stream':
      return copiarFluxo(redis, de, para);
    default:
  }
}

const lerEntradas = lista(tupla(texto, lista(texto)));

async function copiarFluxo(redis: RedisConnection, de: string, para: string): Promise<void> {
  let desde = '-';
  for (;;) {
    const entradas = await redis.comando(lerEntradas, de, 'XRANGE', de, desde, '+', 'COUNT', POR_PAGINA);
    await Promise.all(entradas.map(([id, campos]) => redis.comando(nada, para, 'XADD', para, id, ...campos)));
    const ultima = entradas.at(-1);
    if (!ultima || entradas.length < POR_PAGINA) return;
    desde = `(${ultima[0]}`;
  }
}

/**
 * Do formato 1, o da versão 1.0.0, ao 2. O que mudou: cada chave de repetição tinha uma chave do Redis, e agora fica com as
 * outras da sessão; as salas com mensagens privadas de alguém estavam na sessão; o índice não sabia quantos há em cada
 * sala; dois nomes que só diferem no sigma final não eram um só; quem entrou e quem saiu estava entre as mensagens que se
 * disseram; e uma sala não tinha dono.
 */

import type { RedisConnection } from '../../../redis/connection.ts';
import { json, lista, nada, ou, pares, texto } from '../../../redis/resposta.ts';
import { Indice } from '../estado/indice.ts';
import {
  chavesDaSala,
  chavesDaSessao,
  chavesDasFaixas,
  chavesDosEnvios,
  INDICE,
  VARREDURA,
} from '../formato/chaves.ts';
import type { SalaCitada } from '../formato/registros.ts';
import { contarNaSala } from '../scripts/salas.ts';
import { darDonos } from './donos.ts';
import { emLotes } from './lotes.ts';
import type { Migracao } from './migracao.ts';
import { anotarEnvio, anotarUso, esquecerVarreduraDa100, passarConversas } from './scripts.ts';
import { juntarSigmas } from './sigmas.ts';

/** `uso`, o id da sessão e a chave de repetição, que pode ter qualquer caractere: em que sala se usou. */
const USO = /^chat:\{p\d+\}:uso:(\d+):(.*)$/s;
/** `envio`, na sala: a mensagem que a sessão enviou com ela. */
const ENVIO = /^chat:\{s:(.+?)\}:envio:(\d+):(.*)$/s;

export async function migrarDa100(migracao: Migracao): Promise<void> {
  const { redis } = migracao;
  await passarUsos(migracao);
  await passarEnvios(migracao);
  await passarTodasAsConversas(migracao);
  await contarSalas(migracao);
  await juntarSigmas(migracao);
  await darDonos(migracao);
  await redis.executar(esquecerVarreduraDa100, { estado: VARREDURA }, {});
}

async function passarUsos(migracao: Migracao): Promise<void> {
  const { redis } = migracao;
  for await (const chaves of redis.percorrer('chat:{p*}:uso:*')) {
    await emLotes(migracao, chaves, async (antiga) => {
      const [, id, chave] = USO.exec(antiga) ?? [];
      const sala = await ler(redis, antiga);
      if (id === undefined || chave === undefined || sala === undefined) return;
      await redis.executar(anotarUso, chavesDaSessao(Number(id)), { id, chave, sala });
      await apagar(redis, antiga);
    });
  }
}

async function passarEnvios(migracao: Migracao): Promise<void> {
  const { redis } = migracao;
  for await (const chaves of redis.percorrer('chat:{s:*}:envio:*')) {
    await emLotes(migracao, chaves, async (antiga) => {
      const [, sala, id, chave] = ENVIO.exec(antiga) ?? [];
      const mensagem = await ler(redis, antiga);
      if (sala === undefined || id === undefined || chave === undefined || mensagem === undefined) return;
      // Uma vazia impedia um envio atrasado: já não há nenhum a caminho.
      const existe =
        mensagem !== '' && (await redis.executar(anotarUso, chavesDaSessao(Number(id)), { id, chave, sala }));
      if (existe) await redis.executar(anotarEnvio, chavesDosEnvios(sala, Number(id)), { chave, mensagem });
      await apagar(redis, antiga);
    });
  }
}

async function passarTodasAsConversas(migracao: Migracao): Promise<void> {
  const { redis } = migracao;
  for (const { sessoes } of chavesDasFaixas()) {
    const guardadas = await redis.comando(pares, sessoes, 'HGETALL', sessoes);
    const comConversas = guardadas.filter(([, sessao]) => 'conversas' in JSON.parse(sessao));
    await emLotes(migracao, comConversas, ([id]) =>
      redis.executar(passarConversas, chavesDaSessao(Number(id)), { id }),
    );
  }
}

/** O índice passa a saber quantos estão em cada sala. */
async function contarSalas(migracao: Migracao): Promise<void> {
  const { redis, relogio } = migracao;
  const indice = new Indice(redis, relogio);
  const { salas } = INDICE;
  await emLotes(migracao, await redis.comando(lista(json<SalaCitada>()), salas, 'HVALS', salas), async (sala) => {
    const argumentos = { agora: relogio.agoraMs(), salaId: String(sala.id), eu: '' };
    const contada = await redis.executar(contarNaSala, chavesDaSala(sala.chave), argumentos);
    // Numa sala em que ninguém entrou nem se pode contar: não há ninguém.
    if (contada) await indice.anotar(sala, contada[0]);
  });
}

function ler(redis: RedisConnection, chave: string): Promise<string | undefined> {
  return redis.comando(ou(texto), chave, 'GET', chave);
}

function apagar(redis: RedisConnection, chave: string): Promise<void> {
  return redis.comando(nada, chave, 'UNLINK', chave);
}

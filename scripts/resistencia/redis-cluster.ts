/** O Redis Cluster da resistência, que muda enquanto serve: réplicas assumem, e slots passam de um mestre a outro. */

import { assumir, comandar, idNoCluster, iniciarClusterComReplicas, type Par } from '../comum/redis.ts';
import type { RedisDaResistencia } from './redis.ts';

/** O que um comando dá a quem sabe esperar: bem mais do que mudar as chaves de um slot leva. */
const MIGRACAO_MS = 5_000;
const CHAVES_POR_VEZ = 100;

export async function abrirClusterQueMuda(): Promise<RedisDaResistencia> {
  const { redis, pares } = await iniciarClusterComReplicas('--appendonly', 'yes');
  let trocas = 0;
  let mudancas = 0;
  return {
    url: redis.url,
    falhas: {
      'conexões com o Redis cortadas': () => redis.cortar(),
      'assinaturas do Redis cortadas': () => redis.emTodos('CLIENT', 'KILL', 'TYPE', 'pubsub'),
      'réplica que assumiu': () => assumir(pares[trocas++ % pares.length] as Par),
      'slot que mudou de mestre': () => {
        const de = pares[mudancas % pares.length] as Par;
        mudancas += 1;
        return mudarSlot(de, pares[mudancas % pares.length] as Par, pares);
      },
    },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}

/** Um slot que tem chaves passa, com elas, de um mestre a outro, enquanto os servidores as usam. */
async function mudarSlot([de]: Par, [para]: Par, pares: readonly Par[]): Promise<void> {
  const chaves = textosDe(await comandar(de, 'KEYS', 'chat:*'));
  const chave = chaves[Math.floor(Math.random() * chaves.length)];
  if (chave === undefined) return;
  const slot = (await comandar(de, 'CLUSTER', 'KEYSLOT', chave)).slice(1).trim();
  await comandar(para, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idNoCluster(de));
  await comandar(de, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idNoCluster(para));
  for (;;) {
    const doSlot = textosDe(await comandar(de, 'CLUSTER', 'GETKEYSINSLOT', slot, String(CHAVES_POR_VEZ)));
    if (doSlot.length === 0) break;
    const migrar = ['MIGRATE', '127.0.0.1', String(para), '', '0', String(MIGRACAO_MS), 'KEYS', ...doSlot];
    const resposta = await comandar(de, ...migrar);
    if (!/^\+(OK|NOKEY)/.test(resposta)) throw new Error(`o slot ${slot} não mudou de mestre: ${resposta}`);
  }
  const dono = await idNoCluster(para);
  // Primeiro quem recebe, para que em nenhum instante o slot fique sem ninguém; por último, quem só precisa saber.
  for (const porta of new Set([para, de, ...pares.map(([mestre]) => mestre)])) {
    await comandar(porta, 'CLUSTER', 'SETSLOT', slot, 'NODE', dono);
  }
}

/** Os textos de uma lista, de uma resposta como veio. */
function textosDe(resposta: string): string[] {
  return resposta
    .split('\r\n')
    .slice(1)
    .filter((linha) => linha !== '' && !/^\$\d+$/.test(linha));
}

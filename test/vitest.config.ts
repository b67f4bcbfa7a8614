import { defineConfig } from 'vitest/config';
import { HA_REDIS, SEM_REDIS } from '../scripts/comum/redis.ts';

/** O contrato do servidor é o mesmo, onde quer que o estado esteja: os mesmos testes, com cada um. */
const CONTRATO_DO_SERVIDOR = ['test/contrato/servidor/*.test.ts'];
/**
 * O que espera por prazos reais ou mata processos não se repete no cluster: a conformidade do store o prova nos dois, com
 * o relógio parado.
 */
const SO_NUM_REDIS = ['ausencia-e-prazos', 'durabilidade', 'limites'].map(
  (qual) => `**/contrato/servidor/${qual}.test.ts`,
);
const noRedis = Object.entries({ redis: [], cluster: SO_NUM_REDIS }).map(([estado, exclude]) => ({
  extends: true as const,
  test: {
    name: estado,
    include: CONTRATO_DO_SERVIDOR,
    exclude,
    setupFiles: ['test/suporte/rodada/fim-do-arquivo.ts'],
    env: { CHAT_TESTES_ESTADO: estado },
  },
}));
if (!HA_REDIS) process.stderr.write(`O contrato do servidor num Redis e num Redis Cluster${SEM_REDIS}\n`);

export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    globalSetup: ['test/suporte/rodada/construir.ts', 'test/suporte/rodada/rodada.ts'],
    // Só para que um teste preso acabe: nenhum depende de a máquina ser rápida, nem de estar livre.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 10 } },
    // Um arquivo não muda nada que outro veja: carregar tudo de novo para cada um custaria mais que muitos deles.
    isolate: false,
    // Testes que rodam juntos só esperam por prazos do contrato: todos podem esperar ao mesmo tempo.
    maxConcurrency: 50,
    // Mais que os núcleos, porque muitos testes esperam por um processo ou por um prazo do contrato.
    maxWorkers: 4,
    projects: [
      { extends: true, test: { name: 'embutido', include: ['test/**/*.test.ts'] } },
      ...(HA_REDIS ? noRedis : []),
    ],
  },
});

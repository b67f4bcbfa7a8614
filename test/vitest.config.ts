import { defineConfig } from 'vitest/config';
import { HA_REDIS, SEM_REDIS } from '../scripts/comum/redis.ts';

/**
 * O contrato do servidor é o mesmo, onde quer que o estado esteja: os mesmos testes. Até o store, o servidor é o mesmo, e a
 * conformidade do store prova cada regra nos dois: aqui se repete o que também depende do tempo, dos avisos entre servidores
 * ou do que fica gravado. No cluster, em que só o store difere, basta que se converse.
 */
const REPETIDOS = {
  redis: '{ausencia-e-prazos,donos,durabilidade,mensagens,privadas,receber,senha-da-sala,sessoes}',
  cluster: 'mensagens',
};
const noRedis = Object.entries(REPETIDOS).map(([estado, quais]) => ({
  extends: true as const,
  test: {
    name: estado,
    include: [`test/contrato/servidor/${quais}.test.ts`],
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

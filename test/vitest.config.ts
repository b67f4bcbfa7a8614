import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    globalSetup: ['test/suporte/construir.ts'],
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Dois núcleos: mais arquivos ao mesmo tempo só fariam os processos reais esperarem uns pelos outros.
    maxWorkers: 2,
  },
});

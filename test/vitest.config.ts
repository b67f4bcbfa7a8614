import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    globalSetup: ['test/suporte/construir.ts'],
    include: ['test/**/*.test.ts'],
    // Só para que um teste preso acabe: nenhum depende de a máquina ser rápida, nem de estar livre.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Um arquivo não muda nada que outro veja: carregar tudo de novo para cada um custaria mais que muitos deles.
    isolate: false,
    // Mais que os núcleos, porque muitos testes esperam por um processo ou por um prazo do contrato.
    maxWorkers: 4,
  },
});

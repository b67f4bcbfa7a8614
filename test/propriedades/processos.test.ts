/** Dezenas de histórias contra o processo de verdade, que morre no meio delas. */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { HA_REDIS, SEM_REDIS } from '../../scripts/comum/redis.ts';
import { Condutor } from './condutor.ts';
import { historias } from './historia.ts';
import { correrHistorias, vezesPedidas } from './relato.ts';
import { abrirServidorEmProcesso } from './servidores/em-processo.ts';
import { abrirServidoresEmProcessos } from './servidores/em-processos.ts';
import type { Servidor } from './servidores/servidor.ts';

/**
 * Todas as histórias rodam no mesmo servidor: os nomes de cada uma são só dela.
 * @param aoContar depois de cada uma, já terminada
 * @returns quantas se contaram
 */
async function contarNoMesmo(servidor: Servidor, aoContar?: (condutor: Condutor) => Promise<void>): Promise<number> {
  let contador = 0;
  await correrHistorias(
    historias({ comTempo: false, passos: 15 }),
    async (historia) => {
      contador += 1;
      const condutor = new Condutor(servidor, `.${contador}`);
      try {
        await condutor.conduzir(historia);
      } finally {
        await condutor.terminar();
      }
      await aoContar?.(condutor);
    },
    { vezes: vezesPedidas(20), prazoMs: 6_000 },
  );
  return contador;
}

test('o processo e o contrato contam a mesma história, também quando ele morre', { timeout: 600_000 }, async () => {
  await using servidor = await abrirServidorEmProcesso();
  const tokens = new Set<string>();
  const segredos = new Set<string>();
  await contarNoMesmo(servidor, async (condutor) => {
    for (const token of condutor.tokens) tokens.add(token);
    for (const segredo of condutor.segredos) segredos.add(segredo);
    expect((await servidor.chamar(undefined, [{ method: 'listar_salas', params: {} }]))[0]?.error).toBeUndefined();
  });

  const log = servidor.log();
  expect([...segredos].filter((segredo) => log.includes(segredo))).toEqual([]);
  expect([...tokens].filter((token) => log.includes(token))).toEqual([]);
  const arquivos = servidor.arquivos();
  const nomes = arquivos.map(({ nome }) => nome).join('\n');
  expect([...segredos].filter((segredo) => nomes.includes(segredo))).toEqual([]);
  const comToken = arquivos.filter(({ conteudo }) => [...tokens].some((token) => conteudo.includes(token)));
  expect(comToken.map(({ nome }) => nome)).toEqual([]);
  await ate(() => servidor.usuarios().length === 0, 'usuarios.json sem ninguém');
});

test.runIf(HA_REDIS)(
  `três servidores num Redis contam a mesma história, cada chamada a um deles, também quando um morre${SEM_REDIS}`,
  { timeout: 600_000 },
  async () => {
    await using servidor = await abrirServidoresEmProcessos();
    expect(await contarNoMesmo(servidor)).toBeGreaterThan(0);
  },
);

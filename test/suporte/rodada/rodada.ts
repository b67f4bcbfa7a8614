/**
 * O que é de toda a rodada: a marca que os seus processos herdam, as suas pastas, e quem limpa depois dela, também
 * quando o próprio vitest é morto. Um processo que sobra no fim é um erro de um teste, e a rodada o diz e falha.
 */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ate } from '../../../scripts/comum/condicao.ts';
import { EM_MEMORIA, pastaTemporaria, VARIAVEL_DA_MEMORIA } from '../../../scripts/comum/pasta.ts';
import { apagarPastas, encerrarRodada, processosDaRodada, VARIAVEL_DA_MARCA } from './restos.js';

const VIGIA = join(import.meta.dirname, 'restos.js');

/** Um processo que foi morto no fim de um teste ainda leva um instante para acabar. */
const PRAZO_PARA_ACABAREM_MS = 5_000;

export function setup(): (() => Promise<void>) | undefined {
  // Cada projeto do vitest chama isto: a rodada é uma só.
  if (process.env[VARIAVEL_DA_MARCA]) return undefined;
  const marca = randomUUID();
  const pastas = [pastaTemporaria().caminho, pastaTemporaria(EM_MEMORIA).caminho] as const;
  const vigia = spawn(process.execPath, [VIGIA, marca, ...pastas], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  vigia.unref();
  process.env[VARIAVEL_DA_MARCA] = marca;
  for (const variavel of ['TMPDIR', 'TEMP', 'TMP']) process.env[variavel] = pastas[0];
  process.env[VARIAVEL_DA_MEMORIA] = pastas[1];

  return async () => {
    const restantes = () => processosDaRodada(marca, pastas).map(({ comando }) => comando);
    await ate(() => restantes().length === 0, 'o fim dos processos', PRAZO_PARA_ACABAREM_MS).catch(() => {});
    const sobras = restantes();
    encerrarRodada(marca, pastas);
    apagarPastas([...pastas]);
    vigia.kill('SIGKILL');
    if (sobras.length === 0) return;
    // O vitest mostra a falha de quem fecha, mas só isto muda o status com que termina.
    process.exitCode = 1;
    throw new Error(`os testes deixaram processos rodando:\n${sobras.join('\n')}`);
  };
}

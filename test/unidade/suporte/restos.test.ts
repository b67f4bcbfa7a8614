import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { processosDaRodada, VARIAVEL_DA_MARCA } from '../../suporte/restos.js';

const RESTOS = join(import.meta.dirname, '..', '..', 'suporte', 'restos.js');

test.skipIf(process.platform === 'win32')(
  'quando quem roda os testes morre, morrem os processos da rodada, também os que se soltaram, e somem as pastas',
  async () => {
    using pasta = pastaTemporaria();
    const marca = randomUUID();
    const ambiente = { ...process.env, [VARIAVEL_DA_MARCA]: marca };
    const solto = spawn('sh', ['-c', 'sleep 1000 & sleep 1000'], { detached: true, stdio: 'ignore', env: ambiente });
    await ate(() => processosDaRodada(marca).length === 3, 'os três processos');

    const vigia = spawn(process.execPath, [RESTOS, marca, pasta.caminho], { stdio: ['pipe', 'ignore', 'inherit'] });
    vigia.stdin.end();
    const fim = once(solto, 'exit');
    expect(await once(vigia, 'exit')).toEqual([0, null]);
    expect(await fim).toEqual([null, 'SIGKILL']);
    expect(processosDaRodada(marca)).toEqual([]);
    expect(existsSync(pasta.caminho)).toBe(false);
  },
);

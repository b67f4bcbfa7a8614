import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { RAIZ } from '../../../../scripts/comum/raiz.ts';
import { processosDaRodada, VARIAVEL_DA_MARCA } from '../../../suporte/rodada/restos.js';

const RESTOS = join(RAIZ, 'test', 'suporte', 'rodada', 'restos.js');

test.skipIf(process.platform !== 'linux')(
  'quando quem roda os testes morre, morrem os processos da rodada, também os que se soltaram ou perderam a marca, e somem as pastas',
  async () => {
    using pasta = pastaTemporaria();
    const marca = randomUUID();
    const ambiente = { ...process.env, [VARIAVEL_DA_MARCA]: marca };
    const solto = spawn('sh', ['-c', 'sleep 1000 & sleep 1000'], { detached: true, stdio: 'ignore', env: ambiente });
    // O redis-server apaga o seu ambiente; o que o denuncia é a pasta em que está.
    const semMarca = spawn('sleep', ['1000'], { cwd: mkdtempSync(join(pasta.caminho, 'dados-')), stdio: 'ignore' });
    const daRodada = () => processosDaRodada(marca, [pasta.caminho]);
    await ate(() => daRodada().length === 4, 'os quatro processos');

    const vigia = spawn(process.execPath, [RESTOS, marca, pasta.caminho], { stdio: ['pipe', 'ignore', 'inherit'] });
    vigia.stdin.end();
    const fim = Promise.all([solto, semMarca].map((processo) => once(processo, 'exit')));
    expect(await once(vigia, 'exit')).toEqual([0, null]);
    const MORTO = [null, 'SIGKILL'];
    expect(await fim).toEqual([MORTO, MORTO]);
    expect(daRodada()).toEqual([]);
    expect(existsSync(pasta.caminho)).toBe(false);
  },
);

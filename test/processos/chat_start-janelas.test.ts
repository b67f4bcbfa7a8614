import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { type CopiaDoCheckout, copiarCheckout } from '../suporte/processos/copia.ts';
import {
  type Ambiente,
  ambienteComPortasLivres,
  pidAnotado,
  processosDe,
  rodarLancador,
} from '../suporte/processos/lancador.ts';

/** Um terminal que guarda num arquivo o que nele se veria: é chamado como o xterm, `-e` e o comando. */
const XTERM = '#!/bin/sh\nshift\nexec "$@" >"$CHAT_VISTO/$3" 2>&1 </dev/null\n';

describe.skipIf(process.platform !== 'linux')('chat_start janelas', { timeout: 90_000 }, () => {
  let copia: CopiaDoCheckout;
  let ambiente: Ambiente;
  let pastaDoVisto: string;
  const visto = (papel: string) => readFileSync(join(pastaDoVisto, papel), 'utf8');
  const rodar = (...argumentos: string[]) => rodarLancador({ raiz: copia.raiz, ambiente, argumentos });

  beforeAll(async () => {
    copia = copiarCheckout();
    const programas = join(copia.raiz, '..', 'programas');
    pastaDoVisto = join(copia.raiz, '..', 'visto');
    for (const pasta of [programas, pastaDoVisto]) mkdirSync(pasta);
    // O primeiro da lista de terminais: nenhum dos que a máquina tenha é aberto.
    writeFileSync(join(programas, 'x-terminal-emulator'), XTERM);
    chmodSync(join(programas, 'x-terminal-emulator'), 0o755);
    ambiente = {
      ...(await ambienteComPortasLivres()),
      PATH: `${programas}${delimiter}${process.env['PATH']}`,
      DISPLAY: ':0',
      TMUX: '',
      CHAT_VISTO: pastaDoVisto,
    };
  });
  afterAll(async () => {
    if (processosDe(copia.raiz).length > 0) await rodar('parar');
    copia[Symbol.dispose]();
  });

  test('abre uma para cada processo, que mostra o que faz; estado os vê, e parar os encerra', async () => {
    const { status, erros } = await rodar('janelas', '1');
    expect([status, erros]).toEqual([0, expect.stringContaining('3 janelas abertas com x-terminal-emulator.')]);
    // O cliente só se abre quando há com quem falar; sem um terminal de verdade, é isso que ele diz.
    await ate(() => readdirSync(pastaDoVisto).includes('cliente'), 'a janela do cliente');
    await ate(() => visto('cliente').includes('a conversa precisa de um terminal'), 'o que o cliente diz');
    await ate(() => /registrou procedimento="?registrar_usuario"? /.test(visto('binder')), 'o registro à vista');

    await resultado(`http://127.0.0.1:${ambiente['CHAT_PORTA_SERVIDOR']}`, 'registrar_usuario', ['Ana']);
    await ate(() => /atendeu procedimento="?registrar_usuario"? .*Ana/.test(visto('servidor')), 'a chamada à vista');
    expect(await rodar('estado')).toMatchObject({
      status: 0,
      saida: expect.stringContaining(`pid ${pidAnotado(copia.raiz, 'servidor')}`),
    });

    expect((await rodar('parar')).status).toBe(0);
    await ate(
      () => /o registro acabou procedimento="?registrar_usuario"? /.test(visto('binder')),
      'o fim dele à vista',
    );
    await ate(() => processosDe(copia.raiz).length === 0, 'o fim de tudo');
  });

  test('sem tela nem tmux, diz o que digitar, e o que se digita roda', async () => {
    const { status, saida } = await rodarLancador({
      raiz: copia.raiz,
      ambiente: { ...ambiente, DISPLAY: '', WAYLAND_DISPLAY: '' },
      argumentos: ['janelas', '2'],
    });
    expect(status).toBe(0);
    const linhas = saida.split('\n').filter((linha) => linha.includes('numa-janela.js'));
    expect(linhas.map((linha) => linha.split(' ').at(-1))).toEqual(['binder', 'servidor', 'cliente', 'cliente']);
    const [, programa = '', arquivo = ''] = /\) (\S+) (\S+) binder$/.exec(linhas[0] ?? '') ?? [];
    expect(programa).toBe('node');
    for (const [argumento, dito] of [
      ['porteiro', 'o papel deve ser binder, servidor, cliente'],
      ['PATH=x', 'PATH=x não tem a forma CHAT_X=valor'],
    ] as const) {
      const papel = argumento.includes('=') ? ['binder', argumento] : [argumento];
      const rodado = spawnSync(process.execPath, [arquivo, ...papel], { cwd: copia.raiz, encoding: 'utf8' });
      expect([rodado.status, rodado.stderr]).toEqual([2, `chat_start: ${dito}\n`]);
    }
  });
});

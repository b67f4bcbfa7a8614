/** As units do systemd, conferidas por ele, e o ambiente que elas leem. */

import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { OPCOES as OPCOES_DO_BINDER } from '../../../src/binder/options.ts';
import { OPCOES as OPCOES_DO_SERVIDOR } from '../../../src/server/options.ts';
import { aprovar, EXEMPLOS, testarCom } from '../../suporte/processos/programas.ts';

const PASTA = join(EXEMPLOS, 'systemd');
const UNITS = [
  ['chat-binder', '5000', OPCOES_DO_BINDER],
  ['chat-server', '8005', OPCOES_DO_SERVIDOR],
] as const;

/** De 0, nada exposto, a 10. */
const EXPOSICAO_MAXIMA = 2;

for (const [comando, porta, opcoes] of UNITS) {
  const modelo = join(PASTA, `${comando}@.service`);

  testarCom(
    'systemd-analyze',
    `o systemd não acha nada a corrigir em ${comando}@.service, e o processo alcança pouco`,
    () => {
      using pasta = pastaTemporaria();
      const unit = join(pasta.caminho, `${comando}@${porta}.service`);
      copyFileSync(modelo, unit);
      expect(aprovar('systemd-analyze', ['verify', unit])).toBe('');
      const analise = aprovar('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]);
      expect(Number(/Overall exposure level.*: ([\d.]+)/.exec(analise)?.[1])).toBeLessThan(EXPOSICAO_MAXIMA);
    },
  );

  test(`${comando}@.service só usa opções que ${comando} tem, e volta depois de uma falha`, () => {
    const texto = readFileSync(modelo, 'utf8');
    const linha = new RegExp(`^ExecStart=/usr/bin/env ${comando} (.*)$`, 'm').exec(texto)?.[1] ?? '';
    const usadas = linha.match(/--[a-z-]+/g) ?? [];
    expect(usadas).not.toEqual([]);
    for (const usada of usadas) expect(Object.keys(opcoes), usada).toContain(usada.slice(2));
    expect(texto).toMatch(/^Restart=on-failure$/m);
  });
}

test('o ambiente das units só tem variáveis que os processos leem', () => {
  const lidas = [
    'CHAT_SEGREDO',
    ...[OPCOES_DO_BINDER, OPCOES_DO_SERVIDOR].flatMap((opcoes) =>
      Object.values(opcoes).map(({ variavel }) => variavel),
    ),
  ];
  const ditas = readFileSync(join(PASTA, 'ambiente'), 'utf8').match(/^#?CHAT_[A-Z_]+(?==)/gm) ?? [];
  expect(ditas).toContain('CHAT_SEGREDO');
  for (const dita of ditas) expect(lidas).toContain(dita.replace('#', ''));
});

/**
 * A mesma conversa em outras larguras e sobre outros fundos, para se olhar: `node .build/scripts/retratos/larguras.js PASTA`
 * desenha todas as combinações ali; sem a pasta, só as do README do cliente, em .github/retratos/.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pilha } from '../comum/pilha.ts';
import { RAIZ } from '../comum/raiz.ts';
import { conversar, montarCena } from './conversa.ts';
import { desenhar } from './svg.ts';
import { type NomeDeTema, TEMAS } from './temas.ts';

/** Quantas fileiras a conversa ocupa em cada largura. */
const FILEIRAS = { 40: 25, 80: 16, 200: 14 } as const;

interface Tela {
  readonly colunas: keyof typeof FILEIRAS;
  readonly tema: NomeDeTema;
}

const LARGURAS = [40, 80, 200] as const;
const TODAS: readonly Tela[] = LARGURAS.flatMap((colunas) =>
  (Object.keys(TEMAS) as NomeDeTema[]).map((tema) => ({ colunas, tema })),
);
const DO_README: readonly Tela[] = [
  { colunas: 40, tema: 'branco' },
  { colunas: 80, tema: 'preto' },
  { colunas: 200, tema: 'solarized' },
];

const [, , pasta] = process.argv;
const destino = pasta ?? join(RAIZ, '.github', 'retratos');
mkdirSync(destino, { recursive: true });
for (const { colunas, tema } of pasta === undefined ? DO_README : TODAS) {
  const pilha = new Pilha();
  try {
    const janela = { colunas, fileiras: FILEIRAS[colunas] };
    const { xterm } = await conversar(await montarCena(pilha), janela, TEMAS[tema]);
    const desenho = desenhar(xterm, `${colunas} colunas, ${tema}`, { comCursor: true, tema: TEMAS[tema] });
    writeFileSync(join(destino, `conversa-${colunas}-${tema}.svg`), desenho);
  } finally {
    await pilha.close();
  }
}

/** `npm run check:layers`: os arquivos deste checkout contra a tabela das camadas. Sai com 1 se algo está fora do lugar. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { RAIZ } from '../comum/raiz.ts';
import { conferir } from './conferir.ts';
import { ANTES_DE_INSTALAR, BIBLIOTECAS, CAMADAS } from './tabela.ts';

const arquivos = new Map(
  ['src', 'scripts', 'test'].flatMap((pasta) =>
    readdirSync(join(RAIZ, pasta), { recursive: true, encoding: 'utf8' })
      .filter((nome) => /\.[cm]?[jt]s$/.test(nome))
      .map((nome) => [`${pasta}/${nome.replaceAll(sep, '/')}`, readFileSync(join(RAIZ, pasta, nome), 'utf8')] as const),
  ),
);
const defeitos = conferir(arquivos, {
  camadas: CAMADAS,
  bibliotecas: BIBLIOTECAS,
  antesDeInstalar: ANTES_DE_INSTALAR,
});
for (const defeito of defeitos) process.stderr.write(`${defeito}\n`);
if (defeitos.length > 0) {
  process.stderr.write('A tabela das camadas está em scripts/camadas/tabela.ts.\n');
  process.exitCode = 1;
}

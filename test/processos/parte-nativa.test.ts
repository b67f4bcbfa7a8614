/** O SQLite traz uma parte nativa, que nem todo sistema tem: só quem guarda os dados nele precisa dela. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { rodar, type Terminado } from '../../scripts/comum/processos.ts';
import { SEM_BINDER } from '../suporte/processos/processos.ts';

/** Com esta variável o libsql procura uma compilação de quem o desenvolve, que não está aqui: não carrega. */
const SEM_PARTE_NATIVA = { LIBSQL_JS_DEV: '1' };

async function rodarSemParteNativa(...argumentos: string[]): Promise<Terminado> {
  using pasta = pastaTemporaria();
  const lugar = ['--dados', join(pasta.caminho, 'dados'), '--usuarios', join(pasta.caminho, 'usuarios.json')];
  return await rodar('server', {
    argumentos: ['--porta', '0', '--binder', SEM_BINDER, ...lugar, ...argumentos],
    ambiente: SEM_PARTE_NATIVA,
  });
}

test('onde ela não carrega, uma linha diz o que falta e o que fazer', async () => {
  const { status, erros } = await rodarSemParteNativa();
  expect(erros).toMatch(/^chat-server: A parte nativa do banco de dados \(libsql\) não carrega .*npm ci.*--redis\.\n$/);
  expect(status).toBe(1);
});

test('com --redis ela não é carregada; sem ninguém no endereço dele, uma linha o diz, e a senha não aparece', async () => {
  const { status, saida, erros } = await rodarSemParteNativa('--redis', 'redis://eu:segredo123@127.0.0.1:1');
  expect(erros).toMatch(/^chat-server: [^\n]*redis:\/\/127\.0\.0\.1:1[^\n]*\n$/);
  expect(erros).not.toContain('libsql');
  expect(saida + erros).not.toContain('segredo123');
  expect([status, saida]).toEqual([1, '']);
});

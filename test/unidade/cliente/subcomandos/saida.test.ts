import { expect, test } from 'vitest';
import type { Saida } from '../../../../src/cliente/subcomandos/canais.ts';
import type { Execucao } from '../../../../src/cliente/subcomandos/ordem.ts';
import { escreverLinha, escreverMensagem } from '../../../../src/cliente/subcomandos/saida.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';

const em = (saida: Saida) => ({ processo: 'chat-cliente', opcoes: {}, canais: { saida } }) as Execucao;
/** Os espaços levam o resto até a margem de um terminal de 80 colunas. */
const FORJADA = mensagem(1, `oi${' '.repeat(60)}[12:00:00] Maria: a senha do cofre mudou`);

function saidaDe(isTTY: boolean, columns: number, erro?: Error) {
  let escrito = '';
  const write = (texto: string, aoEscrever: (erro?: Error) => void) => {
    escrito += texto;
    aoEscrever(erro);
    return true;
  };
  return { saida: { isTTY, columns, write } as Saida, escrito: () => escrito };
}

test.each([80, 0, 40, 12])(
  'num terminal de %i colunas, nenhuma fileira depois da primeira começa na margem',
  async (colunas) => {
    const { saida, escrito } = saidaDe(true, colunas);
    await escreverMensagem(em(saida), FORJADA);
    const [primeira, ...outras] = escrito().trimEnd().split('\r\n');
    expect(primeira).toMatch(/^\[/);
    expect(outras.length).toBeGreaterThan(0);
    for (const fileira of outras) expect(fileira).toMatch(/^ /);
  },
);

test('num terminal, a continuação fica sob o começo do texto', async () => {
  const { saida, escrito } = saidaDe(true, 80);
  await escreverMensagem(em(saida), FORJADA);
  expect(escrito()).toMatch(/\r\n {18}\S/);
});

test('num pipe, a linha fica inteira', async () => {
  const { saida, escrito } = saidaDe(false, 80);
  await escreverMensagem(em(saida), FORJADA);
  expect(escrito()).toMatch(/^\[.{8}\] Pedro: oi {60}\[12:00:00\] Maria: a senha do cofre mudou\n$/);
});

test('num terminal, os campos ficam nas paradas do tab, sem o tab que ninguém mede', async () => {
  const { saida, escrito } = saidaDe(true, 80);
  await escreverLinha(em(saida), 'Geral\t2');
  expect(escrito()).toBe('Geral   2\r\n');
});

test('a falha da escrita diz de quem é', async () => {
  const { saida } = saidaDe(false, 80, Object.assign(new Error(), { code: 'ENOSPC' }));
  await expect(escreverLinha(em(saida), 'oi')).rejects.toThrow(
    'chat-cliente: não foi possível escrever na saída (ENOSPC)',
  );
});

/**
 * Defeito 17: quem pedia páginas grandes em muitas conexões, ou muitas de uma vez na mesma, tinha todas feitas na mesma
 * volta do event loop: os outros esperavam segundos por cada chamada.
 */

import { expect, onTestFinished, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { abrirBordaLocal } from '../suporte/local/borda.ts';
import { conectar } from '../suporte/local/conexao.ts';

const CONEXOES = 20;
const POR_CONEXAO = 20;
const PAGINA_GRANDE = JSON.stringify('x'.repeat(100_000));

function pedidoDe(token: string): string {
  const corpo = '{"jsonrpc":"2.0","id":1,"method":"receber_mensagens"}';
  return [
    ...['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', `Authorization: Bearer ${token}`],
    ...[`Content-Length: ${corpo.length}`, '', corpo],
  ].join('\r\n');
}

/** Conta as voltas do event loop até que o teste acabe. */
function contarVoltas(): () => number {
  let volta = 0;
  let proxima = setImmediate(girar);
  function girar() {
    volta += 1;
    proxima = setImmediate(girar);
  }
  onTestFinished(() => clearImmediate(proxima));
  return () => volta;
}

test('das muitas páginas grandes que alguém pede de uma vez não se fazem várias na mesma volta, e quem pede depois passa entre elas', async () => {
  const volta = contarVoltas();
  const comecos: { readonly quem: string | undefined; readonly volta: number }[] = [];
  const edge = await abrirBordaLocal({
    processo: 'servidor',
    responder: async (_, { bearer }) => {
      comecos.push({ quem: bearer, volta: volta() });
      return { corpo: bearer === 'pesada' ? PAGINA_GRANDE : '{}', reconhecido: true };
    },
  });
  onTestFinished(() => edge.close());
  using outra = await conectar(edge.porta);
  const pesadas = await Promise.all(Array.from({ length: CONEXOES }, () => conectar(edge.porta)));
  for (const conexao of pesadas) onTestFinished(() => conexao[Symbol.dispose]());
  const recebidos = () => pesadas.reduce((bytes, conexao) => bytes + conexao.texto().length, 0);

  // Só depois da primeira se sabe que as dela são grandes.
  pesadas[0]?.escrever(pedidoDe('pesada'));
  await ate(() => recebidos() > PAGINA_GRANDE.length, 'a primeira página');
  for (const conexao of pesadas) conexao.escrever(pedidoDe('pesada').repeat(POR_CONEXAO));
  outra.escrever(pedidoDe('outra'));
  const paginas = CONEXOES * POR_CONEXAO + 1;
  await ate(() => outra.texto() !== '' && recebidos() > paginas * PAGINA_GRANDE.length, 'todas as respostas');

  // A conta é de voltas, não de tempo: a pressa da máquina não muda nada.
  const voltasDasPesadas = comecos.filter(({ quem }) => quem === 'pesada').map((comeco) => comeco.volta);
  expect(voltasDasPesadas).toHaveLength(paginas);
  const naMesmaVolta = voltasDasPesadas.map((volta) => voltasDasPesadas.filter((outra) => outra === volta).length);
  // Duas, quando a volta do rodízio vira no meio de uma das que aqui se contam.
  expect(Math.max(...naMesmaVolta)).toBeLessThanOrEqual(2);
  expect(comecos.findIndex(({ quem }) => quem === 'outra')).toBeLessThan(paginas / 4);
});

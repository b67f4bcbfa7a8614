/** Defeito 11: um socket aberto que não manda nada parava o servidor para todos. */

import { expect, test } from 'vitest';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { conectar } from '../suporte/local/conexao.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { nomeNovo, registrar } from '../suporte/pessoas.ts';
import { emAte } from './apoio.ts';

const sistema = dividirSistemaLocal();

/** Até onde cada conexão chega antes de se calar. */
const SILENCIOS = [
  ['não manda nada', ''],
  ['para no meio da primeira linha', 'POST / HT'],
  ['para no meio dos cabeçalhos', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Ty'],
  [
    'para no meio do corpo',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"jsonrpc"',
  ],
] as const;

test.each(SILENCIOS)('uma conexão que %s não atrapalha ninguém, nem no binder nem no servidor', async (_, bytes) => {
  const { binder, servidor } = sistema();
  using mudaNoServidor = await conectar(servidor.porta);
  using mudaNoBinder = await conectar(binder.porta);
  for (const muda of [mudaNoServidor, mudaNoBinder]) if (bytes) muda.escrever(bytes);

  const pedro = await emAte(registrar(servidor.url, 'Pedro'), 3000, 'o registro');
  const sala = nomeNovo('Sala');
  await emAte(pedro.fazer('criar_sala', { nomeSala: sala }), 3000, 'a criação da sala');
  const { usuarios } = await emAte(pedro.entrar(sala), 3000, 'a entrada');
  expect(usuarios).toEqual([pedro.nome]);
  await emAte(resultado(binder.url, 'list_procedures'), 3000, 'a lista do binder');
  expect(mudaNoServidor.aberta() && mudaNoBinder.aberta(), 'as mudas estavam abertas o tempo todo').toBe(true);
});

/**
 * Os 10 s da seção 1 do contrato. Cada teste espera o prazo de verdade: por isso rodam todos ao mesmo tempo,
 * no binder e no servidor, e o arquivo dura pouco mais que um deles.
 */

import { describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { chamar } from '../../../scripts/comum/jsonrpc.ts';
import { conectar } from '../../suporte/local/conexao.ts';
import { dividirSistemaLocal } from '../../suporte/local/servidor-dividido.ts';

/** O prazo do contrato, com a folga de quem confere de tempos em tempos e de uma máquina ocupada. */
const ENTRE_MS = { minimo: 9_000, maximo: 14_500 };

const CABECALHOS = ['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'].join('\r\n');

const sistema = dividirSistemaLocal();

describe.concurrent.each([
  { nome: 'binder', qual: () => sistema().binder, leitura: 'list_procedures' },
  { nome: 'servidor', qual: () => sistema().servidor, leitura: 'listar_salas' },
])('o $nome fecha a conexão de quem demora', ({ qual, leitura }) => {
  const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, method: leitura });
  const pedido = `${CABECALHOS}\r\nContent-Length: ${corpo.length}\r\n\r\n${corpo}`;

  async function esperarFimNoPrazo(...bytes: string[]) {
    using conexao = await conectar(qual().porta);
    for (const pedaco of bytes) conexao.escrever(pedaco);
    const duracaoMs = await conexao.fechadaEmMs;
    expect(duracaoMs).toBeGreaterThan(ENTRE_MS.minimo);
    expect(duracaoMs).toBeLessThan(ENTRE_MS.maximo);
    expect(conexao.texto()).not.toContain('"result"');
  }

  /** Um byte por vez, para que nenhuma pausa entre dois bytes chegue aos 10 s. */
  async function esperarFimDeQuemGoteja(inicio: string, gota: string) {
    using conexao = await conectar(qual().porta);
    conexao.escrever(inicio);
    const gotejar = setInterval(() => conexao.escrever(gota), 500);
    try {
      expect(await conexao.fechadaEmMs).toBeLessThan(ENTRE_MS.maximo);
    } finally {
      clearInterval(gotejar);
    }
  }

  test('que abre uma conexão e não envia nada', () => esperarFimNoPrazo());

  test('que para no meio dos cabeçalhos', () => esperarFimNoPrazo(`${CABECALHOS}\r\nContent-Le`));

  test('que para no meio do corpo', () => esperarFimNoPrazo(`${CABECALHOS}\r\nContent-Length: 1000\r\n\r\n{"jsonrpc"`));

  test('que para no meio de um chunk', () =>
    esperarFimNoPrazo(`${CABECALHOS}\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"jsonrpc"`));

  test('que goteja os cabeçalhos', () => esperarFimDeQuemGoteja(`${CABECALHOS}\r\nX-Gotas: `, 'x'));

  test('que goteja o corpo', () => esperarFimDeQuemGoteja(`${CABECALHOS}\r\nContent-Length: 1000\r\n\r\n`, ' '));

  test('que já foi atendido e para no meio do segundo pedido', async () => {
    using conexao = await conectar(qual().porta);
    conexao.escrever(pedido);
    await ate(() => conexao.texto().includes('"result"'), 'a primeira resposta');
    conexao.escrever(`${CABECALHOS}\r\nContent-Le`);
    expect(await conexao.fechadaEmMs).toBeLessThan(ENTRE_MS.maximo);
  });

  test('mas não a de quem já foi atendido e só está em silêncio', async () => {
    using conexao = await conectar(qual().porta);
    conexao.escrever(pedido);
    await ate(() => conexao.texto().includes('"result"'), 'a primeira resposta');
    // O relógio deste teste é outra conexão: quando ela cai por silêncio, passaram os 10 s.
    using silenciosa = await conectar(qual().porta);
    await silenciosa.fechadaEmMs;
    conexao.escrever(pedido);
    await ate(() => conexao.texto().split('"result"').length === 3, 'a segunda resposta');
  });

  test('sem deixar de atender os outros', async () => {
    const silenciosas = await Promise.all(Array.from({ length: 20 }, () => conectar(qual().porta)));
    try {
      expect(await chamar(qual().url, leitura)).toHaveProperty('result');
      await Promise.all(silenciosas.map(({ fechadaEmMs }) => fechadaEmMs));
      expect(await chamar(qual().url, leitura)).toHaveProperty('result');
    } finally {
      for (const conexao of silenciosas) conexao[Symbol.dispose]();
    }
  });
});

/** Seção 7 do contrato: o log para programas. */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo, rodar } from '../../scripts/comum/processos.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';

const linhasDe = ({ erros }: Processo) => erros().trimEnd().split('\n');
const acontecimentos = (processo: Processo) => linhasDe(processo).map((linha) => JSON.parse(linha));

test('com --log json, ou CHAT_LOG, cada linha da saída de erro é um objeto', async () => {
  using dados = pastaTemporaria();
  await using binder = await iniciarBinder({ argumentos: ['--log', 'json'] });
  await using servidor = await iniciarServidor(dados.caminho, binder.url, { ambiente: { CHAT_LOG: 'json' } });
  await ate(() => binder.erros().includes('CHAT_SEGREDO') && servidor.erros().includes('registrados'), 'o log');
  expect(acontecimentos(binder)).toContainEqual({
    hora: expect.any(String),
    nivel: 'AVISO',
    mensagem: expect.stringContaining('sem CHAT_SEGREDO'),
  });
  expect(acontecimentos(servidor)).toContainEqual({
    hora: expect.any(String),
    nivel: 'INFO',
    mensagem: 'procedimentos registrados no binder',
    binder: binder.url,
  });
});

test.each(['binder', 'server'] as const)('outro formato é recusado numa linha: %s', async (qual) => {
  const { status, erros } = await rodar(qual, { argumentos: ['--log', 'xml'] });
  expect(status).toBe(2);
  expect(erros).toMatch(/^chat-\w+: --log deve ser texto ou json; veio "xml"\n$/);
});

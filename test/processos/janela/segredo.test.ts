/** A janela fora desta máquina: sem segredo não começa; com ele, é o segredo que abre a página e o fluxo. */

import { expect, test } from 'vitest';
import { iniciar, rodar } from '../../../scripts/comum/processos.ts';
import { SEM_BINDER } from '../../suporte/processos/processos.ts';

const FORA_DAQUI = ['--host', '0.0.0.0', '--porta', '0'];
const SEGREDO = 'um-segredo-de-teste:com-dois-pontos';
const basic = (senha: string) => ({ Authorization: `Basic ${Buffer.from(`alguem:${senha}`).toString('base64')}` });

test('não escuta fora desta máquina sem um segredo', async () => {
  const { status, erros } = await rodar('janela', { argumentos: FORA_DAQUI });
  expect(status).not.toBe(0);
  expect(erros).toContain('CHAT_SEGREDO');
});

test('com o segredo, só quem o sabe vê a página, os eventos e os procedimentos', async () => {
  const argumentos = [...FORA_DAQUI, '--binder', SEM_BINDER];
  await using janela = await iniciar('janela', { argumentos, ambiente: { CHAT_SEGREDO: SEGREDO } });
  const url = `http://127.0.0.1:${janela.porta}`;
  for (const caminho of ['/', '/eventos', '/navegador/main.js']) {
    for (const headers of [{}, basic(''), basic('outro'), basic(`${SEGREDO}x`)]) {
      const recusada = await fetch(url + caminho, { headers });
      expect(recusada.status, caminho).toBe(401);
      expect(recusada.headers.get('www-authenticate')).toContain('Basic');
      expect(await recusada.text()).toBe('');
    }
    const fim = new AbortController();
    const aceita = await fetch(url + caminho, { headers: basic(SEGREDO), signal: fim.signal });
    expect(aceita.status, caminho).toBe(200);
    fim.abort();
  }
  const listar = async (headers: Record<string, string>) => {
    const resposta = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'listar_processos', params: {} }),
    });
    return (await resposta.json()) as { result?: unknown; error?: { code: number } };
  };
  expect((await listar({})).error).toBeDefined();
  expect(await listar({ Authorization: `Bearer ${SEGREDO}` })).toMatchObject({ result: [] });
});

/** O uso errado se recusa antes de qualquer efeito. */

import { expect, test, vi } from 'vitest';
import { abrirJanelas } from '../../../../scripts/lancador/comandos/janelas.js';
import { lerEnderecos } from '../../../../scripts/lancador/enderecos/enderecos.js';
import { executar } from '../../../../scripts/lancador/executar.js';
import { STATUS_DE_USO_ERRADO } from '../../../../scripts/lancador/falha.js';

test.each(['0', '21', 'dois', '1e1'])('%s não é um número de clientes', async (quantos) => {
  await expect(abrirJanelas(quantos)).rejects.toMatchObject({
    message: `quantos clientes deve ser um inteiro de 1 a 20; veio "${quantos}"`,
    status: STATUS_DE_USO_ERRADO,
  });
});

test.each(['0', '70000', 'http'])('a porta %s é recusada, e se diz a variável', (porta) => {
  expect(() => lerEnderecos({ CHAT_PORTA_SERVIDOR: porta })).toThrow(
    expect.objectContaining({
      message: `CHAT_PORTA_SERVIDOR deve ser um inteiro de 1 a 65535; veio "${porta}"`,
      status: STATUS_DE_USO_ERRADO,
    }),
  );
});

test.each(['parar', 'estado', 'ajuda'])('há argumentos a mais depois de %s', async (subcomando) => {
  await expect(executar([subcomando, 'já'])).rejects.toMatchObject({
    message: `${subcomando} não leva argumentos`,
    status: STATUS_DE_USO_ERRADO,
  });
});

test.each(['ajuda', '--help', '-h'])('%s mostra a ajuda em português', async (pedido) => {
  const escrever = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const status = await executar([pedido]);
  const saida = escrever.mock.calls.join('');
  escrever.mockRestore();

  expect(status).toBe(0);
  expect(saida).toMatch(/^Uso: /);
  for (const palavra of ['parar', 'estado', 'ajuda', 'CHAT_PORTA_BINDER']) expect(saida).toContain(palavra);
});

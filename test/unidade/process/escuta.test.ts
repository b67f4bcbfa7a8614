import { describe, expect, test } from 'vitest';
import { avisoDeTextoClaro, exigirSegredoForaDaqui } from '../../../src/process/escuta.ts';
import { StartupError } from '../../../src/process/lifecycle.ts';

describe.each(['0.0.0.0', '::', '192.0.2.7'])('em %s, fora desta máquina', (host) => {
  test('sem TLS, há o aviso de que as mensagens viajam sem cifra', async () => {
    expect(await avisoDeTextoClaro(host, false)).toMatch(/^sem --tls-cert, as mensagens viajam sem cifra/);
    expect(await avisoDeTextoClaro(host, true)).toBeUndefined();
  });

  test('é preciso um segredo', async () => {
    const semSegredo = exigirSegredoForaDaqui('processo', host, undefined);
    await expect(semSegredo).rejects.toThrow(StartupError);
    await expect(semSegredo).rejects.toThrow(/CHAT_SEGREDO/);
    await exigirSegredoForaDaqui('processo', host, 'um-segredo');
  });
});

test.each(['127.0.0.1', '::1', 'localhost'])('em %s, que só esta máquina alcança, nada disso', async (host) => {
  expect(await avisoDeTextoClaro(host, false)).toBeUndefined();
  await exigirSegredoForaDaqui('processo', host, undefined);
});

import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { Memoria } from '../../../../src/janela/laboratorio/memoria.ts';

test('um robô que volta tem o token de antes, e não repete o número de uma mensagem', () => {
  using pasta = pastaTemporaria();
  const arquivo = join(pasta.caminho, 'robo-1.json');
  const primeira = new Memoria(arquivo);
  expect(primeira.lembranca).toEqual({ token: undefined, numero: 0 });
  primeira.guardar({ token: 'abc' });
  primeira.guardar({ numero: 7 });
  expect(new Memoria(arquivo).lembranca).toEqual({ token: 'abc', numero: 7 });
  expect(statSync(arquivo).mode & 0o077).toBe(0);
});

test('uma queda durante a escrita deixa o que havia antes', () => {
  using pasta = pastaTemporaria();
  const arquivo = join(pasta.caminho, 'robo-1.json');
  new Memoria(arquivo).guardar({ numero: 7 });
  writeFileSync(`${arquivo}.novo`, '{"numero":8,"to');
  expect(new Memoria(arquivo).lembranca.numero).toBe(7);
});

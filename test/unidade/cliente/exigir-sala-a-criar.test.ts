import { expect, test } from 'vitest';
import { exigirSalaACriar } from '../../../src/cliente/exigir-sala-a-criar.ts';

test('--criar sem --sala se recusa, com o que falta', () => {
  expect(() => exigirSalaACriar('chat-cliente', { criar: true, sala: undefined })).toThrow(
    expect.objectContaining({
      message: 'chat-cliente: --criar só serve com --sala, que diz a sala que se cria',
      status: 2,
    }),
  );
});

test('com --sala, ou sem --criar, não há o que recusar', () => {
  exigirSalaACriar('chat-cliente', { criar: true, sala: 'Geral' });
  expect(() => exigirSalaACriar('chat-cliente', { criar: false, sala: undefined })).not.toThrow();
});

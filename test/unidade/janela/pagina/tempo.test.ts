import { expect, test } from 'vitest';
import { Tempo } from '../../../../src/janela/pagina/tempo.ts';

test('ao vivo, o instante é o de agora; parado, não muda; devagar, anda dez vezes menos', () => {
  const tempo = new Tempo();
  expect(tempo.avancar(1_000, 16)).toBe(1_000);
  tempo.parar();
  expect(tempo.avancar(2_000, 1_000)).toBe(1_000);
  tempo.irDevagar();
  expect(tempo.avancar(3_000, 1_000)).toBe(1_100);
  tempo.voltarAoVivo();
  expect(tempo.avancar(4_000, 1_000)).toBe(4_000);
});

test('um passo para no acontecimento vizinho, e fica onde está quando não há outro', () => {
  const tempo = new Tempo();
  tempo.irPara(20);
  tempo.passo([10, 20, 30], 1);
  expect(tempo.avancar(99, 1)).toBe(30);
  tempo.passo([10, 20, 30], 1);
  expect(tempo.avancar(99, 1)).toBe(30);
  tempo.passo([10, 20, 30], -1);
  expect(tempo.avancar(99, 1)).toBe(20);
});

test('para quem pede menos movimento, a figura ao vivo muda uma vez por segundo em vez de deslizar', () => {
  const tempo = new Tempo();
  expect(tempo.pedeDesenho(false, 16)).toBe(true);
  expect(tempo.pedeDesenho(true, 999)).toBe(false);
  expect(tempo.pedeDesenho(true, 1_000)).toBe(true);
  // O que a própria pessoa move se vê logo.
  tempo.irPara(20);
  expect(tempo.pedeDesenho(true, 16)).toBe(true);
});

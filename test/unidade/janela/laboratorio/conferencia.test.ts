import { describe, expect, test } from 'vitest';
import { Conferencia, type Escrita } from '../../../../src/janela/laboratorio/conferencia.ts';

const LIMPO = { perdidas: 0, dobradas: 0, fora_de_ordem: 0, vazadas: 0 };
const ana = (numero: number, para?: string): Escrita => ({
  de: 'Ana',
  numero,
  ...(para === undefined ? {} : { para }),
});

function comDuas(): Conferencia {
  const conferencia = new Conferencia();
  for (const quem of ['Ana', 'Beto', 'Caio']) conferencia.anotar(quem, { tipo: 'entrou', desde: 0 });
  return conferencia;
}

function confirmar(conferencia: Conferencia, escrita: Escrita, id: number): void {
  conferencia.anotar('Ana', { tipo: 'enviada', escrita });
  conferencia.anotar('Ana', { tipo: 'confirmada', escrita, id });
}

describe('o veredito', () => {
  test('é limpo quando todos recebem tudo uma vez e na ordem', () => {
    const conferencia = comDuas();
    for (const numero of [1, 2]) {
      confirmar(conferencia, ana(numero), numero * 10);
      for (const quem of ['Ana', 'Beto', 'Caio']) {
        conferencia.anotar(quem, { tipo: 'entregue', escrita: ana(numero), id: numero * 10 });
      }
    }
    expect(conferencia.veredito()).toEqual({ enviadas: 2, confirmadas: 2, entregues: 6, ...LIMPO });
  });

  test('conta uma perdida por leitor que recebeu a seguinte e não ela', () => {
    const conferencia = comDuas();
    confirmar(conferencia, ana(1), 10);
    confirmar(conferencia, ana(2), 20);
    conferencia.anotar('Beto', { tipo: 'entregue', escrita: ana(2), id: 20 });
    expect(conferencia.veredito()).toMatchObject({ ...LIMPO, perdidas: 1 });
  });

  test('não dá por perdida a que ainda pode chegar', () => {
    const conferencia = comDuas();
    confirmar(conferencia, ana(1), 10);
    expect(conferencia.veredito()).toMatchObject(LIMPO);
  });

  test('não cobra de quem entrou depois o que se disse antes, nem de quem saiu o que se disse depois', () => {
    const conferencia = comDuas();
    confirmar(conferencia, ana(1), 10);
    conferencia.anotar('Caio', { tipo: 'saiu' });
    conferencia.anotar('Davi', { tipo: 'entrou', desde: 10 });
    confirmar(conferencia, ana(2), 20);
    conferencia.anotar('Davi', { tipo: 'entregue', escrita: ana(2), id: 20 });
    expect(conferencia.veredito()).toMatchObject(LIMPO);
  });

  test('conta uma dobrada quando a mesma escrita chega duas vezes, também com ids diferentes', () => {
    const conferencia = comDuas();
    conferencia.anotar('Beto', { tipo: 'entregue', escrita: ana(1), id: 10 });
    conferencia.anotar('Beto', { tipo: 'entregue', escrita: ana(1), id: 11 });
    expect(conferencia.veredito()).toMatchObject({ ...LIMPO, dobradas: 1, entregues: 1 });
  });

  test('conta como fora de ordem um id menor que o anterior', () => {
    const conferencia = comDuas();
    conferencia.anotar('Beto', { tipo: 'entregue', escrita: ana(2), id: 20 });
    conferencia.anotar('Beto', { tipo: 'entregue', escrita: ana(1), id: 10 });
    expect(conferencia.veredito()).toMatchObject({ ...LIMPO, fora_de_ordem: 1 });
  });

  test('conta como vazada a privada que chega a quem não é o destinatário nem quem a escreveu', () => {
    const conferencia = comDuas();
    for (const quem of ['Ana', 'Beto']) conferencia.anotar(quem, { tipo: 'entregue', escrita: ana(1, 'Beto'), id: 10 });
    expect(conferencia.veredito()).toMatchObject(LIMPO);
    conferencia.anotar('Caio', { tipo: 'entregue', escrita: ana(1, 'Beto'), id: 10 });
    expect(conferencia.veredito()).toMatchObject({ ...LIMPO, vazadas: 1 });
  });

  test('não cobra de ninguém a privada que não era dele', () => {
    const conferencia = comDuas();
    confirmar(conferencia, ana(1, 'Beto'), 10);
    confirmar(conferencia, ana(2), 20);
    conferencia.anotar('Caio', { tipo: 'entregue', escrita: ana(2), id: 20 });
    expect(conferencia.veredito()).toMatchObject(LIMPO);
  });
});

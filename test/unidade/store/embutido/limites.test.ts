import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Limites } from '../../../../src/store/embutido/limites.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';

const JANELA_MS = 1000;

function abrirLimite(maximo: number) {
  const relogio = relogioDeTeste();
  const limites = new Limites<string>(relogio.monotonicoMs);
  const limite = {
    reservar: (quem: string) => limites.reservar(quem, { maximo, janelaMs: JANELA_MS }),
    varrer: () => limites.varrer(),
  };
  return { relogio, limite };
}

describe('a janela', () => {
  test('deixa passar o máximo e recusa a seguinte, dizendo quando tentar de novo', () => {
    const { relogio, limite } = abrirLimite(3);
    expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();
    relogio.avancar(400);
    expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();
    expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();

    expect(limite.reservar('pedro').tenteEmMs).toBe(600);
  });

  test('cada um tem a sua', () => {
    const { limite } = abrirLimite(1);
    limite.reservar('pedro');
    expect(limite.reservar('pedro').tenteEmMs).toBe(JANELA_MS);
    expect(limite.reservar('maria').tenteEmMs).toBeUndefined();
  });

  test('0 é nenhum limite', () => {
    const { limite } = abrirLimite(0);
    for (let chamada = 0; chamada < 1000; chamada += 1) expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();
  });

  test('uma recusa não conta: quem insiste não fica de fora para sempre', () => {
    const { relogio, limite } = abrirLimite(1);
    limite.reservar('pedro');
    for (let passo = 0; passo < 10; passo += 1) {
      limite.reservar('pedro');
      relogio.avancar(100);
    }
    expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();
  });

  test('a hora do mundo pode pular sem abrir nem fechar a janela', () => {
    const { relogio, limite } = abrirLimite(1);
    limite.reservar('pedro');
    relogio.acertarHora(3_600_000);
    expect(limite.reservar('pedro').tenteEmMs).toBe(JANELA_MS);
    relogio.acertarHora(-7_200_000);
    relogio.avancar(JANELA_MS);
    expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();
  });

  test('qualquer que seja o ritmo, nunca passa mais que o máximo numa janela, e o conselho sempre vale', () => {
    // Em quartos de milissegundo: o tempo monotônico não é inteiro.
    const passos = fc.array(fc.integer({ min: 0, max: 2800 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), passos, (maximo, intervalos) => {
        const { relogio, limite } = abrirLimite(maximo);
        const aceitas: number[] = [];
        const anotar = () => {
          const agoraMs = relogio.monotonicoMs();
          aceitas.push(agoraMs);
          expect(aceitas.filter((instante) => instante > agoraMs - JANELA_MS).length).toBeLessThanOrEqual(maximo);
        };
        for (const intervalo of intervalos) {
          relogio.avancar(intervalo / 4);
          const { tenteEmMs } = limite.reservar('pedro');
          if (tenteEmMs === undefined) {
            anotar();
            continue;
          }
          expect(Number.isInteger(tenteEmMs)).toBe(true);
          expect(tenteEmMs).toBeGreaterThan(0);
          relogio.avancar(tenteEmMs);
          expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();
          anotar();
        }
      }),
    );
  });
});

describe('o que não conta', () => {
  test('um lugar devolvido serve a outra chamada', () => {
    const { limite } = abrirLimite(1);
    limite.reservar('pedro').devolver();
    expect(limite.reservar('pedro').tenteEmMs).toBeUndefined();
    expect(limite.reservar('pedro').tenteEmMs).toBeDefined();
  });

  test('devolver uma recusa não abre lugar: quem foi recusado não tinha nenhum', () => {
    const { limite } = abrirLimite(1);
    limite.reservar('pedro');
    limite.reservar('pedro').devolver();
    expect(limite.reservar('pedro').tenteEmMs).toBeDefined();
  });

  test('devolver tarde, quando o lugar já venceu, não tira o de uma chamada mais nova', () => {
    const { relogio, limite } = abrirLimite(1);
    const antiga = limite.reservar('pedro');
    relogio.avancar(JANELA_MS);
    limite.reservar('pedro');
    antiga.devolver();
    expect(limite.reservar('pedro').tenteEmMs).toBe(JANELA_MS);
  });

  test('limpar no meio de uma chamada não lhe dá um lugar a mais', () => {
    const { relogio, limite } = abrirLimite(2);
    const aberta = limite.reservar('pedro');
    relogio.avancar(JANELA_MS);
    limite.varrer();
    limite.reservar('pedro');
    limite.reservar('pedro');
    aberta.devolver();
    expect(limite.reservar('pedro').tenteEmMs).toBeDefined();
  });

  test('limpar não perdoa o que ainda está na janela', () => {
    const { relogio, limite } = abrirLimite(1);
    limite.reservar('pedro');
    relogio.avancar(JANELA_MS - 1);
    limite.varrer();
    expect(limite.reservar('pedro').tenteEmMs).toBe(1);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Limite, redeDoEndereco } from '../../src/server/limites.ts';
import { relogioDeTeste } from '../suporte/relogio.ts';

const JANELA_MS = 1000;

function abrirLimite(maximo: number) {
  const relogio = relogioDeTeste();
  return { relogio, limite: new Limite<string>(maximo, JANELA_MS, relogio) };
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

describe('a quem um endereço pertence', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
  ])('%s conta como o IPv4 %s', (endereco, rede) => {
    expect(redeDoEndereco(endereco)).toBe(rede);
  });

  test('dois IPv4 vizinhos são duas pessoas', () => {
    expect(redeDoEndereco('192.0.2.7')).not.toBe(redeDoEndereco('192.0.2.8'));
  });

  test('dois endereços do mesmo /64 são uma pessoa só, como quer que se escrevam', () => {
    const rede = redeDoEndereco('2001:db8:0:7::1');
    expect(redeDoEndereco('2001:0db8:0000:0007:ffff:ffff:ffff:ffff')).toBe(rede);
    expect(redeDoEndereco('2001:DB8:0:7:1:2:3:4')).toBe(rede);
    expect(redeDoEndereco('2001:db8:0:8::1')).not.toBe(rede);
    expect(redeDoEndereco('2001:db8::7:0:0:0:1')).toBe(rede);
  });

  test('a zona de um endereço local não separa nem junta pessoas', () => {
    expect(redeDoEndereco('fe80::1%eth0')).toBe(redeDoEndereco('fe80::2%eth0'));
    expect(redeDoEndereco('::1')).toBe('0:0:0:0');
  });
});

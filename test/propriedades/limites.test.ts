/** A janela dos limites contra o modelo mais ingênuo: uma lista de tudo o que já se aceitou. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Limites } from '../../src/store/embutido/limites.ts';
import { relogioDeTeste } from '../suporte/relogio.ts';

const JANELA_MS = 1_000;

type Passo =
  | { readonly faz: 'chamar'; readonly quem: string }
  | { readonly faz: 'devolver'; readonly qual: number }
  | { readonly faz: 'passar'; readonly ms: number }
  | { readonly faz: 'acertar_hora'; readonly ms: number }
  | { readonly faz: 'varrer' };

const passo: fc.Arbitrary<Passo> = fc.oneof(
  { arbitrary: fc.record({ faz: fc.constant('chamar' as const), quem: fc.constantFrom('a', 'b', 'c') }), weight: 6 },
  { arbitrary: fc.record({ faz: fc.constant('devolver' as const), qual: fc.nat({ max: 20 }) }), weight: 2 },
  // Também frações: o tempo monotônico não é inteiro.
  {
    arbitrary: fc.record({ faz: fc.constant('passar' as const), ms: fc.nat({ max: 4_400 }).map((n) => n / 4) }),
    weight: 3,
  },
  { arbitrary: fc.record({ faz: fc.constant('acertar_hora' as const), ms: fc.constant(-3_600_000) }), weight: 1 },
  { arbitrary: fc.record({ faz: fc.constant('varrer' as const) }), weight: 1 },
);

interface Aceita {
  readonly quem: string;
  readonly instanteMs: number;
  readonly reserva: ReturnType<Limites<string>['reservar']>;
  devolvida: boolean;
}

test('aceita uma chamada exatamente quando, na janela, há menos que o máximo das que contam', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.array(passo, { maxLength: 80 }), (maximo, passos) => {
      const relogio = relogioDeTeste();
      const limite = new Limites<string>(relogio.monotonicoMs);
      const aceitas: Aceita[] = [];

      const chamar = (quem: string) => {
        const agoraMs = relogio.monotonicoMs();
        const naJanela = aceitas.filter(
          (outra) => outra.quem === quem && !outra.devolvida && outra.instanteMs > agoraMs - JANELA_MS,
        );
        const reserva = limite.reservar(quem, { maximo, janelaMs: JANELA_MS });
        if (maximo === 0 || naJanela.length < maximo) {
          expect(reserva.tenteEmMs).toBeUndefined();
          aceitas.push({ quem, instanteMs: agoraMs, reserva, devolvida: false });
          return;
        }
        const maisAntiga = Math.min(...naJanela.map(({ instanteMs }) => instanteMs));
        expect(reserva.tenteEmMs).toBe(Math.ceil(maisAntiga + JANELA_MS - agoraMs));
      };

      for (const feito of passos) {
        if (feito.faz === 'chamar') chamar(feito.quem);
        else if (feito.faz === 'passar') relogio.avancar(feito.ms);
        else if (feito.faz === 'acertar_hora') relogio.acertarHora(feito.ms);
        else if (feito.faz === 'varrer') limite.varrer();
        else {
          const aceita = aceitas[feito.qual];
          if (!aceita || aceita.devolvida) continue;
          aceita.devolvida = true;
          aceita.reserva.devolver();
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

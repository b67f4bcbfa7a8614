/** O registro do binder contra o modelo mais ingênuo: uma lista do que está vivo. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, SEM_REDIS } from '../../scripts/comum/redis.ts';
import { ContractError } from '../../src/contract/errors.ts';
import { naMemoria, type RegistroDeTeste, registrosNoRedis } from '../suporte/registro.ts';

interface Lugar {
  readonly nome: string;
  readonly address: string;
  readonly port: number;
}

type Passo =
  | ({ readonly faz: 'register'; readonly ttl_s: number | undefined } & Lugar)
  | ({ readonly faz: 'unregister' } & Lugar)
  | { readonly faz: 'lookup'; readonly nome: string }
  | { readonly faz: 'list' }
  | { readonly faz: 'passar'; readonly ms: number };

/** Nomes que um objeto comum já teria, e endereços que só diferem nas maiúsculas. */
const lugar = {
  nome: fc.constantFrom('b', 'a', 'A', '__proto__', 'constructor', '_', '-'),
  address: fc.constantFrom('localhost', 'LOCALHOST', '127.0.0.1', '::1'),
  port: fc.constantFrom(1, 65_535),
};

const passo: fc.Arbitrary<Passo> = fc.oneof(
  {
    arbitrary: fc.record({
      faz: fc.constant('register' as const),
      ttl_s: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      ...lugar,
    }),
    weight: 5,
  },
  { arbitrary: fc.record({ faz: fc.constant('unregister' as const), ...lugar }), weight: 2 },
  { arbitrary: fc.record({ faz: fc.constant('lookup' as const), nome: lugar.nome }), weight: 5 },
  { arbitrary: fc.record({ faz: fc.constant('list' as const) }), weight: 2 },
  { arbitrary: fc.record({ faz: fc.constant('passar' as const), ms: fc.nat({ max: 3_000 }) }), weight: 3 },
);

interface Guardado extends Lugar {
  readonly expiraEmMs: number | undefined;
}

/** Dá, um por vez, só o que foi registrado, não foi retirado e não venceu. */
async function conferir(abrir: () => Promise<RegistroDeTeste>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(passo, { maxLength: 60 }), async (passos) => {
      const { registry, relogio } = await abrir();
      let guardados: Guardado[] = [];
      /** Os que já tiveram a vez, desde que mudou o que está vivo; quem começa depois disso, o contrato não diz. */
      const servidos = new Map<string, Set<string>>();

      const mesmo = (um: Lugar, outro: Lugar) =>
        um.nome === outro.nome && um.address.toLowerCase() === outro.address.toLowerCase() && um.port === outro.port;
      const vivo = ({ expiraEmMs }: Guardado) => expiraEmMs === undefined || expiraEmMs > relogio.monotonicoMs();
      const emResposta = ({ address, port, expiraEmMs }: Guardado) => ({
        address,
        port,
        ttl_s: expiraEmMs === undefined ? null : Math.ceil((expiraEmMs - relogio.monotonicoMs()) / 1000),
      });
      const vivosDe = (nome: string) => guardados.filter((guardado) => guardado.nome === nome && vivo(guardado));

      for (const feito of passos) {
        for (const { nome } of guardados.filter((guardado) => !vivo(guardado))) servidos.delete(nome);
        guardados = guardados.filter(vivo);
        if (feito.faz === 'passar') {
          relogio.avancar(feito.ms);
        } else if (feito.faz === 'register') {
          const { nome, address, port, ttl_s } = feito;
          await registry.register(nome, { address, port }, ttl_s);
          const expiraEmMs = ttl_s === undefined ? undefined : relogio.monotonicoMs() + ttl_s * 1000;
          const novo = { nome, address, port, expiraEmMs };
          const lugarDele = guardados.findIndex((guardado) => mesmo(guardado, novo));
          if (lugarDele >= 0) {
            guardados[lugarDele] = novo;
            continue;
          }
          guardados.push(novo);
          servidos.delete(nome);
        } else if (feito.faz === 'unregister') {
          const estava = guardados.some((guardado) => mesmo(guardado, feito));
          expect(await registry.unregister(feito.nome, feito)).toBe(estava);
          guardados = guardados.filter((guardado) => !mesmo(guardado, feito));
          servidos.delete(feito.nome);
        } else if (feito.faz === 'lookup') {
          const vivos = vivosDe(feito.nome);
          if (vivos.length === 0) {
            await expect(registry.lookup(feito.nome)).rejects.toThrow(ContractError);
            continue;
          }
          const dado = await registry.lookup(feito.nome);
          expect(vivos.map(emResposta)).toContainEqual(dado);
          const jaServidos = servidos.get(feito.nome) ?? new Set();
          expect([...jaServidos]).not.toContain(`${dado.address} ${dado.port}`);
          jaServidos.add(`${dado.address} ${dado.port}`);
          servidos.set(feito.nome, jaServidos.size === vivos.length ? new Set() : jaServidos);
        } else {
          const nomes = [...new Set(guardados.map(({ nome }) => nome))].sort();
          const lista = await registry.list();
          expect(lista.map(({ procedure_name }) => procedure_name)).toEqual(nomes);
          for (const { procedure_name, endpoints } of lista) {
            expect(endpoints).toHaveLength(vivosDe(procedure_name).length);
            expect(endpoints).toEqual(expect.arrayContaining(vivosDe(procedure_name).map(emResposta)));
          }
        }
      }
    }),
    { numRuns },
  );
}

test('na memória, o registro faz o mesmo que o modelo', () => conferir(naMemoria, 1_000));

test.skipIf(!HA_REDIS)(`no Redis também${SEM_REDIS}`, async () => {
  await using redis = await iniciarRedis();
  await using registros = await registrosNoRedis(redis);
  await conferir(registros.novo, 100);
});

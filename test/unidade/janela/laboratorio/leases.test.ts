import { expect, test } from 'vitest';
import { LEASE_S, Leases } from '../../../../src/janela/laboratorio/leases.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import { abrirBinder } from '../../../suporte/local/binder.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';

const PORTA = 8005;
const RENOVACAO = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'register_procedure',
  params: { procedure_name: 'enviar_mensagem', address: '127.0.0.1', port: PORTA, ttl_s: 30 },
});

async function montar() {
  const clock = relogioDeTeste();
  const binder = await abrirBinder(clock);
  const conexoes = criarConexoes();
  let ligada = true;
  const leases = new Leases({ binder: () => binder.url, porta: () => PORTA, ligada: () => ligada, conexoes, clock });
  const prazoDe = (pedido: string | undefined) => JSON.parse(pedido ?? '').params.ttl_s as number | undefined;
  return {
    clock,
    leases,
    prazoDe,
    desligar: () => {
      ligada = false;
    },
    registrados: async () => (await binder.registry.list()).length,
    [Symbol.asyncDispose]: async () => {
      conexoes.destroy();
      await binder[Symbol.asyncDispose]();
    },
  };
}

test('o lease de um servidor do laboratório é curto; com a garantia desligada, o registro não tem prazo', async () => {
  await using sistema = await montar();
  expect(sistema.prazoDe(sistema.leases.mudar(RENOVACAO))).toBe(LEASE_S);
  sistema.desligar();
  expect(sistema.prazoDe(sistema.leases.mudar(RENOVACAO))).toBeUndefined();
});

test('o que não é um registro passa como veio', async () => {
  await using sistema = await montar();
  const lookup = '{"jsonrpc":"2.0","id":1,"method":"lookup_procedure","params":{"procedure_name":"ttl_s"}}';
  expect(sistema.leases.mudar(lookup)).toBe(lookup);
  expect(sistema.leases.mudar('')).toBe('');
});

test('enquanto um lease deve vencer as renovações não passam; vencido, elas voltam a passar', async () => {
  await using sistema = await montar();
  await sistema.leases.registrar(LEASE_S);
  expect(await sistema.registrados()).toBeGreaterThan(0);
  await sistema.leases.deixarVencer();
  expect(sistema.leases.mudar(RENOVACAO)).toBeUndefined();
  sistema.clock.avancar(2_500);
  expect(await sistema.registrados()).toBe(0);
  sistema.clock.avancar(2_500);
  expect(sistema.prazoDe(sistema.leases.mudar(RENOVACAO))).toBe(LEASE_S);
});

test('um registro sem prazo fica, por mais que o tempo passe', async () => {
  await using sistema = await montar();
  await sistema.leases.registrar(undefined);
  const antes = await sistema.registrados();
  sistema.clock.avancar(86_400_000);
  expect(antes).toBeGreaterThan(0);
  expect(await sistema.registrados()).toBe(antes);
});

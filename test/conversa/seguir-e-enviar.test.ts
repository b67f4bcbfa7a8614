import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { abrirSala, EM_LINHA, linhasDe, ultimas, unico } from '../processos/subcomandos/apoio.ts';
import { abrirComandoLocal, rodarComandoLocal } from '../suporte/local/comando-local.ts';
import { abrirSistemaLocal, type SistemaLocal } from '../suporte/local/sistema-local.ts';

let sistema: SistemaLocal;
let binder: readonly string[];
beforeAll(async () => {
  sistema = await abrirSistemaLocal();
  binder = ['--binder', sistema.binder.url];
});
afterAll(async () => {
  await sistema[Symbol.asyncDispose]();
});

test('procedimentos --seguir mostra a tabela, e depois cada endpoint que vem e que sai', async () => {
  const nome = unico('seguido').replace(' ', '_');
  const { url } = sistema.binder;
  const emLinhas = abrirComandoLocal(['procedimentos', '--seguir', ...binder]);
  const emJson = abrirComandoLocal(['procedimentos', '--seguir', '--json', ...binder]);
  await ate(() => emLinhas.saida().includes('listar_salas') && emJson.saida().includes('listar_salas'), 'a tabela');
  await resultado(url, 'register_procedure', [nome, 'localhost', 7, 60]);
  await ate(() => emLinhas.saida().includes(nome) && emJson.saida().includes(nome), 'o que veio');
  // Renovar não é vir.
  await resultado(url, 'register_procedure', [nome, 'localhost', 7, 60]);
  await resultado(url, 'unregister_procedure', [nome, 'localhost', 7]);
  await ate(() => emLinhas.saida().includes(`-\t${nome}`) && emJson.saida().includes('false'), 'o que saiu');
  expect(linhasDe(emLinhas.saida()).filter((linha) => linha.includes(nome))).toEqual([
    expect.stringMatching(new RegExp(`^\\+\t${nome}\tlocalhost:7\t(60|59)$`)),
    `-\t${nome}\tlocalhost:7`,
  ]);
  const objetos = linhasDe(emJson.saida()).map((linha) => JSON.parse(linha));
  expect(objetos.filter(({ procedure_name }) => procedure_name === nome)).toEqual([
    { registrado: true, procedure_name: nome, address: 'localhost', port: 7, ttl_s: expect.any(Number) },
    { registrado: false, procedure_name: nome, address: 'localhost', port: 7 },
  ]);
  for (const comando of [emLinhas, emJson]) comando.encerrar();
  for (const { status, erros } of await Promise.all([emLinhas.fim, emJson.fim]))
    expect([status, erros]).toEqual([0, '']);
});

describe('enviar', () => {
  test('o texto da linha, uma vez, mostrado como o servidor o guardou', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const nome = unico('Robô');
    const { status, saida } = await rodarComandoLocal(['enviar', ...binder, '--nome', nome, sala, 'bom', 'dia']);
    expect(status).toBe(0);
    expect(saida).toMatch(EM_LINHA);
    expect(saida.replace(EM_LINHA, '')).toBe(`${nome}: bom dia\n`);
    expect((await ultimas(ana, sala)).map(({ origem, conteudo }) => [origem, conteudo])).toEqual([[nome, 'bom dia']]);
    await ana.close();
  });

  test('cada linha da entrada é uma mensagem, na ordem, também as iguais; as vazias se pulam', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const { status, saida } = await rodarComandoLocal(
      ['enviar', sala, ...binder, '--json', '--para', ana.nome],
      'um\r\num\n\ndois\n  três',
    );
    expect(status).toBe(0);
    const guardadas = linhasDe(saida).map((linha) => JSON.parse(linha) as Mensagem);
    expect(guardadas.map(({ conteudo }) => conteudo)).toEqual(['um', 'um', 'dois', '  três']);
    expect(guardadas.every(({ tipo, destino }) => tipo === 'unicast' && destino === ana.nome)).toBe(true);
    expect(await ultimas(ana, sala)).toEqual(guardadas);
    expect(guardadas[0]?.origem).toMatch(/^[\p{L}\p{M}\p{Nd}_.-]+-\d+$/u);
    await ana.close();
  });
});

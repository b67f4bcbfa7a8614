/** O teste de resistência, por alguns segundos; e que suas contas acusam o que ele procura. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RAIZ } from '../../scripts/comum/raiz.ts';
import { type Caixa, Contas } from '../../scripts/resistencia/contas.ts';
import type { Mensagem } from '../suporte/pessoas.ts';
import { mensagem } from '../unidade/server/apoio.ts';

const MAIN = join(RAIZ, '.build', 'scripts', 'resistencia', 'main.js');

test('por alguns segundos, com os processos morrendo e voltando, nada se perde, dobra ou troca de ordem', {
  timeout: 90_000,
}, () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN, '--segundos', '5', '--pessoas', '12', '--salas', '3'],
    { encoding: 'utf8', timeout: 60_000 },
  );
  expect(`${stdout}${stderr}`).toContain('tudo o que se reconheceu chegou, uma vez e na ordem');
  expect(stdout).toMatch(/falhas: .*[1-9]\d* servidor morto/);
  expect(stdout).toMatch(/mensagens: [1-9]\d* enviadas/);
  expect(stdout).toMatch(/memória do servidor: \d+ MB no início, \d+ MB no fim/);
  expect(status).toBe(0);
});

describe('as contas', () => {
  function abrir() {
    const caixa: Caixa = {
      ...{ pessoa: 'Maria', sala: 'Sala', desde: 0, ultimoId: 0 },
      ...{ porId: new Map(), porRemetente: new Map() },
    };
    return { contas: new Contas(), caixa };
  }
  const dePedro = (id: number, numero: number, campos: Partial<Mensagem> = {}) =>
    mensagem(id, { conteudo: `Pedro #${numero}`, ...campos });

  test('acusam a que não chegou', () => {
    const { contas, caixa } = abrir();
    for (const id of [1, 2]) contas.reconhecida('Sala', dePedro(id, id), `Pedro #${id}`);
    contas.recebida(caixa, 'Maria', dePedro(1, 1));
    expect(contas.perdidas([caixa])).toBe(1);
    contas.recebida(caixa, 'Maria', dePedro(2, 2));
    expect(contas.perdidas([caixa])).toBe(0);
  });

  test('acusam a que veio duas vezes, com o mesmo id ou com outro', () => {
    const { contas, caixa } = abrir();
    contas.recebida(caixa, 'Maria', dePedro(1, 1));
    contas.recebida(caixa, 'Maria', dePedro(2, 1));
    expect(contas.resumo).toMatchObject({ duplicadas: 1, foraDeOrdem: 0 });
    contas.recebida(caixa, 'Maria', mensagem(2));
    expect(contas.resumo).toMatchObject({ duplicadas: 2 });
  });

  test('acusam a que trocou de lugar, e a privada de outros', () => {
    const { contas, caixa } = abrir();
    contas.recebida(caixa, 'Maria', dePedro(2, 2));
    contas.recebida(caixa, 'Maria', dePedro(1, 3));
    contas.recebida(caixa, 'Maria', dePedro(3, 1));
    expect(contas.resumo).toMatchObject({ foraDeOrdem: 2, alheias: 0 });
    contas.recebida(caixa, 'Maria', dePedro(4, 4, { tipo: 'unicast', destino: 'João' }));
    expect(contas.resumo).toMatchObject({ alheias: 1 });
  });

  test('acusam dois ids para a mesma, e a que foi guardada com outro texto', () => {
    const { contas } = abrir();
    contas.reconhecida('Sala', dePedro(1, 1), 'Pedro #1');
    contas.reconhecida('Sala', dePedro(1, 2), 'Pedro #2');
    contas.reconhecida('Sala', dePedro(2, 3), 'Pedro #4');
    expect(contas.resumo).toMatchObject({ duplicadas: 2 });
  });
});

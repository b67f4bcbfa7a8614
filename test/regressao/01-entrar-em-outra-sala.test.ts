/** Defeito 1: quem estava numa sala e entrava em outra travava o servidor inteiro (um lock tomado duas vezes). */

import { expect, test } from 'vitest';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { abrirSistemaLocal } from '../suporte/local/sistema-local.ts';
import { conteudos, registrar, salaCom } from '../suporte/pessoas.ts';
import { emAte } from './apoio.ts';

test('quem está numa sala entra em outra: sai da primeira, chega à segunda, e o servidor segue atendendo', async () => {
  await using sistema = await abrirSistemaLocal();
  const { url } = sistema.servidor;
  const { sala: antiga, pessoas: primeiras } = await salaCom(url, 'Pedro', 'Maria');
  const { sala: nova, pessoas: segundas } = await salaCom(url, 'Zoé');
  const [pedro, maria] = primeiras;
  const [zoe] = segundas;

  const entrou = await emAte(pedro.entrar(nova), 5000, 'a entrada na segunda sala');

  expect(entrou).toMatchObject({ nomeSala: nova, usuarios: [pedro.nome, zoe.nome].sort() });
  expect(conteudos(await maria.receber(antiga, { desde: 0 }))).toContain(`${pedro.nome} saiu da sala.`);
  expect(conteudos(await zoe.receber(nova, { desde: 0 }))).toContain(`${pedro.nome} entrou na sala.`);
  expect(await maria.fazer('listar_usuarios')).toEqual([maria.nome]);
  expect(await pedro.serRecusado('receber_mensagens', { nomeUsuario: pedro.nome, salaAtual: antiga })).toMatchObject({
    code: 2006,
  });
  const salas = await resultado(url, 'listar_salas');
  expect(salas).toHaveLength(2);
  expect(salas).toContainEqual({ nomeSala: antiga, usuarios: 1 });
  expect(salas).toContainEqual({ nomeSala: nova, usuarios: 2 });
});

test('muitos trocando de sala ao mesmo tempo, em sentidos opostos, terminam todos', async () => {
  await using sistema = await abrirSistemaLocal();
  const { url } = sistema.servidor;
  const dono = await registrar(url, 'Dono');
  for (const nomeSala of ['A', 'B']) await dono.fazer('criar_sala', { nomeSala });
  const pessoas = await Promise.all(Array.from({ length: 12 }, (_, i) => registrar(url, `Pessoa ${i}`)));

  const trocas = pessoas.map(async (pessoa, i) => {
    for (let vez = 0; vez <= 6; vez += 1) await pessoa.entrar((i + vez) % 2 === 0 ? 'A' : 'B');
  });
  await emAte(Promise.all(trocas), 15_000, 'o fim das trocas');

  expect(await resultado(url, 'listar_salas')).toEqual([
    { nomeSala: 'A', usuarios: 6 },
    { nomeSala: 'B', usuarios: 6 },
  ]);
});

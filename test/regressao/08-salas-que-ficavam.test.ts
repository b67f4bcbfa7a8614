/** Defeito 8: uma sala criada em que ninguém entrava nunca era removida. */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { conteudos, registrar } from '../suporte/pessoas.ts';
import { iniciarSemBinder } from '../suporte/processos.ts';

const PRAZO_MS = 1000;
/** O contrato: o que tem prazo acontece até 3 s depois dele. */
const TOLERANCIA_MS = 3000;

test('uma sala sem ninguém some no prazo, tenha tido gente ou não; uma com gente fica', async () => {
  await using sistema = await iniciarSemBinder({ argumentos: ['--sala-inativa', '1'] });
  const { url } = sistema.servidor;
  const [pedro, maria] = [await registrar(url, 'Pedro'), await registrar(url, 'Maria')];
  const existentes = async () =>
    ((await resultado(url, 'listar_salas')) as { nomeSala: string }[]).map(({ nomeSala }) => nomeSala);

  await pedro.fazer('criar_sala', { nomeSala: 'Com gente' });
  await pedro.entrar('Com gente');
  await maria.fazer('criar_sala', { nomeSala: 'Deixada' });
  await maria.entrar('Deixada');
  const antes = await maria.dizer('Deixada', 'de antes');
  const comecoMs = performance.now();
  await maria.fazer('sair_da_sala');
  await maria.fazer('criar_sala', { nomeSala: 'Nunca usada' });
  const criadasMs = performance.now();

  await ate(async () => (await existentes()).length === 1, 'a remoção das duas salas');
  const removidasMs = performance.now();
  expect(await existentes()).toEqual(['Com gente']);
  expect(removidasMs - comecoMs).toBeGreaterThanOrEqual(PRAZO_MS);
  expect(removidasMs - criadasMs).toBeLessThanOrEqual(PRAZO_MS + TOLERANCIA_MS);

  // Uma sala nova do mesmo nome começa vazia, mas seus ids continuam: o cursor de quem a conhecia não a esconde.
  await maria.fazer('criar_sala', { nomeSala: 'deixada' });
  const { mensagens } = await maria.entrar('deixada');
  expect(conteudos(mensagens)).toEqual([`${maria.nome} entrou na sala.`]);
  expect(mensagens[0]?.id).toBeGreaterThan(antes.id);
});

test('uma sala ocupada a tempo não some, e seu prazo recomeça quando se esvazia', async () => {
  await using sistema = await iniciarSemBinder({ argumentos: ['--sala-inativa', '1'] });
  const { url } = sistema.servidor;
  const pedro = await registrar(url, 'Pedro');
  const maria = await registrar(url, 'Maria');
  const sobrou = async (nome: string) =>
    ((await resultado(url, 'listar_salas')) as { nomeSala: string }[]).some(({ nomeSala }) => nomeSala === nome);
  await pedro.fazer('criar_sala', { nomeSala: 'Medida' });
  await pedro.fazer('criar_sala', { nomeSala: 'Sala' });
  await maria.entrar('Sala');

  // A outra, criada antes, é o relógio: quando ela some, o primeiro prazo da sala já passou.
  await ate(async () => !(await sobrou('Medida')), 'a remoção da sala que mede o tempo');
  expect(await sobrou('Sala')).toBe(true);

  const esvaziadaMs = performance.now();
  await maria.fazer('sair_da_sala');
  await ate(async () => !(await sobrou('Sala')), 'a remoção da sala esvaziada');
  expect(performance.now() - esvaziadaMs).toBeGreaterThanOrEqual(PRAZO_MS);
});

/** Defeito 8: uma sala criada em que ninguém entrava nunca era removida. */

import { expect, test } from 'vitest';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { abrirSistemaParado, type SistemaParado } from '../suporte/local/sistema-local.ts';
import { conteudos, type Pessoa, registrar } from '../suporte/pessoas.ts';

const PRAZO_MS = 5 * 60_000;

interface Cena extends SistemaParado {
  readonly pedro: Pessoa;
  readonly maria: Pessoa;
  readonly existentes: () => Promise<string[]>;
}

/** O tempo passa aos poucos, com Pedro e Maria presentes. */
async function montar(): Promise<Cena> {
  const sistema = await abrirSistemaParado();
  const { url } = sistema.servidor;
  const [pedro, maria] = [await registrar(url, 'Pedro'), await registrar(url, 'Maria')];
  const salas = (): Promise<{ nomeSala: string }[]> => resultado(url, 'listar_salas');
  return {
    ...sistema,
    pedro,
    maria,
    existentes: async () => (await salas()).map(({ nomeSala }) => nomeSala),
    passarTempo: async (ms) => {
      for (let restam = ms; restam >= 0; restam -= 30_000) {
        await sistema.passarTempo(Math.min(restam, 30_000));
        for (const pessoa of [pedro, maria]) await pessoa.fazer('listar_salas');
      }
    },
  };
}

test('uma sala sem ninguém some no prazo, tenha tido gente ou não; uma com gente fica', async () => {
  await using cena = await montar();
  const { pedro, maria, existentes, passarTempo } = cena;
  await pedro.fazer('criar_sala', { nomeSala: 'Com gente' });
  await pedro.entrar('Com gente');
  await maria.fazer('criar_sala', { nomeSala: 'Deixada' });
  await maria.entrar('Deixada');
  const antes = await maria.dizer('Deixada', 'de antes');
  await maria.fazer('sair_da_sala');
  await maria.fazer('criar_sala', { nomeSala: 'Nunca usada' });

  await passarTempo(0);
  await passarTempo(PRAZO_MS - 1);
  expect(await existentes()).toEqual(['Com gente', 'Deixada', 'Nunca usada']);
  await passarTempo(1);
  expect(await existentes()).toEqual(['Com gente']);

  // Uma sala nova do mesmo nome começa vazia, mas seus ids continuam: o cursor de quem a conhecia não a esconde.
  await maria.fazer('criar_sala', { nomeSala: 'deixada' });
  const { mensagens } = await maria.entrar('deixada');
  expect(conteudos(mensagens)).toEqual([`${maria.nome} entrou na sala.`]);
  expect(mensagens[0]?.id).toBeGreaterThan(antes.id);
});

test('uma sala ocupada a tempo não some, e seu prazo recomeça quando se esvazia', async () => {
  await using cena = await montar();
  const { pedro, maria, existentes, passarTempo } = cena;
  await pedro.fazer('criar_sala', { nomeSala: 'Sala' });
  await passarTempo(PRAZO_MS - 1);
  await maria.entrar('Sala');
  await passarTempo(PRAZO_MS);
  expect(await existentes()).toEqual(['Sala']);

  await maria.fazer('sair_da_sala');
  await passarTempo(0);
  await passarTempo(PRAZO_MS - 1);
  expect(await existentes()).toEqual(['Sala']);
  await passarTempo(1);
  expect(await existentes()).toEqual([]);
});

/** Uma cópia antiga dos dados, posta de volta enquanto há quem escute: na biblioteca, e no subcomando que a usa. */

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { conectar } from '../../src/cliente/biblioteca/biblioteca.ts';
import { binderQueVolta, servidorQueVolta } from './apoio.ts';

test('quem escutava recebe uma vez, e na ordem, tudo o que se diz depois', async () => {
  await using binder = await binderQueVolta();
  await using servidor = await servidorQueVolta(binder.url);
  using guardada = pastaTemporaria();
  const dados = join(servidor.pasta.caminho, 'dados');
  const copia = join(guardada.caminho, 'dados');
  const opcoes = { binder: binder.url, sala: 'Geral', criarSala: true, prazoMs: 60_000, intervaloMs: 50 };
  await ate(async () => !(await chamar(binder.url, 'lookup_procedure', ['registrar_usuario'])).error, 'o registro');

  await using antiga = await conectar({ ...opcoes, nome: 'Ana' });
  await antiga.enviar('na cópia');
  await servidor.matar();
  cpSync(dados, copia, { recursive: true });
  await servidor.reiniciar();
  // Bia não está na cópia: a sessão dela acaba com a volta.
  await using nova = await conectar({ ...opcoes, nome: 'Bia' });
  for (let numero = 1; numero <= 5; numero += 1) await nova.enviar(`perdida ${numero}`);

  const lidas = new Map<string, string[]>();
  const escutar = async (chat: typeof antiga) => {
    const textos: string[] = [];
    lidas.set(chat.nome, textos);
    for await (const { origem, conteudo } of chat.mensagens()) if (origem !== 'SERVER') textos.push(conteudo);
  };
  const escutas = [escutar(antiga), escutar(nova)];
  const perdidas = [1, 2, 3, 4, 5].map((numero) => `perdida ${numero}`);
  await ate(
    () => lidas.get('Ana')?.at(-1) === 'perdida 5' && lidas.get('Bia')?.at(-1) === 'perdida 5',
    'o que se perderá',
  );

  await servidor.matar();
  rmSync(dados, { recursive: true });
  cpSync(copia, dados, { recursive: true });
  await servidor.reiniciar();

  for (let numero = 1; numero <= 3; numero += 1) await antiga.enviar(`depois ${numero}`);
  await ate(
    () => lidas.get('Ana')?.at(-1) === 'depois 3' && lidas.get('Bia')?.at(-1) === 'depois 3',
    'o que veio depois',
  );
  const depois = ['depois 1', 'depois 2', 'depois 3'];
  expect(lidas.get('Ana')).toEqual(['na cópia', ...perdidas, ...depois]);
  expect(lidas.get('Bia')).toEqual([...perdidas, ...depois]);
  await antiga.close();
  await nova.close();
  await Promise.all(escutas);
});

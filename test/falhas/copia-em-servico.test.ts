/** `chat-server copiar`: a cópia que outro processo faz enquanto o servidor grava, e o servidor que parte dela. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { rodar } from '../../scripts/comum/processos.ts';
import { StartupError } from '../../src/process/lifecycle.ts';
import { lerComando } from '../../src/process/opcoes/subcomandos.ts';
import { copiar as copiarDados, TABELAS_DA_LINHA } from '../../src/server/copiar.ts';
import { expectRecusaDePartida } from '../suporte/local/partida.ts';
import { iniciarServidor, SEM_BINDER } from '../suporte/processos/processos.ts';
import { iniciarRemetentes, lerHistoria } from '../suporte/remetentes.ts';
import { servidorQueVolta } from './apoio.ts';

const copiar = (arquivo: string, ...argumentos: string[]) =>
  rodar('server', { argumentos: ['copiar', arquivo, ...argumentos] });

test('sob os envios de várias pessoas, a cópia tem tudo o que foi confirmado antes dela, e dela se continua', async () => {
  await using servidor = await servidorQueVolta();
  using guardada = pastaTemporaria();
  const copia = join(guardada.caminho, 'copia.db');
  const dados = join(servidor.pasta.caminho, 'dados');
  const nomes = ['Ana', 'Bia', 'Caio', 'Duda'];
  await using remetentes = await iniciarRemetentes({ url: servidor.url, sala: 'Sala', nomes });
  await ate(() => remetentes.reconhecidas() >= 200, 'os primeiros envios');

  const antes = remetentes.todos.map(({ nome, token, reconhecidas }) => ({ nome, token, enviadas: [...reconhecidas] }));
  const feita = await copiar(copia, '--dados', dados);
  expect(feita).toEqual({ status: 0, saida: `Cópia pronta em ${copia}\n`, erros: '' });
  await remetentes.parar();
  expect(readdirSync(guardada.caminho)).toEqual(['copia.db']);
  if (process.platform !== 'win32') expect(statSync(copia).mode & 0o777).toBe(0o600);

  using outra = pastaTemporaria();
  mkdirSync(join(outra.caminho, 'dados'));
  copyFileSync(copia, join(outra.caminho, 'dados', 'chat.db'));
  await using daCopia = await iniciarServidor(outra.caminho, SEM_BINDER);
  for (const { nome, token, enviadas } of antes) {
    const historia = await lerHistoria(daCopia.url, nome, token, 'Sala');
    expect(historia.filter(({ origem }) => origem === nome).slice(0, enviadas.length)).toEqual(enviadas);
  }
  const [ana] = antes;
  const nova = await resultado(daCopia.url, 'enviar_mensagem', ['Ana', 'Sala', 'depois da cópia'], ana?.token);
  const ids = remetentes.todos.flatMap(({ reconhecidas }) => reconhecidas.map(({ id }) => id));
  expect(nova.id).toBeGreaterThan(Math.max(...ids));

  const { mtimeMs, size } = statSync(copia);
  expectRecusaDePartida(await copiar(copia, '--dados', dados), /copia\.db já existe/);
  expect(statSync(copia)).toMatchObject({ mtimeMs, size });
});

describe('recusa numa linha, e não cria o arquivo', () => {
  const LINHA = { nome: 'chat-server', versao: '1', descricao: '' };
  const RECUSAS: readonly [string, readonly string[], RegExp][] = [
    ['uma pasta sem dados', ['--dados', 'vazia'], /^chat-server: Não há dados do chat na pasta vazia.*$/],
    ['um Redis', ['--redis', 'redis://127.0.0.1:1'], /^chat-server: os dados estão num Redis.*$/],
    ['uma opção que só serve ao servidor', ['--porta', '1'], /^chat-server: --porta não serve a copiar.*$/],
  ];
  test.each(RECUSAS)('%s', async (_, argumentos, oQueDiz) => {
    using pasta = pastaTemporaria();
    const copia = join(pasta.caminho, 'copia.db');
    const recusada = async () => {
      const { opcoes } = lerComando(LINHA, TABELAS_DA_LINHA, ['copiar', copia, ...argumentos], {});
      await copiarDados(LINHA.nome, copia, opcoes);
    };
    await expect(recusada()).rejects.toMatchObject({
      name: StartupError.name,
      message: expect.stringMatching(oQueDiz),
    });
    expect(existsSync(copia)).toBe(false);
  });
});

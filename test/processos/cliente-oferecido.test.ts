/** O cliente que o binder dá a quem só tem o Node. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { http } from '../../scripts/comum/jsonrpc.ts';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo } from '../../scripts/comum/processos.ts';
import { lancar } from '../../scripts/comum/programa.ts';
import { abrirTerminal } from '../../scripts/comum/terminal.ts';
import { nomeNovo, salaCom } from '../suporte/pessoas.ts';
import { ambienteComPortasLivres } from '../suporte/processos/lancador.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';

const CAMINHO = '/chat-cliente.tgz';

let binder: Processo;
let servidor: Processo;
let dados: PastaTemporaria;
/** Em que se abre o que o binder dá: nada mais há nela. */
let pasta: PastaTemporaria;
let main: string;

beforeAll(async () => {
  dados = pastaTemporaria();
  pasta = pastaTemporaria();
  const { CHAT_PORTA_BINDER: porta = '' } = await ambienteComPortasLivres();
  const oferta = ['--porta', porta, '--oferecer-cliente', `http://127.0.0.1:${porta}`];
  binder = await iniciarBinder({ argumentos: [...oferta, '--metricas'] });
  servidor = await iniciarServidor(dados.caminho, binder.url);
  const resposta = await fetch(`${binder.url}${CAMINHO}`);
  writeFileSync(join(pasta.caminho, 'cliente.tgz'), Buffer.from(await resposta.arrayBuffer()));
  execFileSync('tar', ['-xzf', 'cliente.tgz'], { cwd: pasta.caminho });
  const { bin } = JSON.parse(readFileSync(join(pasta.caminho, 'package', 'package.json'), 'utf8'));
  main = join(pasta.caminho, 'package', bin['chat-cliente']);
});

afterAll(async () => {
  await servidor?.[Symbol.asyncDispose]();
  await binder?.[Symbol.asyncDispose]();
  pasta[Symbol.dispose]();
  dados[Symbol.dispose]();
});

test('o pacote não pede nada a ninguém: nem dependências, nem scripts', () => {
  const descricao = JSON.parse(readFileSync(join(pasta.caminho, 'package', 'package.json'), 'utf8'));
  expect(Object.keys(descricao).filter((campo) => /dependencies|scripts/i.test(campo))).toEqual([]);
  expect(readdirSync(join(pasta.caminho, 'package')).sort()).toEqual(['LICENCAS.txt', 'dist', 'package.json']);
  expect(readFileSync(join(pasta.caminho, 'package', 'LICENCAS.txt'), 'utf8')).toMatch(/^## inquirer \d/m);
});

test('numa pasta vazia, um subcomando fala com o binder que o ofereceu', async () => {
  const { sala } = await salaCom(servidor.url, 'Ana');
  const cliente = lancar([process.execPath, main, 'salas'], { cwd: pasta.caminho });
  expect([await cliente.lido, cliente.erros()]).toEqual([0, '']);
  expect(cliente.saida()).toContain(sala);
});

test('a conversa também: pergunta o nome, entra e envia', async () => {
  const nome = nomeNovo('Beto');
  using terminal = abrirTerminal(process.execPath, [main, '--nome', nome], {
    cwd: pasta.caminho,
    ambiente: { NO_COLOR: '1', XDG_STATE_HOME: pasta.caminho },
  });
  await terminal.ver('4) Encerrar');
  terminal.digitar('1\r');
  await terminal.ver('Digite o nome da sala:');
  terminal.digitar(`${nomeNovo('Praça')}\r`);
  await terminal.ver('Enviar mensagem');
  terminal.digitar('Bom dia\r');
  await terminal.ver(`${nome}: Bom dia`);
  await terminal.encerrarEmOrdem();
});

test('serve sempre os mesmos bytes, com o comprimento dito, ao lado das métricas; e o log diz o SHA-256', async () => {
  const cabeca = await http(binder.url, { method: 'HEAD', caminho: CAMINHO });
  const servido = readFileSync(join(pasta.caminho, 'cliente.tgz'));
  expect(cabeca).toMatchObject({ status: 200, corpo: '' });
  expect(cabeca.headers['content-length']).toBe(String(servido.length));
  const outraVez = Buffer.from(await (await fetch(`${binder.url}${CAMINHO}`)).arrayBuffer());
  expect(outraVez.equals(servido)).toBe(true);
  const resumo = createHash('sha256').update(servido).digest('hex');
  expect(binder.erros()).toContain(`oferece o cliente url="${binder.url}${CAMINHO}" sha256="${resumo}"`);
  expect((await http(binder.url, { method: 'GET', caminho: '/metricas' })).status).toBe(200);
});

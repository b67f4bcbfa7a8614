import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { abrirClienteLocal } from '../suporte/local/cliente-local.ts';
import { montarPalco } from '../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../suporte/local/sistema-local.ts';
import { TECLA } from '../suporte/terminal.ts';

const { enter } = TECLA;
const { abrir, abrirNaSala } = montarPalco(abrirSistemaLocal, abrirClienteLocal);

let estado: PastaTemporaria;
let casa: { readonly ambiente: Readonly<Record<string, string>> };

beforeEach(() => {
  estado = pastaTemporaria();
  casa = { ambiente: { XDG_STATE_HOME: estado.caminho } };
});
afterEach(() => estado[Symbol.dispose]());

function guardadas(): string[] {
  const pasta = join(estado.caminho, 'chat-system-distribuido', 'sessoes');
  return readdirSync(pasta).map((arquivo) => join(pasta, arquivo));
}

test('a sessão de quem ainda está aqui não se toma: outro cliente pergunta o nome, como sempre', async () => {
  const pedro = await abrirNaSala('Pedro', 'Geral', casa);
  const segundo = abrir([], casa);
  await segundo.ver(/^Digite seu nome de usuário:/);
  segundo.digitar('pedro', enter);
  await segundo.ver(/Nome recusado: .*já está em uso/);
  segundo.digitar('Ana', enter);
  await segundo.ver('Bem-vindo, Ana!');
  expect(guardadas()).toHaveLength(2);
  segundo.digitar('4', enter);
  expect(await segundo.fim).toBe(0);
  // A de quem encerra é apagada; a de Pedro fica.
  expect(guardadas().map((arquivo) => JSON.parse(readFileSync(arquivo, 'utf8')).nome)).toEqual(['Pedro']);
  pedro.digitar('3', enter);
  await pedro.ver('Usuários na sala: Pedro');
});

test('o último nome, o que se prefere e o que se enviou ficam para a outra vez', async () => {
  const pedro = await abrirNaSala('Pedro', 'Geral', casa);
  pedro.digitar('/sino off', enter, 'uma frase', enter);
  await pedro.ver('Pedro: uma frase');
  pedro.digitar('/encerrar', enter);
  expect(await pedro.fim).toBe(0);
  const volta = abrir(['--sala', 'Geral'], casa);
  await volta.ver(/Digite seu nome de usuário: *\n> Pedro\n/);
  volta.digitar(enter);
  await volta.verMenu('1) Enviar mensagem');
  volta.digitar('x', TECLA.apagar, TECLA.cima, TECLA.cima);
  await volta.ver('Digite a mensagem: uma frase\n');
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { pastaDeEstado, SessoesGuardadas } from '../../src/cliente/sessao/guardado/sessoes-guardadas.ts';
import { trocarDono } from '../suporte/dono-da-sessao.ts';
import { abrirClienteLocal } from '../suporte/local/cliente-local.ts';
import { montarPalco } from '../suporte/local/palco.ts';
import { abrirSistemaQueCai } from '../suporte/local/sistema-local.ts';
import { TECLA } from '../suporte/terminal.ts';

const { enter, baixo, ctrlC } = TECLA;
const { sistema, abrir, abrirNaSala } = montarPalco(abrirSistemaQueCai, abrirClienteLocal);

let estado: PastaTemporaria;
let casa: { readonly ambiente: Readonly<Record<string, string>> };

beforeEach(() => {
  estado = pastaTemporaria();
  casa = { ambiente: { XDG_STATE_HOME: estado.caminho } };
});
afterEach(() => estado[Symbol.dispose]());

function pasta(): string {
  return pastaDeEstado(casa.ambiente) ?? '';
}

function guardadas(): string[] {
  const sessoes = join(pasta(), 'sessoes');
  return readdirSync(sessoes).map((arquivo) => join(sessoes, arquivo));
}

/** Deixa guardada a sessão de quem foi morto. */
function guardarDeMorto(nome: string, token: string): void {
  new SessoesGuardadas(sistema().binder.url, pasta()).guardar({ nome, token, sala: undefined });
  trocarDono(pasta());
}

async function registrar(nome: string): Promise<string> {
  return (await resultado(sistema().servidor.url, 'registrar_usuario', [nome])).token;
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

describe('depois de quem foi morto', () => {
  test('quem diz que não é essa pessoa dá o seu nome, e a sessão dela fica', async () => {
    guardarDeMorto('Pedro', await registrar('Pedro'));
    const outra = abrir([], casa);
    await outra.ver('Continuar como Pedro? (S/n)');
    outra.digitar('n', enter);
    await outra.ver('Digite seu nome de usuário:');
    outra.digitar('Ana', enter);
    await outra.ver('Bem-vindo, Ana!');
    expect(guardadas()).toHaveLength(2);
  });

  test('com várias sessões à espera, escolhe como quem', async () => {
    for (const nome of ['Ana', 'Pedro']) guardarDeMorto(nome, await registrar(nome));
    const volta = abrir([], casa);
    await volta.ver(/Voltar como (?:Ana|Pedro)\n.*Voltar como (?:Ana|Pedro)\n {2}3\) Usar outro nome\n/);
    volta.digitar(baixo, baixo, enter);
    await volta.ver('Digite seu nome de usuário:');
  });

  test('uma sessão que o servidor já não conhece é apagada, e o nome se pergunta', async () => {
    const token = await registrar('Pedro');
    await resultado(sistema().servidor.url, 'encerrar_sessao', [], token);
    guardarDeMorto('Pedro', token);
    const volta = abrir([], casa);
    await volta.ver('Digite seu nome de usuário:');
    expect(guardadas()).toEqual([]);
  });
});

test('com o servidor morto, sai sem esperar por ele, e a sessão que não pôde terminar fica para a volta', async () => {
  const pedro = await abrirNaSala('Pedro', 'Geral', casa);
  await sistema().caminho.recusar();
  pedro.digitar(ctrlC);
  expect(await pedro.fim).toBe(0);
  await sistema().caminho.aceitar();
  trocarDono(pasta());
  const volta = abrir(['--nome', 'Pedro'], casa);
  await volta.ver('De volta como Pedro.');
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciarServidor } from '../../suporte/processos.ts';
import { TECLA, type TerminalDeTeste } from '../../suporte/terminal.ts';
import { montarPalco, montarPalcoDeProcessos } from './palco.ts';

const { enter, baixo } = TECLA;
const { abrir, abrirNaSala } = montarPalco();

let estado: PastaTemporaria;
let casa: { readonly ambiente: Readonly<Record<string, string>> };

beforeEach(() => {
  estado = pastaTemporaria();
  casa = { ambiente: { XDG_STATE_HOME: estado.caminho } };
});
afterEach(() => estado[Symbol.dispose]());

async function matar(cliente: TerminalDeTeste): Promise<void> {
  cliente.matar('SIGKILL');
  await cliente.fim;
}

function guardadas(): string[] {
  const pasta = join(estado.caminho, 'chat-system-distribuido', 'sessoes');
  return readdirSync(pasta).map((arquivo) => join(pasta, arquivo));
}

describe('quem foi morto', () => {
  test('volta como a mesma pessoa, à mesma sala, se disser que é ela', async () => {
    const maria = await abrirNaSala('Maria');
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    pedro.digitar(enter, enter, 'antes', enter);
    await maria.ver('Pedro: antes');
    await matar(pedro);
    const [arquivo = ''] = guardadas();
    expect(guardadas()).toHaveLength(1);
    expect(statSync(arquivo).mode & 0o777).toBe(0o600);

    const volta = abrir([], casa);
    await volta.ver('Continuar como Pedro? (S/n)');
    volta.digitar(enter);
    await volta.ver('De volta como Pedro.');
    await volta.ver(/Você entrou na sala Geral\.[\s\S]*Pedro: antes\n> 1\) Enviar mensagem/);
    volta.digitar(enter, enter, 'depois', enter);
    await maria.ver(/Pedro: antes\n.*Pedro: depois\n/);
    expect(maria.corrido()).not.toContain('Pedro saiu');
    expect(volta.corrido()).not.toContain('Digite seu nome');
  });

  test('quem diz que não é essa pessoa dá o seu nome, e a sessão dela fica', async () => {
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    await matar(pedro);
    const outra = abrir([], casa);
    await outra.ver('Continuar como Pedro? (S/n)');
    outra.digitar('n', enter);
    await outra.ver('Digite seu nome de usuário:');
    outra.digitar('Ana', enter);
    await outra.ver('Bem-vindo, Ana!');
    expect(guardadas()).toHaveLength(2);
  });

  test('com várias sessões à espera, escolhe como quem', async () => {
    const ana = await abrirNaSala('Ana', 'Geral', casa);
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    await Promise.all([matar(ana), matar(pedro)]);
    const volta = abrir([], casa);
    await volta.ver(/Voltar como (?:Ana|Pedro)\n.*Voltar como (?:Ana|Pedro)\n {2}3\) Usar outro nome\n/);
    volta.digitar(baixo, baixo, enter);
    await volta.ver('Digite seu nome de usuário:');
  });
});

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

describe('quando o servidor também caiu', () => {
  const { sistema, abrir, abrirNaSala } = montarPalcoDeProcessos();

  test('volta quando ele volta, também com --nome', async () => {
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    await matar(pedro);
    await sistema().servidor.encerrar('SIGKILL');
    const volta = abrir(['--nome', 'pedro'], casa);
    await volta.ver('Ainda sem conexão');
    await using _outro = await iniciarServidor(sistema().pasta.caminho, sistema().binder.url);
    await volta.ver('De volta como Pedro.');
    await volta.verMenu('1) Enviar mensagem');
  });

  test('uma sessão que o servidor já não conhece é apagada, e o nome se pergunta', async () => {
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    await matar(pedro);
    await sistema().servidor.encerrar();
    using vazia = pastaTemporaria();
    await using _outro = await iniciarServidor(vazia.caminho, sistema().binder.url);
    const volta = abrir([], casa);
    await volta.ver('Digite seu nome de usuário:');
    expect(guardadas()).toEqual([]);
  });
});

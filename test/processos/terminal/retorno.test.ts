import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciarSemLimites, montarPalco, vezes } from '../../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../../suporte/local/sistema-local.ts';
import { iniciarServidor, iniciarSistema } from '../../suporte/processos/processos.ts';
import { abrirCliente, TECLA, type TerminalDeTeste } from '../../suporte/terminal.ts';

const { enter, baixo, ctrlC } = TECLA;
const { abrir, abrirNaSala } = montarPalco(abrirSistemaLocal, abrirCliente);

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

describe('quando o servidor também caiu', () => {
  const { sistema, abrir, abrirNaSala } = montarPalco(iniciarSemLimites, abrirCliente);

  test('com o servidor morto, sai sem esperar por ele, e a sessão que não pôde terminar fica para a volta', async () => {
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    await sistema().servidor.encerrar('SIGKILL');
    pedro.digitar(ctrlC);
    expect(await pedro.fim).toBe(0);
    await using _outro = await iniciarServidor(sistema().pasta.caminho, sistema().binder.url);
    const volta = abrir(['--nome', 'Pedro'], casa);
    await volta.ver('De volta como Pedro.');
  });

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

test('quem o servidor tirou da sala por ausência volta sozinho, com o que se perdeu, e sem largar o que digitava', async () => {
  await using outro = await iniciarSistema({ argumentos: ['--usuario-ausente', '1'] });
  const ritmo = ['--binder', outro.binder.url, '--espera', '0', '--intervalo', '50'];
  const pedro = abrir([...ritmo, '--nome', 'Pedro', '--sala', 'Geral', '--criar']);
  await pedro.verMenu('1) Enviar mensagem');
  const maria = abrir([...ritmo, '--nome', 'Maria', '--sala', 'Geral']);
  await maria.verMenu('1) Enviar mensagem');
  pedro.digitar('pela metade');
  await pedro.ver('Digite a mensagem: pela metade');
  pedro.matar('SIGSTOP');
  await maria.ver('SERVER: Pedro saiu da sala.');
  maria.digitar('dito na ausência', enter);
  await maria.ver('Maria: dito na ausência');
  pedro.matar('SIGCONT');
  await pedro.ver(/Você voltou à sala Geral\.[\s\S]*Digite a mensagem: pela metade\n/);
  await pedro.ver('Maria: dito na ausência');
  expect(vezes(pedro, 'Maria: dito na ausência')).toBe(1);
  pedro.digitar(', e o resto', enter);
  await maria.ver('Pedro: pela metade, e o resto');
});

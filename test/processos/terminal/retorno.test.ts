import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { montarPalco, vezes } from '../../suporte/local/palco.ts';
import { abrirSistemaQueCai } from '../../suporte/local/sistema-local.ts';
import { iniciarSistema } from '../../suporte/processos/processos.ts';
import { abrirCliente, TECLA, type TerminalDeTeste } from '../../suporte/terminal.ts';

const { enter } = TECLA;
const { sistema, abrir, abrirNaSala, acompanhar } = montarPalco(abrirSistemaQueCai, abrirCliente);

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
    const maria = await acompanhar('Maria');
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

  test('com --nome, volta sem que se pergunte nada, mesmo que o servidor só volte depois', async () => {
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    await matar(pedro);
    await sistema().caminho.recusar();
    const volta = abrir(['--nome', 'pedro'], casa);
    await volta.ver('Ainda sem conexão');
    await sistema().caminho.aceitar();
    await volta.ver('De volta como Pedro.');
    await volta.verMenu('1) Enviar mensagem');
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

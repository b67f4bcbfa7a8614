import { expect, test } from 'vitest';
import { resultado } from '../../../scripts/comum/jsonrpc.ts';
import { montarPalco, vezes } from '../../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../../suporte/local/sistema-local.ts';
import { abrirCliente, TECLA } from '../../suporte/terminal.ts';

const { enter, esquerda } = TECLA;
const { sistema, abrir, abrirNaSala, acompanhar } = montarPalco(abrirSistemaLocal, abrirCliente);

// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
const SGR = /\u001b\[[\d;]*m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
const COR_DE_PEDRO = /\u001b\[38;5;(\d+)mPedro\u001b\[39m: Bom dia/;

/** Uma linha aberta, e vazia. */
const LINHA = /\nDigite a mensagem: *\n/;

test('dois clientes conversam; a mensagem privada só a veem os dois', async () => {
  const pedro = await abrirNaSala('Pedro');
  const maria = await abrirNaSala('Maria');
  const ana = await acompanhar('Ana');
  await pedro.ver('SERVER: Ana entrou na sala.');

  pedro.digitar('1', enter);
  await pedro.ver('Digite o destinatário (Enter para todos):');
  pedro.digitar(enter);
  await pedro.ver('Digite a mensagem:');
  pedro.digitar('Bom dia a todos!', enter, enter);
  for (const cliente of [maria, ana]) await cliente.ver(/\n {2}\[\d\d:\d\d:\d\d] Pedro: Bom dia a todos!\n/);
  await pedro.ver(/\n\+ \[\d\d:\d\d:\d\d] Pedro: Bom dia a todos!\n/);
  await pedro.verMenu('1) Enviar mensagem');
  const cores = [pedro, maria].map((cliente) => COR_DE_PEDRO.exec(cliente.bytes())?.[1]);
  expect(new Set(cores), 'a mesma cor em toda parte').toEqual(new Set([expect.stringMatching(/^\d+$/)]));

  maria.digitar('1', enter, 'pedro', enter, 'Só para você', enter);
  for (const cliente of [pedro, maria]) await cliente.ver(/\[\d\d:\d\d:\d\d] Maria -> Pedro: Só para você\n/);
  pedro.digitar('1', enter, enter, 'fim', enter);
  for (const cliente of [pedro, maria, ana]) await cliente.ver('Pedro: fim');
  expect(vezes(ana, 'Só para você')).toBe(0);
  for (const cliente of [pedro, maria, ana]) expect(vezes(cliente, 'Pedro: Bom dia')).toBe(1);
});

test('o que outro escolheu nunca comanda o terminal, e NO_COLOR é respeitado', async () => {
  const pedro = await abrirNaSala('Pedro', 'Geral', { ambiente: { NO_COLOR: '1' } });
  const { token } = await resultado(sistema().servidor.url, 'registrar_usuario', ['Mallory']);
  await resultado(sistema().servidor.url, 'entrar_sala', ['Mallory', 'Geral'], token);
  const mensagem = 'um\n[00:00:00] SERVER: dois\tfim \u202e';
  await resultado(sistema().servidor.url, 'enviar_mensagem', ['Mallory', 'Geral', mensagem], token);
  await pedro.ver('SERVER: dois    fim \\u{202e}');
  // Uma quebra que outro escolheu nunca dá uma fileira que pareça dita por alguém.
  expect(pedro.fileiras().find((fileira) => fileira.includes('SERVER: dois'))).toMatch(/^ {4,}\[00:00:00\]/);
  expect(pedro.bytes()).not.toContain('\u202e');
  // Sem cor alguma: nenhum SGR.
  expect(pedro.bytes()).not.toMatch(SGR);
});

test('50 mensagens por segundo, três fileiras digitadas, a janela a mudar: nem uma tecla se perde', async () => {
  const maria = await abrirNaSala('Maria', 'Geral', { colunas: 60 });
  const { url } = sistema().servidor;
  const { token } = await resultado(url, 'registrar_usuario', ['Robo']);
  await resultado(url, 'entrar_sala', ['Robo', 'Geral'], token);
  maria.digitar(enter, enter);
  await maria.ver(LINHA);
  const digitado = 'a pressa é inimiga da perfeição; '.repeat(5).trim();
  const larguras = [60, 40, 90, 50, 33, 71, 28];
  const TOTAL = 100;
  const teclas = [...digitado];
  for (let n = 0; n < TOTAL; n += 1) {
    // O ritmo é o do servidor: cada envio espera pelo anterior, e passa de 50 por segundo.
    await resultado(url, 'enviar_mensagem', ['Robo', 'Geral', `chuva ${n};`], token);
    maria.digitar(...teclas.slice(teclas.length * (n / TOTAL), teclas.length * ((n + 1) / TOTAL)));
    // A janela muda com a chuva e as teclas a caminho, também logo depois de outra mudança.
    if (n % 10 < 2) maria.redimensionar(larguras[(n + (n % 10)) % larguras.length] as number, 24);
  }
  await maria.ver(`Digite a mensagem: ${digitado}\n`);
  maria.digitar(esquerda.repeat(3), 'X', enter);
  await maria.ver(`Maria: ${digitado.slice(0, -3)}X${digitado.slice(-3)}\n`);
  const chuva = maria.linhas().filter((linha) => linha.includes('chuva'));
  expect(chuva.map((linha) => /chuva (\d+);$/.exec(linha)?.[1])).toEqual(
    Array.from({ length: TOTAL }, (_, n) => `${n}`),
  );
});

test('em 40 colunas a linha e o rodapé cabem, e sem cor as marcas dizem de quem é cada linha', async () => {
  const maria = await abrirNaSala('Maria', 'Geral', { colunas: 40, ambiente: { NO_COLOR: '1' } });
  const pedro = await acompanhar('Pedro');
  pedro.digitar(enter, enter, 'oi', enter, 'oi, maria', enter, '@maria psiu', enter);
  await maria.ver(/\n {2}\[[\d:]+] Pedro: oi\n! \[[\d:]+] Pedro: oi, maria\n\* \[[\d:]+] Pedro -> Maria: psiu\n/);
  maria.digitar(enter, enter, 'olá', enter);
  await maria.ver(/\n\+ \[[\d:]+] Maria: olá\n/);
  await maria.ver(/\nDigite a mensagem: *\n {2}Geral · 2 pessoas · conectado · todos vão/);
});

test('um terminal sem controles só recebe texto, e a conversa se lê', async () => {
  const maria = await acompanhar('Maria');
  const pedro = abrir(['--nome', 'Pedro', '--sala', 'Geral'], { ambiente: { TERM: 'dumb' } });
  await pedro.ver(/1\) Enviar mensagem\n/);
  pedro.digitar(enter, enter, 'olá a t');
  await pedro.ver('Digite a mensagem: olá a t\n');
  maria.digitar(enter, enter, 'oi, pedro', enter);
  await pedro.ver(/Digite a mensagem: olá a t\n! \[[\d:]+] Maria: oi, pedro\nDigite a mensagem: olá a t\n/);
  pedro.digitar('odos', enter);
  await maria.ver('Pedro: olá a todos');
  await pedro.ver('Pedro: olá a todos');
  expect(pedro.bytes()).not.toContain('\u001b');
});

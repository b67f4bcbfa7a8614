/** O fim de um cliente: o status, o que ele diz, e o terminal que ele devolve. */

import { describe, expect, test } from 'vitest';
import { resultado } from '../../../scripts/comum/jsonrpc.ts';
import { rodar } from '../../../scripts/comum/processos.ts';
import { TABELAS_DA_LINHA } from '../../../src/cliente/subcomandos/subcomandos.ts';
import { StartupError } from '../../../src/process/lifecycle.ts';
import { lerComando } from '../../../src/process/opcoes/subcomandos.ts';
import { montarPalco } from '../../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../../suporte/local/sistema-local.ts';
import { abrirCliente, TECLA, type TerminalDeTeste } from '../../suporte/terminal.ts';

const { enter, ctrlC, ctrlD } = TECLA;
const { sistema, abrir, abrirNaSala, acompanhar } = montarPalco(abrirSistemaLocal, abrirCliente);

describe('o fim', () => {
  test('Encerrar termina a sessão no servidor e sai com 0', async () => {
    const pedro = await abrirNaSala('Pedro');
    const maria = await acompanhar('Maria');
    pedro.digitar('4', enter);
    expect(await pedro.fim).toBe(0);
    expect(pedro.linhas()).toContain('Encerrando...');
    expect(pedro.linhas().join('\n')).toContain('o binder e o servidor continuam (chat_start parar os encerra)');
    expect(pedro.bytes()).toContain('\u001b[?2004l');
    await maria.ver('SERVER: Pedro saiu da sala.');
    // O nome fica livre.
    const outro = await resultado(sistema().servidor.url, 'registrar_usuario', ['Pedro']);
    expect(outro.nomeUsuario).toBe('Pedro');
  });

  const noNome = async () => {
    const cliente = abrir();
    await cliente.ver('Digite seu nome de usuário:');
    return cliente;
  };
  const naSala = () => abrirNaSala('Pedro');

  test.each<[string, () => Promise<TerminalDeTeste>, (cliente: TerminalDeTeste) => void]>([
    ['Ctrl+C, na pergunta do nome,', noNome, (cliente) => cliente.digitar(ctrlC)],
    ['Ctrl+D, na sala,', naSala, (cliente) => cliente.digitar(ctrlD)],
    ['SIGTERM, na sala,', naSala, (cliente) => cliente.matar('SIGTERM')],
  ])('%s faz o mesmo, e deixa o terminal são', async (_como, chegar, agir) => {
    const cliente = await chegar();
    agir(cliente);
    expect(await cliente.fim).toBe(0);
    expect(cliente.linhas()).toContain('Encerrando...');
    const fim = cliente.bytes();
    expect(fim.lastIndexOf('\u001b[?25h')).toBeGreaterThan(fim.lastIndexOf('\u001b[?25l'));
    expect(fim.lastIndexOf('\u001b[?7h')).toBeGreaterThan(fim.lastIndexOf('\u001b[?7l'));
  });

  test('quebrar por dentro também deixa o terminal são, e o status diz que não foi por bem', async () => {
    const quebrar = "process.on('SIGUSR2',()=>{throw new Error('quebrou')})";
    const pedro = await abrirNaSala('Pedro', 'Geral', {
      ambiente: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(quebrar)}` },
    });
    pedro.matar('SIGUSR2');
    expect(await pedro.fim).toBe(1);
    expect(pedro.linhas().join('\n')).toMatch(/falha inesperada.*quebrou[\s\S]*Encerrando\.\.\./);
    expect(pedro.bytes().endsWith('\u001b[?2004l\u001b[?25h')).toBe(true);
  });
});

test('sem um terminal, diz que precisa de um e sai com 2', async () => {
  const { status, saida, erros } = await rodar('cliente', { argumentos: ['--binder', sistema().binder.url] });
  expect(status).toBe(2);
  expect(saida).toBe('');
  expect(erros).toBe(
    'chat-cliente: a conversa precisa de um terminal na entrada e na saída; sem ele, use um subcomando: salas, usuarios, enviar, ouvir, procedimentos, completar (veja --help)\n',
  );
});

test.each([
  [['--espera', '120001'], /^chat-cliente: --espera deve ser um inteiro de 0 a 120000/],
  [['--intervalo', 'já'], /^chat-cliente: --intervalo deve ser um inteiro/],
  [['--binder', 'localhost'], /^chat-cliente: --binder deve ser uma URL/],
  [['--cor'], /^chat-cliente: opção desconhecida "--cor"/],
])('uma opção errada (%j) é dita numa linha, com status 2', (argumentos, esperado) => {
  const linha = { nome: 'chat-cliente', versao: '', descricao: '' };
  let falha: unknown;
  try {
    lerComando(linha, TABELAS_DA_LINHA, argumentos, {});
  } catch (erro) {
    falha = erro;
  }
  expect(falha).toBeInstanceOf(StartupError);
  const { message, status } = falha as StartupError;
  expect([message.split('\n').length, status]).toEqual([1, 2]);
  expect(message).toMatch(esperado);
});

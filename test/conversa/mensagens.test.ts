import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { abrirClienteLocal } from '../suporte/local/cliente-local.ts';
import { montarPalco, vezes } from '../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../suporte/local/sistema-local.ts';
import { TECLA } from '../suporte/terminal.ts';

const { enter, esc, esquerda } = TECLA;
const { sistema, abrir, abrirNaSala } = montarPalco(abrirSistemaLocal, abrirClienteLocal);

describe('a conversa', () => {
  test('quem entra vê quem está, as últimas 50 mensagens e a própria entrada', async () => {
    const { url } = sistema().servidor;
    const { token } = await resultado(url, 'registrar_usuario', ['Pedro']);
    await resultado(url, 'criar_sala', ['Geral'], token);
    await resultado(url, 'entrar_sala', ['Pedro', 'Geral'], token);
    for (let n = 1; n <= 55; n += 1) {
      await resultado(url, 'enviar_mensagem', ['Pedro', 'Geral', `mensagem ${n};`], token);
    }
    const maria = abrir(['--nome', 'Maria', '--sala', 'Geral']);
    await maria.verMenu('1) Enviar mensagem');
    expect(maria.linhas()).toContain('Usuários na sala: Maria, Pedro');
    const mostradas = maria.linhas().filter((linha) => linha.startsWith('  ['));
    expect(mostradas).toHaveLength(51);
    expect(mostradas.at(0)).toContain('Pedro: mensagem 6;');
    expect(mostradas.at(-1)).toContain('SERVER: Maria entrou na sala.');
  });

  test('quem não está na sala não é destinatário, e o que se digitou espera na linha', async () => {
    const pedro = await abrirNaSala('Pedro');
    pedro.digitar('1', enter, 'Oi, pessoal', enter);
    await pedro.ver('Oi, pessoal não está na sala.');
    pedro.digitar(enter);
    await pedro.ver('Digite a mensagem: Oi, pessoal');
    pedro.digitar('!', enter, enter);
    await pedro.ver('Pedro: Oi, pessoal!');
    await pedro.verMenu('1) Enviar mensagem');
  });

  test('Esc mostra o menu e não perde o que se digitou', async () => {
    const pedro = await abrirNaSala('Pedro');
    pedro.digitar('x', esc);
    await pedro.ver(/> 1\) Enviar mensagem\n[\s\S]*Digite a mensagem: x\n/);
    pedro.digitar('3', enter);
    await pedro.ver(/Usuários na sala: Pedro\n[\s\S]*Digite a mensagem: x\n/);
    expect(vezes(pedro, 'Pedro:')).toBe(0);
  });
});

describe('o que chega com algo aberto', () => {
  for (const colunas of [80, 40]) {
    test(`aparece acima, inteiro, e o que se escolheu ou digitou fica (${colunas} colunas)`, async () => {
      const pedro = await abrirNaSala('Pedro');
      const maria = await abrirNaSala('Maria', 'Geral', { colunas });
      const dizer = (texto: string) => pedro.digitar('1', enter, enter, texto, enter, enter);
      const longa = 'uma frase comprida que não cabe numa fileira só, nem em duas, e mesmo assim chega inteira.';

      maria.digitar('3');
      await maria.verMenu('3) Listar usuários');
      dizer(`com o menu: ${longa}`);
      await maria.ver(`Pedro: com o menu: ${longa}\n  1) Enviar mensagem\n  2) Sair da sala\n> 3) Listar usuários\n`);

      maria.digitar('1', enter, 'ped');
      await maria.ver('Digite o destinatário (Enter para todos): ped');
      dizer(`com a pergunta: ${longa}`);
      await maria.ver(`Pedro: com a pergunta: ${longa}\nDigite o destinatário (Enter para todos): ped`);

      const digitado = 'ação e reação '.repeat(12).trim();
      maria.digitar('ro', enter, digitado, esquerda.repeat(6));
      await maria.ver(`Digite a mensagem: ${digitado}`);
      const antes = maria.cursor();
      for (let n = 1; n <= 5; n += 1) dizer(`com a linha ${n}: ${longa}`);
      await maria.ver(`Pedro: com a linha 5: ${longa}\nDigite a mensagem: ${digitado}\n`);
      await ate(() => maria.cursor().x === antes.x, 'o cursor na mesma coluna');
      for (let n = 1; n <= 5; n += 1) expect(vezes(maria, `com a linha ${n}: ${longa}`)).toBe(1);
      expect(vezes(maria, 'Digite a mensagem:')).toBe(1);

      maria.digitar('X', enter, enter);
      const enviado = `${digitado.slice(0, -6)}X${digitado.slice(-6)}`;
      await pedro.ver(`Maria -> Pedro: ${enviado}`);
      await maria.ver(`Maria -> Pedro: ${enviado}\n> 1) Enviar mensagem`);
    });
  }

  test('a janela que estreita e alarga não perde o que se digitou nem o que chega', async () => {
    const pedro = await abrirNaSala('Pedro');
    const maria = await abrirNaSala('Maria');
    const digitado = 'abcdefghij'.repeat(10);
    maria.digitar('1', enter, enter, digitado);
    await maria.ver(`Digite a mensagem: ${digitado}`);
    maria.redimensionar(40, 24);
    await maria.ver(`Digite a mensagem: ${digitado}\n`);
    pedro.digitar('1', enter, enter, 'estreita', enter, enter);
    await maria.ver(`Pedro: estreita\nDigite a mensagem: ${digitado}\n`);
    maria.redimensionar(100, 24);
    pedro.digitar('1', enter, enter, 'larga', enter);
    await maria.ver(`Pedro: larga\nDigite a mensagem: ${digitado}\n`);
    maria.digitar('!', enter);
    await pedro.ver(`Maria: ${digitado}!`);
  });
});

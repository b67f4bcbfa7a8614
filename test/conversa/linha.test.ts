import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { sondar } from '../processos/terminal/apoio.ts';
import { abrirClienteLocal } from '../suporte/local/cliente-local.ts';
import { montarPalco, vezes } from '../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../suporte/local/sistema-local.ts';
import { TECLA } from '../suporte/terminal.ts';

const { enter, esc, cima, baixo, esquerda } = TECLA;
const { abrirNaSala } = montarPalco(abrirSistemaLocal, abrirClienteLocal);

const TAB = '\t';
const colar = (texto: string) => `\u001b[200~${texto}\u001b[201~`;
const BEL = '\u0007';
/** O título ou um aviso (OSC) acaba com um BEL, que não toca. */
const OSC = new RegExp(`\u001b\\][^${BEL}]*${BEL}`, 'g');
const sinos = ({ bytes }: { readonly bytes: () => string }) => bytes().replaceAll(OSC, '').split(BEL).length - 1;
/** Como estão na tela, cada uma por si: uma linha que continua não se junta à primeira. */
const vejaFileiras = ({ fileiras }: { readonly fileiras: () => string[] }, vistas: RegExp) =>
  sondar(() => fileiras().join('\n')).toMatch(vistas);

describe('a linha fica aberta', () => {
  test('cada Enter envia, @nome e /msg são privadas, /r responde, a linha vazia ou /menu volta', async () => {
    const pedro = await abrirNaSala('Pedro');
    const ana = await abrirNaSala('Ana Maria');
    const bia = await abrirNaSala('Bia');
    await pedro.ver('SERVER: Bia entrou na sala.');
    // Enter no menu e Enter no destinatário bastam para falar com todos.
    pedro.digitar(enter, enter, 'um', enter, 'dois', enter, '//dev/null', enter);
    for (const cliente of [pedro, ana, bia]) await cliente.ver(/Pedro: um\n.*Pedro: dois\n.*Pedro: \/dev\/null\n/);
    pedro.digitar('@ana maria três', enter, '/msg "Ana Maria" quatro', enter);
    await ana.ver(/\* \[[\d:]+] Pedro -> Ana Maria: três\n\* \[[\d:]+] Pedro -> Ana Maria: quatro\n/);
    ana.digitar(enter, enter, '/r cinco', enter, '/menu', enter);
    await pedro.ver('Ana Maria -> Pedro: cinco');
    await ana.verMenu('1) Enviar mensagem');
    pedro.digitar('/r seis', enter);
    await ana.ver('Pedro -> Ana Maria: seis');
    pedro.digitar(enter);
    await pedro.verMenu('1) Enviar mensagem');
    expect(vezes(bia, '->')).toBe(0);
  });

  test('com um destinatário, tudo vai só a ele, e a linha o lembra', async () => {
    const pedro = await abrirNaSala('Pedro');
    const ana = await abrirNaSala('Ana');
    await pedro.ver('SERVER: Ana entrou na sala.');
    pedro.digitar(enter, 'ana', enter);
    await pedro.ver('só Ana vai ler');
    pedro.digitar('um', enter, 'dois', enter);
    await ana.ver(/Pedro -> Ana: um\n.*Pedro -> Ana: dois\n/);
  });

  test('o que não se enviou volta à linha com o motivo, e um comando errado também', async () => {
    const pedro = await abrirNaSala('Pedro');
    pedro.digitar(enter, enter, '@Ninguém olá', enter);
    await pedro.ver('A mensagem não foi enviada: O destinatário não está nessa sala.');
    await pedro.ver('Digite a mensagem: @Ninguém olá\n');
    pedro.digitar('\u0015', '/ajudaa', enter);
    await pedro.ver('Não há o comando /ajudaa; você quis dizer /ajuda?');
    await pedro.ver('Digite a mensagem: /ajudaa\n');
    pedro.digitar(TECLA.apagar, enter);
    await pedro.ver(/\n {2}\/sino off\|mencao\|tudo +off: nunca/);
    pedro.digitar('/r oi', enter);
    await pedro.ver('Você ainda não recebeu uma mensagem privada');
  });
});

describe('os comandos', () => {
  test('os de quem é dono da sala se oferecem só a quem é, também quando ela passa a outra pessoa', async () => {
    const pedro = await abrirNaSala('Pedro');
    const maria = await abrirNaSala('Maria');
    await pedro.ver('SERVER: Maria entrou na sala.');
    const vejaOferecidos = (cliente: typeof pedro, oferecidos: string[]) =>
      sondar(() =>
        cliente
          .fileiras()
          .join(' ')
          .match(/\/(?:sa|se|si)[a-z]+/g)
          ?.sort(),
      ).toEqual(oferecidos);
    const DE_TODOS = ['/sair', '/sala', '/salas', '/silenciar', '/sino'];
    const DO_DONO = ['/sair', '/sala', '/salas', '/senha', '/silenciar', '/sino'];
    maria.digitar('/s');
    pedro.digitar('/s');
    await vejaOferecidos(pedro, DO_DONO);
    await vejaOferecidos(maria, DE_TODOS);
    maria.digitar('\u0015', '/passar Maria', enter);
    await maria.ver('A sala é de Pedro: só quem é dono dela pode fazer isso.');
    await maria.ver('Digite a mensagem: /passar Maria\n');
    maria.digitar('\u0015', '/s');
    pedro.digitar('\u0015', '/passar Maria', enter);
    await maria.ver('SERVER: A sala agora é de Maria.');
    await vejaOferecidos(maria, DO_DONO);
    pedro.digitar('/s');
    await vejaOferecidos(pedro, DE_TODOS);
    pedro.digitar('\u0015', '/ajuda', enter);
    maria.digitar('\u0015', '/ajuda', enter);
    for (const cliente of [pedro, maria]) await cliente.ver('O programa:');
    expect([pedro, maria].map((cliente) => vezes(cliente, 'O dono da sala:'))).toEqual([0, 1]);
  });

  test('salas, usuários, criar, entrar, sair e encerrar fazem o que os menus fazem', async () => {
    const pedro = await abrirNaSala('Pedro');
    await abrirNaSala('Rui');
    pedro.digitar('/criar Outra', enter);
    await pedro.ver('Sala Outra criada.\nVocê entrou na sala Outra.');
    pedro.digitar('/entrar geral', enter);
    await pedro.ver('Você entrou na sala Geral.');
    pedro.digitar('/salas', enter);
    await pedro.ver('Salas abertas:\n  Geral (2 usuários)\n  Outra (0 usuários)\n');
    pedro.digitar('/usuarios', enter, '/usuarios outra', enter);
    await pedro.ver('Usuários na sala: Pedro, Rui\nUsuários na sala outra: ninguém\n');
    pedro.digitar('/entrar Nenhuma', enter);
    await pedro.ver(/Não foi possível entrar[\s\S]*Digite a mensagem: \/entrar Nenhuma\n/);
    pedro.digitar('\u0015', '/entrar outra', enter);
    await pedro.ver('Você entrou na sala Outra.');
    pedro.digitar('/sair', enter);
    await pedro.ver('Você saiu da sala Outra.');
    await pedro.verMenu('1) Criar sala');
    pedro.digitar('2', enter, 'Geral', enter, enter, '/encerrar', enter);
    expect(await pedro.fim).toBe(0);
  });

  test('/ignorar, /silenciar, /hora, /historico e /sino mudam o que se vê e se ouve', async () => {
    const pedro = await abrirNaSala('Pedro');
    const ana = await abrirNaSala('Ana');
    pedro.digitar(enter, enter, '/ignorar ana', enter, '/ignorar', enter, '/silenciar', enter);
    await pedro.ver('Ignorados: ana.');
    await pedro.ver('Quem entra e quem sai fica escondido.');
    ana.digitar(enter, enter, 'você me vê?', enter);
    await ana.ver('Ana: você me vê?');
    const bia = await abrirNaSala('Bia');
    bia.digitar(enter, enter, 'cheguei, ana', enter);
    // O que Pedro lê vem na ordem da sala: quem vê esta já recebeu as duas que ficam escondidas.
    await pedro.ver('Bia: cheguei, ana');
    expect([vezes(pedro, 'você me vê?'), vezes(pedro, 'Bia entrou')]).toEqual([0, 0]);
    pedro.digitar('/ignorar Ana', enter, '/historico 1', enter);
    await ate(() => vezes(pedro, 'Bia: cheguei, ana') === 2, 'o histórico');
    pedro.digitar('/hora', enter, '/hora off', enter);
    await pedro.ver(/São \d\d:\d\d:\d\d\.\nA hora das mensagens fica escondida\./);
    expect(sinos(pedro)).toBe(0);
    bia.digitar('oi, PEDRO!', enter);
    await pedro.ver('\n! Bia: oi, PEDRO!\n');
    await ate(() => sinos(pedro) > 0, 'o sino');
    ana.digitar('/sino off', enter, 'espera', enter);
    await pedro.ver('Ana: espera');
    bia.digitar('@ana oi', enter);
    await ana.ver('Bia -> Ana: oi');
    expect(sinos(ana)).toBe(1);
  });
});

describe('o que se digita', () => {
  test('Tab conclui comandos, nomes e salas; com mais de um, mostra quais', async () => {
    const pedro = await abrirNaSala('Pedro');
    await abrirNaSala('João');
    await pedro.ver('SERVER: João entrou na sala.');
    pedro.digitar(enter, enter, '/s', TAB);
    await pedro.ver(/Digite a mensagem: \/s\n {2}salas +sair +sala +senha +silenciar +sino\n/);
    pedro.digitar('a', TAB);
    await pedro.ver(/Digite a mensagem: \/sa\n {2}salas +sair +sala\n/);
    pedro.digitar('\u0015', '/us', TAB);
    await pedro.ver('Digite a mensagem: /usuarios');
    pedro.digitar('ge', TAB, enter);
    await pedro.ver('Usuários na sala Geral: João, Pedro');
    pedro.digitar('@jo', TAB, 'oi!', enter);
    await pedro.ver('Pedro -> João: oi!');
    // No meio da linha, o que vem depois fica, e o cursor também.
    pedro.digitar(' aí?', esquerda.repeat(4), 'jo', TAB, 'tudo', enter);
    await pedro.ver('Pedro: João: tudo aí?');
  });

  test('as setas trazem o que se enviou, e devolvem o que se digitava', async () => {
    const pedro = await abrirNaSala('Pedro');
    pedro.digitar(enter, enter, 'primeira', enter, '@Pedro segunda', enter);
    await pedro.ver('Pedro -> Pedro: segunda');
    pedro.digitar('nova', cima, cima, cima);
    await pedro.ver('Digite a mensagem: primeira\n');
    pedro.digitar(baixo);
    await pedro.ver('Digite a mensagem: @Pedro segunda\n');
    pedro.digitar(baixo);
    await pedro.ver('Digite a mensagem: nova\n');
    pedro.digitar(cima, cima, '!', enter);
    await pedro.ver('Pedro: primeira!');
  });

  test('o que se cola em várias linhas pergunta, e uma tecla envia tudo numa mensagem, que se vê como era', async () => {
    const pedro = await abrirNaSala('Pedro');
    pedro.digitar(enter, enter, 'zero ', colar('um\r\n\t/sair\ntrês\u001b[31m\n'));
    await pedro.ver('3 linhas: u envia numa mensagem, c uma de cada vez, n deixa na linha');
    pedro.digitar('u', enter);
    await vejaFileiras(pedro, /\+ \[[\d:]+] Pedro: zero um\n {24}\/sair\n {20}três\[31m\n/);
    pedro.digitar(esc);
    await pedro.verMenu('1) Enviar mensagem');
  });

  test('o que se cola e não se envia fica na linha, com as suas linhas; Alt+Enter põe mais uma', async () => {
    const pedro = await abrirNaSala('Pedro');
    pedro.digitar(enter, enter, colar('um\ndois\n'));
    await pedro.ver('2 linhas: u envia');
    pedro.digitar('n');
    await vejaFileiras(pedro, /Digite a mensagem: um\ndois *\n/);
    pedro.digitar('\u001b\r', 'três');
    await vejaFileiras(pedro, /Digite a mensagem: um\ndois\ntrês *\n/);
    expect(vezes(pedro, 'Pedro: ')).toBe(0);
    pedro.digitar(enter);
    await vejaFileiras(pedro, /Pedro: um\n {20}dois\n {20}três\n/);
  });
});

import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciarBinder, rodar } from '../../../scripts/comum/processos.ts';
import { iniciarServidor, iniciarSistema } from '../../suporte/processos.ts';
import { TECLA, type TerminalDeTeste } from '../../suporte/terminal.ts';
import { montarPalco, montarPalcoDeProcessos, vezes } from './palco.ts';

const { enter, ctrlC, ctrlD } = TECLA;
const { sistema, abrir, abrirNaSala } = montarPalco();

describe('as quedas', () => {
  const { sistema, abrir, abrirNaSala } = montarPalcoDeProcessos();

  test('sem binder nem servidor, a pergunta do nome insiste e diz uma vez só', async () => {
    const { porta } = sistema().binder;
    await sistema().servidor.encerrar('SIGKILL');
    await sistema().binder.encerrar('SIGKILL');
    const cliente = abrir();
    await cliente.ver('Digite seu nome de usuário:');
    cliente.digitar('Pedro', enter);
    await cliente.ver('Ainda sem conexão: Não há ninguém em http://127.0.0.1');
    await cliente.ver('Aguarde…');

    using pasta = pastaTemporaria();
    await using binder = await iniciarBinder({ argumentos: ['--porta', String(porta)] });
    await using _servidor = await iniciarServidor(pasta.caminho, binder.url);
    await cliente.ver('Conexão restabelecida.');
    await cliente.ver('Bem-vindo, Pedro!');
    await cliente.verMenu('1) Criar sala');
    expect(vezes(cliente, 'sem conexão')).toBe(1);
    expect(vezes(cliente, 'restabelecida')).toBe(1);
  });

  test('o servidor que cai e volta em outra porta: dito uma vez, e nada do que se perdeu falta', async () => {
    const pedro = await abrirNaSala('Pedro');
    const maria = await abrirNaSala('Maria');
    maria.digitar('1', enter, enter, 'meio digit');
    await maria.ver('Digite a mensagem: meio digit');
    await sistema().servidor.encerrar('SIGKILL');
    for (const cliente of [pedro, maria]) await cliente.ver(/Conexão perdida: .*É o servidor que não responde\./);

    pedro.digitar('enviada na queda', enter, 'e outra', enter, 'com a linha livre');
    await pedro.ver(/Digite a mensagem: com a linha livre\n.*sem conexão · 2 mensagens esperam/);
    await using _outro = await iniciarServidor(sistema().pasta.caminho, sistema().binder.url);
    for (const cliente of [pedro, maria]) {
      await cliente.ver('Conexão restabelecida.');
      await cliente.ver(/Pedro: enviada na queda\n.*Pedro: e outra\n/);
      expect(vezes(cliente, 'Conexão perdida')).toBe(1);
      expect(vezes(cliente, 'restabelecida')).toBe(1);
      expect(vezes(cliente, ': enviada na queda')).toBe(1);
    }
    maria.digitar('ado', enter);
    for (const cliente of [pedro, maria]) await cliente.ver('Maria: meio digitado');
  });

  test('sem o binder, quem já sabe o caminho continua a conversar', async () => {
    const pedro = await abrirNaSala('Pedro');
    const maria = await abrirNaSala('Maria');
    pedro.digitar('1', enter, enter, 'antes', enter, enter);
    await maria.ver('Pedro: antes');
    await sistema().binder.encerrar('SIGKILL');
    pedro.digitar('1', enter, enter, 'depois', enter);
    await maria.ver('Pedro: depois');
    expect(vezes(pedro, 'Conexão perdida')).toBe(0);
  });

  test('com o servidor morto, sai sem esperar por ele, e a sessão que não pôde terminar fica para a volta', async () => {
    using estado = pastaTemporaria();
    const casa = { ambiente: { XDG_STATE_HOME: estado.caminho } };
    const pedro = await abrirNaSala('Pedro', 'Geral', casa);
    await sistema().servidor.encerrar('SIGKILL');
    pedro.digitar(ctrlC);
    expect(await pedro.fim).toBe(0);
    await using _outro = await iniciarServidor(sistema().pasta.caminho, sistema().binder.url);
    const volta = abrir(['--nome', 'Pedro'], casa);
    await volta.ver('De volta como Pedro.');
  });

  test('enquanto insiste num nome, Ctrl+C sai sem dizer mais nada', async () => {
    await sistema().servidor.encerrar('SIGKILL');
    const pedro = abrir();
    await pedro.ver('Digite seu nome de usuário:');
    pedro.digitar('Pedro', enter);
    await pedro.ver('Aguarde…');
    pedro.digitar(ctrlC);
    expect(await pedro.fim).toBe(0);
    expect(pedro.linhas().filter(Boolean)).toEqual([
      'Digite seu nome de usuário: Pedro',
      expect.stringContaining('Ainda sem conexão'),
      'Encerrando...',
    ]);
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

describe('o fim', () => {
  test('Encerrar termina a sessão no servidor e sai com 0', async () => {
    const pedro = await abrirNaSala('Pedro');
    const maria = await abrirNaSala('Maria');
    pedro.digitar('4', enter);
    expect(await pedro.fim).toBe(0);
    expect(pedro.linhas()).toContain('Encerrando...');
    expect(pedro.linhas().join('\n')).toContain('o binder e o servidor continuam (chat_start parar os encerra)');
    expect(pedro.bytes()).toContain('\u001b[?2004l');
    await maria.ver('SERVER: Pedro saiu da sala.');
    const outro = abrir(['--nome', 'Pedro']);
    await outro.ver('Bem-vindo, Pedro!');
  });

  for (const [como, agir] of [
    ['Ctrl+C', (cliente: TerminalDeTeste) => cliente.digitar(ctrlC)],
    ['Ctrl+D', (cliente: TerminalDeTeste) => cliente.digitar(ctrlD)],
    ['SIGTERM', (cliente: TerminalDeTeste) => cliente.matar('SIGTERM')],
  ] as const) {
    test(`${como} faz o mesmo, em qualquer pergunta, e deixa o terminal são`, async () => {
      const noNome = abrir();
      await noNome.ver('Digite seu nome de usuário:');
      agir(noNome);
      const noMenu = await abrirNaSala('Pedro');
      agir(noMenu);
      for (const cliente of [noNome, noMenu]) {
        expect(await cliente.fim).toBe(0);
        expect(cliente.linhas()).toContain('Encerrando...');
        const fim = cliente.bytes();
        expect(fim.lastIndexOf('\u001b[?25h')).toBeGreaterThan(fim.lastIndexOf('\u001b[?25l'));
        expect(fim.lastIndexOf('\u001b[?7h')).toBeGreaterThan(fim.lastIndexOf('\u001b[?7l'));
      }
    });
  }

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
  [['--espera', '120001'], /--espera deve ser um inteiro de 0 a 120000/],
  [['--intervalo', 'já'], /--intervalo deve ser um inteiro/],
  [['--binder', 'localhost'], /--binder deve ser uma URL/],
  [['--cor'], /opção desconhecida "--cor"/],
])('uma opção errada (%j) é dita numa linha, com status 2', async (argumentos, esperado) => {
  const { status, erros } = await rodar('cliente', { argumentos });
  expect(status).toBe(2);
  expect(erros).toMatch(esperado);
  expect(erros.trimEnd().split('\n')).toHaveLength(1);
});

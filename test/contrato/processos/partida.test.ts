/** Seção 4 do contrato: como o binder e o servidor se iniciam, onde escutam, e como terminam. */

import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { http } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciar, iniciarBinder, rodar } from '../../../scripts/comum/processos.ts';
import { conectar } from '../../suporte/local/conexao.ts';
import { expectFimEmOrdem, expectRecusaDePartida } from '../../suporte/local/partida.ts';
import { SEM_BINDER } from '../../suporte/processos/processos.ts';

// Quase tudo aqui é esperar que um processo se inicie ou termine: alguns podem fazê-lo ao mesmo tempo.
vi.setConfig({ maxConcurrency: 4 });

const NO_WINDOWS = process.platform === 'win32';

/** Com dados próprios, e um binder que não há: o servidor não pode depender de mais nada para se iniciar. */
function partidaDoServidor(pasta: string, ...argumentos: string[]): string[] {
  const proprios = ['--dados', join(pasta, 'dados'), '--usuarios', join(pasta, 'usuarios.json')];
  return ['--binder', SEM_BINDER, ...proprios, ...argumentos];
}

const saude = (url: string, headers = {}) => http(url, { method: 'GET', caminho: '/saude', headers });

describe.concurrent.each([
  {
    qual: 'binder',
    titulo: 'Binder pronto em',
    opcoes: ['host', 'porta'],
    variaveis: ['CHAT_HOST_BINDER', 'CHAT_PORTA_BINDER'],
  },
  {
    qual: 'server',
    titulo: 'Servidor de chat pronto em',
    opcoes: [
      'host',
      'porta',
      'binder',
      'endereco',
      'usuarios',
      'dados',
      'usuario-ausente',
      'sessao-expira',
      'sala-inativa',
      'limite-mensagens',
      'limite-registros',
    ],
    variaveis: [
      'CHAT_HOST_SERVIDOR',
      'CHAT_PORTA_SERVIDOR',
      'CHAT_BINDER',
      'CHAT_ENDERECO',
      'CHAT_USUARIOS',
      'CHAT_DADOS',
      'CHAT_USUARIO_AUSENTE',
      'CHAT_SESSAO_EXPIRA',
      'CHAT_SALA_INATIVA',
      'CHAT_LIMITE_MENSAGENS',
      'CHAT_LIMITE_REGISTROS',
    ],
  },
] as const)('o processo $qual', ({ qual, titulo, opcoes, variaveis }) => {
  const partida = (pasta: string, ...argumentos: string[]) =>
    qual === 'binder' ? argumentos : partidaDoServidor(pasta, ...argumentos);
  const [variavelDoHost, variavelDaPorta] = variaveis;

  test('com --porta 0 toma uma porta livre, e diz só uma linha, com ela, quando pode servir; SIGTERM o termina com 0', async () => {
    using pasta = pastaTemporaria();
    await using processo = await iniciar(qual, { argumentos: partida(pasta.caminho, '--porta', '0') });
    expect(processo.saida()).toBe(`${titulo} http://127.0.0.1:${processo.porta}\n`);
    expect((await saude(processo.url)).status).toBe(200);
    await expectFimEmOrdem(processo, 'SIGTERM');
    expect(processo.saida().split('\n')).toHaveLength(2);
    // O Node também escreve na saída de erro: uma opção que ele não conhece, um aviso de algo obsoleto.
    const linhas = processo.erros().split('\n');
    expect(linhas.filter((linha) => !/^(\S+Z (INFO|AVISO|ERRO) .*)?$/.test(linha))).toEqual([]);
    // Sem um segredo, o binder o diz uma vez, e não tem mais o que dizer.
    if (qual === 'binder') expect(linhas).toEqual([expect.stringMatching(/ AVISO sem CHAT_SEGREDO.*tokens/), '']);
  });

  test('as variáveis valem onde não há opção; uma porta em uso é dita numa linha, que nomeia a opção; SIGHUP o termina com 0, também sob nohup', async () => {
    using pasta = pastaTemporaria();
    const livre = { [variavelDoHost]: 'localhost', [variavelDaPorta]: '0' };
    await using ocupante = await iniciar(qual, {
      ambiente: livre,
      argumentos: partida(pasta.caminho),
      envoltorio: NO_WINDOWS ? [] : ['nohup'],
    });
    expect(new URL(ocupante.url).hostname).toBe('localhost');

    using outraPasta = pastaTemporaria();
    const tomada = { [variavelDoHost]: 'localhost', [variavelDaPorta]: `${ocupante.porta}` };
    const semOpcao = await rodar(qual, { ambiente: tomada, argumentos: partida(outraPasta.caminho) });
    expectRecusaDePartida(semOpcao, new RegExp(`${ocupante.porta}.*--porta`, 's'));
    expect((await saude(ocupante.url)).status).toBe(200);
    if (!NO_WINDOWS) await expectFimEmOrdem(ocupante, 'SIGHUP');
  });

  test('SIGINT o termina com 0 também com conexões ociosas, em silêncio e no meio de um pedido', async () => {
    using pasta = pastaTemporaria();
    await using processo = await iniciar(qual, { argumentos: partida(pasta.caminho, '--porta', '0') });
    using silenciosa = await conectar(processo.porta);
    using parada = await conectar(processo.porta);
    parada.escrever(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    using ociosa = await conectar(processo.porta);
    ociosa.escrever('GET /saude HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await ate(() => ociosa.texto().includes('"ok"'), 'a resposta');
    expect(silenciosa.aberta()).toBe(true);
    await expectFimEmOrdem(processo, 'SIGINT');
  });

  test('--help diz cada opção e sua variável, em português, e termina com 0', async () => {
    const { status, saida } = await rodar(qual, { argumentos: ['--help'] });
    expect(status).toBe(0);
    for (const opcao of opcoes) expect(saida).toContain(`--${opcao} `);
    for (const variavel of variaveis) expect(saida).toContain(variavel);
    expect(saida).not.toMatch(/--segredo|Usage|Options|default/);
    expect(saida.replaceAll(/\s+/g, ' ')).toMatch(/--redis <url> .*senha vai na variável.*CHAT_REDIS/);
    if (qual === 'server') expect(saida).toMatch(/copiar <arquivo> {2}copia os dados .*\(--dados\)/);
  });
});

// O que mais se recusa, e o que se diz então, está em opcoes.test.ts: aqui se prova que o processo o diz.
test.concurrent('um host que não há é dito errado numa linha', async () => {
  const argumentos = ['--host', 'maquina que nao ha', '--porta', '0'];
  expectRecusaDePartida(await rodar('binder', { argumentos }), /maquina que nao ha|--host/);
});

describe.concurrent('fora desta máquina', () => {
  test('o binder não se inicia sem um segredo', async () => {
    const terminado = await rodar('binder', { argumentos: ['--host', '0.0.0.0', '--porta', '0'] });
    expectRecusaDePartida(terminado, /CHAT_SEGREDO/);
  });

  test('com segredo o binder se inicia, não confere Host, e diz que as mensagens viajam sem cifra', async () => {
    const ambiente = { CHAT_SEGREDO: 'um-segredo-de-teste' };
    await using binder = await iniciarBinder({ argumentos: ['--host', '0.0.0.0'], ambiente });
    const url = `http://127.0.0.1:${binder.porta}`;
    // Atende pelo nome que tiver na rede.
    expect((await saude(url, { Host: 'chat.example' })).status).toBe(200);
    await binder.encerrar();
    expect(binder.erros().match(/viajam sem cifra/g)).toHaveLength(1);
  });
});

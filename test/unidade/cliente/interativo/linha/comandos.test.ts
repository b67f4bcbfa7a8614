import { describe, expect, test } from 'vitest';
import { ajuda } from '../../../../../src/cliente/interativo/linha/ajuda.ts';
import { COMANDOS, comandosPara, interpretar, usoDe } from '../../../../../src/cliente/interativo/linha/comandos.ts';
import { emFileiras } from '../../../../../src/cliente/terminal/tela/fileiras.ts';

const USUARIOS = ['Ana', 'Ana Maria', 'João', 'Pedro'];

describe('uma linha', () => {
  test.each([
    ['Bom dia!', { tipo: 'dizer', texto: 'Bom dia!' }],
    ['//etc/hosts', { tipo: 'dizer', texto: '/etc/hosts' }],
    ['@ 5 reais o quilo', { tipo: 'dizer', texto: '@ 5 reais o quilo' }],
    ['@pedro oi, Ana', { tipo: 'privada', destinatario: 'Pedro', texto: 'oi, Ana' }],
    ['@Pedro, oi', { tipo: 'privada', destinatario: 'Pedro', texto: 'oi' }],
    ['@ana maria oi', { tipo: 'privada', destinatario: 'Ana Maria', texto: 'oi' }],
    ['@ana mariana', { tipo: 'privada', destinatario: 'Ana', texto: 'mariana' }],
    ['@"Ana Maria" oi', { tipo: 'privada', destinatario: 'Ana Maria', texto: 'oi' }],
    ['@Ausente oi', { tipo: 'privada', destinatario: 'Ausente', texto: 'oi' }],
    ['/msg joão  oi ', { tipo: 'privada', destinatario: 'João', texto: 'oi' }],
    ['/MSG "Quem Saiu" oi', { tipo: 'privada', destinatario: 'Quem Saiu', texto: 'oi' }],
    ['/r até logo', { tipo: 'responder', texto: 'até logo' }],
    ['/entrar Sala de Estar', { tipo: 'entrar', nome: 'Sala de Estar' }],
    ['/criar "Sala de Estar"', { tipo: 'criar', nome: 'Sala de Estar' }],
    ['/usuários', { tipo: 'usuarios', nome: '' }],
    ['/histórico', { tipo: 'historico', quantas: 50 }],
    ['/historico 3', { tipo: 'historico', quantas: 3 }],
    ['/sino Menção', { tipo: 'sino', quando: 'mencao' }],
    ['/menu', { tipo: 'menu' }],
  ])('%j diz o que se quis', (linha, intencao) => {
    expect(interpretar(linha, USUARIOS)).toEqual(intencao);
  });

  test.each([
    ['/sino sempre', 'Use: /sino off|mencao|tudo'],
    ['/historico 51', 'Use: /historico [quantas]'],
    ['/entrar', 'Use: /entrar sala'],
    ['/sair agora', 'Use: /sair'],
    ['/msg Pedro', 'Use: /msg nome texto'],
    ['/r', 'Use: /r texto'],
    ['@Pedro', 'Use: @nome texto'],
    ['/usuaros', 'Não há o comando /usuaros; você quis dizer /usuarios?'],
    ['/hist', 'Não há o comando /hist; você quis dizer /historico?'],
    ['/encerar', 'Não há o comando /encerar; você quis dizer /encerrar?'],
    ['/constructor', 'Não há o comando /constructor; veja /ajuda.'],
    ['/xyzzy', 'Não há o comando /xyzzy; veja /ajuda.'],
    ['/', 'Não há o comando /; veja /ajuda.'],
    ['/\u202eadulas', 'Não há o comando /\\u{202e}adulas; veja /ajuda.'],
  ])('%j é recusada com o motivo', (linha, motivo) => {
    expect(interpretar(linha, USUARIOS)).toEqual({ tipo: 'erro', motivo });
  });

  test.each([
    ['/quit', { tipo: 'encerrar' }],
    ['/join Geral', { tipo: 'entrar', nome: 'Geral' }],
    ['/help', { tipo: 'ajuda' }],
    ['/list', { tipo: 'salas' }],
    ['/w Pedro oi', { tipo: 'privada', destinatario: 'Pedro', texto: 'oi' }],
    ['/nick Ana', { tipo: 'erro', motivo: expect.stringContaining('O nome não muda durante a sessão') }],
    ['/hora', { tipo: 'hora', mostrar: undefined }],
    ['/hora off', { tipo: 'hora', mostrar: false }],
    ['/rastro', { tipo: 'rastro', formato: undefined }],
    ['/rastro JSON', { tipo: 'rastro', formato: 'json' }],
    ['/rastro off', { tipo: 'rastro', formato: 'off' }],
  ])('%j, de quem vem de outro chat ou quer só saber, é entendida', (linha, intencao) => {
    expect(interpretar(linha, USUARIOS)).toEqual(intencao);
  });

  const fileirasDaAjuda = (ehDono: boolean, colunas: number) =>
    ajuda(ehDono).flatMap((linha) => emFileiras(linha, colunas).split('\r\n').slice(0, -1));

  test('a ajuda mostra cada comando uma vez, em grupos', () => {
    const fileiras = fileirasDaAjuda(true, 200);
    const titulos = fileiras.filter((fileira) => !fileira.startsWith('  '));
    expect(titulos).toEqual(['Conversar:', 'Salas:', 'O dono da sala:', 'O que se vê e se ouve:', 'O programa:']);
    for (const comando of COMANDOS) {
      const suas = fileiras.filter((fileira) => `${fileira} `.startsWith(`  ${usoDe(comando)} `));
      expect(suas, comando.nome).toHaveLength(1);
    }
  });

  test('em 80 colunas toda descrição da ajuda começa e continua na mesma coluna', () => {
    const colunas = ajuda(true).flatMap((linha) => {
      const [primeira = '', ...outras] = emFileiras(linha, 80).split('\r\n').slice(0, -1);
      const descricao = /^( {2}\S.*? {2,})\S/.exec(primeira)?.[1];
      return [...(descricao === undefined ? [] : [descricao.length]), ...outras.map((uma) => uma.search(/\S/))];
    });
    expect(new Set(colunas)).toEqual(new Set([25]));
  });

  test('a quem não é dono da sala, a ajuda não mostra o que só o dono pode', () => {
    const linhas = fileirasDaAjuda(false, 200);
    const titulos = linhas.filter((linha) => !linha.startsWith('  '));
    expect(titulos).toEqual(['Conversar:', 'Salas:', 'O que se vê e se ouve:', 'O programa:']);
    const mostrados = linhas.flatMap((linha) => /^ {2}\/([a-z]+) /.exec(`${linha} `)?.[1] ?? []);
    expect(mostrados).toEqual(comandosPara(false).map(({ nome }) => nome));
    expect(mostrados).toContain('sala');
    const soDoDono = COMANDOS.map(({ nome }) => nome).filter((nome) => !mostrados.includes(nome));
    expect(soDoDono).toEqual(['topico', 'senha', 'calar', 'expulsar', 'passar', 'fixar']);
  });
});

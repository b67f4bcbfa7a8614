/** Como as mensagens se mostram, sem terminal. */

import { describe, expect, test } from 'vitest';
import { Mural } from '../../../../../src/cliente/interativo/mural/mural.ts';
import type { Linha } from '../../../../../src/cliente/terminal/tela/fileiras.ts';
import { usarLinks } from '../../../../../src/cliente/terminal/tela/links.ts';
import type { Mensagem } from '../../../../../src/contract/chat.ts';
import { textoDeEntrada, textoDeSaida } from '../../../../../src/dominio/mensagens.ts';
import { mensagem } from '../../../../processos/terminal/apoio.ts';
import { agendaDeTeste } from '../../../../suporte/agenda.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se tira
const CORES = /\u001b\[[\d;]*m/g;

function montar() {
  const linhas: string[] = [];
  const agenda = agendaDeTeste();
  const opcoes: ConstructorParameters<typeof Mural>[0] = {
    mostrar: (...novas) =>
      linhas.push(...novas.map((nova) => (typeof nova === 'string' ? nova : nova.texto).replace(CORES, ''))),
    aoChegar: ({ toca, chama }) => {
      if (toca) linhas.push('(sino)');
      if (chama) linhas.push(`(chama: ${chama.conteudo})`);
    },
    eu: () => 'Ana',
    hoje: () => new Date(2024, 0, 15, 12),
    agendar: agenda.agendar,
  };
  return { mural: new Mural(opcoes), opcoes, linhas, agenda };
}

function dita(conteudo: string, origem = 'Pedro', mudanca: Partial<Mensagem> = {}): Mensagem {
  const timestamp = new Date(2024, 0, 15, 12, 34, 56).toISOString();
  return { ...mensagem(1, conteudo, origem), timestamp, ...mudanca };
}

test('um endereço é um link, e o que outra pessoa escreve por extenso não chega a ele', () => {
  const { opcoes } = montar();
  const linhas: string[] = [];
  const mostrar = (...novas: (string | Linha)[]) => {
    linhas.push(...novas.map((nova) => (typeof nova === 'string' ? nova : nova.texto)));
  };
  usarLinks(true);
  new Mural({ ...opcoes, mostrar }).receber([dita('https://a.example/\u001b]2;mal\u0007x')]);
  usarLinks(false);
  expect(linhas.join('')).toMatch(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: são os do link
    /\u001b\]8;id=c\d+;https:\/\/a\.example\/\u001b\\https:\/\/a\.example\/\u001b\]8;;\u001b\\\\u\{001b\}\]2;mal\\u\{0007\}x$/,
  );
});

describe('onde se parou da última vez, ao entrar', () => {
  const PAGINA = ['um', 'dois', 'três', 'quatro'].map((conteudo, indice) => ({ ...dita(conteudo), id: 11 + indice }));
  const entrar = (lida: number | undefined, pagina: readonly Mensagem[] = PAGINA) => {
    const { mural, linhas } = montar();
    mural.entrar(['Ana', 'Pedro'], pagina, lida);
    return { mural, linhas: linhas.map((linha) => linha.replace(/^.*: /, '')) };
  };

  test('uma régua diz quantas são novas, e /perdi as alcança', () => {
    const { mural, linhas } = entrar(12);
    expect(linhas).toEqual(['um', 'dois', '--- 2 novas ---', 'três', 'quatro']);
    expect(mural.ausencia).toEqual({ desde: 12, ate: 14 });
  });

  test('o que se perdeu antes da página também é de /perdi', () => {
    const { mural, linhas } = entrar(3);
    expect(linhas[0]).toBe('--- 4 novas ---');
    expect(mural.ausencia).toEqual({ desde: 3, ate: 14 });
  });

  test.each([
    ['quem nunca leu', undefined],
    ['quem já leu tudo', 14],
    ['quem leu a sala antes de ela ser refeita', 900],
  ])('não há régua para %s', (_quem, lida) => {
    const { mural, linhas } = entrar(lida);
    expect(linhas).toEqual(['um', 'dois', 'três', 'quatro']);
    expect(mural.ausencia).toBeUndefined();
  });

  test('a própria entrada, e o que a própria pessoa disse, não são novas', () => {
    const minha = { ...dita('cinco', 'Ana'), id: 15 };
    const entrada = { ...dita(textoDeEntrada('Ana'), 'SERVER'), id: 16 };
    expect(entrar(14, [...PAGINA, minha, entrada]).linhas.join()).not.toContain('---');
  });
});

describe('de quem é cada linha', () => {
  test.each([
    ['comum', dita('oi'), '  [12:34:56] Pedro: oi'],
    ['própria', dita('oi', 'Ana'), '+ [12:34:56] Ana: oi'],
    ['com menção', dita('viu, ana?'), '! [12:34:56] Pedro: viu, ana?'],
    ['sem menção', dita('Mariana viu, e Anabela também'), '  [12:34:56] Pedro: Mariana viu, e Anabela também'],
    ['privada', dita('oi', 'Pedro', { tipo: 'unicast', destino: 'Ana' }), '* [12:34:56] Pedro -> Ana: oi'],
    ['do servidor', dita(textoDeEntrada('Ana'), 'SERVER'), '  [12:34:56] SERVER: Ana entrou na sala.'],
  ])('%s', (_, recebida, linha) => {
    const { mural, linhas } = montar();
    mural.mostrarDeNovo([recebida]);
    expect(linhas).toEqual([linha]);
  });
});

test('uma mensagem de várias linhas se mostra em várias linhas, sob o começo do texto, com os tabs e sem controle algum', () => {
  const mostradas: (string | Linha)[] = [];
  const { opcoes } = montar();
  const mural = new Mural({ ...opcoes, mostrar: (...novas) => mostradas.push(...novas) });
  mural.mostrarDeNovo([dita('if (x) {\n\tfoge(\u001b[2J)\n\n}\u202e')]);
  const [linha] = mostradas as Linha[];
  expect(linha?.texto.replace(CORES, '')).toBe('  [12:34:56] Pedro: if (x) {\n    foge(\\u{001b}[2J)\n\n}\\u{202e}');
  expect(linha?.recuo).toBe('  [12:34:56] Pedro: '.length);
});

test('quem manda milhares de linhas não enche a tela: depois de 40, as quebras se escrevem por extenso', () => {
  const { mural, linhas } = montar();
  mural.mostrarDeNovo([dita('a\n'.repeat(2_000).trimEnd())]);
  expect(linhas[0]?.split('\n')).toHaveLength(41);
  expect(linhas[0]?.endsWith('a\\na')).toBe(true);
});

test('a mudança de dia é dita uma vez, também no que já estava dito ao entrar', () => {
  const { mural, linhas } = montar();
  const em = (dia: number) => ({ timestamp: new Date(2024, 0, dia, 8).toISOString() });
  mural.entrar(['Ana'], [dita('a', 'Pedro', em(14)), dita('b', 'Pedro', em(14)), dita('c', 'Pedro', em(15))]);
  mural.receber([dita('d', 'Pedro', em(16))]);
  expect(linhas).toEqual([
    '--- domingo, 14 de janeiro de 2024 ---',
    '  [08:00:00] Pedro: a',
    '  [08:00:00] Pedro: b',
    '--- segunda-feira, 15 de janeiro de 2024 ---',
    '  [08:00:00] Pedro: c',
    '--- terça-feira, 16 de janeiro de 2024 ---',
    '  [08:00:00] Pedro: d',
  ]);
});

test('depois de uma ausência, uma régua diz quantas novas há; o que vem depois dela já não é novo', () => {
  const { mural, linhas } = montar();
  mural.receber([dita('antes', 'Pedro', { id: 7 })]);
  mural.receber([dita('a', 'Pedro', { id: 8 }), dita('b', 'Ana', { id: 9 }), dita('c', 'Bia', { id: 12 })], true);
  mural.receber([dita('agora', 'Pedro', { id: 13 })]);
  expect(linhas.filter((linha) => linha !== '(sino)').map((linha) => linha.replace('[12:34:56] ', ''))).toEqual([
    '  Pedro: antes',
    '--- 2 novas ---',
    '  Pedro: a',
    '+ Ana: b',
    '  Bia: c',
    '  Pedro: agora',
  ]);
  expect(mural.ausencia).toEqual({ desde: 7, ate: 12 });
});

test('uma ausência que vem em várias páginas tem uma régua só, e quem só entrou e saiu não conta', () => {
  const { mural, linhas } = montar();
  const pagina = (desde: number) => Array.from({ length: 50 }, (_, n) => dita('x', 'Pedro', { id: desde + n }));
  mural.receber(pagina(1), true);
  mural.receber(pagina(51), true);
  expect(linhas.filter((linha) => linha.startsWith('---'))).toEqual(['--- 50 novas ou mais ---']);
  expect(mural.ausencia).toEqual({ desde: 0, ate: 100 });
  mural.receber([dita('agora', 'Pedro', { id: 101 })]);
  mural.receber([dita(textoDeEntrada('Bia'), 'SERVER', { id: 102 })], true);
  expect(linhas.filter((linha) => linha.startsWith('---'))).toHaveLength(1);
  mural.entrar(['Ana'], []);
  expect(mural.ausencia).toBeUndefined();
});

test('o histórico vem entre réguas, para não parecer novo, e a mudança de dia nele não conta para o que vier', () => {
  const { mural, linhas } = montar();
  const ontem = { timestamp: new Date(2024, 0, 14, 8).toISOString() };
  mural.mostrarEntreReguas('histórico', [dita('a', 'Pedro', ontem)]);
  mural.receber([dita('b')]);
  expect(linhas).toEqual([
    '--- histórico ---',
    '--- domingo, 14 de janeiro de 2024 ---',
    '  [08:00:00] Pedro: a',
    '--- fim: histórico ---',
    '  [12:34:56] Pedro: b',
  ]);
});

test('só o que fala com quem lê chama, e /sino off cala também isso', () => {
  const { mural, linhas } = montar();
  const privada = dita('psiu', 'Pedro', { tipo: 'unicast', destino: 'Ana' });
  const chamam = (quando: typeof mural.quandoTocar, ...mensagens: Mensagem[]) => {
    linhas.length = 0;
    mural.quandoTocar = quando;
    mural.receber(mensagens);
    return linhas.filter((linha) => linha.startsWith('(chama'));
  };
  expect(chamam('mencao', dita('Ana!'), privada, dita('oi'))).toEqual(['(chama: psiu)']);
  expect(chamam('tudo', dita('oi'))).toEqual([]);
  expect(chamam('tudo', dita('Ana!'))).toEqual(['(chama: Ana!)']);
  expect(chamam('mencao', dita('eu, Ana', 'Ana'))).toEqual([]);
  expect(chamam('off', privada)).toEqual([]);
});

test('o sino toca uma vez pelo que chegou junto, e nunca por quem lê nem pelo que se esconde', () => {
  const { mural, linhas } = montar();
  const sinos = (quando: typeof mural.quandoTocar, ...mensagens: Mensagem[]) => {
    mural.quandoTocar = quando;
    linhas.length = 0;
    mural.receber(mensagens);
    return linhas.filter((linha) => linha === '(sino)').length;
  };
  expect(sinos('mencao', dita('oi, Ana'), dita('Ana!'))).toBe(1);
  expect(sinos('mencao', dita('oi'), dita('Ana sou eu', 'Ana'))).toBe(0);
  expect(sinos('tudo', dita('oi'))).toBe(1);
  expect(sinos('tudo', dita('oi', 'Ana'), dita(textoDeEntrada('Bia'), 'SERVER'))).toBe(0);
  expect(sinos('off', dita('Ana!'))).toBe(0);
  mural.alternarIgnorado('pedro');
  expect(sinos('tudo', dita('Ana!'))).toBe(0);
});

test('quem está na sala se sabe pelo que o servidor diz dela', () => {
  const { mural } = montar();
  mural.entrar(['Ana', 'Pedro'], []);
  mural.receber([
    dita(textoDeEntrada('Bia'), 'SERVER'),
    dita(textoDeSaida('Pedro'), 'SERVER'),
    dita(textoDeEntrada('Falso'), 'Bia'),
  ]);
  expect(mural.presentes).toEqual(['Ana', 'Bia']);
});

test('quem entra se vê já; os muitos que vêm em seguida, um de cada vez, são uma linha só', () => {
  const { mural, linhas, agenda } = montar();
  const entrar = (nome: string) => mural.receber([dita(textoDeEntrada(nome), 'SERVER')]);
  for (const nome of ['A', 'B', 'C', 'D', 'E', 'F']) entrar(nome);
  expect(linhas).toEqual(['  [12:34:56] SERVER: A entrou na sala.']);
  expect(mural.presentes).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  agenda.passar(1_000);
  expect(linhas.slice(1)).toEqual(['  [12:34:56] SERVER: B, C, D e mais 2 entraram na sala.']);
  agenda.passar(1_000);
  entrar('G');
  expect(linhas.slice(2)).toEqual(['  [12:34:56] SERVER: G entrou na sala.']);
});

test('o que se diz mostra antes quem esperava para entrar', () => {
  const { mural, linhas } = montar();
  mural.receber([dita(textoDeEntrada('A'), 'SERVER')]);
  mural.receber([dita(textoDeEntrada('B'), 'SERVER')]);
  mural.receber([dita('oi', 'B')]);
  expect(linhas.map((linha) => linha.slice('  [12:34:56] '.length))).toEqual([
    'SERVER: A entrou na sala.',
    'SERVER: B entrou na sala.',
    'B: oi',
  ]);
});

import { describe, expect, test } from 'vitest';
import type { Acontecimento } from '../../../../../src/contract/janela.ts';
import { desenhar } from '../../../../../src/janela/pagina/desenho/desenho.ts';
import { segundosQueRestam } from '../../../../../src/janela/pagina/desenho/desenho-dos-leases.ts';
import { EntreQuadros } from '../../../../../src/janela/pagina/desenho/entre-quadros.ts';
import type { Forma } from '../../../../../src/janela/pagina/desenho/formas.ts';
import { emSvg } from '../../../../../src/janela/pagina/desenho/svg.ts';
import { Historia } from '../../../../../src/janela/pagina/historia.ts';
import { emMermaid } from '../../../../../src/janela/pagina/mermaid.ts';

const VISTA = { deMs: 0, ateMs: 10_000, largura: 900, altura: 1_000 };

/** Um cliente, um binder e um servidor; o que se conta deles, em segundos. */
function montar() {
  const historia = new Historia();
  for (const [papel, endereco] of [
    ['cliente', null],
    ['binder', '127.0.0.1:1'],
    ['servidor', '127.0.0.1:2'],
  ] as const) {
    const processo = { nome: papel, papel, pid: 1, endereco, estado: 'vivo' } as const;
    historia.receber({ tipo: 'processo', id: papel, quandoMs: 0, processo });
  }
  let n = 0;
  const contar = (processo: string, quandoMs: number, acontecimento: Record<string, unknown>) => {
    n += 1;
    historia.receber({
      tipo: 'acontecimento',
      processo,
      quandoMs,
      acontecimento: { n, ms: quandoMs, ...acontecimento } as Acontecimento,
    });
  };
  const enviar = (id: string, quandoMs: number, mais: Record<string, unknown> = {}) =>
    contar('cliente', quandoMs, {
      tipo: 'enviou',
      chamada: id,
      procedimento: 'enviar_mensagem',
      para: '127.0.0.1:2',
      ...mais,
    });
  const chegar = (id: string, quandoMs: number) =>
    contar('servidor', quandoMs, { tipo: 'chegou', chamada: id, procedimento: 'enviar_mensagem' });
  const responder = (id: string, quandoMs: number) =>
    contar('servidor', quandoMs, { tipo: 'respondeu', chamada: id, desfecho: 'ok' });
  const receber = (id: string, quandoMs: number) =>
    contar('cliente', quandoMs, { tipo: 'recebeu', chamada: id, desfecho: 'ok' });
  const desistir = (id: string, quandoMs: number) =>
    contar('cliente', quandoMs, { tipo: 'desistiu', chamada: id, motivo: 'prazo' });
  return { historia, contar, enviar, chegar, responder, receber, desistir };
}

const daChamada = (formas: readonly Forma[], id: string) =>
  formas.filter((forma) => 'chamada' in forma && forma.chamada === id);
const pontosDe = (forma: Forma | undefined) =>
  (forma?.tipo === 'linha' || forma?.tipo === 'area' ? forma.pontos : []) as [number, number][];
const xDe = (forma: Forma | undefined) => (forma?.tipo === 'linha' ? forma.pontos.map(([x]) => Math.round(x)) : []);

describe('o desenho', () => {
  test('uma chamada respondida é uma seta que vai e outra, mais fina, que volta, e as duas descem', () => {
    const { historia, enviar, chegar, responder, receber } = montar();
    enviar('a', 1_000);
    chegar('a', 1_001);
    responder('a', 1_002);
    receber('a', 1_003);
    const [ida, volta, ...resto] = daChamada(desenhar(historia, VISTA, 5_000), 'a');
    expect(resto).toEqual([]);
    expect([xDe(ida), xDe(volta)]).toEqual([
      [150, 750],
      [750, 150],
    ]);
    expect(ida?.tipo === 'linha' && volta?.tipo === 'linha' && ida.espessura > volta.espessura).toBe(true);
    for (const forma of [ida, volta]) {
      const [[, y1], [, y2]] = pontosDe(forma) as [[number, number], [number, number]];
      expect(y2).toBeGreaterThan(y1);
    }
  });

  test('uma resposta que nunca chega acaba em ✕ antes de quem a esperava, e longe dos outros processos', () => {
    const { historia, enviar, chegar, responder, desistir } = montar();
    enviar('a', 1_000);
    chegar('a', 1_001);
    responder('a', 1_002);
    desistir('a', 3_000);
    const formas = daChamada(desenhar(historia, VISTA, 5_000), 'a');
    expect(formas.find(({ tipo }) => tipo === 'cruz')).toMatchObject({ tinta: 'falha', x: 150 + 34 });
  });

  test('um pedido que nunca chega acaba em ✕ antes de quem devia atendê-lo', () => {
    const { historia, enviar, desistir } = montar();
    enviar('a', 1_000);
    desistir('a', 3_000);
    const formas = daChamada(desenhar(historia, VISTA, 5_000), 'a');
    expect(formas.map(({ tipo }) => tipo)).toEqual(['linha', 'cruz']);
    expect(xDe(formas[0])).toEqual([150, 750 - 34]);
  });

  test('uma repetição é tracejada e se liga à primeira tentativa pela chave', () => {
    const { historia, enviar, chegar, desistir } = montar();
    enviar('a', 1_000, { chave: 'k' });
    chegar('a', 1_001);
    desistir('a', 2_000);
    enviar('b', 2_500, { chave: 'k' });
    const linhas = daChamada(desenhar(historia, VISTA, 5_000), 'b').filter((forma) => forma.tipo === 'linha');
    expect(linhas.every((forma) => forma.tipo === 'linha' && forma.tracejada)).toBe(true);
    expect(xDe(linhas.at(-1))).toEqual([150, 138, 138, 150]);
  });

  test('o nome de uma chamada fica onde há lugar, e não pisca enquanto a figura desce', () => {
    const { historia, enviar, chegar, responder, receber } = montar();
    for (const [id, quandoMs] of [
      ['a', 1_000],
      ['b', 1_050],
      ['c', 1_400],
    ] as const) {
      enviar(id, quandoMs);
      chegar(id, quandoMs + 1);
      responder(id, quandoMs + 2);
      receber(id, quandoMs + 3);
    }
    const entreQuadros = new EntreQuadros();
    const nomes = (deMs: number) => {
      const formas = desenhar(historia, { ...VISTA, deMs, ateMs: deMs + 10_000 }, 2_000, entreQuadros);
      return formas.filter(({ tipo }) => tipo === 'texto').length;
    };
    expect(nomes(0)).toBe(2);
    // A primeira já saiu da tela: a segunda continua sem nome, e a terceira com o dela.
    expect(nomes(1_020)).toBe(1);
  });

  test('de uma repetição se diz que é de novo, e de uma resposta perdida, a quem ela não chegou', () => {
    const { historia, enviar, chegar, responder, desistir } = montar();
    enviar('a', 1_000, { chave: 'k' });
    chegar('a', 1_001);
    responder('a', 1_002);
    desistir('a', 1_003);
    enviar('b', 3_000, { chave: 'k' });
    const textos = desenhar(historia, VISTA, 4_000).filter((forma) => forma.tipo === 'texto');
    expect(textos.map(({ texto }) => texto)).toEqual(['enviar', 'a resposta não chegou a cliente', 'enviar, de novo']);
    // O ✕ está à direita de quem esperava, e o que se diz dele, à direita do ✕: não cruza a faixa de ninguém.
    expect(textos[1]).toMatchObject({ alinhado: 'esquerda', x: 150 + 34 + 12 });
  });

  test('de um pedido que não chegou se diz à esquerda do ✕, de onde ele veio', () => {
    const { historia, enviar, desistir } = montar();
    enviar('a', 1_000);
    desistir('a', 2_000);
    const perda = desenhar(historia, VISTA, 4_000).find(({ tinta, tipo }) => tipo === 'texto' && tinta === 'falha');
    expect(perda).toMatchObject({ texto: 'não chegou a servidor', alinhado: 'direita', x: 750 - 34 - 12 });
  });

  test('mil chamadas iguais nos mesmos pixels são uma seta só, menos a que se escolheu e a que se perdeu', () => {
    const { historia, enviar, chegar, responder, receber, desistir } = montar();
    for (let i = 0; i < 1_000; i += 1) {
      const quandoMs = 1_000 + i / 1_000;
      enviar(`c${i}`, quandoMs);
      chegar(`c${i}`, quandoMs);
      if (i === 500) desistir(`c${i}`, quandoMs);
      else {
        responder(`c${i}`, quandoMs);
        receber(`c${i}`, quandoMs);
      }
    }
    const desenhadas = (escolhida?: string) => {
      const formas = desenhar(historia, VISTA, 2_000, new EntreQuadros(), escolhida);
      return new Set(formas.flatMap((forma) => ('chamada' in forma ? [forma.chamada] : [])));
    };
    expect(desenhadas()).toEqual(new Set(['c0', 'c500']));
    expect(desenhadas('c7')).toEqual(new Set(['c0', 'c500', 'c7']));
    // No quadro seguinte são as mesmas; numa figura mais alta, cabem mais.
    const entreQuadros = new EntreQuadros();
    const quantasSetas = (vista: typeof VISTA) => {
      const formas = desenhar(historia, vista, 2_000, entreQuadros);
      return formas.filter((forma) => forma.tipo === 'linha' && forma.chamada !== undefined && forma.seta).length;
    };
    const setas = quantasSetas(VISTA);
    expect(quantasSetas({ ...VISTA, deMs: 100.01, ateMs: 10_100.01 })).toBe(setas);
    expect(quantasSetas({ ...VISTA, altura: 200_000 })).toBeGreaterThan(setas);
  });

  test('quem espera no servidor é uma barra vazada, que cresce até a resposta', () => {
    const { historia, enviar, chegar } = montar();
    enviar('a', 1_000, { procedimento: 'receber_mensagens' });
    chegar('a', 1_001);
    const barra = (agoraMs: number) =>
      daChamada(desenhar(historia, VISTA, agoraMs), 'a').find(({ tipo }) => tipo === 'area');
    expect(barra(1_100)).toBeUndefined();
    expect(barra(4_000)).toMatchObject({ preenchida: 'vazada', tinta: 'receber' });
  });

  test('quem volta no tempo não vê o que ainda não tinha acontecido', () => {
    const { historia, enviar, chegar, responder, receber } = montar();
    enviar('a', 1_000);
    chegar('a', 1_001);
    responder('a', 4_000);
    receber('a', 4_001);
    expect(daChamada(desenhar(historia, VISTA, 500), 'a')).toEqual([]);
    const antes = daChamada(desenhar(historia, VISTA, 2_000), 'a').filter((f) => f.tipo === 'linha');
    expect(antes.map(xDe)).toEqual([[150, 750]]);
  });

  test('um processo congelado é hachurado e um morto, cinza', () => {
    const { historia } = montar();
    const processo = { nome: 'servidor', papel: 'servidor', pid: 1, endereco: '127.0.0.1:2' } as const;
    historia.receber({
      tipo: 'processo',
      id: 'servidor',
      quandoMs: 2_000,
      processo: { ...processo, estado: 'congelado' },
    });
    historia.receber({ tipo: 'processo', id: 'servidor', quandoMs: 4_000, processo: { ...processo, estado: 'morto' } });
    const areas = desenhar(historia, VISTA, 6_000).filter((forma) => forma.tipo === 'area');
    expect(areas.map((forma) => forma.tipo === 'area' && [forma.preenchida, forma.tinta])).toEqual([
      ['hachurada', 'apagado'],
      ['leve', 'apagado'],
    ]);
  });

  test('o que se diz de uma resposta perdida não fica sobre o nome da chamada que veio logo depois', () => {
    const { historia, contar, enviar, chegar, responder, desistir } = montar();
    enviar('a', 1_000);
    chegar('a', 1_050);
    responder('a', 1_100);
    desistir('a', 1_150);
    for (const [chamada, quandoMs] of [
      ['b', 1_380],
      ['c', 1_600],
    ] as const) {
      contar('cliente', quandoMs, { tipo: 'enviou', chamada, procedimento: 'lookup_procedure', para: '127.0.0.1:1' });
    }
    const textos = desenhar(historia, VISTA, 2_000).filter((forma) => forma.tipo === 'texto');
    expect(textos.map(({ texto, y }) => [texto, Math.round(y)])).toEqual([
      ['enviar', 95],
      ['a resposta não chegou a cliente', expect.any(Number)],
      ['lookup', 155],
    ]);
  });

  test('um lease se afina até vencer, e o vencimento é um ✕', () => {
    const { historia, contar } = montar();
    const lease = { endpoint: '127.0.0.1:2', procedimento: 'enviar_mensagem' };
    contar('binder', 1_000, { tipo: 'lease', ...lease, ttl_s: 4 });
    const lamina = (agoraMs: number) => {
      const area = desenhar(historia, VISTA, agoraMs).find((forma) => forma.tipo === 'area' && forma.tinta === 'lease');
      const [, , [direita] = [0]] = pontosDe(area);
      const [[esquerda] = [0]] = pontosDe(area);
      return direita - esquerda;
    };
    expect(lamina(4_000)).toBeLessThan(lamina(2_000));
    expect(segundosQueRestam(historia.endpointsEm(3_000)[0] as never, 3_000)).toBe(2);
    contar('binder', 5_000, { tipo: 'lease_fim', ...lease, motivo: 'vencido' });
    expect(desenhar(historia, VISTA, 6_000).filter(({ tipo }) => tipo === 'cruz')).toHaveLength(1);
    expect(historia.endpointsEm(6_000)).toEqual([]);
  });

  test('os segundos de dois leases ficam um embaixo do outro, cada um com o nome do servidor', () => {
    const { historia, contar } = montar();
    for (const endpoint of ['127.0.0.1:2', '127.0.0.1:3']) {
      contar('binder', 1_000, { tipo: 'lease', endpoint, procedimento: 'p', ttl_s: 30 });
    }
    const rotulos = desenhar(historia, VISTA, 2_000).filter((forma) => forma.tipo === 'texto');
    expect(rotulos.map((forma) => forma.tipo === 'texto' && forma.texto)).toEqual([
      'servidor: 29 s',
      '127.0.0.1:3: 29 s',
    ]);
    const [primeiro, segundo] = rotulos.map((forma) => (forma.tipo === 'texto' ? forma.y : 0)) as [number, number];
    expect(segundo - primeiro).toBeGreaterThanOrEqual(16);
  });

  test('com o binder morto, a lâmina e os segundos param no que ele contou; quando ele volta, a tabela é outra', () => {
    const { historia, contar } = montar();
    contar('binder', 1_000, { tipo: 'lease', endpoint: '127.0.0.1:2', procedimento: 'p', ttl_s: 30 });
    const binder = { nome: 'binder', papel: 'binder', pid: 1, endereco: '127.0.0.1:1' } as const;
    const estar = (quandoMs: number, estado: 'vivo' | 'morto') =>
      historia.receber({ tipo: 'processo', id: 'binder', quandoMs, processo: { ...binder, estado } });
    estar(3_000, 'morto');
    const segundos = (agoraMs: number) =>
      desenhar(historia, VISTA, agoraMs).flatMap((forma) => (forma.tipo === 'texto' ? [forma.texto] : []));
    expect(segundos(2_000)).toEqual(['29 s']);
    expect(segundos(8_000)).toEqual(['28 s']);
    estar(9_000, 'vivo');
    expect(historia.endpointsEm(8_999)).toHaveLength(1);
    expect(historia.endpointsEm(9_000)).toEqual([]);
  });
});

describe('o que se guarda', () => {
  test('o Mermaid tem as idas, as voltas e o que se perdeu, na ordem, e nada do que um nome traria', () => {
    const { historia, enviar, chegar, responder, receber, desistir } = montar();
    enviar('a', 1_000);
    chegar('a', 1_001);
    responder('a', 1_002);
    receber('a', 1_003);
    enviar('b', 2_000, { procedimento: 'ruim;\nA->>B: x' });
    desistir('b', 3_000);
    expect(emMermaid(historia, 0, 10_000).split('\n')).toEqual([
      'sequenceDiagram',
      '  participant p0 as cliente',
      '  participant p1 as binder',
      '  participant p2 as servidor',
      '  p0->>p2: enviar_mensagem',
      '  p2-->>p0: ok',
      '  p0-xp2: ruim  A-  B  x',
      '',
    ]);
  });

  test('o SVG não traz marcação que um nome contenha', () => {
    const { historia, enviar } = montar();
    enviar('a', 1_000);
    const tintas = new Proxy({}, { get: () => '#000' }) as never;
    const svg = emSvg(desenhar(historia, VISTA, 5_000), [{ x: 1, texto: '<script>&"' }], VISTA, {
      fundo: '#fff',
      tintas,
    });
    expect(svg).toContain('&#60;script&#62;&#38;&#34;');
    expect(svg).not.toContain('<script>');
  });

  test('ficam os últimos dez mil acontecimentos, e o que ainda não acabou', () => {
    const { historia, enviar, receber } = montar();
    enviar('sem-fim', 1);
    for (let i = 0; i < 12_000; i += 1) {
      enviar(`c${i}`, 10 + i);
      receber(`c${i}`, 10 + i);
    }
    expect(historia.instantes.length).toBeLessThanOrEqual(11_000);
    expect(historia.chamada('c0')).toBeUndefined();
    expect(historia.chamada('c11999')).toBeDefined();
    expect(historia.chamada('sem-fim')).toBeDefined();
  });
});

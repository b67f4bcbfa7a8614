import { describe, expect, test } from 'vitest';
import { MAXIMO_DA_COLAGEM } from '../../../../../src/cliente/terminal/teclado/colagem-lida.ts';
import { LeitorDeTeclas } from '../../../../../src/cliente/terminal/teclado/leitor-de-teclas.ts';
import type { Tecla } from '../../../../../src/cliente/terminal/teclado/teclas.ts';
import { comSorteio } from '../../../../suporte/sorteio.ts';

const ESC = '\u001b';
const COMECO = `${ESC}[200~`;
const FIM = `${ESC}[201~`;

/** As teclas de vários pedaços, numa linha: textos e colagens vão entre aspas, e uma pausa é `…`. */
function ler(...pedacos: readonly string[]): string {
  const leitor = new LeitorDeTeclas();
  return pedacos
    .flatMap((pedaco) => (pedaco === '…' ? leitor.esgotar() : leitor.ler(pedaco)).map(porExtenso))
    .join(' ');
}

function porExtenso(tecla: Tecla): string {
  if (tecla.nome === 'texto') return JSON.stringify(tecla.texto);
  return tecla.nome === 'colagem' ? `colagem:${JSON.stringify(tecla.texto)}` : tecla.nome;
}

describe('uma tecla', () => {
  test.each([
    ['oi, João', '"oi, João"'],
    ['a\rb\nc\r\nd', '"a" enter "b" enter "c" enter "d"'],
    ['\t\u007f\b', 'tab backspace backspace'],
    ['\u0001\u0010\u000e\u0019\u001a', 'ctrl+a ctrl+p ctrl+n ctrl+y ctrl+z'],
    ['\u0000\u001c\u001d\u001e\u001f\u0085', ''],
    [`${ESC}[A${ESC}[B${ESC}[C${ESC}[D`, 'cima baixo direita esquerda'],
    [`${ESC}OA${ESC}OH${ESC}OF${ESC}OM`, 'cima home end enter'],
    [`${ESC}[H${ESC}[F${ESC}[1~${ESC}[4~${ESC}[7~${ESC}[8~${ESC}[3~`, 'home end home end home end delete'],
    [`${ESC}[1;5C${ESC}[1;3D${ESC}[1;2D${ESC}[1;5A`, 'ctrl+direita ctrl+esquerda esquerda cima'],
    [`${ESC}\r${ESC}\r\nx${ESC}[13;2u${ESC}[13u`, 'alt+enter alt+enter "x" alt+enter enter'],
    [`${ESC}b${ESC}f${ESC}d${ESC}\u007f${ESC}é`, 'alt+b alt+f alt+d alt+backspace esc "é"'],
    [`${ESC}\t`, 'tab'],
    [`${ESC}${ESC}[A`, 'cima'],
  ])('%j', (bytes, teclas) => {
    expect(ler(bytes)).toBe(teclas);
  });

  test('LF só é um Enter a mais se não vem logo depois de CR, também em outro pedaço', () => {
    expect(ler('a\r', '\nb\r', '…', '\n')).toBe('"a" enter "b" enter');
    expect(ler('\r', 'x', '\n')).toBe('enter "x" enter');
  });
});

test('o foco do terminal se lê entre as teclas, e com parâmetros não é foco', () => {
  expect(ler(`a${ESC}[Ib${ESC}[O${ESC}[1I`)).toBe('"a" foco "b" sem foco');
});

test.each([
  ['ST', `${ESC}\\`],
  ['BEL', '\u0007'],
])('o que o terminal responde num OSC que acaba em %s não é tecla, e se lê', (_qual, fim) => {
  const resposta = `${ESC}]11;rgb:1e1e/1e1e/2e2e${fim}`;
  expect(ler(`ab${resposta}c`)).toBe('"ab" resposta "c"');
  expect(ler(...`ab${resposta}c`).replace('"a" "b"', '"ab"')).toBe('"ab" resposta "c"');
  expect(new LeitorDeTeclas().ler(resposta)).toEqual([{ nome: 'resposta', texto: '11;rgb:1e1e/1e1e/2e2e' }]);
});

test.each([
  ['CSI', 'ab\u009b24;80Rc', '"ab" "c"'],
  ['uma seta', 'ab\u009bAc', '"ab" cima "c"'],
  ['SS3', 'ab\u008fMc', '"ab" enter "c"'],
  ['OSC', 'ab\u009d11;rgb:1e1e/1e1e/2e2e\u009cc', '"ab" resposta "c"'],
  ['DCS', 'ab\u0090>|um terminal\u009cc', '"ab" "c"'],
  ['APC, com o fim de 7 bits', `ab\u009fGi=1;OK${ESC}\\c`, '"ab" "c"'],
])('em 8 bits, uma sequência começa e acaba num caractere só: %s', (_qual, bytes, teclas) => {
  expect(ler(bytes)).toBe(teclas);
});

describe('o que o terminal manda e não é tecla se engole inteiro', () => {
  test.each([
    ['mouse SGR', `${ESC}[<0;10;12M`],
    ['mouse SGR solto', `${ESC}[<0;10;12m`],
    ['mouse X10', `${ESC}[M !!`],
    ['mouse urxvt', `${ESC}[32;10;12M`],
    ['teclado kitty', `${ESC}[97;5u`],
    ['teclado kitty, tecla solta', `${ESC}[97;1:3u`],
    ['seta solta do teclado kitty', `${ESC}[1;1:3A`],
    ['modifyOtherKeys', `${ESC}[27;2;13~`],
    ['atributos do terminal', `${ESC}[?62;22c`],
    ['posição do cursor', `${ESC}[24;80R`],
    ['modo', `${ESC}[?2026;2$y`],
    ['versão (DCS)', `${ESC}P>|tmux 3.3a${ESC}\\`],
    ['APC', `${ESC}_Gi=31;OK${ESC}\\`],
    ['PM', `${ESC}^x${ESC}\\`],
    ['SOS', `${ESC}Xx${ESC}\\`],
    ['tema', `${ESC}[?997;1n`],
    ['F1 no console do Linux', `${ESC}[[A`],
    ['F5', `${ESC}[15~`],
    ['F13', `${ESC}[25~`],
    ['tamanho', `${ESC}[8;24;80t`],
    ['parâmetros sem fim', `${ESC}[${'1;'.repeat(10_000)}M`],
    ['fim de uma colagem que não começou', FIM],
  ])('%s', (_nome, sequencia) => {
    expect(ler(`ab${sequencia}c`)).toBe('"ab" "c"');
    expect(ler(...`ab${sequencia}c`).replaceAll('" "', '')).toBe('"abc"');
  });

  test('um controle no meio de uma sequência a abandona, e vale por si', () => {
    expect(ler(`${ESC}[1;\rx`, `${ESC}]11;rgb\rx`, `${ESC}Oé`)).toBe('enter "x" enter "x" "é"');
  });
});

describe('o que falta', () => {
  test('Esc é Esc depois da espera, e antes dela pode ser o começo de uma seta', () => {
    expect(ler('x', ESC, '…', '[D')).toBe('"x" esc "[D"');
    expect(ler('x', ESC, '[', 'D', '…')).toBe('"x" esquerda');
  });

  test.each([
    ['livre', '', undefined],
    ['depois de Esc', ESC, 500],
    ['numa sequência', `${ESC}[1;`, 500],
    ['numa colagem', `${COMECO}a`, 700],
  ])('%s, espera-se %j', (_onde, bytes, esperaMs) => {
    const leitor = new LeitorDeTeclas();
    leitor.ler(`a${bytes}`);
    expect(leitor.esperaMs).toBe(esperaMs);
    leitor.esgotar();
    expect(leitor.esperaMs).toBeUndefined();
  });

  test('uma sequência partida que não continua não é tecla, e o teclado volta', () => {
    expect(ler(`${ESC}[1;`, '…', 'a')).toBe('"a"');
    expect(ler(`${ESC}]11;rgb`, '…', 'a')).toBe('"a"');
    expect(ler(`${ESC}[M !`, '…', 'a')).toBe('"a"');
  });
});

describe('uma colagem', () => {
  test('é uma tecla só, com as quebras de linha, e sem os controles', () => {
    expect(ler(`a${COMECO}um\r\ndois\rtrês\tx${ESC}[31m\u0007${FIM}b`)).toBe(
      '"a" colagem:"um\\ndois\\ntrês\\tx[31m" "b"',
    );
    expect(ler(`${COMECO}${FIM}b`)).toBe('"b"');
  });

  test('cujo texto acaba em Esc acaba onde a marca diz', () => {
    expect(ler(`${COMECO}texto${ESC}${FIM}a`)).toBe('colagem:"texto" "a"');
    expect(ler(`${COMECO}texto${ESC}[2${FIM}a`)).toBe('colagem:"texto[2" "a"');
  });

  test('chega inteira em quaisquer pedaços', () =>
    comSorteio(async ({ inteiro }) => {
      const bytes = `a${COMECO}um\r\ndois${ESC}[201três${FIM}b${ESC}[D`;
      for (let vez = 0; vez < 200; vez += 1) {
        const pedacos: string[] = [];
        for (let onde = 0; onde < bytes.length; ) {
          const tamanho = 1 + inteiro(4);
          pedacos.push(bytes.slice(onde, onde + tamanho));
          onde += tamanho;
        }
        expect(ler(...pedacos), JSON.stringify(pedacos)).toBe('"a" colagem:"um\\ndois[201três" "b" esquerda');
      }
    }));

  test('sem a marca do fim acaba com uma pausa, e o que vem depois é digitado', () => {
    expect(ler(`${COMECO}colado`, '…', ' digitado\r')).toBe('colagem:"colado" " digitado" enter');
  });

  test('com a marca do fim partida por uma pausa, o resto da marca não é digitado', () => {
    expect(ler(`${COMECO}colado${ESC}`, '…', '[201~ digitado')).toBe('colagem:"colado" " digitado"');
    expect(ler(`${COMECO}colado${ESC}[2`, '…', '0', '1~ digitado')).toBe('colagem:"colado" " digitado"');
    expect(ler(`${COMECO}colado${ESC}[2`, '…', '0!')).toBe('colagem:"colado" "0!"');
  });

  test('que traz Ctrl+C não encerra nada, nem faz do resto dela o que se digita', () => {
    expect(ler(`${COMECO}a\u0003\u0003\rb${FIM}c`)).toBe('colagem:"a\\nb" "c"');
    expect(ler(`${COMECO}a`, '\u0003b', `c${FIM}`)).toBe('colagem:"abc"');
  });

  test('sem a marca do fim, Ctrl+C age logo, como tecla, e depois da pausa também', () => {
    expect(ler(`${COMECO}colado`, '\u0003')).toBe('ctrl+c');
    expect(ler(`${COMECO}colado`, '…', '\u0003')).toBe('colagem:"colado" ctrl+c');
  });

  test('Ctrl+C age no meio de qualquer outra sequência', () => {
    expect(ler(`${ESC}]11;x\u0003a`)).toBe('ctrl+c "a"');
    expect(ler(`${ESC}[1;\u0003a`, `${ESC}O\u0003`, `${ESC}\u0003`)).toBe('ctrl+c "a" ctrl+c ctrl+c');
    expect(ler(`${ESC}[M \u0003a`)).toBe('ctrl+c "a"');
  });

  test('sem fim é entregue em partes, e nunca como digitada', () => {
    const parte = `${'x'.repeat(1_023)}\r`;
    const leitor = new LeitorDeTeclas();
    const teclas = leitor.ler(COMECO);
    for (let lido = 0; lido < 2.5 * MAXIMO_DA_COLAGEM; lido += parte.length) teclas.push(...leitor.ler(parte));
    expect(teclas.map(({ nome }) => nome)).toEqual(['colagem', 'colagem']);
    expect(leitor.ler(FIM).map(({ nome }) => nome)).toEqual(['colagem']);
  });
});

import { expect, test } from 'vitest';
import type { Acontecimento, Apresentacao } from '../../../src/contract/janela.ts';
import { Janela } from '../../../src/janela/janela.ts';
import { Historia } from '../../../src/janela/pagina/historia.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';

const SERVIDOR: Apresentacao = { id: 's', papel: 'servidor', nome: 'servidor', pid: 7, endereco: '127.0.0.1:1' };

function montar() {
  const clock = relogioDeTeste();
  const janela = new Janela({ clock });
  let n = 0;
  const acontecimento = (): Acontecimento => {
    n += 1;
    return { tipo: 'desistiu', n, ms: clock.agoraMs(), chamada: '00000000000000aa', motivo: 'prazo' };
  };
  return {
    clock,
    janela,
    contar: (quantos = 1) => janela.receber(SERVIDOR, Array.from({ length: quantos }, acontecimento), 0),
  };
}

/** O que uma página sabe. @param depoisDe o número da última notícia que ela já tinha */
function abrirPagina(janela: Janela, depoisDe = 0) {
  const historia = new Historia();
  const numeros: number[] = [];
  janela.ouvir(({ numero, noticia }) => {
    numeros.push(numero);
    if (noticia.tipo === 'processo' || noticia.tipo === 'acontecimento') historia.receber(noticia);
  }, depoisDe);
  return { historia, numeros };
}

test('a página que se abre depois sabe desde quando cada processo vive, e quando morreu', () => {
  const { clock, janela, contar } = montar();
  const inicioMs = clock.agoraMs();
  contar();
  clock.avancar(6_000);
  janela.avancar();
  clock.avancar(60_000);
  const [faixa] = abrirPagina(janela).historia.faixas();
  expect(faixa).toMatchObject({
    desdeMs: inicioMs,
    estados: [
      { estado: 'vivo', desdeMs: inicioMs },
      { estado: 'morto', desdeMs: inicioMs + 6_000 },
    ],
  });
});

test('de quem a notícia já não se guarda, diz-se antes do resto como está, e desde quando', () => {
  const { clock, janela, contar } = montar();
  const inicioMs = clock.agoraMs();
  contar();
  clock.avancar(1_000);
  contar(12_000);
  const { historia } = abrirPagina(janela);
  expect(historia.faixas()).toMatchObject([{ nome: 'servidor', desdeMs: inicioMs, estados: [{ estado: 'vivo' }] }]);
});

test('quem volta só ouve o que ainda não tinha', () => {
  const { janela, contar } = montar();
  contar(3);
  const { numeros } = abrirPagina(janela);
  contar(2);
  const tinha = numeros.at(-3) as number;
  expect(abrirPagina(janela, tinha).numeros).toEqual([tinha + 1, tinha + 2]);
});

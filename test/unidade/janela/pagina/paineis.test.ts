/** O que os painéis ao lado da figura calculam, sem um navegador. */

import { describe, expect, test } from 'vitest';
import { FALHAS } from '../../../../src/contract/janela.ts';
import { contarDesde } from '../../../../src/janela/pagina/contagem.ts';
import { Historia } from '../../../../src/janela/pagina/historia.ts';
import { porQueNao } from '../../../../src/janela/pagina/licoes/falhas-possiveis.ts';
import { emPedacos, explicar, type Termo } from '../../../../src/janela/pagina/licoes/glossario.ts';
import { LICOES } from '../../../../src/janela/pagina/licoes/licoes.ts';
import { type Guarda, LicoesFeitas } from '../../../../src/janela/pagina/licoes/licoes-feitas.ts';
import { oQueFaltou } from '../../../../src/janela/pagina/perda.ts';
import { RitmoDasLeituras } from '../../../../src/janela/pagina/ritmo-das-leituras.ts';

const VEREDITO = { enviadas: 9, confirmadas: 8, entregues: 20, perdidas: 1, dobradas: 3, fora_de_ordem: 0, vazadas: 0 };

describe('o veredito', () => {
  test('zerado, só conta o que vem depois', () => {
    const depois = { ...VEREDITO, enviadas: 12, dobradas: 4, perdidas: 0 };
    expect(contarDesde(depois, VEREDITO)).toEqual({
      enviadas: 3,
      confirmadas: 0,
      entregues: 0,
      perdidas: 0,
      dobradas: 1,
      fora_de_ordem: 0,
      vazadas: 0,
    });
    expect(contarDesde(VEREDITO, undefined)).toEqual(VEREDITO);
  });

  test('o de um laboratório que começou de novo vale inteiro', () => {
    const novo = { ...VEREDITO, enviadas: 2, dobradas: 1 };
    expect(contarDesde(novo, VEREDITO)).toEqual(novo);
  });
});

describe('as falhas', () => {
  const VIVO = { estado: 'vivo', redeCortada: false, binder: 'vivo' } as const;
  const CONGELADO = { ...VIVO, estado: 'congelado' } as const;

  test('num processo morto, só as que o trazem de volta, a ele ou à rede dele, ou que acabam com o registro', () => {
    const alvo = { ...VIVO, estado: 'morto', redeCortada: true } as const;
    expect(FALHAS.filter((falha) => porQueNao(falha, alvo) === undefined)).toEqual([
      'reiniciar',
      'religar',
      'vencer_lease',
    ]);
  });

  test('só um congelado se descongela, e só um vivo se congela', () => {
    expect(porQueNao('descongelar', VIVO)).toBe('Não está congelado.');
    expect(porQueNao('congelar', CONGELADO)).toBe('Já está congelado.');
    expect(porQueNao('congelar', VIVO)).toBeUndefined();
    expect(porQueNao('descongelar', CONGELADO)).toBeUndefined();
  });

  test('só uma rede cortada se religa, e só uma inteira se corta', () => {
    const cortada = { ...VIVO, redeCortada: true };
    expect(porQueNao('religar', VIVO)).toBe('A rede não está cortada.');
    expect(porQueNao('cortar', cortada)).toBe('A rede já está cortada.');
    expect(porQueNao('cortar', VIVO)).toBeUndefined();
    expect(porQueNao('religar', cortada)).toBeUndefined();
  });

  test('sem o binder, não há lease a vencer', () => {
    const semBinder = { ...VIVO, binder: 'morto' } as const;
    expect(porQueNao('vencer_lease', semBinder)).toMatch(/binder.* morto/);
    expect(porQueNao('matar', semBinder)).toBeUndefined();
  });
});

describe('as palavras', () => {
  const textos = LICOES.flatMap(({ porque, aperte, procure }) => [porque, aperte, procure]);

  test('os pedaços de um texto, juntos, são o texto', () => {
    for (const texto of textos) {
      const pedacos = emPedacos(texto, new Set());
      expect(pedacos.map((pedaco) => pedaco.texto).join('')).toBe(texto);
    }
  });

  test('uma palavra se explica uma vez só, também no plural e no começo da frase', () => {
    const ditos = new Set<Termo>();
    expect(emPedacos('Leases e outro lease', ditos)).toEqual([
      { texto: 'Leases', termo: 'lease' },
      { texto: ' e outro lease' },
    ]);
    expect(emPedacos('um lease', ditos)).toEqual([{ texto: 'um lease' }]);
    expect(explicar('lease')).toMatch(/prazo/);
  });

  test('um pedaço de outra palavra não é a palavra', () => {
    expect(emPedacos('os chaveiros', new Set())).toEqual([{ texto: 'os chaveiros' }]);
  });
});

describe('as lições feitas', () => {
  const guardaDeTeste = (inicial?: string) => {
    const lugares = new Map<string, string>(inicial === undefined ? [] : [['janela.licoes-feitas', inicial]]);
    const guarda: Guarda = {
      getItem: (lugar) => lugares.get(lugar) ?? null,
      setItem: (lugar, texto) => void lugares.set(lugar, texto),
      removeItem: (lugar) => void lugares.delete(lugar),
    };
    return () => guarda;
  };

  test('são lembradas de uma visita à outra, até que se recomece', () => {
    const guarda = guardaDeTeste();
    new LicoesFeitas(guarda).anotar('chave');
    const outraVisita = new LicoesFeitas(guarda);
    expect(outraVisita.tem('chave')).toBe(true);
    expect(outraVisita.tem('lease')).toBe(false);
    outraVisita.recomecar();
    expect(outraVisita.tem('chave')).toBe(false);
    expect(new LicoesFeitas(guarda).tem('chave')).toBe(false);
  });

  test('num navegador que não deixa guardar, valem até a página se fechar', () => {
    const feitas = new LicoesFeitas(() => {
      throw new Error('SecurityError');
    });
    feitas.anotar('chave');
    expect(feitas.tem('chave')).toBe(true);
    feitas.recomecar();
    expect(feitas.tem('chave')).toBe(false);
  });

  test.each(['{', '7', '{"chave":true}', '[1,null]'])('o que outro programa guardou ali não as estraga: %s', (lixo) => {
    const feitas = new LicoesFeitas(guardaDeTeste(lixo));
    expect(LICOES.filter(({ id }) => feitas.tem(id))).toEqual([]);
  });
});

describe('o que uma perda deixou sem chegar', () => {
  const chamada = { de: 'robo', para: 'servidor', destino: '127.0.0.1:1', chegouMs: undefined, respondeuMs: undefined };
  const nomeDe = (faixa: string | undefined) => faixa ?? 'outro programa';

  test('o pedido, a resposta que não houve, ou a que se perdeu', () => {
    expect(oQueFaltou(chamada, nomeDe)).toBe('não chegou a servidor');
    expect(oQueFaltou({ ...chamada, para: undefined }, nomeDe)).toBe('não chegou a 127.0.0.1:1');
    expect(oQueFaltou({ ...chamada, chegouMs: 1 }, nomeDe)).toBe('servidor não respondeu');
    expect(oQueFaltou({ ...chamada, chegouMs: 1, respondeuMs: 2 }, nomeDe)).toBe('a resposta não chegou a robo');
  });
});

describe('o ritmo das leituras', () => {
  function montar() {
    const historia = new Historia();
    let n = 0;
    const ler = (quandoMs: number, resultado: string) => {
      n += 1;
      const chamada = `${n}`.padStart(16, '0');
      const base = { tipo: 'acontecimento', quandoMs } as const;
      const ponto = { n, ms: quandoMs, chamada } as const;
      const enviou = { ...ponto, tipo: 'enviou', procedimento: 'receber_mensagens', para: 's:1' } as const;
      historia.receber({ ...base, processo: 'robo', acontecimento: enviou });
      historia.receber({
        ...base,
        processo: 's',
        acontecimento: { ...ponto, tipo: 'respondeu', desfecho: 'ok', resultado },
      });
    };
    return { historia, ler, ritmo: new RitmoDasLeituras() };
  }

  test('conta as perguntas de um minuto e quantas voltam vazias, de cada jeito', () => {
    const { historia, ler, ritmo } = montar();
    ler(1_000, '[]');
    ritmo.medir(historia, true);
    for (let i = 1; i <= 6; i += 1) ler(1_000 + i * 1_000, '[{"id":1}]');
    ritmo.medir(historia, true);
    const comEspera = { perguntas: 70, vaziasPorCento: 14 };
    expect(ritmo.ritmos).toEqual({ comEspera, semEspera: undefined });
    ritmo.medir(historia, false);
    for (let i = 1; i <= 30; i += 1) ler(7_000 + i * 200, i % 3 === 0 ? '[{"id":1}]' : '[]');
    ritmo.medir(historia, false);
    expect(ritmo.ritmos.comEspera).toEqual(comEspera);
    expect(ritmo.ritmos.semEspera?.perguntas).toBe(310);
    expect(ritmo.ritmos.semEspera?.vaziasPorCento).toBe(65);
  });

  test('logo depois de mudar, ainda não diz nada', () => {
    const { historia, ler, ritmo } = montar();
    ler(1_000, '[]');
    ritmo.medir(historia, true);
    ler(3_000, '[]');
    ritmo.medir(historia, true);
    expect(ritmo.ritmos).toEqual({ comEspera: undefined, semEspera: undefined });
  });
});

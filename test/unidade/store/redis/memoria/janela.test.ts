/** A janela de uma sala: o que ela diz é o que o Redis diria, e do que não tem inteiro diz que não sabe. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MENSAGENS_POR_PAGINA } from '../../../../../src/contract/chat.ts';
import type { MensagemGuardada } from '../../../../../src/store/mensagem-guardada.ts';
import { Recentes } from '../../../../../src/store/recentes.ts';
import { type Aviso, lerAviso } from '../../../../../src/store/redis/memoria/aviso.ts';
import { Janela, type Retrato } from '../../../../../src/store/redis/memoria/janela.ts';
import { LIDAS_DE_CADA_FLUXO } from '../../../../../src/store/redis/scripts/janela.ts';

const [ANA, BIA, CAIO] = [1, 2, 3];

interface Gravada {
  readonly mensagem: MensagemGuardada;
  readonly visivelPara: 'todos' | readonly number[];
  readonly passagem: boolean;
}

/** A sala como o Redis a tem: o que se faz nela dá o aviso que ele publicaria. */
class Sala {
  salaId = 1;
  ultimo = 0;
  mudancas = 0;
  gravadas: Gravada[] = [];
  readonly membros = new Set<number>();

  dizer(conteudo: string, visivelPara: Gravada['visivelPara'] = 'todos'): Aviso {
    return this.#gravar(conteudo, visivelPara);
  }

  entrar(sessaoId: number): Aviso {
    this.membros.add(sessaoId);
    this.mudancas += 1;
    return this.#gravar(`${sessaoId} entrou`, 'todos', { entrou: `${sessaoId}` });
  }

  sair(sessaoId: number): Aviso {
    this.membros.delete(sessaoId);
    this.mudancas += 1;
    return this.#gravar(`${sessaoId} saiu`, 'todos', { saiu: `${sessaoId}` });
  }

  /** Removida, e criada outra com o mesmo nome: os ids continuam de onde estavam. */
  recriar(): void {
    this.salaId += 1;
    this.mudancas = 0;
    this.gravadas = [];
    this.membros.clear();
  }

  retrato(): Retrato {
    const fluxo = (passagem: boolean) =>
      this.gravadas
        .filter((gravada) => gravada.visivelPara === 'todos' && gravada.passagem === passagem)
        .map(({ mensagem }) => mensagem)
        .slice(-LIDAS_DE_CADA_FLUXO)
        .reverse();
    const privadas = this.gravadas.flatMap(({ mensagem, visivelPara }) =>
      visivelPara === 'todos' ? [] : visivelPara.map((sessaoId) => [sessaoId, mensagem[0]] as const),
    );
    return {
      salaId: String(this.salaId),
      nome: 'Geral',
      ultimo: this.ultimo,
      mudancas: this.mudancas,
      membros: [...this.membros],
      fluxos: [fluxo(false), fluxo(true)],
      comPrivadas: privadas.map(([sessaoId]) => sessaoId),
      ultimasPrivadas: privadas,
    };
  }

  #gravar(conteudo: string, visivelPara: Gravada['visivelPara'], membro: Record<string, string> = {}): Aviso {
    const anterior = this.ultimo;
    this.ultimo += 1;
    const mensagem = [this.ultimo, 'Ana', visivelPara === 'todos' ? null : 'Bia', conteudo, 0] as const;
    const passagem = Object.keys(membro).length > 0;
    this.gravadas.push({ mensagem, visivelPara, passagem });
    const publicada = {
      sala: String(this.salaId),
      nome: 'Geral',
      origem: 'Ana',
      destino: mensagem[2] ?? '',
      conteudo,
      instante: '0',
      ...membro,
      ...(passagem && { mudancas: this.mudancas }),
    };
    const visivel = visivelPara === 'todos' ? 'todos' : visivelPara.join(',');
    return lerAviso(`${this.ultimo} ${anterior} ${visivel} ${JSON.stringify(publicada)}`) as Aviso;
  }
}

/** Uma sala em que estão Ana e Bia, e a janela dela. */
function abrir() {
  const sala = new Sala();
  sala.entrar(ANA);
  sala.entrar(BIA);
  const janela = new Janela(new Recentes());
  janela.preencher(sala.retrato());
  const textos = (sessaoId: number, desde: number) => janela.depoisDe(sessaoId, desde)?.map(({ conteudo }) => conteudo);
  return { sala, janela, textos };
}

describe('a janela', () => {
  test('antes de se ler a sala, não sabe nada', () => {
    const janela = new Janela(new Recentes());
    expect(janela.inteira).toBe(false);
    expect(janela.depoisDe(ANA, 0)).toBeUndefined();
  });

  test('dá o que já havia quando se leu, e o que se publica depois', () => {
    const { sala, janela, textos } = abrir();
    expect(textos(ANA, 1)).toEqual(['2 entrou']);
    expect(janela.receber(sala.dizer('oi'))).toBe('seguiu');
    expect(textos(ANA, 1)).toEqual(['2 entrou', 'oi']);
    expect(textos(ANA, 3)).toEqual([]);
    expect(textos(ANA, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  test('quem faz a mesma pergunta recebe a mesma lista', () => {
    const { sala, janela } = abrir();
    janela.receber(sala.dizer('oi'));
    expect(janela.depoisDe(ANA, 2)).toBe(janela.depoisDe(BIA, 2));
  });

  test('de quem não está na sala não decide; quem entra passa a ler, e quem sai deixa de ler', () => {
    const { sala, janela, textos } = abrir();
    expect(textos(CAIO, 0)).toBeUndefined();
    janela.receber(sala.entrar(CAIO));
    expect(textos(CAIO, 2)).toEqual(['3 entrou']);
    janela.receber(sala.sair(ANA));
    expect(textos(ANA, 0)).toBeUndefined();
    expect(textos(BIA, 3)).toEqual(['1 saiu']);
  });

  test('uma privada só a veem as duas sessões, seja o nome de quem for depois', () => {
    const { sala, janela, textos } = abrir();
    janela.receber(sala.entrar(CAIO));
    janela.receber(sala.dizer('segredo', [ANA, BIA]));
    expect(textos(ANA, 3)).toEqual(['segredo']);
    expect(textos(BIA, 3)).toEqual(['segredo']);
    expect(textos(CAIO, 3)).toEqual([]);
  });

  test('de uma privada de antes da leitura só não sabe para quem ainda não a leu', () => {
    const { sala, janela, textos } = abrir();
    sala.dizer('segredo', [ANA]);
    sala.dizer('oi');
    janela.preencher(sala.retrato());
    expect(textos(ANA, 2)).toBeUndefined();
    expect(textos(ANA, 3)).toEqual(['oi']);
    expect(textos(BIA, 2)).toEqual(['oi']);
  });

  test('de quem talvez tenha privadas, e não se anotou qual é a última, só sabe o que vem depois da leitura', () => {
    const { sala, janela, textos } = abrir();
    sala.dizer('oi');
    janela.preencher({ ...sala.retrato(), comPrivadas: [ANA] });
    janela.receber(sala.dizer('depois'));
    expect(textos(ANA, 2)).toBeUndefined();
    expect(textos(ANA, 3)).toEqual(['depois']);
    expect(textos(BIA, 2)).toEqual(['oi', 'depois']);
  });

  test('quando falta um aviso, deixa de saber até que se leia a sala', () => {
    const { sala, janela, textos } = abrir();
    sala.dizer('perdida');
    expect(janela.receber(sala.dizer('chegou'))).toBe('falta');
    expect(janela.inteira).toBe(false);
    expect(textos(ANA, 2)).toBeUndefined();
    expect(janela.preencher(sala.retrato())).toBe('seguiu');
    expect(textos(ANA, 2)).toEqual(['perdida', 'chegou']);
  });

  test('um aviso sem a mensagem, como os da versão 1.0.0, pede que se leia a sala', () => {
    const { sala, janela } = abrir();
    const { id, anterior } = sala.dizer('oi');
    expect(janela.receber(lerAviso(`${id} ${anterior} todos`) as Aviso)).toBe('falta');
  });

  test('um aviso repetido, ou que a leitura já abrange, não muda nada', () => {
    const { sala, janela, textos } = abrir();
    const aviso = sala.dizer('oi');
    janela.receber(aviso);
    expect(janela.receber(aviso)).toBe('velho');
    expect(textos(ANA, 2)).toEqual(['oi']);
  });

  test('o que se publica enquanto se lê é seguido depois da leitura, uma vez só', () => {
    const { sala, janela, textos } = abrir();
    janela.perder();
    const antes = sala.dizer('antes');
    const lido = sala.retrato();
    for (const aviso of [antes, sala.dizer('depois')]) expect(janela.receber(aviso)).toBe('falta');
    expect(janela.preencher(lido)).toBe('seguiu');
    expect(textos(ANA, 2)).toEqual(['antes', 'depois']);
  });

  test('se entre a leitura e um desses avisos falta outro, é preciso ler de novo', () => {
    const { sala, janela, textos } = abrir();
    janela.perder();
    const lido = sala.retrato();
    sala.dizer('perdida');
    janela.receber(sala.dizer('chegou'));
    expect(janela.preencher(lido)).toBe('falta');
    expect(textos(ANA, 2)).toBeUndefined();
  });

  test('uma sala recriada com o mesmo nome não mostra nada da antiga, ainda que os ids sigam sem falha', () => {
    const { sala, janela, textos } = abrir();
    janela.receber(sala.sair(ANA));
    janela.receber(sala.sair(BIA));
    sala.recriar();
    expect(janela.receber(sala.entrar(ANA))).toBe('falta');
    janela.preencher(sala.retrato());
    expect(textos(ANA, 0)).toEqual(['1 entrou']);
    expect(textos(BIA, 0)).toBeUndefined();
  });

  test('o que este servidor fez na sala vale antes que o canal o conte', () => {
    const { sala, janela, textos } = abrir();
    const saida = sala.sair(ANA);
    janela.exigir('1', sala.mudancas);
    expect(textos(ANA, 2)).toBeUndefined();
    janela.receber(saida);
    expect(textos(BIA, 2)).toEqual(['1 saiu']);
  });

  test('o que ele fez enquanto se lia vale depois de uma leitura que ainda não o viu', () => {
    const { sala, janela, textos } = abrir();
    janela.perder();
    const lido = sala.retrato();
    sala.sair(ANA);
    janela.exigir('1', sala.mudancas);
    janela.preencher(lido);
    expect(textos(ANA, 0)).toBeUndefined();
  });

  test('numa conversa mais longa do que se lê, só sabe de quem não ficou para trás', () => {
    const { sala, janela, textos } = abrir();
    for (let numero = 0; numero < LIDAS_DE_CADA_FLUXO + 10; numero += 1) sala.dizer(`${numero}`);
    janela.preencher(sala.retrato());
    expect(textos(ANA, 10)).toBeUndefined();
    expect(textos(ANA, sala.ultimo - 2)).toEqual([`${LIDAS_DE_CADA_FLUXO + 8}`, `${LIDAS_DE_CADA_FLUXO + 9}`]);
    expect(textos(ANA, sala.ultimo - 100)).toHaveLength(MENSAGENS_POR_PAGINA);
  });

  test('fechada, não guarda mais nada', () => {
    const { sala, janela } = abrir();
    janela.close();
    janela.preencher(sala.retrato());
    expect(janela.receber(sala.dizer('oi'))).toBe('velho');
    expect(janela.depoisDe(ANA, 0)).toBeUndefined();
  });
});

const quem = fc.constantFrom(ANA, BIA, CAIO);
const ato = fc.oneof(
  { weight: 4, arbitrary: fc.record({ faz: fc.constant('dizer' as const), quem }) },
  { weight: 3, arbitrary: fc.record({ faz: fc.constant('privada' as const), quem, aQuem: quem }) },
  { weight: 3, arbitrary: fc.record({ faz: fc.constant('passar' as const), quem }) },
  { weight: 1, arbitrary: fc.record({ faz: fc.constant('recriar' as const) }) },
  { weight: 6, arbitrary: fc.record({ faz: fc.constant('entregar' as const) }) },
  { weight: 1, arbitrary: fc.record({ faz: fc.constant('perder' as const) }) },
  { weight: 2, arbitrary: fc.record({ faz: fc.constant('pedir' as const) }) },
  { weight: 3, arbitrary: fc.record({ faz: fc.constant('ler' as const) }) },
);

/** O que quem está na sala podia ver dela, quando a última mensagem era aquela. */
interface Instante {
  readonly membros: ReadonlySet<number>;
  readonly gravadas: readonly Gravada[];
}

test('aconteça o que acontecer com os avisos, o que ela responde é o que a sala tinha, a quem estava nela', () => {
  fc.assert(
    fc.property(fc.array(ato, { maxLength: 80 }), (atos) => {
      const sala = new Sala();
      const janela = new Janela(new Recentes());
      const instantes = new Map<number, Instante>();
      const canal: Aviso[] = [];
      let pedido: Retrato | undefined;
      const publicar = (aviso: Aviso) => {
        canal.push(aviso);
        instantes.set(aviso.id, { membros: new Set(sala.membros), gravadas: [...sala.gravadas] });
      };
      for (const feito of atos) {
        if (feito.faz === 'dizer' && sala.membros.has(feito.quem)) publicar(sala.dizer(`de ${feito.quem}`));
        if (feito.faz === 'privada' && sala.membros.has(feito.quem) && sala.membros.has(feito.aQuem)) {
          publicar(sala.dizer('privada', [feito.quem, feito.aQuem]));
        }
        if (feito.faz === 'passar') {
          publicar(sala.membros.has(feito.quem) ? sala.sair(feito.quem) : sala.entrar(feito.quem));
        }
        if (feito.faz === 'recriar' && sala.membros.size === 0) sala.recriar();
        if (feito.faz === 'entregar') {
          const aviso = canal.shift();
          if (aviso) janela.receber(aviso);
        }
        if (feito.faz === 'perder') canal.shift();
        if (feito.faz === 'pedir' && !janela.inteira) pedido ??= sala.retrato();
        if (feito.faz === 'ler' && pedido) {
          janela.preencher(pedido);
          pedido = undefined;
        }
        const instante = instantes.get(janela.ultimo);
        for (const sessaoId of [ANA, BIA, CAIO]) {
          for (let desde = 0; desde <= sala.ultimo; desde += 1) {
            const lidas = janela.depoisDe(sessaoId, desde);
            if (!lidas) continue;
            expect(instante?.membros.has(sessaoId)).toBe(true);
            const visiveis = (instante as Instante).gravadas.filter(
              ({ mensagem: [id], visivelPara }) =>
                id > desde && (visivelPara === 'todos' || visivelPara.includes(sessaoId)),
            );
            expect(lidas.map(({ id }) => id)).toEqual(visiveis.slice(0, 50).map(({ mensagem: [id] }) => id));
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});

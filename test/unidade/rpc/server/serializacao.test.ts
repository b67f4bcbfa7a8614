/** O texto de uma resposta é o do JSON.stringify, tenha sido escrito agora ou antes, para outra pessoa. */

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Resposta } from '../../../../src/rpc/server/envelope.ts';
import { corpoDaResposta, textoDaResposta } from '../../../../src/rpc/server/serializacao.ts';
import { letrasDoUnicode } from '../../../propriedades/textos.ts';
import { textoDoCorpo } from '../../../suporte/corpo.ts';

const id = fc.oneof(letrasDoUnicode(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null));
const campo = fc.oneof(letrasDoUnicode(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined));
const plano = fc.dictionary(fc.string(), campo).map((valor) => ({ ...valor }));
const congelado = plano.map((valor) => Object.freeze(valor));
const fundo = fc.record({ dentro: plano }).map((valor) => Object.freeze(valor));
const item = fc.oneof(congelado, congelado, plano, fundo, campo, fc.constant([]), fc.date().map(Object.freeze));
const lista = fc.oneof(fc.array(congelado), fc.array(item));
const resultado = fc.oneof(
  item,
  lista,
  lista.map((valor) => Object.freeze(valor)),
  fc.jsonValue(),
);

function respostaCom(result: unknown, um: Resposta['id'] = 1): Resposta {
  return { jsonrpc: '2.0', id: um, result };
}

describe('o texto de uma resposta', () => {
  test('é o do JSON.stringify, da primeira vez e das seguintes, para qualquer resultado e id', () => {
    fc.assert(
      fc.property(resultado, id, id, (result, um, outro) => {
        for (const quem of [um, outro, um]) {
          const resposta = respostaCom(result, quem);
          expect(textoDaResposta(resposta)).toBe(JSON.stringify(resposta));
          expect(textoDoCorpo(corpoDaResposta(resposta))).toBe(JSON.stringify(resposta));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('uma lista grande e congelada vai nos mesmos bytes a todos, cada um com o seu envelope', () => {
    const lista = Object.freeze(
      Array.from({ length: 50 }, (_, n) => Object.freeze({ n, conteudo: 'é 😀'.repeat(20) })),
    );
    const corpos = ['a', 2, null].map((id) => ({ id, corpo: corpoDaResposta(respostaCom(lista, id)) }));
    for (const { id, corpo } of corpos) expect(textoDoCorpo(corpo)).toBe(JSON.stringify(respostaCom(lista, id)));
    const bytes = new Set(corpos.map(({ corpo }) => (typeof corpo === 'string' ? corpo : corpo.comum)));
    expect(bytes.size).toBe(1);
  });

  test('uma lista grande que ainda pode mudar não se guarda em bytes', () => {
    const lista = Array.from({ length: 50 }, (_, n) => Object.freeze({ n, conteudo: 'x'.repeat(100) }));
    corpoDaResposta(respostaCom(lista));
    lista.pop();
    expect(textoDoCorpo(corpoDaResposta(respostaCom(lista)))).toBe(JSON.stringify(respostaCom(lista)));
  });

  test('é o de um erro, também', () => {
    const resposta = { jsonrpc: '2.0', id: 'a', error: { code: 1, message: 'não', data: { tipo: 'X' } } } as never;
    expect(textoDaResposta(resposta)).toBe(JSON.stringify(resposta));
  });

  test.each<[string, () => { valor: unknown; mudar: () => void }]>([
    ['um objeto', () => mudavel({ nome: 'um' })],
    [
      'uma lista de congelados',
      () => {
        const valor: object[] = [Object.freeze({ n: 1 })];
        return { valor, mudar: () => valor.push(Object.freeze({ n: 2 })) };
      },
    ],
    [
      'o que está dentro de um congelado',
      () => {
        const dentro = { nome: 'um' };
        return { valor: Object.freeze({ dentro }), mudar: () => Object.assign(dentro, { nome: 'outro' }) };
      },
    ],
    [
      'uma data congelada',
      () => {
        const valor = Object.freeze(new Date(0));
        return { valor, mudar: () => valor.setTime(1) };
      },
    ],
  ])('acompanha o que ainda pode mudar: %s', (_, criar) => {
    const { valor, mudar } = criar();
    for (const result of [valor, Object.freeze([valor])]) {
      textoDaResposta(respostaCom(result));
      mudar();
      expect(textoDaResposta(respostaCom(result))).toBe(JSON.stringify(respostaCom(result)));
    }
  });

  test('o que está congelado se escreve uma vez, qualquer que seja a lista em que esteja', () => {
    const um = Object.freeze({ conteudo: 'oi' });
    const outro = Object.freeze({ conteudo: 'olá' });
    const escrever = vi.spyOn(JSON, 'stringify');
    for (const result of [[um], [um, outro], Object.freeze([outro, um])]) textoDaResposta(respostaCom(result));
    const escritos = escrever.mock.calls.map(([valor]) => valor).filter((valor) => typeof valor === 'object');
    escrever.mockRestore();
    expect(escritos).toEqual([um, outro]);
  });
});

function mudavel(valor: { nome: string }) {
  return {
    valor,
    mudar: () => {
      valor.nome = `${valor.nome} e outro`;
    },
  };
}

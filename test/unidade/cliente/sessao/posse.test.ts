/** De quem é a sala, para saber o que se oferece: com respostas na ordem que o teste escolhe. */

import { expect, test } from 'vitest';
import type { ResultadoDe } from '../../../../src/cliente/chamadas/servico.ts';
import { Posse } from '../../../../src/cliente/sessao/posse.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';

const NOVO_DONO = { ...mensagem(1, 'A sala agora é de Ana.'), origem: 'SERVER' };

/** Ana está na sala Geral. */
function montar() {
  const perguntas: PromiseWithResolvers<ResultadoDe<'detalhar_sala'>>[] = [];
  const lugar: { sala: string | undefined } = { sala: 'Geral' };
  const mudancas: boolean[] = [];
  const conversa = {
    nome: 'Ana',
    get sala() {
      return lugar.sala;
    },
    detalharSala: () => {
      const pergunta = promessa<ResultadoDe<'detalhar_sala'>>();
      perguntas.push(pergunta);
      return pergunta.promise;
    },
  };
  const posse: Posse = new Posse(conversa, () => mudancas.push(posse.ehMinha));
  const responder = async (qual: number, dono: string | null) => {
    const resto = { topico: null, temSenha: false, silenciada: false, permanente: false, usuarios: 2 };
    perguntas[qual]?.resolve({ nomeSala: 'Geral', dono, ...resto });
    await perguntas[qual]?.promise;
  };
  return { posse, perguntas, lugar, mudancas, responder };
}

function promessa<T>(): PromiseWithResolvers<T> {
  let resolve: PromiseWithResolvers<T>['resolve'] = () => {};
  let reject: PromiseWithResolvers<T>['reject'] = () => {};
  const promise = new Promise<T>((cumprir, recusar) => {
    resolve = cumprir;
    reject = recusar;
  });
  return { promise, resolve, reject };
}

test('a sala é minha só quando o servidor o diz, e se avisa da mudança uma vez', async () => {
  const { posse, mudancas, responder } = montar();
  expect(posse.ehMinha).toBe(false);
  posse.verDeQuemE();
  expect(posse.ehMinha).toBe(false);
  await responder(0, 'ANA');
  expect(posse.ehMinha).toBe(true);
  posse.verDeQuemE();
  await responder(1, 'Ana');
  expect(mudancas).toEqual([true]);
});

test.each([['Beto'], [null]])('a sala de %s não é minha', async (dono) => {
  const { posse, mudancas, responder } = montar();
  posse.verDeQuemE();
  await responder(0, dono);
  expect(posse.ehMinha).toBe(false);
  expect(mudancas).toEqual([]);
});

test('um novo dono que o servidor anuncia faz perguntar de novo; o que uma pessoa diz, não', async () => {
  const { posse, perguntas, mudancas, responder } = montar();
  posse.aoReceber([mensagem(1, 'A sala agora é de Ana.'), { ...mensagem(2, 'Beto saiu da sala.'), origem: 'SERVER' }]);
  expect(perguntas).toHaveLength(0);
  posse.aoReceber([mensagem(3, 'oi'), NOVO_DONO]);
  await responder(0, 'Ana');
  posse.aoReceber([{ ...NOVO_DONO, conteudo: 'A sala agora é de Beto.' }]);
  await responder(1, 'Beto');
  expect(posse.ehMinha).toBe(false);
  expect(mudancas).toEqual([true, false]);
});

test('uma resposta que chega depois da de uma pergunta mais nova não vale', async () => {
  const { posse, mudancas, responder } = montar();
  posse.verDeQuemE();
  posse.aoReceber([NOVO_DONO]);
  await responder(1, 'Ana');
  await responder(0, 'Beto');
  expect(posse.ehMinha).toBe(true);
  expect(mudancas).toEqual([true]);
});

test('o que se sabe é de uma sala: em outra, ou fora de todas, nada é meu', async () => {
  const { posse, lugar, responder } = montar();
  posse.verDeQuemE();
  await responder(0, 'Ana');
  lugar.sala = 'Outra';
  expect(posse.ehMinha).toBe(false);
  lugar.sala = undefined;
  expect(posse.ehMinha).toBe(false);
});

test('sem resposta do servidor, fica o que se sabia', async () => {
  const { posse, perguntas, mudancas, responder } = montar();
  posse.verDeQuemE();
  await responder(0, 'Ana');
  posse.verDeQuemE();
  perguntas[1]?.reject(new Error('o servidor está fora'));
  await expect(perguntas[1]?.promise).rejects.toThrow();
  expect(posse.ehMinha).toBe(true);
  expect(mudancas).toEqual([true]);
});

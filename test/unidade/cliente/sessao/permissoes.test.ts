/** O que se pode na sala, para saber o que se oferece e o que se diz: com respostas na ordem que o teste escolhe. */

import { setImmediate as proximaVolta } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ResultadoDe } from '../../../../src/cliente/chamadas/servico.ts';
import { Permissoes } from '../../../../src/cliente/sessao/permissoes.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';

const doServidor = (conteudo: string) => ({ ...mensagem(1, conteudo), origem: 'SERVER' });
const NOVO_DONO = doServidor('A sala agora é de Ana.');

/** Ana está na sala Geral. */
function montar() {
  const perguntas: (PromiseWithResolvers<ResultadoDe<'detalhar_sala'>> & { readonly nomeSala: string })[] = [];
  const lugar: { sala: string | undefined } = { sala: 'Geral' };
  const mudancas: boolean[] = [];
  const conversa = {
    nome: 'Ana',
    get sala() {
      return lugar.sala;
    },
    detalharSala: () => {
      const pergunta = promessa<ResultadoDe<'detalhar_sala'>>();
      perguntas.push({ ...pergunta, nomeSala: lugar.sala ?? '' });
      return pergunta.promise;
    },
  };
  const permissoes: Permissoes = new Permissoes(conversa, () => mudancas.push(permissoes.ehDono));
  const responder = async (qual: number, dono: string | null, silenciada = false) => {
    const resto = { topico: null, temSenha: false, silenciada, permanente: false, usuarios: 2 };
    perguntas[qual]?.resolve({ nomeSala: perguntas[qual].nomeSala, dono, ...resto });
    await proximaVolta();
  };
  return { permissoes, perguntas, lugar, mudancas, responder };
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
  const { permissoes, mudancas, responder } = montar();
  expect(permissoes.ehDono).toBe(false);
  void permissoes.perguntar();
  expect(permissoes.ehDono).toBe(false);
  await responder(0, 'ANA');
  expect(permissoes.ehDono).toBe(true);
  void permissoes.perguntar();
  await responder(1, 'Ana');
  expect(mudancas).toEqual([true]);
});

test.each([['Beto'], [null]])('a sala de %s não é minha', async (dono) => {
  const { permissoes, mudancas, responder } = montar();
  void permissoes.perguntar();
  await responder(0, dono);
  expect(permissoes.ehDono).toBe(false);
  expect(mudancas).toEqual([]);
});

test('um novo dono que o servidor anuncia faz perguntar de novo; o que uma pessoa diz, não', async () => {
  const { permissoes, perguntas, mudancas, responder } = montar();
  permissoes.aoReceber([mensagem(1, 'A sala agora é de Ana.'), doServidor('Beto saiu da sala.')]);
  expect(perguntas).toHaveLength(0);
  permissoes.aoReceber([mensagem(3, 'oi'), NOVO_DONO]);
  await responder(0, 'Ana');
  permissoes.aoReceber([doServidor('A sala agora é de Beto.')]);
  await responder(1, 'Beto');
  expect(permissoes.ehDono).toBe(false);
  expect(mudancas).toEqual([true, false]);
});

test('uma resposta que chega depois da de uma pergunta mais nova não vale', async () => {
  const { permissoes, mudancas, responder } = montar();
  void permissoes.perguntar();
  permissoes.aoReceber([NOVO_DONO]);
  await responder(1, 'Ana');
  await responder(0, 'Beto');
  expect(permissoes.ehDono).toBe(true);
  expect(mudancas).toEqual([true]);
});

test('o que se sabe é de uma sala: em outra, ou fora de todas, nada é meu', async () => {
  const { permissoes, lugar, responder } = montar();
  void permissoes.perguntar();
  await responder(0, 'Ana');
  lugar.sala = 'Outra';
  expect(permissoes.ehDono).toBe(false);
  lugar.sala = undefined;
  expect(permissoes.ehDono).toBe(false);
});

test('sem resposta do servidor, fica o que se sabia', async () => {
  const { permissoes, perguntas, mudancas, responder } = montar();
  void permissoes.perguntar();
  await responder(0, 'Ana');
  void permissoes.perguntar();
  perguntas[1]?.reject(new Error('o servidor está fora'));
  await expect(perguntas[1]?.promise).rejects.toThrow();
  await proximaVolta();
  expect(permissoes.ehDono).toBe(true);
  expect(mudancas).toEqual([true]);
});

describe('o silêncio', () => {
  test('de quem está aqui se diz na sala, e acaba quando ela o diz; o de outro, e o que uma pessoa diz, não contam', () => {
    const { permissoes, mudancas } = montar();
    permissoes.aoReceber([doServidor('Beto foi silenciado.'), mensagem(2, 'Ana foi silenciado.')]);
    expect(permissoes.silencio).toBeUndefined();
    permissoes.aoReceber([doServidor('ANA foi silenciado.')]);
    expect(permissoes.silencio).toEqual({ de: 'voce', dono: null });
    permissoes.aoReceber([doServidor('Beto pode falar de novo.')]);
    expect(permissoes.silencio).toBeDefined();
    permissoes.aoReceber([doServidor('Ana pode falar de novo.')]);
    expect(permissoes.silencio).toBeUndefined();
    expect(mudancas).toHaveLength(2);
  });

  test.each(['A sala foi silenciada.', 'A sala pode falar de novo.'])(
    'da sala, só o servidor sabe: "%s" faz perguntar',
    async (dito) => {
      const { permissoes, perguntas, responder } = montar();
      permissoes.aoReceber([mensagem(1, dito)]);
      expect(perguntas).toHaveLength(0);
      permissoes.aoReceber([doServidor(dito)]);
      await responder(0, 'Beto', true);
      expect(permissoes.silencio).toEqual({ de: 'sala', dono: 'Beto' });
    },
  );

  test('não vale para quem é dono da sala', async () => {
    const { permissoes, responder } = montar();
    void permissoes.perguntar();
    await responder(0, 'Ana', true);
    expect(permissoes.silencio).toBeUndefined();
  });

  test('que só se soube por uma recusa é da sala se ela está silenciada; senão, é de quem está aqui', async () => {
    const { permissoes, responder } = montar();
    void permissoes.aoSerSilenciado('Geral');
    await responder(0, 'Beto', true);
    expect(permissoes.silencio).toEqual({ de: 'sala', dono: 'Beto' });
    void permissoes.perguntar();
    await responder(1, 'Beto');
    expect(permissoes.silencio).toBeUndefined();
    void permissoes.aoSerSilenciado('Geral');
    await responder(2, 'Beto');
    expect(permissoes.silencio).toEqual({ de: 'voce', dono: 'Beto' });
  });

  test('que se soube por uma recusa vale, ainda que outra pergunta tenha vindo depois', async () => {
    const { permissoes, responder } = montar();
    void permissoes.aoSerSilenciado('Geral');
    void permissoes.perguntar();
    await responder(1, 'Beto');
    await responder(0, 'Beto');
    expect(permissoes.silencio).toEqual({ de: 'voce', dono: 'Beto' });
  });

  test('que se soube por uma recusa é da sala a que a mensagem ia, e não daquela em que já se está', async () => {
    const { permissoes, lugar, responder } = montar();
    void permissoes.aoSerSilenciado('Geral');
    lugar.sala = 'Outra';
    await responder(0, 'Beto');
    expect(permissoes.silencio).toBeUndefined();
    lugar.sala = 'Geral';
    expect(permissoes.silencio).toMatchObject({ de: 'voce' });
    permissoes.aoFalar('Outra');
    expect(permissoes.silencio).toMatchObject({ de: 'voce' });
  });

  test('que se soube por uma recusa não é da sala em que se está, se a mensagem ia a outra', async () => {
    const { permissoes, lugar, responder } = montar();
    lugar.sala = 'Outra';
    void permissoes.aoSerSilenciado('Geral');
    await responder(0, 'Beto');
    expect(permissoes.silencio).toBeUndefined();
    lugar.sala = 'Geral';
    expect(permissoes.silencio).toBeUndefined();
  });

  test.each<[oQue: string, agir: (permissoes: Permissoes) => void]>([
    ['uma mensagem a todos foi aceita', (permissoes) => permissoes.aoFalar('Geral')],
    ['a sala pode falar de novo', (permissoes) => permissoes.aoReceber([doServidor('A sala pode falar de novo.')])],
    [
      'quem está aqui pode falar de novo',
      (permissoes) => permissoes.aoReceber([doServidor('Ana pode falar de novo.')]),
    ],
  ])('que se soube por uma recusa já não vale, se antes da resposta se soube que %s', async (_oQue, agir) => {
    const { permissoes, responder } = montar();
    void permissoes.aoSerSilenciado('Geral');
    agir(permissoes);
    await responder(0, 'Beto');
    expect(permissoes.silencio).toBeUndefined();
  });

  test('que se soube por uma recusa fica por saber, se o servidor não responde', async () => {
    const { permissoes, perguntas } = montar();
    const sabendo = permissoes.aoSerSilenciado('Geral');
    perguntas[0]?.reject(new Error('o servidor está fora'));
    await sabendo;
    expect(permissoes.silencio).toBeUndefined();
  });

  test('acaba quando uma mensagem a todos é aceita', () => {
    const { permissoes } = montar();
    permissoes.aoReceber([doServidor('Ana foi silenciado.')]);
    permissoes.aoFalar('Geral');
    expect(permissoes.silencio).toBeUndefined();
  });

  test('é de uma sala: em outra não vale, e na volta ainda vale', () => {
    const { permissoes, lugar } = montar();
    permissoes.aoReceber([doServidor('Ana foi silenciado.')]);
    lugar.sala = 'Outra';
    expect(permissoes.silencio).toBeUndefined();
    lugar.sala = undefined;
    expect(permissoes.silencio).toBeUndefined();
    lugar.sala = 'Geral';
    expect(permissoes.silencio).toMatchObject({ de: 'voce' });
  });
});

import { expect, test } from 'vitest';
import type { Acontecimento } from '../../../src/contract/janela.ts';
import { OrdemCausal, type Ordenado } from '../../../src/janela/ordem-causal.ts';

const CHAMADA = '00000000000000aa';

function montar({ servidorConta = true } = {}) {
  const hora = { agoraMs: 1_000_000, monotonicoMs: 0 };
  const saidas: Ordenado[] = [];
  const ordem = new OrdemCausal(
    { agoraMs: () => hora.agoraMs, monotonicoMs: () => hora.monotonicoMs },
    () => servidorConta,
    (ordenado) => saidas.push(ordenado),
  );
  const tipos = () => saidas.map(({ processo, acontecimento }) => `${processo} ${acontecimento.tipo}`);
  return { hora, ordem, saidas, tipos };
}

const enviou = (n: number, ms: number): Acontecimento => ({
  tipo: 'enviou',
  n,
  ms,
  chamada: CHAMADA,
  procedimento: 'enviar_mensagem',
  para: '127.0.0.1:1',
});
const chegou = (n: number, ms: number, mais: { readonly deFora?: true } = {}): Acontecimento => ({
  tipo: 'chegou',
  n,
  ms,
  chamada: CHAMADA,
  procedimento: 'enviar_mensagem',
  ...mais,
});
const respondeu = (n: number, ms: number): Acontecimento => ({
  tipo: 'respondeu',
  n,
  ms,
  chamada: CHAMADA,
  desfecho: 'ok',
});
const recebeu = (n: number, ms: number): Acontecimento => ({
  tipo: 'recebeu',
  n,
  ms,
  chamada: CHAMADA,
  desfecho: 'ok',
});

test('uma chegada contada antes do envio espera por ele', () => {
  const { ordem, tipos } = montar();
  ordem.receber({ id: 'servidor' }, [chegou(1, 5), respondeu(2, 6)]);
  expect(tipos()).toEqual([]);
  ordem.receber({ id: 'cliente' }, [enviou(1, 4), recebeu(2, 7)]);
  expect(tipos()).toEqual(['cliente enviou', 'servidor chegou', 'servidor respondeu', 'cliente recebeu']);
});

test('uma chegada de quem não conta nada não espera por ninguém', () => {
  const { ordem, tipos } = montar();
  ordem.receber({ id: 'servidor' }, [chegou(1, 5, { deFora: true }), respondeu(2, 6)]);
  expect(tipos()).toEqual(['servidor chegou', 'servidor respondeu']);
});

test('o instante de um efeito nunca é anterior ao da causa, por mais que os relógios discordem', () => {
  const { ordem, saidas } = montar();
  // O relógio do servidor está uma hora atrasado, e os dois contaram o último acontecimento no mesmo instante.
  ordem.receber({ id: 'cliente' }, [enviou(1, 3_600_000)]);
  ordem.receber({ id: 'servidor' }, [chegou(1, 0), respondeu(2, 10)]);
  ordem.receber({ id: 'cliente' }, [recebeu(2, 3_600_001)]);
  const instantes = saidas.map(({ quandoMs }) => quandoMs);
  expect(instantes).toEqual([...instantes].sort((um, outro) => um - outro));
  expect(instantes).toHaveLength(4);
});

test('uma entrega que demorou não adianta o relógio de ninguém: nada fica depois do instante em que chegou', () => {
  const { hora, ordem, saidas } = montar();
  hora.agoraMs = 1_000_500;
  ordem.receber({ id: 'cliente' }, [{ tipo: 'encerrou', n: 1, ms: 0 }]);
  hora.agoraMs = 1_000_600;
  ordem.receber({ id: 'cliente' }, [enviou(2, 550)]);
  ordem.receber({ id: 'servidor' }, [chegou(1, 560)]);
  expect(saidas.map(({ quandoMs }) => quandoMs)).toEqual([1_000_500, 1_000_600, 1_000_600]);
});

test('o que vem depois, no mesmo processo, não passa à frente do que espera', () => {
  const { ordem, tipos } = montar();
  ordem.receber({ id: 'servidor' }, [chegou(1, 5), { tipo: 'encerrou', n: 2, ms: 6 }]);
  expect(tipos()).toEqual([]);
  ordem.receber({ id: 'cliente' }, [enviou(1, 4)]);
  expect(tipos()).toEqual(['cliente enviou', 'servidor chegou', 'servidor encerrou']);
});

test('quem chamou sem contar nada não prende a chegada por mais que um instante', () => {
  const { hora, ordem, tipos } = montar();
  ordem.receber({ id: 'servidor' }, [chegou(1, 5)]);
  hora.monotonicoMs = 99;
  ordem.avancar();
  expect(tipos()).toEqual([]);
  hora.monotonicoMs = 100;
  ordem.avancar();
  expect(tipos()).toEqual(['servidor chegou']);
});

test('quem recebeu a resposta espera que o servidor conte que respondeu', () => {
  const { ordem, tipos } = montar();
  ordem.receber({ id: 'cliente' }, [enviou(1, 4), recebeu(2, 7)]);
  expect(tipos()).toEqual(['cliente enviou']);
  ordem.receber({ id: 'servidor' }, [chegou(1, 5), respondeu(2, 6)]);
  expect(tipos().at(-1)).toBe('cliente recebeu');
});

test('quem recebeu de um servidor que não conta nada não espera por ele', () => {
  const { ordem, tipos } = montar({ servidorConta: false });
  ordem.receber({ id: 'cliente' }, [enviou(1, 4), recebeu(2, 7)]);
  expect(tipos()).toEqual(['cliente enviou', 'cliente recebeu']);
});

test('o que um processo que morreu ainda tinha para contar sai', () => {
  const { ordem, tipos } = montar();
  ordem.receber({ id: 'servidor' }, [chegou(1, 5)]);
  ordem.esquecer('servidor');
  expect(tipos()).toEqual(['servidor chegou']);
});

/** De quem é cada token, sabido sem perguntar: até quando, e o que acaba com isso. */

import { expect, test } from 'vitest';
import { canalDosFins, faixaDaSessao, faixaDoToken } from '../../../../../src/store/redis/formato/chaves.ts';
import { QuemChama } from '../../../../../src/store/redis/memoria/quem-chama.ts';
import type { Sessao } from '../../../../../src/store/store.ts';
import { relogioDeTeste } from '../../../../suporte/relogio.ts';

const VALIDADE_MS = 20_000;
const DESCONFIANCA_MS = 5_000;
const TOKEN = '07'.repeat(32);
const ANA: Sessao = { id: 64 + faixaDoToken(TOKEN), nome: 'Ana', sala: 'Geral' };

/** Um Redis que só tem a sessão de Ana; o teste publica nos canais e perde-os. */
function abrir({ assina = true } = {}) {
  const relogio = relogioDeTeste();
  const canais = new Map<string, (texto: string) => void>();
  const perguntas: string[] = [];
  const sinais: number[] = [];
  let perder = () => {};
  let existe = true;
  let antesDeResponder = () => {};
  const quemChama = new QuemChama({
    redis: {
      banco: 0,
      assinar: async (canal: string, ouvinte: (texto: string) => void) => {
        if (!assina) throw new Error('o canal não se pode ouvir');
        canais.set(canal, ouvinte);
      },
      ouvirPerdas: (ouvinte: () => void) => {
        perder = ouvinte;
      },
    } as never,
    clock: relogio,
    sessoes: {
      identificar: async () => {
        perguntas.push('identificar');
        const resposta = existe ? ANA : undefined;
        antesDeResponder();
        return resposta;
      },
    },
    presencas: { anotar: (sessaoId) => sinais.push(sessaoId) },
    validadeMs: VALIDADE_MS,
  });
  return {
    relogio,
    quemChama,
    sinais,
    canais,
    perder: () => perder(),
    encerrar: () => {
      existe = false;
    },
    publicarFim: () => canais.get(canalDosFins(faixaDaSessao(ANA.id), 0))?.(String(ANA.id)),
    aoResponder: (agir: () => void) => {
      antesDeResponder = agir;
    },
    /** @returns quem é, e se para isso se perguntou */
    reconhecer: async () => {
      perguntas.length = 0;
      const nome = (await quemChama.reconhecer(TOKEN))?.nome;
      return [nome, perguntas.length > 0];
    },
  };
}

/** Já ouve o canal, e já perguntou. */
async function conhecer(aberto: ReturnType<typeof abrir>): Promise<void> {
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
}

test('só se guarda o que se perguntou depois de ouvir o canal; daí em diante não se pergunta, e cada chamada é presença', async () => {
  const aberto = abrir();
  await conhecer(aberto);
  expect(aberto.sinais).toEqual([]);
  expect(await aberto.reconhecer()).toEqual(['Ana', false]);
  expect(aberto.sinais).toEqual([ANA.id]);
});

test('vale por um tempo, que começa de novo quando o Redis confirma a sessão', async () => {
  const aberto = abrir();
  await conhecer(aberto);
  aberto.relogio.avancar(VALIDADE_MS);
  expect(await aberto.reconhecer()).toEqual(['Ana', false]);
  aberto.quemChama.confirmar([ANA.id], aberto.relogio.monotonicoMs());
  aberto.relogio.avancar(VALIDADE_MS);
  expect(await aberto.reconhecer()).toEqual(['Ana', false]);
  aberto.relogio.avancar(1);
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
});

test('o fim que se publica acaba com isso no mesmo instante', async () => {
  const aberto = abrir();
  await conhecer(aberto);
  aberto.encerrar();
  aberto.publicarFim();
  expect(await aberto.reconhecer()).toEqual([undefined, true]);
});

test('e também se chega antes da resposta de quem perguntava', async () => {
  const aberto = abrir();
  await aberto.reconhecer();
  aberto.aoResponder(() => {
    aberto.encerrar();
    aberto.publicarFim();
  });
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
  expect(await aberto.reconhecer()).toEqual([undefined, true]);
});

test('a sessão que os sinais de vida mostram que já não existe deixa de ser conhecida', async () => {
  const aberto = abrir();
  await conhecer(aberto);
  aberto.encerrar();
  aberto.quemChama.esquecer([ANA.id]);
  expect(await aberto.reconhecer()).toEqual([undefined, true]);
});

test('quando os canais podem ter perdido algo, pergunta-se sempre, até que eles tenham voltado', async () => {
  const aberto = abrir();
  await conhecer(aberto);
  aberto.perder();
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
  aberto.relogio.avancar(DESCONFIANCA_MS - 1);
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
  aberto.relogio.avancar(1);
  expect(await aberto.reconhecer()).toEqual(['Ana', true]);
  expect(await aberto.reconhecer()).toEqual(['Ana', false]);
});

test('sem o canal, pergunta-se sempre', async () => {
  const aberto = abrir({ assina: false });
  for (let vez = 0; vez < 4; vez += 1) expect(await aberto.reconhecer()).toEqual(['Ana', true]);
});

test('a faixa de um token vem do primeiro byte do hash, como nos dados já gravados', () => {
  expect(['00', '07', '3f', 'c1', 'ff'].map((byte) => faixaDoToken(byte.repeat(32)))).toEqual([0, 7, 63, 1, 63]);
});

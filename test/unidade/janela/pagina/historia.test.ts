import { describe, expect, test } from 'vitest';
import type { Acontecimento, Papel, Processo } from '../../../../src/contract/janela.ts';
import { Historia, MAXIMO_DE_ACONTECIMENTOS, MAXIMO_FORA_DO_VIVO } from '../../../../src/janela/pagina/historia.ts';

function montar() {
  const historia = new Historia();
  const mudar = (id: string, papel: Papel, estado: Processo['estado'], quandoMs: number) =>
    historia.receber({
      tipo: 'processo',
      id,
      quandoMs,
      processo: { nome: id, papel, pid: 1, endereco: papel === 'cliente' ? null : `127.0.0.1:${id.length}`, estado },
    });
  let n = 0;
  const contar = (processo: string, quandoMs: number, acontecimento: Record<string, unknown>) => {
    n += 1;
    const inteiro = { n, ms: quandoMs, ...acontecimento } as Acontecimento;
    historia.receber({ tipo: 'acontecimento', processo, quandoMs, acontecimento: inteiro });
  };
  const enviar = (de: string, chamada: string, quandoMs: number) =>
    contar(de, quandoMs, { tipo: 'enviou', chamada, procedimento: 'receber_mensagens', para: '127.0.0.1:8' });
  const receber = (de: string, chamada: string, quandoMs: number) =>
    contar(de, quandoMs, { tipo: 'recebeu', chamada, desfecho: 'ok' });
  const nomes = (deMs: number) => historia.faixasDesde(deMs).map(({ id }) => id);
  const chamadas = (deMs: number, ateMs: number) => [...historia.chamadasEntre(deMs, ateMs)].map(({ id }) => id);
  return { historia, mudar, enviar, receber, nomes, chamadas };
}

describe('quem acabou', () => {
  test('um cliente ocupa lugar até o instante em que acabou, e não depois', () => {
    const { mudar, nomes } = montar();
    mudar('ana', 'cliente', 'vivo', 0);
    mudar('beto', 'cliente', 'vivo', 0);
    mudar('ana', 'cliente', 'morto', 5_000);
    expect(nomes(5_000)).toEqual(['ana', 'beto']);
    expect(nomes(5_001)).toEqual(['beto']);
    mudar('ana', 'cliente', 'vivo', 9_000);
    expect(nomes(20_000)).toEqual(['ana', 'beto']);
  });

  test('um binder e um servidor mortos continuam à vista: espera-se que voltem', () => {
    const { mudar, nomes } = montar();
    mudar('binder', 'binder', 'morto', 0);
    mudar('servidor', 'servidor', 'morto', 0);
    expect(nomes(60_000)).toEqual(['binder', 'servidor']);
  });

  test('a chamada de quem morreu sem resposta dura até essa morte, e a de quem vive dura até agora', () => {
    const { mudar, enviar, chamadas } = montar();
    mudar('ana', 'cliente', 'vivo', 0);
    mudar('beto', 'cliente', 'vivo', 0);
    enviar('ana', 'da ana', 1_000);
    enviar('beto', 'do beto', 1_000);
    mudar('ana', 'cliente', 'morto', 2_000);
    mudar('ana', 'cliente', 'vivo', 3_000);
    expect(chamadas(2_000, 60_000)).toEqual(['da ana', 'do beto']);
    expect(chamadas(2_001, 60_000)).toEqual(['do beto']);
  });
});

test('o que passou do que se guarda se esquece: as chamadas acabadas, as de quem morreu, e a faixa dele', () => {
  const { historia, mudar, enviar, receber, chamadas } = montar();
  mudar('ana', 'cliente', 'vivo', 0);
  mudar('beto', 'cliente', 'vivo', 0);
  mudar('servidor', 'servidor', 'morto', 0);
  enviar('ana', 'sem resposta', 1);
  enviar('beto', 'em andamento', 1);
  mudar('ana', 'cliente', 'morto', 2);
  for (let vez = 0; vez < MAXIMO_DE_ACONTECIMENTOS; vez += 1) {
    enviar('beto', `respondida ${vez}`, 10 + vez);
    receber('beto', `respondida ${vez}`, 10 + vez);
  }
  expect(historia.faixas().map(({ id }) => id)).toEqual(['beto', 'servidor']);
  expect(chamadas(0, 100)).toEqual(['em andamento']);
  expect(historia.instantes.length).toBeLessThanOrEqual(MAXIMO_DE_ACONTECIMENTOS * 1.1);
});

test('parada ou em câmera lenta, guarda mais, para que o que se vê não suma; de volta ao vivo, esquece o que passou', () => {
  const { historia, enviar, receber } = montar();
  let vez = 0;
  const passar = (acontecimentos: number) => {
    for (const ate = vez + acontecimentos / 2; vez < ate; vez += 1) {
      enviar('beto', `${vez}`, vez);
      receber('beto', `${vez}`, vez);
    }
  };
  passar(MAXIMO_DE_ACONTECIMENTOS);
  historia.acompanhar(false);
  passar(MAXIMO_FORA_DO_VIVO - MAXIMO_DE_ACONTECIMENTOS);
  expect([historia.chamada('0')?.id, historia.guarda(0)]).toEqual(['0', true]);
  passar(MAXIMO_FORA_DO_VIVO / 5);
  expect([historia.chamada('0'), historia.guarda(0)]).toEqual([undefined, false]);
  historia.acompanhar(true);
  passar(2);
  expect(historia.instantes.length).toBeLessThanOrEqual(MAXIMO_DE_ACONTECIMENTOS * 1.1);
});

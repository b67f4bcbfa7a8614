/** O que se conta a um Prometheus, no formato de texto dele. */

import { describe, expect, test } from 'vitest';
import { Histograma } from '../../../../src/observadores/metricas/histograma.ts';
import { Metricas } from '../../../../src/observadores/metricas/metricas.ts';
import { juntarChegadas } from '../../../../src/rpc/observador.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';

function abrir() {
  const relogio = relogioDeTeste();
  const metricas = new Metricas(relogio);
  const linhas = async () => (await metricas.texto()).split('\n');
  const atender = (procedimento: string) => metricas.chegada.aoAtender({ procedimento, traceparent: undefined });
  return { relogio, metricas, linhas, atender };
}

describe('as chamadas', () => {
  test('são contadas por procedimento e por desfecho', async () => {
    const { linhas, atender } = abrir();
    for (let vez = 0; vez < 3; vez += 1) atender('listar_salas').terminar({ tipo: 'ok', resultado: [] });
    atender('listar_salas').terminar({ tipo: 'recusa', erro: 'SERVICO_INDISPONIVEL' });
    atender('criar_sala').terminar({ tipo: 'recusa', erro: 'SALA_JA_EXISTE' });
    expect((await linhas()).filter((linha) => linha.startsWith('chat_chamadas_total'))).toEqual([
      'chat_chamadas_total{procedimento="listar_salas",desfecho="ok"} 3',
      'chat_chamadas_total{procedimento="listar_salas",desfecho="SERVICO_INDISPONIVEL"} 1',
      'chat_chamadas_total{procedimento="criar_sala",desfecho="SALA_JA_EXISTE"} 1',
    ]);
  });

  test('a duração vai do começo do atendimento ao fim, em segundos', async () => {
    const { linhas, atender, relogio } = abrir();
    const observada = atender('listar_salas');
    expect(await linhas()).not.toContainEqual(expect.stringMatching('_count'));
    relogio.avancar(2_000);
    observada.terminar({ tipo: 'ok', resultado: [] });
    expect(await linhas()).toEqual(
      expect.arrayContaining([
        'chat_chamada_segundos_bucket{procedimento="listar_salas",le="1"} 0',
        'chat_chamada_segundos_bucket{procedimento="listar_salas",le="2.5"} 1',
        'chat_chamada_segundos_bucket{procedimento="listar_salas",le="+Inf"} 1',
        'chat_chamada_segundos_sum{procedimento="listar_salas"} 2',
        'chat_chamada_segundos_count{procedimento="listar_salas"} 1',
      ]),
    );
  });
});

test('um histograma acumula: cada limite conta também o que coube nos menores, e o último tudo', () => {
  const histograma = new Histograma();
  for (const segundos of [0.0001, 0.01, 0.011, 500]) histograma.observar(segundos);
  const linhas = histograma.linhas('x', '');
  expect(linhas).toEqual(
    expect.arrayContaining([
      'x_bucket{le="0.0001"} 1',
      'x_bucket{le="0.005"} 1',
      'x_bucket{le="0.01"} 2',
      'x_bucket{le="0.025"} 3',
      'x_bucket{le="120"} 3',
      'x_bucket{le="+Inf"} 4',
      'x_count 4',
    ]),
  );
});

describe('uma medida', () => {
  test('é lida na hora em que alguém pergunta', async () => {
    const { metricas, linhas } = abrir();
    let valor = 1;
    metricas.medir({ nome: 'chat_x', tipo: 'gauge', ajuda: 'X.', ler: async () => valor });
    expect(await linhas()).toEqual(expect.arrayContaining(['# HELP chat_x X.', '# TYPE chat_x gauge', 'chat_x 1']));
    valor = 7;
    expect(await linhas()).toContain('chat_x 7');
  });

  test('que não se pode ler fica de fora, e as outras vêm', async () => {
    const { metricas, linhas } = abrir();
    metricas.medir({ nome: 'chat_x', tipo: 'gauge', ajuda: 'X.', ler: () => Promise.reject(new Error('fora')) });
    metricas.medir({ nome: 'chat_y', tipo: 'gauge', ajuda: 'Y.', ler: () => 2 });
    const ditas = await linhas();
    expect(ditas).toContain('chat_y 2');
    expect(ditas.filter((linha) => linha.includes('chat_x'))).toEqual([]);
  });

  test('cada métrica se apresenta uma vez só', async () => {
    const { metricas, linhas } = abrir();
    metricas.medirDuracoes('chat_gravacao_segundos', 'G.')(0.1);
    const tipos = (await linhas()).filter((linha) => linha.startsWith('# TYPE'));
    expect(tipos).toContain('# TYPE chat_gravacao_segundos histogram');
    expect(new Set(tipos).size).toBe(tipos.length);
  });
});

describe('observadores juntos', () => {
  test('sabem os dois de cada chamada, e do fim dela', () => {
    const vistos: string[] = [];
    const observador = (nome: string) => ({
      aoAtender: ({ procedimento }: { procedimento: string }) => {
        vistos.push(`${nome} ${procedimento}`);
        return { terminar: () => void vistos.push(`${nome} fim`) };
      },
    });
    const juntos = juntarChegadas(observador('um'), observador('outro'));
    juntos?.aoAtender({ procedimento: 'p', traceparent: undefined }).terminar({ tipo: 'ok', resultado: 1 });
    expect(vistos).toEqual(['um p', 'outro p', 'um fim', 'outro fim']);
  });

  test('sem nenhum não há observador; com um, é ele mesmo', () => {
    const um = { aoAtender: () => ({ terminar: () => {} }) };
    expect(juntarChegadas(undefined, undefined)).toBeUndefined();
    expect(juntarChegadas(undefined, um)).toBe(um);
  });
});

import { afterEach, expect, test } from 'vitest';
import { Pilha } from '../../../scripts/comum/pilha.ts';
import { abrirObservadores } from '../../../src/observadores/abrir.ts';
import { relogioDoSistema } from '../../../src/process/clock.ts';
import type { Closable } from '../../../src/process/lifecycle.ts';
import { criarLog } from '../../../src/process/log.ts';

/** Ninguém escuta na porta 9 desta máquina: quem conta a uma janela não espera por ela. */
const JANELA_QUE_NAO_HA = 'http://127.0.0.1:9';
const NENHUM = { metricas: false, observar: undefined, atividade: false };

const pilha = new Pilha();
afterEach(() => pilha.close());

async function abrir(opcoes: Partial<Parameters<typeof abrirObservadores>[0]>) {
  const linhas: string[] = [];
  const abertos: Closable[] = [];
  const log = criarLog((linha) => linhas.push(linha));
  const add = <T extends Closable>(recurso: T): T => {
    abertos.push(recurso);
    pilha.defer(() => recurso.close());
    return recurso;
  };
  const quem = { papel: 'binder', segredo: undefined, clock: relogioDoSistema, log } as const;
  const observadores = await abrirObservadores({ ...NENHUM, ...opcoes }, quem, { add });
  return { ...observadores, linhas, abertos };
}

test('sem que nada se peça, ninguém assiste, e nada há que fechar', async () => {
  const { saida, chegada, leases, metricas, tracado, atenderEm, abertos } = await abrir({});
  expect({ saida, chegada, leases, metricas, tracado }).toEqual({});
  atenderEm('127.0.0.1:5000');
  expect(abertos).toEqual([]);
});

test('cada opção liga só o seu: a atividade não assiste ao que sai, a janela assiste a tudo, as métricas à parte', async () => {
  const soAtividade = await abrir({ atividade: true });
  expect(soAtividade).toMatchObject({ saida: undefined, metricas: undefined, abertos: [] });
  expect([soAtividade.chegada, soAtividade.leases]).not.toContain(undefined);
  const soJanela = await abrir({ observar: JANELA_QUE_NAO_HA });
  expect([soJanela.saida, soJanela.chegada, soJanela.leases]).not.toContain(undefined);
  expect(soJanela.abertos).toHaveLength(1);
  const soMetricas = await abrir({ metricas: true });
  expect(soMetricas).toMatchObject({ saida: undefined, chegada: undefined, leases: undefined, abertos: [] });
  expect(soMetricas.metricas).toBeDefined();
});

test('com a janela e a atividade, a atividade também sabe do que chega e dos registros', async () => {
  const { chegada, leases, linhas } = await abrir({ observar: JANELA_QUE_NAO_HA, atividade: true });
  const desfecho = { tipo: 'recusa', erro: 'SALA_NAO_ENCONTRADA' } as const;
  chegada?.aoAtender({ procedimento: 'entrar_sala', traceparent: undefined }).terminar(desfecho);
  leases?.aoRegistrar('criar_sala', '10.0.0.1:8005', 30);
  expect(linhas).toEqual([
    expect.stringContaining('atendeu procedimento="entrar_sala"'),
    expect.stringContaining('registrou procedimento="criar_sala"'),
  ]);
});

/** O que um processo conta, com uma janela de mentira do outro lado. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import type { Acontecimento } from '../../../../src/contract/janela.ts';
import { abrirObservacao } from '../../../../src/observadores/janela/observacao.ts';
import type { Aviso } from '../../../../src/observadores/janela/relator.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';

const abertos: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(abertos.splice(0).map((fechar) => fechar())));

async function montar() {
  const avisos: Aviso[] = [];
  const janela = createServer(async (req, res) => {
    let corpo = '';
    for await (const pedaco of req) corpo += pedaco;
    avisos.push(JSON.parse(corpo).params);
    res.writeHead(204).end();
  });
  await new Promise<void>((resolve) => janela.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(janela.address() as AddressInfo).port}`;
  const clock = relogioDeTeste();
  const observacao = abrirObservacao({ url, papel: 'servidor', clock, segredo: undefined });
  abertos.push(async () => {
    await observacao.close();
    await new Promise((resolve) => janela.close(resolve));
  });
  const contados = () => avisos.flatMap(({ acontecimentos }) => acontecimentos);
  const depoisDeContar = (quantos: number): Promise<readonly Acontecimento[]> =>
    ate(() => (contados().length >= quantos ? contados() : undefined), `${quantos} acontecimentos contados`);
  return { ...observacao, clock, avisos, contados, depoisDeContar };
}

const atender = ({ chegada }: Awaited<ReturnType<typeof montar>>, traceparent?: string) =>
  chegada.aoAtender({ procedimento: 'enviar_mensagem', traceparent }).terminar({ tipo: 'ok', resultado: true });
const enviar = ({ saida }: Awaited<ReturnType<typeof montar>>) =>
  saida.aoEnviar({ procedimento: 'enviar_mensagem', url: 'http://127.0.0.1:8005', params: {}, chave: undefined });

test('quem atende conta a chamada com o nome que quem chamou lhe deu', async () => {
  const sistema = await montar();
  const { traceparent } = enviar(sistema);
  atender(sistema, traceparent);
  const contados = await sistema.depoisDeContar(3);
  const chamadas = contados.map((acontecimento) => 'chamada' in acontecimento && acontecimento.chamada);
  expect(new Set(chamadas).size).toBe(1);
  expect(contados.map(({ tipo }) => tipo)).toEqual(['enviou', 'chegou', 'respondeu']);
});

test('de uma chamada que veio sem nome se diz que é de fora; da que o trouxe, não', async () => {
  const sistema = await montar();
  atender(sistema);
  atender(sistema, enviar(sistema).traceparent);
  const chegadas = (await sistema.depoisDeContar(5)).filter(({ tipo }) => tipo === 'chegou');
  expect(chegadas.map((chegada) => chegada.tipo === 'chegou' && chegada.deFora)).toEqual([true, undefined]);
});

test('uma rajada se conta até um limite; o resto é só somado, e com o tempo volta a haver lugar', async () => {
  const sistema = await montar();
  for (let i = 0; i < 1_000; i += 1) atender(sistema);
  await sistema.depoisDeContar(600);
  sistema.clock.avancar(1_000);
  atender(sistema);
  await sistema.depoisDeContar(602);
  expect(sistema.contados()).toHaveLength(602);
  expect(sistema.avisos.at(-1)?.naoContados).toBe(1_400);
});

test('a chamada que quem chamou não conta, quem atende também não conta', async () => {
  const sistema = await montar();
  for (let i = 0; i < 300; i += 1) enviar(sistema);
  const { traceparent } = enviar(sistema);
  expect(traceparent).toMatch(/-00$/);
  await sistema.depoisDeContar(300);
  sistema.clock.avancar(1_000);
  atender(sistema, traceparent);
  atender(sistema, enviar(sistema).traceparent);
  await sistema.depoisDeContar(303);
  expect(sistema.contados()).toHaveLength(303);
});

test('a chave de repetição nunca sai inteira: o resumo dela é o mesmo nos parâmetros e ao lado deles', async () => {
  const sistema = await montar();
  const chave = '0f0e0d0c-1111-4222-8333-444455556666';
  const params = { salaAtual: 'sala', chave };
  sistema.saida.aoEnviar({ procedimento: 'enviar_mensagem', url: 'http://127.0.0.1:8005', params, chave });
  const [enviou] = await sistema.depoisDeContar(1);
  expect(JSON.stringify(enviou)).not.toContain(chave);
  const resumo = enviou?.tipo === 'enviou' ? enviou.chave : undefined;
  expect(resumo).toMatch(/^[0-9a-f]{8}$/);
  expect(JSON.parse(enviou?.tipo === 'enviou' ? (enviou.params ?? '') : '')).toEqual({
    salaAtual: 'sala',
    chave: resumo,
  });
});

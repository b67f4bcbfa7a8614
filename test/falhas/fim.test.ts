/** O fim em ordem no meio do uso, e a partida de vários ao mesmo tempo. */

import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { expectFimEmOrdem, expectStoreFechado } from '../suporte/local/partida.ts';
import { iniciarServidor, SEM_BINDER } from '../suporte/processos/processos.ts';
import { lerHistoria } from '../suporte/remetentes.ts';
import { servidorQueVolta } from './apoio.ts';

const SALA = 'Sala';

interface Pessoa {
  readonly nome: string;
  readonly token: string;
}

async function reunir(url: string, quantas: number): Promise<Pessoa[]> {
  const pessoas: Pessoa[] = [];
  for (let numero = 0; numero < quantas; numero += 1) {
    const nome = `Pessoa ${numero}`;
    const { token } = await resultado(url, 'registrar_usuario', [nome]);
    if (numero === 0) await resultado(url, 'criar_sala', [SALA], token);
    await resultado(url, 'entrar_sala', [nome, SALA], token);
    pessoas.push({ nome, token });
  }
  return pessoas;
}

describe('SIGTERM no meio do uso', () => {
  /** Chama sem parar até que o servidor já não esteja; @returns o que foi respondido a cada chamada */
  async function enviarAteOFim(url: string, { nome, token }: Pessoa): Promise<Mensagem[]> {
    const aceitas: Mensagem[] = [];
    for (;;) {
      const resposta = await chamar(url, 'enviar_mensagem', [nome, SALA, 'oi', null, null], token).catch(
        (erro: NodeJS.ErrnoException) => erro,
      );
      if (resposta instanceof Error) return aceitas;
      if (resposta.result) aceitas.push(resposta.result);
      // Uma recusa do contrato serve; uma falha por dentro, não.
      else expect(resposta.error?.code).toBe(2009);
    }
  }

  test('cada chamada é respondida ou recusada, o que foi aceito está lá, e o fim é em menos de 5 s, com 0', async () => {
    await using servidor = await servidorQueVolta();
    const pessoas = await reunir(servidor.url, 12);
    const { token, nome } = pessoas[0] as Pessoa;
    const esperas = pessoas.map((pessoa) =>
      chamar(servidor.url, 'receber_mensagens', [pessoa.nome, SALA, Number.MAX_SAFE_INTEGER, 30_000], pessoa.token),
    );
    const enviando = pessoas.map((pessoa) => enviarAteOFim(servidor.url, pessoa));
    const registros = registrarAteOFim(servidor.url);
    await ate(
      async () => (await resultado(servidor.url, 'receber_mensagens', [nome, SALA, 300], token)).length > 0,
      'o uso',
    );

    const teveTempo = await expectFimEmOrdem(servidor.processo());
    expect(servidor.processo().erros()).not.toMatch(/ ERRO |\n\s+at /);
    for (const espera of await Promise.all(esperas)) expect(espera.result).toEqual([]);
    const aceitas = (await Promise.all(enviando)).flat();
    const registrados = await registros;
    if (teveTempo) expectStoreFechado(servidor.pasta.caminho);

    await servidor.reiniciar();
    const guardadas = await lerHistoria(servidor.url, nome, token, SALA);
    const porId = new Map(guardadas.map((mensagem) => [mensagem.id, mensagem]));
    expect(porId.size).toBe(guardadas.length);
    expect(aceitas.map(({ id }) => porId.get(id))).toEqual(aceitas);
    for (const { nome: nomeUsuario, token: seuToken } of registrados) {
      const retomada = await resultado(servidor.url, 'registrar_usuario', { nomeUsuario }, seuToken);
      expect(retomada.token).toBe(seuToken);
    }
  });

  async function registrarAteOFim(url: string): Promise<Pessoa[]> {
    const registradas: Pessoa[] = [];
    for (;;) {
      const nome = `Nova ${registradas.length}`;
      const resposta = await chamar(url, 'registrar_usuario', [nome]).catch(() => undefined);
      if (!resposta) return registradas;
      if (resposta.result) registradas.push({ nome, token: resposta.result.token });
    }
  }
});

test('de muitos servidores que se iniciam ao mesmo tempo numa pasta de dados, um só serve, e os outros dizem por que não', async () => {
  using pasta = pastaTemporaria();
  const partidas = await Promise.allSettled(
    Array.from({ length: 3 }, () => iniciarServidor(pasta.caminho, SEM_BINDER)),
  );
  const iniciados = partidas.filter((partida) => partida.status === 'fulfilled');
  const [servidor] = iniciados.map(({ value }) => value);
  const servia = servidor && (await resultado(servidor.url, 'listar_salas'));
  for (const { value } of iniciados) await value[Symbol.asyncDispose]();
  expect(iniciados).toHaveLength(1);
  expect(servia).toEqual([]);
  for (const partida of partidas) {
    if (partida.status === 'rejected')
      expect(partida.reason.message).toMatch(/: A pasta de dados .* em uso por outro servidor/);
  }
});

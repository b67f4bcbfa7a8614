/** As regras do chat contra um store que o teste segura: a ordem de cada corrida é escolhida, não esperada. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { ContractError } from '../../../src/contract/errors.ts';
import { Esperas } from '../../../src/server/esperas.ts';
import type { Gravada, Lidas, NovaSala, Store } from '../../../src/store/store.ts';
import { montarRegras } from '../../suporte/local/regras.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';
import { assentar, estado, gravada, mensagem, promessaAberta, storeDeTeste, usuario } from './apoio.ts';

const PEDRO = usuario(1);
const ESPERA_MS = 20_000;
const RECEBER = { nomeUsuario: 'Pessoa 1', salaAtual: 'Sala', desde: 0, esperarMs: ESPERA_MS };

function abrirChat(verbos: Partial<Store>) {
  const relogio = relogioDeTeste();
  const esperas = new Esperas(relogio);
  const renovadas: number[] = [];
  const store = storeDeTeste({ renovar: (sessaoId) => void renovadas.push(sessaoId), ...verbos });
  const chat = montarRegras({ store, esperas });
  onTestFinished(() => esperas.close());
  return { chat, relogio, esperas, renovadas, anunciar: (que: Gravada) => esperas.acordar(que) };
}

/** Um `ler` cujas respostas o teste dá uma a uma, na ordem em que foram pedidas. */
function leituras() {
  const pedidas: PromiseWithResolvers<Lidas>[] = [];
  const ler = () => {
    const leitura = promessaAberta<Lidas>();
    pedidas.push(leitura);
    return leitura.promise;
  };
  const responder = async (vez: number, ...ids: number[]) => {
    await assentar();
    pedidas[vez]?.resolve({ mensagens: ids.map((id) => mensagem(id)) });
    await assentar();
  };
  const falhar = async (vez: number, tipo: ConstructorParameters<typeof ContractError>[0]) => {
    await assentar();
    pedidas[vez]?.reject(new ContractError(tipo));
    await assentar();
  };
  return { ler, responder, falhar, quantas: () => pedidas.length };
}

describe('receber esperando', () => {
  test('uma mensagem gravada entre a inscrição e o fim da primeira leitura não se perde', async () => {
    const { ler, responder } = leituras();
    const { chat, anunciar } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    anunciar(gravada(1));
    await responder(0);
    await responder(1, 1);

    expect(await estado(resposta)).toEqual([mensagem(1)]);
  });

  test('o que já havia é dado logo, e nenhuma espera fica aberta', async () => {
    const { ler, responder } = leituras();
    const { chat, esperas } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0, 4, 5);

    expect(await estado(resposta)).toEqual([mensagem(4), mensagem(5)]);
    expect(esperas.abertas.has(1)).toBe(false);
  });

  test('acordada por uma mensagem, relê depois do cursor: o que chegou junto vem junto', async () => {
    const { ler, responder } = leituras();
    const { chat, anunciar } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    anunciar(gravada(1));
    anunciar(gravada(2));
    await responder(1, 1, 2);

    expect(await estado(resposta)).toEqual([mensagem(1), mensagem(2)]);
  });

  test('a privada de outras pessoas não acorda: nem uma leitura a mais acontece', async () => {
    const { ler, responder, quantas } = leituras();
    const { chat, anunciar } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    anunciar(gravada(1, { tipo: 'unicast', origem: 'Maria', destino: 'Zoé' }, [2, 3]));

    expect(await estado(resposta)).toBe('pendente');
    expect(quantas()).toBe(1);
  });

  test('uma chamada nova da mesma sessão termina a anterior com [], e só a nova recebe', async () => {
    const { ler, responder } = leituras();
    const { chat, anunciar } = abrirChat({ ler });

    const antiga = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    const nova = chat.receberMensagens(RECEBER, PEDRO);
    expect(await estado(antiga)).toEqual([]);

    await responder(1);
    anunciar(gravada(1));
    await responder(2, 1);
    expect(await estado(nova)).toEqual([mensagem(1)]);
  });

  test('uma chamada que não espera não termina a que espera', async () => {
    const { ler, responder } = leituras();
    const { chat } = abrirChat({ ler });

    const esperando = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    const imediata = chat.receberMensagens({ ...RECEBER, esperarMs: 0 }, PEDRO);
    await responder(1);

    expect(await estado(imediata)).toEqual([]);
    expect(await estado(esperando)).toBe('pendente');
  });

  test('acordada pela própria saída da sala, responde [] e não uma recusa', async () => {
    const { ler, responder, falhar } = leituras();
    const { chat, anunciar } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    anunciar(gravada(1, { origem: 'SERVER', conteudo: 'Pessoa 1 saiu da sala.' }));
    await falhar(1, 'FORA_DA_SALA');

    expect(await estado(resposta)).toEqual([]);
  });

  test('acordada quando a sessão acabou, responde []', async () => {
    const { ler, responder, falhar } = leituras();
    const { chat, anunciar } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    anunciar(gravada(1, { origem: 'SERVER', conteudo: 'Pessoa 1 saiu da sala.' }));
    await falhar(1, 'NAO_AUTENTICADO');

    expect(await estado(resposta)).toEqual([]);
  });

  test('quem não está na sala é recusado logo, e nenhuma espera fica aberta', async () => {
    const { ler, falhar } = leituras();
    const { chat, esperas } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    const recusada = expect(resposta).rejects.toMatchObject({ tipo: 'FORA_DA_SALA' });
    await falhar(0, 'FORA_DA_SALA');

    await recusada;
    expect(esperas.abertas.has(1)).toBe(false);
  });

  test('acordada quando o store não responde, conta a falha em vez de dizer que não há nada', async () => {
    const { ler, responder, falhar } = leituras();
    const { chat, anunciar } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    const recusada = expect(resposta).rejects.toMatchObject({ tipo: 'SERVICO_INDISPONIVEL' });
    await responder(0);
    anunciar(gravada(1));
    await falhar(1, 'SERVICO_INDISPONIVEL');

    await recusada;
  });

  test('o tempo pedido acaba em []', async () => {
    const { ler, responder } = leituras();
    const { chat, esperas, relogio } = abrirChat({ ler });

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    relogio.avancar(ESPERA_MS - 1);
    esperas.vencer();
    expect(await estado(resposta)).toBe('pendente');

    // Quanto mais que o pedido uma espera pode durar, esperas.test.ts o prova.
    relogio.avancar(1_000);
    esperas.vencer();
    expect(await estado(resposta)).toEqual([]);
  });

  test('o servidor que termina responde [] a quem espera e a quem ainda chega', async () => {
    const { ler, responder } = leituras();
    const { chat, esperas } = abrirChat({ ler });

    const esperando = chat.receberMensagens(RECEBER, PEDRO);
    const lendo = chat.receberMensagens({ ...RECEBER, nomeUsuario: 'Pessoa 2' }, usuario(2));
    await responder(0);
    esperas.close();
    expect(await estado(esperando)).toEqual([]);

    await responder(1);
    expect(await estado(lendo)).toEqual([]);
  });
});

describe('a presença de quem espera', () => {
  test('a conexão que cai termina a espera, e a ausência conta a partir daí', async () => {
    const { ler, responder } = leituras();
    const { chat, esperas, renovadas, relogio } = abrirChat({ ler });
    let cair = () => {};

    const resposta = chat.receberMensagens(
      RECEBER,
      usuario(1, (aoDesistir) => {
        cair = aoDesistir;
      }),
    );
    await responder(0);
    relogio.avancar(15_000);
    expect(renovadas).toEqual([]);
    cair();

    expect(await estado(resposta)).toEqual([]);
    expect(esperas.abertas.has(1)).toBe(false);
    expect(renovadas).toEqual([1]);
  });

  test('a conexão que cai durante a primeira leitura não deixa uma espera para trás', async () => {
    const { ler, responder } = leituras();
    const { chat, esperas } = abrirChat({ ler });
    let cair = () => {};

    const resposta = chat.receberMensagens(
      RECEBER,
      usuario(1, (aoDesistir) => {
        cair = aoDesistir;
      }),
    );
    cair();
    await responder(0);

    expect(await estado(resposta)).toEqual([]);
    expect(esperas.abertas.has(1)).toBe(false);
  });
});

describe('criar salas', () => {
  test.each([
    ['com limites, cabem 20 sem ninguém a uma pessoa e 200 a um endereço', 20, { porPessoa: 20, porRede: 200 }],
    ['sem limite nenhum, cabem quantas se criem', 0, undefined],
  ])('%s', async (_, limiteDeMensagens, vazias) => {
    const criadas: NovaSala[] = [];
    const store = storeDeTeste({ criarSala: async (nova) => void criadas.push(nova) });
    const esperas = new Esperas(relogioDeTeste());
    onTestFinished(() => esperas.close());
    await montarRegras({ store, esperas, limiteDeMensagens }).criarSala({ nomeSala: 'Sala' }, PEDRO);
    expect(criadas.map((nova) => nova.vazias)).toEqual([vazias]);
  });
});

/** As regras do chat contra um store que o teste segura: a ordem de cada corrida é escolhida, não esperada. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { ContractError } from '../../src/contract/errors.ts';
import type { Enviada, Envio, Gravada, Lidas, Store } from '../../src/store/store.ts';
import { montarRegras } from '../suporte/regras.ts';
import { relogioDeTeste } from '../suporte/relogio.ts';
import { assentar, estado, gravada, mensagem, promessaAberta, storeDeTeste, usuario } from './apoio.ts';

const PEDRO = usuario(1);
const ESPERA_MS = 20_000;
const RECEBER = { nomeUsuario: 'Pessoa 1', salaAtual: 'Sala', desde: 0, esperarMs: ESPERA_MS };

interface Partida {
  readonly limite?: number;
}

function abrirChat(verbos: Partial<Store>, { limite = 0 }: Partida = {}) {
  const relogio = relogioDeTeste();
  let anunciar: (gravada: Gravada) => void = () => {};
  const store = storeDeTeste({
    aoGravar: (ouvinte) => {
      anunciar = ouvinte;
    },
    ...verbos,
  });
  const { chat, esperas, presencas } = montarRegras({ store, clock: relogio, limiteDeMensagens: limite });
  onTestFinished(() => esperas.close());
  return { chat, relogio, esperas, presencas, anunciar: (que: Gravada) => anunciar(que) };
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
    pedidas[vez]?.resolve({ salaId: 1, mensagens: ids.map((id) => mensagem(id)) });
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
    expect(esperas.espera(1)).toBe(false);
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
    expect(esperas.espera(1)).toBe(false);
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

    relogio.avancar(100);
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
    const { chat, esperas, presencas, relogio } = abrirChat({ ler });
    let cair = () => {};
    presencas.iniciar(1, true);

    const resposta = chat.receberMensagens(
      RECEBER,
      usuario(1, (aoDesistir) => {
        cair = aoDesistir;
      }),
    );
    await responder(0);
    relogio.avancar(15_000);
    cair();

    expect(await estado(resposta)).toEqual([]);
    expect(esperas.espera(1)).toBe(false);
    expect([...presencas.todas()]).toMatchObject([{ sessaoId: 1, ultimaMs: relogio.monotonicoMs() }]);
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
    expect(esperas.espera(1)).toBe(false);
  });

  test('o fim da espera não ressuscita a presença de uma sessão que já acabou', async () => {
    const { ler, responder } = leituras();
    const { chat, esperas, presencas } = abrirChat({ ler });
    presencas.iniciar(1, true);

    const resposta = chat.receberMensagens(RECEBER, PEDRO);
    await responder(0);
    presencas.esquecer(1);
    esperas.close();

    expect(await estado(resposta)).toEqual([]);
    expect([...presencas.todas()]).toEqual([]);
  });
});

describe('o limite de mensagens', () => {
  /** Como o store: uma chave já usada devolve a primeira; uma nova além do limite é recusada. */
  function enviarComChaves() {
    const porChave = new Map<string, Enviada['mensagem']>();
    let id = 0;
    return async ({ chave, conteudo, ocuparLugar }: Envio): Promise<Enviada> => {
      const primeira = chave === undefined ? undefined : porChave.get(chave);
      if (primeira) return { mensagem: primeira, repetida: true };
      const tenteEmMs = ocuparLugar?.();
      if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
      id += 1;
      const nova = mensagem(id, { conteudo });
      if (chave !== undefined) porChave.set(chave, nova);
      return { mensagem: nova, repetida: false };
    };
  }

  const envio = (texto: string, chave?: string) => ({
    nomeUsuario: 'Pessoa 1',
    salaAtual: 'Sala',
    mensagem: texto,
    destinatario: undefined,
    chave,
  });

  test('recusa com o tempo depois do qual tentar, e só quem excedeu', async () => {
    const { chat } = abrirChat({ enviar: enviarComChaves() }, { limite: 2 });
    await chat.enviarMensagem(envio('um'), PEDRO);
    await chat.enviarMensagem(envio('dois'), PEDRO);

    await expect(chat.enviarMensagem(envio('três'), PEDRO)).rejects.toMatchObject({
      tipo: 'LIMITE_EXCEDIDO',
      detalhes: { tenteEmMs: 1000 },
    });
    await expect(chat.enviarMensagem(envio('um'), usuario(2))).resolves.toMatchObject({ conteudo: 'um' });
  });

  test('repetir com a mesma chave não conta, e vale também com o limite atingido', async () => {
    const { chat } = abrirChat({ enviar: enviarComChaves() }, { limite: 2 });
    const primeira = await chat.enviarMensagem(envio('um', 'k'), PEDRO);
    for (let vez = 0; vez < 10; vez += 1) expect(await chat.enviarMensagem(envio('um', 'k'), PEDRO)).toEqual(primeira);

    await expect(chat.enviarMensagem(envio('dois'), PEDRO)).resolves.toMatchObject({ conteudo: 'dois' });
    expect(await chat.enviarMensagem(envio('um', 'k'), PEDRO)).toEqual(primeira);
  });

  test('repetições em andamento não tiram o lugar de uma mensagem nova', async () => {
    const { chat } = abrirChat({ enviar: enviarComChaves() }, { limite: 3 });
    const primeira = await chat.enviarMensagem(envio('um', 'k'), PEDRO);

    // Juntas, como num batch: nenhuma respondeu quando a nova chega.
    const juntas = await Promise.allSettled([
      chat.enviarMensagem(envio('um', 'k'), PEDRO),
      chat.enviarMensagem(envio('um', 'k'), PEDRO),
      chat.enviarMensagem(envio('dois', 'outra'), PEDRO),
    ]);

    expect(juntas.slice(0, 2)).toEqual([1, 2].map(() => ({ status: 'fulfilled', value: primeira })));
    expect(juntas[2]).toMatchObject({ status: 'fulfilled', value: { conteudo: 'dois' } });
  });

  test('uma mensagem recusada não conta', async () => {
    let recusar = true;
    const enviar = enviarComChaves();
    const { chat } = abrirChat(
      { enviar: (que) => (recusar ? Promise.reject(new ContractError('FORA_DA_SALA')) : enviar(que)) },
      { limite: 1 },
    );
    await expect(chat.enviarMensagem(envio('um'), PEDRO)).rejects.toMatchObject({ tipo: 'FORA_DA_SALA' });
    recusar = false;
    await expect(chat.enviarMensagem(envio('um'), PEDRO)).resolves.toMatchObject({ conteudo: 'um' });
  });
});

/**
 * Seção 3 do contrato: o que acontece por si, com prazos de segundos no lugar dos de costume.
 * Espera-se pela mudança, não por um tempo. Que ela não vem antes do prazo nem mais de 3 s depois se prova com um
 * relógio parado, em unidade/; aqui, que o servidor inteiro os cumpre.
 */

import { type ClientRequest, request } from 'node:http';
import { setTimeout as pausa } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { nestaMaquina } from '../../../scripts/comum/folga.ts';
import { chamar, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { type Processo, SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import {
  comToken,
  conteudos,
  ids,
  type Mensagem,
  nomeNovo,
  type Pessoa,
  registrar,
  salaCom,
} from '../../suporte/pessoas.ts';
import { iniciarServidor, SEM_BINDER } from '../../suporte/processos/processos.ts';

/** Numa máquina ocupada os prazos são maiores: quem dá sinal de vida tem de consegui-lo a tempo. */
const UNIDADE_S = Math.min(8, nestaMaquina(1));
const UNIDADE_MS = UNIDADE_S * 1_000;
/** O contrato: o que tem prazo acontece até isto depois dele. */
const TOLERANCIA_MS = 3_000;

/** Entre um sinal de vida e o seguinte. */
const INTERVALO_MS = 100;

const unidades = (quantas: number) => String(quantas * UNIDADE_S);

/** Onde quem some sai da sala em duas unidades, e onde uma sala sem ninguém some em uma: servem a todos os testes. */
let comAusencia: Servidor;
let comSalaInativa: Servidor;

beforeAll(async () => {
  comAusencia = await iniciarCom('--usuario-ausente', unidades(2), '--sessao-expira', unidades(60));
  comSalaInativa = await iniciarCom('--sala-inativa', unidades(1));
});

afterAll(async () => {
  for (const aberto of [comAusencia, comSalaInativa]) await aberto?.[Symbol.asyncDispose]();
});

interface Servidor extends AsyncDisposable {
  readonly url: string;
  readonly matar: () => Promise<unknown>;
  /** Outro servidor sobre os mesmos dados. */
  readonly reiniciar: (...argumentos: string[]) => Promise<Processo>;
}

async function iniciarCom(...argumentos: string[]): Promise<Servidor> {
  const pasta = pastaTemporaria();
  const reiniciar = (...outros: string[]) =>
    iniciarServidor(pasta.caminho, SEM_BINDER, { argumentos: [...SEM_LIMITES, ...outros] });
  const processo = await reiniciar(...argumentos);
  return {
    url: processo.url,
    matar: () => processo.encerrar('SIGKILL'),
    reiniciar,
    [Symbol.asyncDispose]: async () => {
      await processo[Symbol.asyncDispose]();
      pasta[Symbol.dispose]();
    },
  };
}

/** Repete, uma vez depois da outra, até que se desfaça: nunca mais chamadas do que a máquina consegue fazer. */
function repetir(...acoes: readonly (() => Promise<unknown>)[]): AsyncDisposable {
  let continuar = true;
  const fim = (async () => {
    while (continuar) {
      await Promise.all(acoes.map((agir) => agir().catch(() => {})));
      await pausa(INTERVALO_MS);
    }
  })();
  return {
    [Symbol.asyncDispose]: () => {
      continuar = false;
      return fim;
    },
  };
}

/** Uma pessoa que continua presente: qualquer chamada com o token conta. */
function manterPresente({ url, token }: Pessoa): AsyncDisposable {
  return repetir(() => chamar(url, 'listar_salas', [], token));
}

/** Um cliente que só espera por mensagens, uma chamada depois da outra. @returns como ele cai, no meio de uma */
function esperarAteCair({ url, nome, token }: Pessoa, sala: string): () => void {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const params = [nome, sala, Number.MAX_SAFE_INTEGER, 30_000];
  const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'receber_mensagens', params });
  let caiu = false;
  let pedido: ClientRequest;
  const esperar = () => {
    if (caiu) return;
    pedido = request(url, { method: 'POST', agent: false, headers });
    pedido.on('error', () => {});
    pedido.on('response', (resposta) => resposta.resume().on('end', esperar));
    pedido.end(corpo);
  };
  esperar();
  return () => {
    caiu = true;
    pedido.destroy();
  };
}

/** Quantos há na sala, perguntado sem token: a pergunta não conta como presença de ninguém. */
async function quantos(url: string, sala: string): Promise<number | undefined> {
  const salas: { nomeSala: string; usuarios: number }[] = await resultado(url, 'listar_salas');
  return salas.find(({ nomeSala }) => nomeSala === sala)?.usuarios;
}

/** Numa máquina ocupada a sala nova pode ser removida antes que alguém entre nela: então cria-se outra vez. */
function recriarEEntrar(pessoa: Pessoa, sala: string): Promise<{ mensagens: Mensagem[] }> {
  return ate(async () => {
    await chamar(pessoa.url, 'criar_sala', [sala], pessoa.token);
    const { result } = await chamar(pessoa.url, 'entrar_sala', [pessoa.nome, sala], pessoa.token);
    return result;
  }, `${sala} de novo`);
}

function saidas(mensagens: readonly { conteudo: string }[]): string[] {
  return mensagens.map(({ conteudo }) => conteudo).filter((texto) => texto.endsWith('saiu da sala.'));
}

describe.concurrent('quem some sem avisar', () => {
  test('sai da sala no prazo, com a mensagem de saída, uma só vez; a sessão continua', async () => {
    const { url } = comAusencia;
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    await using _ = manterPresente(bia);
    const ultimaChamadaMs = performance.now();
    await ana.dizer(sala, 'até já');
    await ate(async () => (await quantos(url, sala)) === 1, 'a saída de Ana');
    const duracaoMs = performance.now() - ultimaChamadaMs;
    expect(duracaoMs).toBeGreaterThanOrEqual(2 * UNIDADE_MS);
    expect((await bia.receber(sala, { desde: 0 })).at(-1)).toMatchObject({
      origem: 'SERVER',
      destino: 'todos',
      tipo: 'broadcast',
      conteudo: `${ana.nome} saiu da sala.`,
    });
    // Foi só a sala: o token vale, e diz que já não se está em nenhuma.
    expect(await ana.fazer('registrar_usuario', [ana.nome])).toEqual({
      nomeUsuario: ana.nome,
      token: ana.token,
      sala: null,
    });
    expect((await ana.serRecusado('receber_mensagens', [ana.nome, sala])).code).toBe(2006);
    expect((await recusa(url, 'registrar_usuario', [ana.nome])).code).toBe(2001);
    await ana.entrar(sala);
    expect(saidas(await bia.receber(sala, { desde: 0 }))).toEqual([`${ana.nome} saiu da sala.`]);
  });
});

describe.concurrent('conta como presença', () => {
  const CHAMADAS: readonly (readonly [string, (pessoa: Pessoa, sala: string) => Promise<unknown>])[] = [
    ['um procedimento que não pede token', ({ url, token }) => chamar(url, 'listar_salas', [], token)],
    ['uma chamada recusada pelos parâmetros', ({ url, token }) => chamar(url, 'criar_sala', [''], token)],
    ['uma chamada recusada pelas regras', ({ url, token }) => chamar(url, 'entrar_sala', ['Outra', 'x'], token)],
    ['um procedimento que não há', ({ url, token }) => chamar(url, 'nao_ha', [], token)],
    ['rpc.discover', ({ url, token }) => chamar(url, 'rpc.discover', undefined, token)],
    ['retomar a sessão', (pessoa) => pessoa.fazer('registrar_usuario', [pessoa.nome])],
    ['receber o que não há', (pessoa, sala) => pessoa.receber(sala, { desde: 1e9 })],
  ];

  test('qualquer chamada que traga o token, mesmo a recusada', async () => {
    const { url } = comAusencia;
    const controle = await salaCom(url, 'Controle');
    const presentes = await Promise.all(CHAMADAS.map(() => salaCom(url, 'Presente')));
    await using _ = repetir(
      ...CHAMADAS.map(([, fazer], qual) => () => {
        const { sala, pessoas } = presentes[qual] as (typeof presentes)[0];
        return fazer(pessoas[0], sala);
      }),
    );
    // O relógio é quem não chama: quando ele sai, o prazo passou para todos; e passa mais uma vez com outro.
    await ate(async () => (await quantos(url, controle.sala)) === 0, 'a saída de quem não chama');
    const outroControle = await salaCom(url, 'Controle');
    await ate(async () => (await quantos(url, outroControle.sala)) === 0, 'a saída do segundo');
    const ausentes: string[] = [];
    for (const [qual, [nome]] of CHAMADAS.entries()) {
      if ((await quantos(url, (presentes[qual] as (typeof presentes)[0]).sala)) !== 1) ausentes.push(nome);
    }
    expect(ausentes).toEqual([]);
  });

  test('uma chamada que espera, por todo o tempo em que espera', async () => {
    const { sala, pessoas } = await salaCom(comAusencia.url, 'Ana');
    const [ana] = pessoas;
    const desde = (await ana.receber(sala, { desde: 0 })).at(-1)?.id;
    // Mais que o prazo e que a tolerância em que ele se cumpriria.
    const esperarMs = 2 * UNIDADE_MS + TOLERANCIA_MS + 500;
    expect(await ana.receber(sala, { desde, esperarMs })).toEqual([]);
    expect(await ana.fazer('listar_usuarios')).toEqual([ana.nome]);
    expect(saidas(await ana.receber(sala, { desde: 0 }))).toEqual([]);
  });

  test('mas não a de um cliente que caiu enquanto esperava: conta até ele cair', async () => {
    const { url } = comAusencia;
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    const cair = esperarAteCair(ana, sala);
    const controle = await salaCom(url, 'Controle');
    await ate(async () => (await quantos(url, controle.sala)) === 0, 'a saída de quem não chama');
    expect(await quantos(url, sala)).toBe(1);
    const quedaMs = performance.now();
    cair();
    await ate(async () => (await quantos(url, sala)) === 0, 'a saída de quem caiu');
    const duracaoMs = performance.now() - quedaMs;
    expect(duracaoMs).toBeGreaterThanOrEqual(2 * UNIDADE_MS - 50);
  });

  test('nem a de quem usa o nome sem o token', async () => {
    const { url } = comAusencia;
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    await using _ = repetir(
      () => chamar(url, 'receber_mensagens', [ana.nome, sala]),
      () => chamar(url, 'registrar_usuario', [ana.nome]),
    );
    await ate(async () => (await quantos(url, sala)) === 0, 'a saída de Ana');
    expect((await ana.serRecusado('receber_mensagens', [ana.nome, sala])).code).toBe(2006);
  });
});

describe.concurrent('uma sala sem ninguém', () => {
  test('é removida no prazo, também a que nunca teve ninguém', async () => {
    const { url } = comSalaInativa;
    const ana = await registrar(url, 'Ana');
    const inicioMs = performance.now();
    const sala = nomeNovo('Nunca usada');
    await ana.fazer('criar_sala', [sala]);
    await ate(async () => (await quantos(url, sala)) === undefined, 'a remoção');
    const duracaoMs = performance.now() - inicioMs;
    expect(duracaoMs).toBeGreaterThanOrEqual(UNIDADE_MS);
    expect((await ana.serRecusado('entrar_sala', [ana.nome, sala])).code).toBe(2005);
  });

  test('não é removida enquanto tem alguém, e o prazo recomeça quando esvazia', async () => {
    const { url } = comSalaInativa;
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    for (let vez = 0; vez < 2; vez += 1) {
      const controle = nomeNovo('Controle');
      await ana.fazer('criar_sala', [controle]);
      await ate(async () => (await quantos(url, controle)) === undefined, 'a remoção do controle');
    }
    expect(await quantos(url, sala)).toBe(1);
    const saidaMs = performance.now();
    await ana.fazer('sair_da_sala');
    await ate(async () => (await quantos(url, sala)) === undefined, 'a remoção');
    expect(performance.now() - saidaMs).toBeGreaterThanOrEqual(UNIDADE_MS);
  });

  test('leva consigo as mensagens; recriada, começa vazia, e os ids continuam de onde estavam', async () => {
    const { url } = comSalaInativa;
    const { sala, pessoas } = await salaCom(url, 'Ana');
    const [ana] = pessoas;
    let maior = 0;
    // Outra grafia é a mesma sala, também para os ids.
    for (const [vez, listada] of [sala, sala.toUpperCase()].entries()) {
      const enviada = await ana.dizer(sala, `da ${vez}ª vez`, { chave: `k${vez}` });
      expect(enviada.id).toBeGreaterThan(maior);
      await ana.fazer('sair_da_sala');
      await ate(async () => (await quantos(url, listada)) === undefined, 'a remoção');
      // A chave responde também depois que a sala se foi.
      expect(await ana.dizer(sala, 'de novo', { chave: `k${vez}` })).toEqual(enviada);
      expect((await ana.serRecusado('enviar_mensagem', [ana.nome, sala, 'oi'])).code).toBe(2005);
      expect((await ana.serRecusado('receber_mensagens', [ana.nome, sala])).code).toBe(2005);
      expect((await ana.serRecusado('listar_usuarios', [sala])).code).toBe(2005);
      const { mensagens } = await recriarEEntrar(ana, sala.toUpperCase());
      expect(conteudos(mensagens)).toEqual([`${ana.nome} entrou na sala.`]);
      expect(conteudos(await ana.receber(sala, { desde: 0 }))).toEqual([`${ana.nome} entrou na sala.`]);
      maior = Math.max(...ids(mensagens));
      // +1: a saída que esvaziou a sala também teve um id.
      expect(maior).toBeGreaterThan(enviada.id + 1);
    }
  });
});

test.concurrent('depois de um reinício os prazos começam de novo, por mais tempo que se tenha ficado parado, e se cumprem', async () => {
  await using servidor = await iniciarCom();
  const { sala, pessoas } = await salaCom(servidor.url, 'Ana');
  const [ana] = pessoas;
  await servidor.matar();
  // O relógio é de outro servidor: quando a sala dele some, o prazo de Ana também já teria passado.
  const relogio = nomeNovo('Relógio');
  await (await registrar(comSalaInativa.url, 'Bia')).fazer('criar_sala', [relogio]);
  await ate(async () => (await quantos(comSalaInativa.url, relogio)) === undefined, 'o relógio');
  const reinicioMs = performance.now();
  const passaram = (prazos: number) =>
    expect(performance.now() - reinicioMs).toBeGreaterThanOrEqual(prazos * UNIDADE_MS);
  const prazos = ['--usuario-ausente', unidades(1), '--sessao-expira', unidades(2), '--sala-inativa', unidades(1)];
  await using outro = await servidor.reiniciar(...prazos);
  await ate(async () => (await quantos(outro.url, sala)) === 0, 'a saída de Ana');
  passaram(1);
  await ate(async () => (await quantos(outro.url, sala)) === undefined, 'a remoção da sala');
  passaram(2);
  await ate(async () => !(await chamar(outro.url, 'registrar_usuario', [ana.nome])).error, 'o nome livre');
  expect((await comToken(outro.url, ana.nome, ana.token).serRecusado('listar_usuarios')).code).toBe(2002);
});

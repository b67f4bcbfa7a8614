/** Lixo em JSON-RPC, contra os dois processos: cada tipo em cada parâmetro, envelopes e batches ao acaso. */

import { describe, test } from 'vitest';
import { chamar, postar, resultado } from '../../scripts/comum/jsonrpc.ts';
import type { Sorteio } from '../../scripts/comum/sorteio.ts';
import { comSorteio } from '../suporte/sorteio.ts';
import { type Alvo, cercar, PRAZO_MS, VEZES } from './cerco.ts';
import { conferirHttp } from './conferir.ts';
import { batch, envelope, estragado, VALORES } from './lixo.ts';
import { consumo, exigirInteiro, exigirSemCrescer } from './vitima.ts';

const AO_MESMO_TEMPO = 8;

interface Metodo {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly required: boolean }[];
}

/** Valores que cada parâmetro aceita: só um de cada vez vai errado. */
const CERTOS: Readonly<Record<string, string>> = {
  nomeUsuario: '"Vítima"',
  nomeSala: '"Sala da vítima"',
  salaAtual: '"Sala da vítima"',
  mensagem: '"Oi"',
  destinatario: '"Vítima"',
  chave: '"k"',
  desde: '0',
  esperarMs: '0',
  procedure_name: '"p"',
  address: '"localhost"',
  port: '1',
  ttl_s: '1',
};
const MENSAGEM_CERTA = VALORES.find((valor) => valor.startsWith('{"id":1,"sala"')) as string;

let tokenAtual: string | undefined;

/** O token de quem tem a sessão, na sala; se o lixo a encerrou, de outra de mesmo nome. */
async function tokenDaVitima(url: string): Promise<string> {
  const { error } = await chamar(url, 'sair_da_sala', {}, tokenAtual);
  if (error?.code === 2002) {
    ({ token: tokenAtual } = await resultado(url, 'registrar_usuario', { nomeUsuario: 'Vítima' }));
  }
  await chamar(url, 'criar_sala', { nomeSala: 'Sala da vítima' }, tokenAtual);
  await chamar(url, 'entrar_sala', { nomeUsuario: 'Vítima', nomeSala: 'Sala da vítima' }, tokenAtual);
  return tokenAtual as string;
}

function pedidosDe({ name, params }: Metodo): string[] {
  const certo = (parametro: string) =>
    parametro === 'mensagem' && name === 'formatar_mensagens' ? MENSAGEM_CERTA : (CERTOS[parametro] ?? '1');
  const montar = (corpo: string) => `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(name)},"params":${corpo}}`;
  const sobrando = VALORES.map((valor) => montar(`[${[...params.map((p) => certo(p.name)), valor].join(',')}]`));
  return params.reduce<string[]>((pedidos, { name: errado }, posicao) => {
    for (const [indice, valor] of VALORES.entries()) {
      const valores = params.map((p) => [p.name, p.name === errado ? valor : certo(p.name)] as const);
      // Por posição ou por nome, um valor sim e outro não, e ao contrário no parâmetro seguinte.
      const porPosicao = (indice + posicao) % 2 === 0;
      pedidos.push(
        porPosicao
          ? montar(`[${valores.map(([, texto]) => texto).join(',')}]`)
          : montar(`{${valores.map(([nome, texto]) => `"${nome}":${texto}`).join(',')}}`),
      );
    }
    pedidos.push(montar(`{${params.filter((p) => p.name !== errado).map((p) => `"${p.name}":${certo(p.name)}`)}}`));
    return pedidos;
  }, sobrando);
}

async function mandarTodos(
  url: string,
  corpos: readonly (string | Buffer)[],
  token: string | undefined,
): Promise<void> {
  const fila = [...corpos];
  const mandar = async () => {
    for (let corpo = fila.pop(); corpo !== undefined; corpo = fila.pop()) {
      conferirHttp(await postar(url, corpo, token), corpo.toString());
    }
  };
  await Promise.all(Array.from({ length: AO_MESMO_TEMPO }, mandar));
}

type AbrirToken = (url: string) => Promise<string | undefined>;

const { servidor, binder } = cercar();

describe.each<[string, Alvo, AbrirToken]>([
  ['servidor', servidor, tokenDaVitima],
  ['binder', binder, async () => undefined],
])('o %s', (_, { processo, abrirFregues }, token) => {
  test('recusa com clareza cada tipo de lixo em cada parâmetro, e segue atendendo', { timeout: PRAZO_MS }, async () => {
    const { url } = processo();
    const { methods } = (await resultado(url, 'rpc.discover')) as { methods: Metodo[] };
    await using quemConversa = await abrirFregues(url);
    for (const metodo of methods) await mandarTodos(url, pedidosDe(metodo), await token(url));
    await quemConversa.continuar(3);
    exigirInteiro(processo());
  });

  test('responde JSON-RPC a qualquer envelope, batch ou corpo estragado, e não cresce', {
    timeout: PRAZO_MS,
  }, async () => {
    await comSorteio(async (sorteio) => {
      const { url } = processo();
      const { methods } = (await resultado(url, 'rpc.discover')) as { methods: Metodo[] };
      const nomes = [...methods.map(({ name }) => name), 'rpc.discover', 'rpc.x', '__proto__', 'toString', ''];
      await using quemConversa = await abrirFregues(url);
      await rodada(sorteio, url, nomes, token);
      const antes = consumo(processo());
      for (let vez = 0; vez < VEZES; vez += 1) await rodada(sorteio, url, nomes, token);
      await quemConversa.continuar(3);
      exigirInteiro(processo());
      await exigirSemCrescer(processo(), antes);
    });
  });
});

async function rodada(sorteio: Sorteio, url: string, nomes: readonly string[], token: AbrirToken): Promise<void> {
  const vivo = await token(url);
  const corpos = Array.from({ length: 250 }, () => {
    const sorte = sorteio.inteiro(10);
    if (sorte < 5) return envelope(sorteio, nomes);
    return sorte < 7 ? batch(sorteio, nomes) : estragado(sorteio, envelope(sorteio, nomes));
  });
  await mandarTodos(url, corpos, vivo);
}

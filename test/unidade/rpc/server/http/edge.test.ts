/** A borda inteira, com TLS e sem: as cifras que oferece, de quem é cada vez, e como acaba. */

import { readFileSync } from 'node:fs';
import { type ConnectionOptions, connect } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ate } from '../../../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../../../scripts/comum/pasta.ts';
import type { Atendimento } from '../../../../../src/rpc/server/http/atendimento.ts';
import type { Edge } from '../../../../../src/rpc/server/http/edge.ts';
import { criarAutoridade } from '../../../../suporte/certificados.ts';
import { abrirBordaLocal } from '../../../../suporte/local/borda.ts';
import { conectar } from '../../../../suporte/local/conexao.ts';
import { promessaAberta } from '../../../server/apoio.ts';

function pedidoCom(cabecalhos: readonly string[]): string {
  const corpo = '{"jsonrpc":"2.0","id":1,"method":"x"}';
  const linhas = ['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...cabecalhos];
  return `${linhas.join('\r\n')}\r\nContent-Length: ${corpo.length}\r\n\r\n${corpo}`;
}

async function bordaCifrada() {
  using pasta = pastaTemporaria();
  const autoridade = criarAutoridade(pasta.caminho);
  const { cert, key } = autoridade.emitir('daqui', ['127.0.0.1']);
  const edge = await abrirBordaLocal({
    processo: 'binder',
    responder: async () => ({ corpo: '{}', reconhecido: false }),
    tls: { cert: readFileSync(cert), key: readFileSync(key) },
  });
  onTestFinished(() => edge.close());
  /** @returns a cifra que se combinou, ou o código da recusa */
  return (opcoes: ConnectionOptions) =>
    new Promise<string>((resolve) => {
      const socket = connect({ port: edge.porta, host: '127.0.0.1', ca: autoridade.pem, ...opcoes });
      socket.once('secureConnect', () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
        socket.destroy();
      });
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code)));
    });
}

describe('as cifras do TLS', () => {
  test('o 1.3 é o que se combina com quem pode', async () => {
    const combinar = await bordaCifrada();
    expect(await combinar({})).toMatch(/^TLSv1\.3 /);
  });

  test.each(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'])(
    'o 1.2 se combina com %s',
    async (ciphers) => {
      const combinar = await bordaCifrada();
      expect(await combinar({ maxVersion: 'TLSv1.2', ciphers })).toMatch(/^TLSv1\.2 TLS_ECDHE_ECDSA_WITH_/);
    },
  );

  test.each(['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-ECDSA-AES128-CCM'])(
    'o 1.2 não se combina com %s',
    async (ciphers) => {
      const combinar = await bordaCifrada();
      expect(await combinar({ maxVersion: 'TLSv1.2', ciphers })).toMatch(/HANDSHAKE_FAILURE|ECONNRESET/);
    },
  );

  test('o 1.1 não se fala', async () => {
    const combinar = await bordaCifrada();
    const antigo: ConnectionOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };
    expect(await combinar(antigo)).toMatch(/PROTOCOL_VERSION|HANDSHAKE_FAILURE|ECONNRESET/);
  });
});

describe('de quem acaba de receber respostas grandes começa um pedido por volta do event loop', () => {
  const GRANDE = 'x'.repeat(64 * 1024);

  /** Uma borda que anota em que volta começou cada pedido; os tokens que começam com `ok` ela reconhece. */
  async function bordaQueAnota() {
    let volta = 0;
    const girar = () => {
      volta += 1;
      girando = setImmediate(girar);
    };
    let girando = setImmediate(girar);
    const comecos: { readonly bearer: string | undefined; readonly volta: number }[] = [];
    const edge = await abrirBordaLocal({
      processo: 'servidor',
      responder: async (_, { bearer }) => {
        comecos.push({ bearer, volta });
        return { corpo: GRANDE, reconhecido: bearer?.startsWith('ok') === true };
      },
    });
    onTestFinished(() => clearImmediate(girando));
    onTestFinished(() => edge.close());
    return { edge, comecos };
  }

  /** Cada token numa conexão sua, todos ao mesmo tempo, e tantas vezes quantas se pedir. */
  async function pedirTodos({ porta }: Edge, bearers: readonly (string | undefined)[], vezes: number): Promise<void> {
    const conexoes = await Promise.all(bearers.map(() => conectar(porta)));
    for (let vez = 1; vez <= vezes; vez += 1) {
      conexoes.forEach((conexao, indice) => {
        const bearer = bearers[indice];
        conexao.escrever(pedidoCom(bearer === undefined ? [] : [`Authorization: Bearer ${bearer}`]));
      });
      await ate(
        () => conexoes.every((conexao) => conexao.texto().length > vez * GRANDE.length),
        `as respostas da ${vez}ª vez`,
      );
    }
    for (const conexao of conexoes) conexao[Symbol.dispose]();
  }

  const porVolta = (comecos: readonly { readonly volta: number }[]) =>
    Math.max(...comecos.map(({ volta }) => comecos.filter((outro) => outro.volta === volta).length));

  test.each([
    ['sem token', () => undefined],
    ['com tokens inventados, um por conexão', (n: number) => `inventado-${n}`],
  ])('também %s: conta o endereço', async (_, bearer) => {
    const { edge, comecos } = await bordaQueAnota();
    await pedirTodos(edge, [bearer(0)], 1);
    await pedirTodos(
      edge,
      Array.from({ length: 20 }, (_, n) => bearer(n)),
      2,
    );
    expect(comecos).toHaveLength(41);
    expect(porVolta(comecos)).toBe(1);
  });

  test('e os conhecidos que chamam do mesmo endereço não esperam por eles', async () => {
    const { edge, comecos } = await bordaQueAnota();
    const conhecidos = Array.from({ length: 20 }, (_, n) => `ok-${n}`);
    await pedirTodos(edge, conhecidos, 1);
    comecos.length = 0;
    await pedirTodos(edge, [...conhecidos, undefined, undefined], 2);
    const deConhecidos = comecos.filter(({ bearer }) => bearer !== undefined);
    expect(porVolta(deConhecidos)).toBeGreaterThan(1);
    expect(porVolta(comecos.filter(({ bearer }) => bearer === undefined))).toBe(1);
  });
});

test('quem fecha a borda não espera por respostas que já não têm quem as leia', async () => {
  let chegaram = 0;
  const edge = await abrirBordaLocal({
    processo: 'binder',
    responder: () => {
      chegaram += 1;
      return new Promise(() => {});
    },
  });
  using conexao = await conectar(edge.porta);
  conexao.escrever(pedidoCom([]).repeat(10));
  await ate(() => chegaram === 10, 'os dez');
  conexao.derrubar();
  await conexao.fechadaEmMs;
  const fechou = promessaAberta<string>();
  void edge.close().then(() => fechou.resolve('fechou'));
  const desistiu = new Promise((resolve) => setTimeout(resolve, 2_000, 'esperou'));
  expect(await Promise.race([fechou.promise, desistiu])).toBe('fechou');
});

test('um pedido cuja conexão cai no meio do corpo não chega a quem responde, e não é um erro de ninguém', async () => {
  let chegaram = 0;
  const falhas: unknown[] = [];
  const edge = await abrirBordaLocal({
    processo: 'binder',
    responder: async () => {
      chegaram += 1;
      return { corpo: '{}', reconhecido: false };
    },
    aoFalhar: (erro) => falhas.push(erro),
  });
  using conexao = await conectar(edge.porta);
  conexao.escrever(pedidoCom([]).slice(0, -5));
  await ate(() => edge.conexoes() === 1, 'a conexão');
  conexao.derrubar();
  await ate(() => edge.conexoes() === 0, 'a queda');
  await edge.close();
  expect([chegaram, falhas]).toEqual([0, []]);
});

test('o corpo de um pedido não fica na memória enquanto a resposta não vem', async () => {
  // Um WeakRef só deixa de ter o corpo se nada mais o segura, e só uma coleta inteira o diz.
  setFlagsFromString('--expose-gc');
  const coletar: () => void = runInNewContext('gc');
  const { promise, resolve } = promessaAberta<Atendimento>();
  let corpo: WeakRef<Buffer> | undefined;
  const edge = await abrirBordaLocal({
    processo: 'servidor',
    responder: (lido) => {
      corpo = new WeakRef(lido);
      return promise;
    },
  });
  using conexao = await conectar(edge.porta);
  conexao.escrever(pedidoCom([]));
  await ate(() => corpo !== undefined, 'o pedido');
  await ate(() => {
    coletar();
    return corpo?.deref() === undefined;
  }, 'o corpo sair da memória');
  resolve({ corpo: '"resposta"', reconhecido: false });
  await ate(() => conexao.texto().endsWith('"resposta"'), 'a resposta, que ainda chega');
  await edge.close();
});

/**
 * O cliente JSON-RPC contra pares estranhos: os que caem, os que se calam, os que respondem o que não devem.
 * O par é um servidor HTTP (ou só TCP) deste arquivo; nada de rpc/server.ts está do outro lado.
 */

import { getEventListeners, once } from 'node:events';
import { createServer as criarHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as criarTcp, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { CHAT_CONTRACT, type ChatProcedures } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import { criarRemoto, type Remote } from '../../../../src/rpc/client/remote.ts';

interface Pedido {
  readonly corpo: string;
  // biome-ignore lint/suspicious/noExplicitAny: é o que veio pelo fio
  readonly json: any;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly socket: Socket;
}

interface Par extends AsyncDisposable {
  readonly remoto: Remote<ChatProcedures>;
  readonly pedidos: readonly Pedido[];
  readonly conexoesAbertas: () => number;
  readonly fechar: () => void;
}

interface Servidor {
  listen(porta: number, host: string): unknown;
  address(): unknown;
  close(): unknown;
}

/** Um cliente ligado a um servidor TCP qualquer, com as conexões contadas. */
async function ligar(servidor: Servidor & NodeJS.EventEmitter, pedidos: readonly Pedido[]): Promise<Par> {
  const abertas = new Set<Socket>();
  servidor.on('connection', (socket: Socket) => {
    abertas.add(socket);
    socket.on('close', () => abertas.delete(socket));
    socket.on('error', () => {});
  });
  servidor.listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  const conexoes = criarConexoes();
  const url = `http://127.0.0.1:${(servidor.address() as AddressInfo).port}`;
  return {
    remoto: criarRemoto(CHAT_CONTRACT, url, conexoes),
    pedidos,
    conexoesAbertas: () => abertas.size,
    fechar: () => conexoes.destroy(),
    [Symbol.asyncDispose]: async () => {
      conexoes.destroy();
      for (const socket of abertas) socket.destroy();
      servidor.close();
      await once(servidor, 'close');
    },
  };
}

/** @param atender recebe cada pedido inteiro, e o número dele, a partir de 1 */
function parHttp(atender: (pedido: Pedido, numero: number) => void): Promise<Par> {
  const pedidos: Pedido[] = [];
  const servidor = criarHttp(async (req, res) => {
    const pedacos: Buffer[] = [];
    for await (const pedaco of req) pedacos.push(pedaco);
    const corpo = Buffer.concat(pedacos).toString();
    const pedido = { corpo, json: JSON.parse(corpo), req, res, socket: req.socket };
    pedidos.push(pedido);
    atender(pedido, pedidos.length);
  });
  return ligar(servidor, pedidos);
}

function responder({ json, res }: Pedido, result: unknown): void {
  responderCom(res, JSON.stringify({ jsonrpc: '2.0', id: json.id, result }));
}

function responderCom(res: ServerResponse, corpo: string | Buffer, status = 200): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(corpo) }).end(corpo);
}

/** Cai sem responder: um reset, como o de um processo que morreu. */
function cair({ socket }: Pedido): void {
  socket.resetAndDestroy();
}

const SALAS = [{ nomeSala: 'Sala', usuarios: 1 }];
const MENSAGEM = {
  id: 1,
  sala: 'Sala',
  tipo: 'broadcast',
  origem: 'Ana',
  destino: 'todos',
  conteudo: 'oi',
  timestamp: '2024-03-01T12:34:56.789Z',
} as const;
const ENVIO = { nomeUsuario: 'Ana', salaAtual: 'Sala', mensagem: 'oi' };

const inalcancavel = (motivo: string) => expect.objectContaining({ name: 'UnreachableError', motivo });

describe('uma chamada', () => {
  test('é um POST / de JSON-RPC 2.0, com os parâmetros por nome e o token no cabeçalho', async () => {
    await using par = await parHttp((pedido) => responder(pedido, MENSAGEM));
    expect(await par.remoto.enviar_mensagem(ENVIO, { bearer: 'o-token' })).toEqual(MENSAGEM);
    const [{ req, json }] = par.pedidos as [Pedido];
    expect({ method: req.method, url: req.url }).toEqual({ method: 'POST', url: '/' });
    expect(req.headers['content-type']).toMatch(/^application\/json/);
    expect(req.headers.authorization).toBe('Bearer o-token');
    expect(json).toEqual({ jsonrpc: '2.0', id: expect.anything(), method: 'enviar_mensagem', params: ENVIO });
  });

  test('sem token não leva o cabeçalho; e cada uma tem seu id', async () => {
    await using par = await parHttp((pedido) => responder(pedido, SALAS));
    await par.remoto.listar_salas({});
    await par.remoto.listar_salas({});
    expect(par.pedidos.map(({ req }) => req.headers.authorization)).toEqual([undefined, undefined]);
    expect(new Set(par.pedidos.map(({ json }) => json.id)).size).toBe(2);
  });

  test('reusa a conexão, e destroy() a fecha', async () => {
    await using par = await parHttp((pedido) => responder(pedido, SALAS));
    for (let vez = 0; vez < 5; vez += 1) await par.remoto.listar_salas({});
    expect(new Set(par.pedidos.map(({ socket }) => socket)).size).toBe(1);
    expect(par.conexoesAbertas()).toBe(1);
    par.fechar();
    await ate(() => par.conexoesAbertas() === 0, 'o fim da conexão');
  });

  test('muitas ao mesmo tempo recebem cada uma a sua resposta, venham na ordem que vierem', async () => {
    const guardados: Pedido[] = [];
    await using par = await parHttp((pedido) => {
      guardados.push(pedido);
      if (guardados.length === 10) {
        for (const guardado of guardados.reverse()) {
          responder(guardado, { ...MENSAGEM, conteudo: guardado.json.params.mensagem });
        }
      }
    });
    const textos = Array.from({ length: 10 }, (_, numero) => `nº ${numero}`);
    const enviadas = await Promise.all(textos.map((mensagem) => par.remoto.enviar_mensagem({ ...ENVIO, mensagem })));
    expect(enviadas.map(({ conteudo }) => conteudo)).toEqual(textos);
  });

  test('lê UTF-8 que veio partido no meio de um caractere', async () => {
    await using par = await parHttp(({ json, res }) => {
      const conteudo = 'ação 😀';
      const corpo = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: json.id, result: { ...MENSAGEM, conteudo } }));
      for (const byte of corpo) res.write(Buffer.from([byte]));
      res.end();
    });
    expect((await par.remoto.enviar_mensagem(ENVIO)).conteudo).toBe('ação 😀');
  });
});

describe('até quando a chamada é querida', () => {
  const HORA_DE_LA = Date.UTC(2031, 0, 1);
  const valeAte = ({ req }: Pedido) => Number(req.headers['chat-vale-ate']);

  test('vai em cada uma: primeiro pelo relógio daqui, e depois da primeira resposta pelo de lá', async () => {
    await using par = await parHttp((pedido) => {
      pedido.res.setHeader('Chat-Agora', String(HORA_DE_LA));
      responder(pedido, SALAS);
    });
    const antesMs = Date.now();
    await par.remoto.listar_salas({}, { prazoMs: 20_000 });
    await par.remoto.listar_salas({}, { prazoMs: 20_000 });
    const [primeira, segunda] = par.pedidos as [Pedido, Pedido];
    expect(valeAte(primeira) - 20_000).toBeGreaterThanOrEqual(antesMs);
    expect(valeAte(primeira) - 20_000).toBeLessThanOrEqual(Date.now());
    // O relógio de lá andou desde que a resposta chegou.
    expect(valeAte(segunda) - 20_000).toBeGreaterThanOrEqual(HORA_DE_LA);
    expect(valeAte(segunda) - 20_000).toBeLessThanOrEqual(HORA_DE_LA + 60_000);
  });

  test('com o relógio de lá em outra hora, a recusa a traz, e a repetição vale', async () => {
    await using par = await parHttp((pedido) => {
      pedido.res.setHeader('Chat-Agora', String(HORA_DE_LA));
      if (valeAte(pedido) >= HORA_DE_LA) return responder(pedido, { nomeSala: 'Sala' });
      const error = { code: 2009, message: 'x', data: { tenteEmMs: 0 } };
      return responderCom(pedido.res, JSON.stringify({ jsonrpc: '2.0', id: pedido.json.id, error }));
    });
    expect(await par.remoto.criar_sala({ nomeSala: 'Sala' })).toEqual({ nomeSala: 'Sala' });
    expect(par.pedidos).toHaveLength(2);
  });
});

describe('um erro do contrato', () => {
  const comErro = (error: unknown, id?: null) =>
    parHttp(({ json, res }) =>
      responderCom(res, JSON.stringify({ jsonrpc: '2.0', id: id === null ? id : json.id, error })),
    );

  test('chega com o tipo, a frase do outro lado e os detalhes', async () => {
    const message = 'Espere um pouco.';
    await using par = await comErro({ code: 2008, message, data: { tipo: 'LIMITE_EXCEDIDO', tenteEmMs: 250 } });
    const erro = await par.remoto.registrar_usuario({ nomeUsuario: 'Ana' }).catch((causa: unknown) => causa);
    expect(erro).toBeInstanceOf(ContractError);
    expect(erro).toMatchObject({ tipo: 'LIMITE_EXCEDIDO', message, detalhes: { tenteEmMs: 250 } });
    expect(par.pedidos).toHaveLength(1);
  });

  test('negativo também: parâmetros errados dizem quais', async () => {
    const problemas = [{ parametro: 'nomeUsuario', motivo: 'não pode ser vazio' }];
    await using par = await comErro({ code: -32602, message: 'x', data: { tipo: 'PARAMETROS_INVALIDOS', problemas } });
    await expect(par.remoto.registrar_usuario({ nomeUsuario: '' })).rejects.toMatchObject({
      tipo: 'PARAMETROS_INVALIDOS',
      detalhes: { problemas },
    });
  });

  test('sem data é conhecido pelo código', async () => {
    await using par = await comErro({ code: 2001, message: 'x' });
    await expect(par.remoto.registrar_usuario({ nomeUsuario: 'Ana' })).rejects.toMatchObject({ tipo: 'NOME_EM_USO' });
  });

  test('que manda repetir já é repetido uma vez, também o que agiria de novo: o outro lado diz que nada fez', async () => {
    await using par = await comErro({ code: 2009, message: 'x', data: { tenteEmMs: 0 } });
    const chamada = par.remoto.criar_sala({ nomeSala: 'Sala' });
    await expect(chamada).rejects.toMatchObject({ tipo: 'SERVICO_INDISPONIVEL' });
    expect(par.pedidos).toHaveLength(2);
  });

  test('uma espera que não é um número finito não é lida', async () => {
    await using par = await parHttp(({ json, res }) =>
      responderCom(
        res,
        `{"jsonrpc":"2.0","id":"${json.id}","error":{"code":2008,"message":"x","data":{"tenteEmMs":1e999}}}`,
      ),
    );
    const erro = await par.remoto.registrar_usuario({ nomeUsuario: 'Ana' }).catch((causa: unknown) => causa);
    expect(erro).toMatchObject({ tipo: 'LIMITE_EXCEDIDO', detalhes: {} });
    expect((erro as ContractError).detalhes.tenteEmMs).toBeUndefined();
  });

  test('com id null, como o de quem não pôde ler o pedido, é um erro e não um silêncio', async () => {
    await using par = await comErro({ code: -32700, message: 'x' }, null);
    await expect(par.remoto.listar_salas({})).rejects.toBeInstanceOf(ContractError);
  });

  test('num 413 ou 415 é lido como os outros', async () => {
    await using par = await parHttp(({ res }) =>
      responderCom(res, '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"grande demais"}}', 413),
    );
    await expect(par.remoto.listar_salas({})).rejects.toMatchObject({
      tipo: 'PEDIDO_INVALIDO',
      message: 'grande demais',
    });
  });
});

describe('uma resposta que não é do contrato', () => {
  const esperado = inalcancavel('resposta_invalida');
  const corpos: readonly (readonly [string, (id: unknown) => unknown])[] = [
    ['uma página HTML', () => '<!doctype html><h1>It works!</h1>'],
    ['nada', () => ''],
    ['JSON truncado', () => '{"jsonrpc":"2.0","id":'],
    ['null', () => 'null'],
    ['uma lista vazia', () => '[]'],
    ['um número', () => '42'],
    ['um objeto qualquer', () => '{"ok":true}'],
    ['a resposta dentro de uma lista', (id) => [{ jsonrpc: '2.0', id, result: SALAS }]],
    ['sem jsonrpc', (id) => ({ id, result: SALAS })],
    ['jsonrpc 1.0', (id) => ({ jsonrpc: '1.0', id, result: SALAS })],
    ['com o id de outra chamada', () => ({ jsonrpc: '2.0', id: 'de outra', result: SALAS })],
    ['com id null e um resultado', () => ({ jsonrpc: '2.0', id: null, result: SALAS })],
    ['sem id', () => ({ jsonrpc: '2.0', result: SALAS })],
    ['sem resultado nem erro', (id) => ({ jsonrpc: '2.0', id })],
    ['com um resultado de outra forma', (id) => ({ jsonrpc: '2.0', id, result: { salas: SALAS } })],
    ['com um resultado null', (id) => ({ jsonrpc: '2.0', id, result: null })],
    ['com um erro que é um texto', (id) => ({ jsonrpc: '2.0', id, error: 'falhou' })],
    ['com um erro sem código', (id) => ({ jsonrpc: '2.0', id, error: { message: 'falhou' } })],
    [
      'com um erro de código que o contrato não tem',
      (id) => ({ jsonrpc: '2.0', id, error: { code: 42, message: 'x' } }),
    ],
    [
      'com um erro cujo data não é um objeto',
      (id) => ({ jsonrpc: '2.0', id, error: { code: 42, message: 'x', data: 7 } }),
    ],
    ['com os bytes de outra codificação', () => Buffer.from([0xff, 0xfe, 0x7b, 0x00])],
  ];

  test.each(corpos)('%s é dita inválida, sem repetir', async (_, corpo) => {
    await using par = await parHttp(({ json, res }) => {
      const dado = corpo(json.id);
      responderCom(res, typeof dado === 'string' || Buffer.isBuffer(dado) ? dado : JSON.stringify(dado));
    });
    await expect(par.remoto.listar_salas({})).rejects.toEqual(esperado);
    expect(par.pedidos).toHaveLength(1);
  });

  test.each([301, 404, 500, 502])(
    'uma página de erro %i também, e um redirecionamento não é seguido',
    async (status) => {
      await using par = await parHttp(({ res }) => {
        res.writeHead(status, { 'Content-Type': 'text/html', Location: '/outro' }).end('<h1>erro</h1>');
      });
      await expect(par.remoto.listar_salas({})).rejects.toEqual(esperado);
      expect(par.pedidos).toHaveLength(1);
    },
  );

  test('de um proxy sem servidor atrás é dita com o status dela', async () => {
    await using par = await parHttp(({ res }) => responderCom(res, '<h1>Bad Gateway</h1>', 502));
    await expect(par.remoto.listar_salas({})).rejects.toMatchObject({
      motivo: 'resposta_invalida',
      message: expect.stringContaining('status HTTP 502 (Bad Gateway)'),
    });
  });

  test('sem fim não enche a memória: é largada, e a conexão com ela', async () => {
    await using par = await parHttp(({ res }) => {
      res.writeHead(200, { 'Content-Type': 'application/json' });
      const pedaco = Buffer.alloc(1024 * 1024, 'x');
      const despejar = () => {
        while (!res.destroyed && res.write(pedaco));
      };
      res.on('drain', despejar);
      despejar();
    });
    await expect(par.remoto.listar_salas({})).rejects.toEqual(esperado);
    await ate(() => par.conexoesAbertas() === 0, 'o fim da conexão');
  });

  test('de uma porta que fala TLS é dita como o que é, e nada chegou a agir', async () => {
    // O alerta com que o TLS recusa o que não entende (RFC 8446, seção 6).
    const servidor = criarTcp((socket) => socket.once('data', () => socket.end(Buffer.from('15030100020246', 'hex'))));
    await using par = await ligar(servidor, []);
    await expect(par.remoto.criar_sala({ nomeSala: 'Sala' })).rejects.toMatchObject({
      motivo: 'recusada',
      message: expect.stringContaining('fala TLS; a URL do binder deve começar com https'),
    });
  });

  test('que nem é HTTP falha como uma falha de transporte, e não é agir de novo', async () => {
    const servidor = criarTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    let conexoes = 0;
    servidor.on('connection', () => {
      conexoes += 1;
    });
    await using par = await ligar(servidor, []);
    await expect(par.remoto.registrar_usuario({ nomeUsuario: 'Ana' })).rejects.toMatchObject({
      name: 'UnreachableError',
    });
    expect(conexoes).toBe(1);
  });
});

describe('uma conexão que cai', () => {
  const quedas: readonly (readonly [string, (pedido: Pedido) => void])[] = [
    ['antes da resposta, com um reset', cair],
    ['antes da resposta, em ordem', ({ socket }) => socket.end()],
    [
      'no meio dos cabeçalhos',
      ({ socket }) => {
        socket.end('HTTP/1.1 200 OK\r\nContent-Ty');
      },
    ],
    [
      'no meio de um corpo com tamanho',
      ({ res, socket }) => {
        res.writeHead(200, { 'Content-Length': '1000' });
        res.write('{"jsonrpc":"2.0",', () => socket.destroy());
      },
    ],
    [
      'no meio de um corpo em chunks',
      ({ res, socket }) => {
        res.writeHead(200);
        res.write('{"jsonrpc":"2.0",', () => socket.destroy());
      },
    ],
  ];

  test.each(quedas)('%s: o que é seguro é repetido uma vez, e então dá certo', async (_, queda) => {
    await using par = await parHttp((pedido, numero) => (numero === 1 ? queda(pedido) : responder(pedido, SALAS)));
    expect(await par.remoto.listar_salas({})).toEqual(SALAS);
    expect(par.pedidos).toHaveLength(2);
  });

  test.each(quedas)('%s: só uma vez, e então se diz que caiu', async (_, queda) => {
    await using par = await parHttp(queda);
    await expect(par.remoto.listar_salas({})).rejects.toEqual(inalcancavel('interrompida'));
    expect(par.pedidos).toHaveLength(2);
  });

  test.each(quedas)('%s: o que agiria de novo não é repetido', async (_, queda) => {
    await using par = await parHttp(queda);
    const chamadas = [
      () => par.remoto.registrar_usuario({ nomeUsuario: 'Ana' }),
      () => par.remoto.criar_sala({ nomeSala: 'Sala' }),
      () => par.remoto.sair_da_sala({}),
      () => par.remoto.encerrar_sessao({}),
      () => par.remoto.enviar_mensagem(ENVIO),
      () => par.remoto.enviar_mensagem({ ...ENVIO, chave: null }),
    ];
    for (const chamada of chamadas) await expect(chamada()).rejects.toEqual(inalcancavel('interrompida'));
    expect(par.pedidos).toHaveLength(chamadas.length);
  });

  test('um envio com chave é repetido, com a mesma chave e o mesmo token', async () => {
    await using par = await parHttp((pedido, numero) => (numero === 1 ? cair(pedido) : responder(pedido, MENSAGEM)));
    await par.remoto.enviar_mensagem({ ...ENVIO, chave: 'k' }, { bearer: 'o-token' });
    expect(par.pedidos.map(({ json }) => json.params)).toEqual([
      { ...ENVIO, chave: 'k' },
      { ...ENVIO, chave: 'k' },
    ]);
    expect(par.pedidos.map(({ req }) => req.headers.authorization)).toEqual(['Bearer o-token', 'Bearer o-token']);
  });

  test('enquanto estava ociosa não se percebe numa chamada segura', async () => {
    await using par = await parHttp((pedido) => {
      responder(pedido, SALAS);
      // O outro lado tinha prometido deixá-la aberta.
      pedido.res.on('finish', () => pedido.socket.end());
    });
    for (let vez = 0; vez < 5; vez += 1) expect(await par.remoto.listar_salas({})).toEqual(SALAS);
  });

  test('reusada, um pedido inseguro que se perdeu nela não é repetido às escondidas', async () => {
    await using par = await parHttp((pedido, numero) =>
      numero === 1 ? responder(pedido, { nomeSala: 'Sala' }) : cair(pedido),
    );
    await par.remoto.criar_sala({ nomeSala: 'Sala' });
    await expect(par.remoto.criar_sala({ nomeSala: 'Outra' })).rejects.toEqual(inalcancavel('interrompida'));
    expect(par.pedidos).toHaveLength(2);
    expect(par.pedidos[1]?.socket).toBe(par.pedidos[0]?.socket);
  });
});

test('onde não há ninguém, a conexão é recusada', async () => {
  const par = await parHttp((pedido) => responder(pedido, SALAS));
  await par[Symbol.asyncDispose]();
  for (const chamada of [() => par.remoto.listar_salas({}), () => par.remoto.criar_sala({ nomeSala: 'Sala' })]) {
    await expect(chamada()).rejects.toEqual(inalcancavel('recusada'));
  }
});

test.each([
  ['nenhum dos endereços do nome serve', ['connect', 'connect'], 'recusada'],
  ['o nome não se resolve', ['getaddrinfo'], 'recusada'],
  ['de um dos endereços não se sabe', ['connect', 'read'], 'interrompida'],
])('quando %s, o motivo diz se algo pode ter chegado', async (_, syscalls, motivo) => {
  const erros = syscalls.map((syscall) => Object.assign(new Error('x'), { code: 'EADDRNOTAVAIL', syscall }));
  const [unico] = erros;
  const erro = erros.length === 1 ? unico : Object.assign(new AggregateError(erros), { code: 'EADDRNOTAVAIL' });
  const conexoes = criarConexoes();
  const remoto = criarRemoto(CHAT_CONTRACT, 'http://localhost:1', {
    ...conexoes,
    request: (url, options) => {
      const req = conexoes.request(url, options);
      req.destroy(erro as Error);
      return req;
    },
  });
  await expect(remoto.criar_sala({ nomeSala: 'Sala' })).rejects.toEqual(inalcancavel(motivo));
  conexoes.destroy();
});

describe('o prazo', () => {
  test('corta quem nunca responde, no seu tempo, sem repetir', async () => {
    await using par = await parHttp(() => {});
    const inicioMs = performance.now();
    await expect(par.remoto.listar_salas({}, { prazoMs: 150 })).rejects.toEqual(inalcancavel('prazo'));
    expect(performance.now() - inicioMs).toBeGreaterThanOrEqual(145);
    expect(par.pedidos).toHaveLength(1);
    await ate(() => par.conexoesAbertas() === 0, 'o fim da conexão');
  });

  test('é da resposta inteira: não o renova quem goteja o corpo', async () => {
    const gotejar: NodeJS.Timeout[] = [];
    await using par = await parHttp(({ res }) => {
      res.writeHead(200);
      gotejar.push(setInterval(() => res.write(' '), 20));
    });
    try {
      await expect(par.remoto.listar_salas({}, { prazoMs: 150 })).rejects.toEqual(inalcancavel('prazo'));
      expect(par.pedidos).toHaveLength(1);
    } finally {
      gotejar.forEach(clearInterval);
    }
  });

  test('uma chamada que espera mais de 6 s chega ao fim', async () => {
    // O agente global do Node cortaria aos 5 s: é deste tempo, e não de outro, que o teste precisa.
    await using par = await parHttp((pedido) => setTimeout(() => responder(pedido, [MENSAGEM]), 6_200));
    const espera = { nomeUsuario: 'Ana', salaAtual: 'Sala', desde: 0, esperarMs: 6_000 };
    expect(await par.remoto.receber_mensagens(espera, { prazoMs: 20_000 })).toEqual([MENSAGEM]);
    expect(par.pedidos).toHaveLength(1);
  });

  test('depois da resposta não resta nada por disparar', async () => {
    await using par = await parHttp((pedido) => responder(pedido, SALAS));
    const antes = timersAtivos();
    await Promise.all(Array.from({ length: 20 }, () => par.remoto.listar_salas({}, { prazoMs: 60_000 })));
    expect(timersAtivos()).toBeLessThanOrEqual(antes);
  });
});

function timersAtivos(): number {
  return process.getActiveResourcesInfo().filter((recurso) => recurso === 'Timeout').length;
}

describe('o sinal de quem desiste', () => {
  test('já dado, nada é enviado', async () => {
    await using par = await parHttp((pedido) => responder(pedido, SALAS));
    await expect(par.remoto.listar_salas({}, { signal: AbortSignal.abort() })).rejects.toEqual(
      inalcancavel('cancelada'),
    );
    expect(par.pedidos).toHaveLength(0);
  });

  test('dado no meio, larga a chamada e a conexão, sem repetir', async () => {
    const desistencia = new AbortController();
    await using par = await parHttp(() => desistencia.abort());
    await expect(par.remoto.listar_salas({}, { signal: desistencia.signal })).rejects.toEqual(
      inalcancavel('cancelada'),
    );
    await ate(() => par.conexoesAbertas() === 0, 'o fim da conexão');
    expect(par.pedidos).toHaveLength(1);
  });

  test('dado no meio do corpo também', async () => {
    const desistencia = new AbortController();
    await using par = await parHttp(({ res }) => {
      res.writeHead(200);
      res.write('{"jsonrpc"', () => desistencia.abort());
    });
    await expect(par.remoto.listar_salas({}, { signal: desistencia.signal })).rejects.toEqual(
      inalcancavel('cancelada'),
    );
    expect(par.pedidos).toHaveLength(1);
  });

  test('dado depois da resposta não muda nada, e um sinal que serve a muitas chamadas não as acumula', async () => {
    const desistencia = new AbortController();
    const { signal } = desistencia;
    await using par = await parHttp((pedido) => responder(pedido, SALAS));
    for (let vez = 0; vez < 15; vez += 1) expect(await par.remoto.listar_salas({}, { signal })).toEqual(SALAS);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    desistencia.abort();
    expect(await par.remoto.listar_salas({})).toEqual(SALAS);
  });

  test('dado antes da repetição, a segunda vez não acontece', async () => {
    const desistencia = new AbortController();
    await using par = await parHttp((pedido) => {
      cair(pedido);
      desistencia.abort();
    });
    await expect(par.remoto.listar_salas({}, { signal: desistencia.signal })).rejects.toEqual(
      inalcancavel('cancelada'),
    );
    expect(par.pedidos).toHaveLength(1);
  });
});

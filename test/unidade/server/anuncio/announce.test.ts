/** O anúncio contra um binder de mentira, com os timers na mão do teste e a rede de verdade. */

import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { BINDER_CONTRACT } from '../../../../src/contract/binder.ts';
import { CHAT_CONTRACT } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { nomesChamaveis } from '../../../../src/contract/procedure.ts';
import type { Log } from '../../../../src/process/log.ts';
import { type Conexoes, criarConexoes } from '../../../../src/rpc/client/http.ts';
import { criarResponder } from '../../../../src/rpc/server/responder.ts';
import { Announce } from '../../../../src/server/anuncio/announce.ts';
import { abrirBordaLocal } from '../../../suporte/local/borda.ts';
import { assentar, promessaAberta } from '../apoio.ts';

const TODOS_OS_NOMES = nomesChamaveis(CHAT_CONTRACT);
/** Cada nome é um pedido HTTP por rodada: três bastam, exceto para provar que são todos. */
const NOMES = ['criar_sala', 'criarSala', 'entrar_sala'];
const SEGREDO = 'segredo-do-binder';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

let emAndamento = 0;

function contando({ request, destroy }: Conexoes): Conexoes {
  return {
    request: (...pedido) => {
      emAndamento += 1;
      return request(...pedido).once('close', () => {
        emAndamento -= 1;
      });
    },
    destroy,
  };
}

/** Como `ate`, mas sem timers: aqui eles não andam sozinhos. */
async function logo(condicao: () => boolean, oQue: string): Promise<void> {
  const fim = performance.now() + 10_000;
  // O que um timer acaba de começar só conta depois de uma volta.
  await assentar();
  while (!condicao()) {
    if (performance.now() > fim) {
      const estado = `${emAndamento} pedidos em andamento, ${vi.getTimerCount()} timers`;
      throw new Error(`${oQue} não aconteceu: ${estado}`);
    }
    await assentar();
  }
}

interface Registro {
  readonly address: string;
  readonly port: number;
  readonly ttl_s: number | undefined;
  readonly bearer: string | undefined;
}

/** Um binder que faz o que o teste quiser a cada registro. */
async function abrirBinder(porta = 0) {
  const registrados = new Map<string, Registro>();
  const chamadas: string[] = [];
  let aoRegistrar: (nome: string) => Promise<void> = async () => {};
  let aoRetirar: () => Promise<void> = async () => {};
  let alheios: readonly { address: string; port: number; ttl_s: number }[] = [];
  let falhaAoListar: Error | undefined;
  const edge = await abrirBordaLocal({
    porta,
    processo: 'binder',
    aoFalhar: (erro) => {
      throw erro;
    },
    responder: criarResponder({
      contract: BINDER_CONTRACT,
      authentication: {
        identificar: ({ bearer }) => bearer,
        reconhece: () => true,
        autorizar: (_, bearer) => bearer,
      },
      handlers: {
        register_procedure: async ({ procedure_name, address, port, ttl_s }, bearer) => {
          chamadas.push(`register ${procedure_name}`);
          await aoRegistrar(procedure_name);
          registrados.set(procedure_name, { address, port, ttl_s, bearer: bearer as string | undefined });
          return { procedure_name, address, port, ttl_s: ttl_s ?? null };
        },
        unregister_procedure: async ({ procedure_name }) => {
          chamadas.push(`unregister ${procedure_name}`);
          await aoRetirar();
          return registrados.delete(procedure_name);
        },
        lookup_procedure: () => Promise.reject(new ContractError('PROCEDIMENTO_NAO_REGISTRADO')),
        watch_procedures: () => Promise.reject(new ContractError('SERVICO_INDISPONIVEL')),
        list_procedures: async () => {
          if (falhaAoListar) throw falhaAoListar;
          return [...registrados].map(([procedure_name, { address, port }], indice) => ({
            procedure_name,
            endpoints: [{ address, port, ttl_s: 30 }, ...(indice === 0 ? alheios : [])],
          }));
        },
      },
      aoFalhar: (erro) => {
        throw erro;
      },
    }),
  });
  onTestFinished(() => edge.close());
  return {
    edge,
    porta: edge.porta,
    registrados,
    chamadas,
    listarTambem: (outros: typeof alheios) => {
      alheios = outros;
    },
    falharAoListar: () => {
      falhaAoListar = new ContractError('SERVICO_INDISPONIVEL');
    },
    quandoRegistrar: (fazer: typeof aoRegistrar) => {
      aoRegistrar = fazer;
    },
    quandoRetirar: (fazer: typeof aoRetirar) => {
      aoRetirar = fazer;
    },
  };
}

function abrirAnuncio(...binders: string[]) {
  return abrirAnuncioCom({ binders });
}

type Opcoes = Pick<ConstructorParameters<typeof Announce>[0], 'binders' | 'dividido' | 'procedimentos'>;

function abrirAnuncioCom({
  binders,
  dividido = false,
  procedimentos = NOMES,
}: Partial<Opcoes> & Pick<Opcoes, 'binders'>) {
  const linhas: string[] = [];
  const anotar =
    (nivel: string): Log['info'] =>
    (texto, campos = {}) => {
      linhas.push(`${nivel} ${texto} ${JSON.stringify(campos)}`);
    };
  const announce = new Announce({
    binders,
    segredo: SEGREDO,
    procedimentos,
    address: '192.0.2.7',
    port: 8005,
    dividido,
    log: { info: anotar('INFO'), aviso: anotar('AVISO'), erro: anotar('ERRO') },
    conexoes: contando(criarConexoes()),
  });
  onTestFinished(() => announce.close());
  return { announce, linhas };
}

/**
 * A rodada acabou quando nenhum pedido está em andamento e há o timer da próxima. Pode haver outros timers: os que outro
 * arquivo de testes deixou no mesmo processo também são de mentira aqui.
 */
const entreRodadas = () => emAndamento === 0 && vi.getTimerCount() >= 1;

const PASSO_MS = 500;

/** Passa o tempo aos poucos: num salto só, os prazos das chamadas venceriam antes que a rede andasse. */
async function passar(ms: number): Promise<void> {
  for (let passadosMs = 0; passadosMs < ms; passadosMs += PASSO_MS) {
    vi.advanceTimersByTime(PASSO_MS);
    await logo(entreRodadas, 'o fim da rodada');
  }
}

describe('um endereço que o binder lista para estes procedimentos e não é o deste servidor', () => {
  const ALHEIO = { address: '127.0.0.1', port: 9_999, ttl_s: 86_400 };
  const doAlheio = (linhas: readonly string[]) => linhas.filter((linha) => linha.includes('127.0.0.1:9999'));

  test('é um aviso, dito uma vez, se o estado é só deste servidor', async () => {
    const binder = await abrirBinder();
    const { announce, linhas } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');
    expect(doAlheio(linhas)).toEqual([]);
    binder.listarTambem([ALHEIO]);
    await passar(20_000);
    expect(doAlheio(linhas)).toEqual([expect.stringMatching(/^AVISO .*tokens/)]);
  });

  test('é só uma notícia se outros servidores dividem o estado', async () => {
    const binder = await abrirBinder();
    binder.listarTambem([ALHEIO]);
    const { announce, linhas } = abrirAnuncioCom({ binders: [binder.edge.url], dividido: true });
    announce.iniciar();
    await logo(entreRodadas, 'o registro');
    expect(doAlheio(linhas)).toEqual([expect.stringMatching(/^INFO /)]);
  });

  test('aos milhares não enche o log nem a memória', async () => {
    const binder = await abrirBinder();
    binder.listarTambem(Array.from({ length: 500 }, (_, n) => ({ ...ALHEIO, port: n + 1 })));
    const { announce, linhas } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');
    await passar(10_000);
    expect(linhas.filter((linha) => linha.startsWith('AVISO'))).toHaveLength(100);
  });

  test('se o binder não lista, o registro continua valendo', async () => {
    const binder = await abrirBinder();
    binder.falharAoListar();
    const { announce, linhas } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');
    expect(linhas).toEqual([expect.stringMatching(/^INFO procedimentos registrados/)]);
  });
});

describe('registrar', () => {
  test('todo nome chamável é registrado, com o endereço dado, um lease de no máximo 30 s e o segredo', async () => {
    const binder = await abrirBinder();
    const { announce } = abrirAnuncioCom({ binders: [binder.edge.url], procedimentos: TODOS_OS_NOMES });
    announce.iniciar();
    await logo(entreRodadas, 'o registro');

    expect([...binder.registrados.keys()].sort()).toEqual([...TODOS_OS_NOMES].sort());
    expect(TODOS_OS_NOMES).toHaveLength(18);
    for (const registro of binder.registrados.values()) {
      expect(registro).toMatchObject({ address: '192.0.2.7', port: 8005, bearer: SEGREDO });
      expect(registro.ttl_s).toBeLessThanOrEqual(30);
      expect(registro.ttl_s).toBeGreaterThan(0);
    }
  });

  test('um binder que voltou vazio tem tudo de novo bem antes de 15 s, e isso não enche o log', async () => {
    const binder = await abrirBinder();
    const { announce, linhas } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');

    for (let vez = 0; vez < 4; vez += 1) {
      binder.registrados.clear();
      await passar(10_000);
      expect(binder.registrados.size).toBe(NOMES.length);
    }
    expect(linhas).toHaveLength(1);
    expect(linhas[0]).toMatch(/^INFO /);
  });

  test('sem binder na partida, insiste, diz isso uma vez só, e registra assim que ele aparece', async () => {
    const passado = await abrirBinder();
    const { porta, url } = passado.edge;
    await passado.edge.close();
    const { announce, linhas } = abrirAnuncio(url);
    announce.iniciar();
    await logo(entreRodadas, 'a primeira tentativa');
    for (let vez = 0; vez < 5; vez += 1) await passar(1000);
    expect(linhas).toHaveLength(1);
    expect(linhas[0]).toMatch(/^AVISO .*INALCANCAVEL/);

    const binder = await abrirBinder(porta);
    await passar(1000);
    expect(binder.registrados.size).toBe(NOMES.length);
    expect(linhas).toHaveLength(2);
  });

  test('com o segredo errado, o log diz o motivo, sem o segredo, e a tentativa continua', async () => {
    const binder = await abrirBinder();
    binder.quandoRegistrar(() => Promise.reject(new ContractError('SEGREDO_INVALIDO')));
    const { announce, linhas } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'a primeira tentativa');
    await passar(1000);
    expect(linhas).toHaveLength(1);
    expect(linhas[0]).toContain('SEGREDO_INVALIDO');
    expect(linhas[0]).not.toContain(SEGREDO);

    binder.quandoRegistrar(async () => {});
    await passar(1000);
    expect(binder.registrados.size).toBe(NOMES.length);
  });

  test('quem alterna entre motivos tem cada um dito uma vez, e de novo depois de um registro', async () => {
    const binder = await abrirBinder();
    let vez = 0;
    const recusar = () => Promise.reject(new ContractError(vez % 2 === 0 ? 'SEGREDO_INVALIDO' : 'LIMITE_EXCEDIDO'));
    binder.quandoRegistrar(recusar);
    const { announce, linhas } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'a primeira tentativa');
    for (vez = 1; vez < 6; vez += 1) await passar(1000);
    expect(linhas.map((linha) => /SEGREDO_INVALIDO|LIMITE_EXCEDIDO/u.exec(linha)?.[0])).toEqual([
      'SEGREDO_INVALIDO',
      'LIMITE_EXCEDIDO',
    ]);

    binder.quandoRegistrar(async () => {});
    await passar(1000);
    binder.quandoRegistrar(recusar);
    await passar(5000);
    expect(linhas.map((linha) => linha.split(' ')[0])).toEqual(['AVISO', 'AVISO', 'INFO', 'AVISO']);
  });

  test('se um só nome foi recusado, a nova tentativa não espera pela renovação', async () => {
    const binder = await abrirBinder();
    binder.quandoRegistrar(async (nome) => {
      if (nome === 'criarSala') throw new ContractError('SEGREDO_INVALIDO');
    });
    const { announce } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'a primeira tentativa');
    expect(binder.registrados.size).toBe(NOMES.length - 1);

    binder.quandoRegistrar(async () => {});
    await passar(1000);
    expect(binder.registrados.size).toBe(NOMES.length);
  });

  test('um binder que não responde não prende a rodada: outra começa depois', async () => {
    const binder = await abrirBinder();
    const presa = promessaAberta<void>();
    binder.quandoRegistrar(() => presa.promise);
    const { announce } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(() => binder.chamadas.length === NOMES.length, 'o pedido de registro');

    vi.advanceTimersByTime(5000);
    await logo(entreRodadas, 'a desistência');
    binder.quandoRegistrar(async () => {});
    await passar(1000);
    expect(binder.registrados.size).toBe(NOMES.length);
    presa.resolve();
  });
});

describe('com dois binders', () => {
  /** Cada um tem a sua rodada, e o seu timer. */
  const entreRodadasDosDois = () => emAndamento === 0 && vi.getTimerCount() >= 2;

  async function passarNosDois(ms: number): Promise<void> {
    for (let passadosMs = 0; passadosMs < ms; passadosMs += PASSO_MS) {
      vi.advanceTimersByTime(PASSO_MS);
      await logo(entreRodadasDosDois, 'o fim das rodadas');
    }
  }

  async function abrirDois() {
    const [um, outro] = [await abrirBinder(), await abrirBinder()];
    return { um, outro, ...abrirAnuncio(um.edge.url, outro.edge.url) };
  }

  test('registra em cada um, e renova em cada um', async () => {
    const { um, outro, announce, linhas } = await abrirDois();
    announce.iniciar();
    await logo(entreRodadasDosDois, 'o registro');
    expect([um.registrados.size, outro.registrados.size]).toEqual([NOMES.length, NOMES.length]);
    for (const binder of [um, outro]) binder.chamadas.length = 0;
    await passarNosDois(5_000);
    expect([um.chamadas.length, outro.chamadas.length]).toEqual([NOMES.length, NOMES.length]);
    expect(linhas).toHaveLength(2);
    for (const { edge } of [um, outro]) {
      expect(linhas).toContainEqual(expect.stringMatching(`^INFO procedimentos registrados.*${edge.url}`));
    }
  });

  test('um que some e volta vazio tem tudo de novo bem antes de 15 s, e o outro nada perde enquanto isso', async () => {
    const { um, outro, announce, linhas } = await abrirDois();
    announce.iniciar();
    await logo(entreRodadasDosDois, 'o registro');
    await um.edge.close();
    outro.chamadas.length = 0;
    await passarNosDois(10_000);
    expect(outro.chamadas).toHaveLength(2 * NOMES.length);
    const deVolta = await abrirBinder(um.porta);
    await passarNosDois(1_000);
    expect([deVolta.registrados.size, outro.registrados.size]).toEqual([NOMES.length, NOMES.length]);
    const doPrimeiro = linhas.filter((linha) => linha.includes(um.edge.url)).map((linha) => linha.split(' ')[0]);
    expect(doPrimeiro).toEqual(['INFO', 'AVISO', 'INFO']);
  });

  test.each([
    ['não consegue servir', () => Promise.reject(new ContractError('SERVICO_INDISPONIVEL'))],
    ['recusa o segredo', () => Promise.reject(new ContractError('SEGREDO_INVALIDO'))],
    ['se cala', () => new Promise<void>(() => {})],
  ])('um que %s não atrasa o registro no outro', async (_, fazer) => {
    const { um, outro, announce } = await abrirDois();
    um.quandoRegistrar(fazer);
    announce.iniciar();
    await logo(() => outro.registrados.size === NOMES.length, 'o registro no outro');
    expect(um.registrados.size).toBe(0);
  });

  test('sem nenhum, diz isso uma vez de cada um, e registra no que voltar', async () => {
    const { um, outro, announce, linhas } = await abrirDois();
    await um.edge.close();
    await outro.edge.close();
    announce.iniciar();
    await logo(entreRodadasDosDois, 'a primeira tentativa');
    await passarNosDois(3_000);
    expect(linhas).toHaveLength(2);
    for (const { edge } of [um, outro]) {
      expect(linhas).toContainEqual(expect.stringMatching(`^AVISO .*${edge.url}.*INALCANCAVEL`));
    }
    const deVolta = await abrirBinder(outro.porta);
    await passarNosDois(1_000);
    expect(deVolta.registrados.size).toBe(NOMES.length);
  });

  test('um endereço alheio que os dois listam é dito uma vez', async () => {
    const { um, outro, announce, linhas } = await abrirDois();
    for (const binder of [um, outro]) binder.listarTambem([{ address: '127.0.0.1', port: 9_999, ttl_s: 30 }]);
    announce.iniciar();
    await logo(entreRodadasDosDois, 'o registro');
    expect(linhas.filter((linha) => linha.includes('127.0.0.1:9999'))).toHaveLength(1);
  });

  test('fechar retira nos dois, e desiste em 1 s se todos se calam', async () => {
    const { um, outro, announce } = await abrirDois();
    announce.iniciar();
    await logo(entreRodadasDosDois, 'o registro');
    for (const binder of [um, outro]) binder.quandoRetirar(() => new Promise(() => {}));
    const fim = announce.close();
    const retiradas = (binder: typeof um) => binder.chamadas.filter((chamada) => chamada.startsWith('unregister'));
    await logo(() => retiradas(um).length === NOMES.length && retiradas(outro).length === NOMES.length, 'a retirada');
    vi.advanceTimersByTime(1_000);
    await fim;
  });
});

describe('retirar', () => {
  test('fechar retira todos os nomes e não deixa timer nem renovação para trás', async () => {
    const binder = await abrirBinder();
    const { announce } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');

    await announce.close();
    expect([...binder.registrados.keys()]).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    await assentar();
    expect(binder.registrados.size).toBe(0);
  });

  test('fechar no meio de um registro também deixa o binder sem nomes', async () => {
    const binder = await abrirBinder();
    const presa = promessaAberta<void>();
    binder.quandoRegistrar((nome) => (nome === 'entrar_sala' ? presa.promise : Promise.resolve()));
    const { announce } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(() => binder.registrados.size === NOMES.length - 1, 'o registro dos outros');

    await announce.close();
    expect(binder.registrados.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    presa.resolve();
  });

  test('fechar sem binder não falha nem demora', async () => {
    const binder = await abrirBinder();
    const { announce } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');
    await binder.edge.close();

    await announce.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('fechar com um binder que não responde desiste em 1 s: o fim do servidor tem 5', async () => {
    const binder = await abrirBinder();
    const presa = promessaAberta<void>();
    const { announce } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');
    binder.quandoRetirar(() => presa.promise);

    let fechou = false;
    const fim = announce.close().then(() => {
      fechou = true;
    });
    await logo(
      () => binder.chamadas.filter((chamada) => chamada.startsWith('unregister')).length === NOMES.length,
      'a retirada',
    );
    expect(fechou).toBe(false);
    vi.advanceTimersByTime(1000);
    await fim;
    presa.resolve();
  });

  test('fechar duas vezes retira uma', async () => {
    const binder = await abrirBinder();
    const { announce } = abrirAnuncio(binder.edge.url);
    announce.iniciar();
    await logo(entreRodadas, 'o registro');
    await Promise.all([announce.close(), announce.close()]);
    expect(binder.chamadas.filter((chamada) => chamada.startsWith('unregister'))).toHaveLength(NOMES.length);
  });
});

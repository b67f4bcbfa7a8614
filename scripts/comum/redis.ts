/** Um Redis, ou um Redis Cluster, só do teste: numa porta livre, com os dados numa pasta que some no fim. */

import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { SOB_VIGIA } from '../../src/janela/laboratorio/rede/sob-vigia.ts';
import { ate } from './condicao.ts';
import { situacaoDe } from './consumo.ts';
import { type PastaTemporaria, pastaTemporaria } from './pasta.ts';

/** Sem o redis-server na máquina, os testes que precisam dele são pulados, e o nome deles o diz. */
export const HA_REDIS = spawnSync('redis-server', ['--version']).status === 0;

/** O que se junta ao nome deles. */
export const SEM_REDIS = HA_REDIS ? '' : ' (pulado: não há redis-server nesta máquina)';

const SLOTS = 16_384;
const MESTRES = 3;
/** Numa máquina ocupada, um mestre que demora a responder aos outros não é um mestre que caiu. */
const SILENCIO_ENTRE_MESTRES_MS = 60_000;
/** A réplica desiste em 5 s, se o mestre ou os outros demoram mais que isso (CLUSTER_MF_TIMEOUT): então se pede de novo. */
const DESISTE_DE_ASSUMIR_MS = 6_000;
/** A porta do barramento do cluster, contada da do Redis. */
const BARRAMENTO = 6_000;

export interface Redis extends AsyncDisposable {
  /** Como o servidor o recebe em `--redis`. */
  readonly url: string;
  /** A do primeiro dos processos. */
  readonly porta: number;
  readonly pids: () => readonly number[];
  /** Executa um comando no primeiro dos processos. */
  readonly comando: (...argumentos: string[]) => Promise<string>;
  /** O mesmo em cada um deles. */
  readonly emTodos: (...argumentos: string[]) => Promise<string[]>;
  /** Apaga tudo, para que o teste seguinte comece do zero. */
  readonly esvaziar: () => Promise<void>;
  /** Grava tudo em disco, sem comprimir. @returns a pasta */
  readonly gravar: () => Promise<string>;
  /** Derruba as conexões de quem o usa, as de comandos e as de assinaturas. */
  readonly cortar: () => Promise<void>;
  /** Mata com SIGKILL. */
  readonly matar: () => Promise<void>;
  /** De novo, na mesma porta e sobre os mesmos dados. */
  readonly religar: () => Promise<void>;
  /** Deixa de agir, sem cair: o que se lhe pede depois espera por `soltar`. */
  readonly congelar: () => Promise<void>;
  readonly soltar: () => void;
}

interface Servidor {
  readonly pid: number;
  /** Com SIGKILL. */
  readonly matar: () => Promise<void>;
}

interface Processo {
  readonly porta: number;
  servidor: Servidor;
}

/** O que têm em comum os processos de um Redis, e cada vez que um deles se inicia. */
interface PartidaDoRedis {
  readonly pasta: PastaTemporaria;
  readonly opcoes: readonly string[];
  readonly ambiente: NodeJS.ProcessEnv;
}

/** @param opcoes como as do redis.conf, por exemplo `--appendonly yes` */
export function iniciarRedis(...opcoes: string[]): Promise<Redis> {
  return iniciarRedisEm({}, ...opcoes);
}

/** @param ambiente as variáveis que só ele tem */
export async function iniciarRedisEm(ambiente: NodeJS.ProcessEnv, ...opcoes: string[]): Promise<Redis> {
  const pasta = pastaTemporaria();
  const partida = { pasta, opcoes, ambiente };
  return emRedis(partida, [await abrir(partida)]);
}

/** Três mestres, sem réplicas, com os slots divididos entre eles. */
export async function iniciarCluster(): Promise<Redis> {
  const partida = partidaDoCluster();
  const mestres = await abrirVarios(partida);
  await formarCluster(mestres, mestres);
  return emRedis(partida, mestres);
}

/** Um mestre de um cluster e a réplica dele, pelas portas; quando ela assume, os papéis trocam. */
export type Par = [mestre: number, replica: number];

/** Três mestres, cada um com uma réplica. */
export async function iniciarClusterComReplicas(
  ...opcoes: string[]
): Promise<{ readonly redis: Redis; readonly pares: readonly Par[] }> {
  const partida = partidaDoCluster(...opcoes);
  const [mestres, replicas] = [await abrirVarios(partida), await abrirVarios(partida)];
  await formarCluster(mestres, [...mestres, ...replicas]);
  const pares = mestres.map(({ porta }, indice): Par => [porta, (replicas[indice] as Processo).porta]);
  const seguir = async ([mestre, replica]: Par) => {
    await aceito(replica, 'CLUSTER', 'REPLICATE', await idNoCluster(mestre));
    await ate(() => emReplica(replica), 'a réplica seguir o mestre');
  };
  await Promise.all(pares.map(seguir));
  return { redis: emRedis(partida, [...mestres, ...replicas]), pares };
}

/** Como se faz numa manutenção: o mestre deixa de atender até que a réplica tenha tudo, e ela assume. */
export async function assumir(par: Par): Promise<void> {
  const [mestre, replica] = par;
  const assumiu = async () => (await comandar(replica, 'ROLE')).includes('master');
  const tentar = async () =>
    (await comandar(replica, 'CLUSTER', 'FAILOVER')).includes('OK') &&
    ate(assumiu, 'a réplica assumir', DESISTE_DE_ASSUMIR_MS).catch(() => false);
  await ate(async () => (await assumiu()) || tentar(), 'a réplica assumir');
  await ate(() => emReplica(mestre), 'o mestre de antes segui-la');
  par.reverse();
}

/** Um nó do cluster recusa o que ainda não pode, como seguir um mestre de que só ouviu falar: pede-se de novo. */
async function aceito(porta: number, ...comando: string[]): Promise<void> {
  await ate(async () => (await comandar(porta, ...comando)).includes('OK'), `${comando.join(' ')} ser aceito`);
}

/** Se esse Redis é uma réplica que tem tudo o que o mestre tinha quando ela começou. */
async function emReplica(porta: number): Promise<boolean> {
  return (await comandar(porta, 'INFO', 'replication')).includes('master_link_status:up');
}

export async function idNoCluster(porta: number): Promise<string> {
  return (await comandar(porta, 'CLUSTER', 'MYID')).split('\r\n')[1] as string;
}

function partidaDoCluster(...opcoes: string[]): PartidaDoRedis {
  const doCluster = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(SILENCIO_ENTRE_MESTRES_MS)];
  return { pasta: pastaTemporaria(), opcoes: [...doCluster, ...opcoes], ambiente: {} };
}

function abrirVarios(partida: PartidaDoRedis): Promise<Processo[]> {
  return Promise.all(Array.from({ length: MESTRES }, () => abrir(partida)));
}

async function formarCluster(mestres: readonly Processo[], todos: readonly Processo[]): Promise<void> {
  const [primeiro] = mestres as [Processo];
  for (const [indice, { porta }] of mestres.entries()) {
    const de = Math.ceil((indice * SLOTS) / MESTRES);
    const ateSlot = Math.ceil(((indice + 1) * SLOTS) / MESTRES) - 1;
    await comandar(porta, 'CLUSTER', 'ADDSLOTSRANGE', String(de), String(ateSlot));
    await comandar(porta, 'CLUSTER', 'SET-CONFIG-EPOCH', String(indice + 1));
  }
  for (const { porta } of todos.slice(1)) {
    await comandar(primeiro.porta, 'CLUSTER', 'MEET', '127.0.0.1', String(porta), String(porta + BARRAMENTO));
  }
  const formado = async ({ porta }: Processo) => {
    const info = await comandar(porta, 'CLUSTER', 'INFO');
    return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${todos.length}`);
  };
  await ate(async () => (await Promise.all(todos.map(formado))).every(Boolean), 'o cluster se formar');
}

function emRedis(partida: PartidaDoRedis, processos: Processo[]): Redis {
  const { pasta } = partida;
  const [primeiro] = processos as [Processo];
  const matar = async () => {
    await Promise.all(processos.map(({ servidor }) => servidor.matar()));
  };
  const emTodos = (...argumentos: string[]) =>
    Promise.all(processos.map(({ porta }) => comandar(porta, ...argumentos)));
  return {
    url: processos.map(({ porta }) => `redis://127.0.0.1:${porta}`).join(','),
    porta: primeiro.porta,
    pids: () => processos.map(({ servidor }) => servidor.pid),
    comando: (...argumentos) => comandar(primeiro.porta, ...argumentos),
    emTodos,
    esvaziar: async () => {
      await emTodos('FLUSHALL');
    },
    gravar: async () => {
      await emTodos('SAVE');
      return pasta.caminho;
    },
    cortar: async () => {
      for (const tipo of ['normal', 'pubsub']) await emTodos('CLIENT', 'KILL', 'TYPE', tipo, 'SKIPME', 'yes');
    },
    matar,
    religar: async () => {
      await Promise.all(
        processos.map(async (processo) => {
          processo.servidor = await lancar(partida, processo.porta);
        }),
      );
    },
    congelar: async () => {
      for (const { servidor } of processos) process.kill(servidor.pid, 'SIGSTOP');
      // O sinal não para na hora: um comando que chegasse antes ainda agiria.
      await ate(() => processos.every(({ servidor }) => situacaoDe(servidor.pid) === PARADO), 'o Redis parar');
    },
    soltar: () => {
      for (const { servidor } of processos) process.kill(servidor.pid, 'SIGCONT');
    },
    [Symbol.asyncDispose]: async () => {
      await matar();
      pasta[Symbol.dispose]();
    },
  };
}

/** Uma porta livre pode ser tomada por outro antes que este a use: então tenta-se outra. */
async function abrir(partida: PartidaDoRedis): Promise<Processo> {
  for (;;) {
    const porta = sortearPorta();
    try {
      return { porta, servidor: await lancar(partida, porta) };
    } catch (erro) {
      if (!/in use/i.test((erro as Error).message)) throw erro;
    }
  }
}

function lancar({ pasta, opcoes, ambiente }: PartidaDoRedis, porta: number): Promise<Servidor> {
  const proprias = ['--port', String(porta), '--bind', '127.0.0.1', '--dir', pasta.caminho, '--save', ''];
  const dump = ['--dbfilename', `dump-${porta}.rdb`, '--rdbcompression', 'no'];
  const arquivos = [
    ...['--appenddirname', `aof-${porta}`],
    ...[
      '--cluster-config-file',
      join(pasta.caminho, `nodes-${porta}.conf`),
      '--cluster-port',
      String(porta + BARRAMENTO),
    ],
  ];
  const [comando, ...argumentos] = SOB_VIGIA;
  const doRedis = ['redis-server', ...proprias, ...dump, ...arquivos, ...opcoes];
  const vigia = spawn(comando, [...argumentos, ...doRedis], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...ambiente },
  });
  const fim = new Promise<void>((resolve) => {
    vigia.once('exit', () => {
      vigia.stdin.destroy();
      resolve();
    });
  });
  return new Promise((resolve, reject) => {
    let saida = '';
    vigia.stdout.on('data', (pedaco) => {
      saida += pedaco;
      const pid = Number(/^pid:(\d+)$/m.exec(saida)?.[1]);
      if (!pid || !saida.includes('Ready to accept connections')) return;
      resolve({
        pid,
        matar: () => {
          vigia.stdin.end();
          return fim;
        },
      });
    });
    void fim.then(() => reject(new Error(saida)));
  });
}

/** A letra com que o sistema mostra um processo que recebeu SIGSTOP. */
const PARADO = 'T';

/**
 * Um comando ao Redis dessa porta, numa conexão só dele.
 * @returns a resposta como veio
 */
export function comandar(porta: number, ...argumentos: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(porta, '127.0.0.1', () => socket.write(`${emResp(argumentos)}${emResp(['QUIT'])}`));
    let resposta = '';
    socket.setEncoding('utf8');
    socket.on('data', (pedaco) => {
      resposta += pedaco;
    });
    socket.once('error', reject);
    socket.once('end', () => resolve(resposta.replace(/\+OK\r\n$/, '')));
  });
}

/** Um comando como viaja (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
function emResp(argumentos: readonly string[]): string {
  const partes = argumentos.map((argumento) => `$${Buffer.byteLength(argumento)}\r\n${argumento}\r\n`);
  return `*${argumentos.length}\r\n${partes.join('')}`;
}

/**
 * O redis-server não toma uma porta livre por si: 0, para ele, é nenhuma. Fora da faixa que o sistema dá a quem não
 * escolhe, para que ninguém a tome enquanto o Redis está morto; a do barramento do cluster também.
 */
function sortearPorta(): number {
  return 20_000 + Math.floor(Math.random() * 6_000);
}

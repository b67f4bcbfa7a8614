/** O que se pede à biblioteca do Redis, um só ou um Redis Cluster: o único lugar que a conhece. */

import { createClient, createCluster, ErrorReply } from '@redis/client';
import { RedisError, RedisIndisponivel } from './redis-error.ts';
import { urlSemSenha } from './urls.ts';

const PRAZO_DA_PARTIDA_MS = 5_000;
const PING_MS = 400;
/** Uma conexão muda há mais que isto é trocada: os pings passam por ela. */
const MUDEZ_MS = 3_000;
const NOVA_TENTATIVA_MAXIMA_MS = 500;
const FILA_MAXIMA = 20_000;
/** A primeira com canais por hash slot (SSUBSCRIBE). */
const VERSAO_MINIMA = 7;
const AVISO_DE_DESPEJO =
  'O Redis apaga o que não cabe na memória (maxmemory-policy); para não perder dados, use maxmemory-policy noeviction.';

/** Que horas são, de quem pode gravar: um script que diz a sua linguagem é recusado logo, quando o Redis não aceita gravar. */
const HORA_DE_QUEM_GRAVA = "#!lua\nreturn redis.call('TIME')";

type Um = ReturnType<typeof criarUm>;

interface Comandavel {
  sendCommand(argumentos: string[]): Promise<unknown>;
}

/** O que um Redis e um Redis Cluster fazem cada um à sua maneira. */
export interface Motor {
  /** @param chave a que decide o hash slot */
  readonly enviar: (chave: string, argumentos: string[]) => Promise<unknown>;
  /** @returns a hora de um deles, depois de ver que todos os que guardam dados podem gravar: [segundos, microssegundos] */
  readonly hora: () => Promise<readonly [string, string]>;
  /** Cada um dos que guardam dados. */
  readonly mestres: () => Promise<readonly Comandavel[]>;
  readonly assinar: (canal: string, ouvinte: (texto: string) => void) => Promise<void>;
  readonly desassinar: (canal: string, ouvinte: (texto: string) => void) => Promise<void>;
  readonly close: () => void;
}

/**
 * @param aoAvisar recebe uma linha se o Redis serve, mas está montado de um modo que perde dados
 * @throws RedisError se não o alcança, ou se ele não aceita quem chega
 */
export async function abrirMotor(urls: readonly string[], aoAvisar: (linha: string) => void): Promise<Motor> {
  try {
    const primeiro = await alcancarUm(urls);
    try {
      const info = String(await naPartida(primeiro.sendCommand(['INFO'])));
      exigirVersao(info);
      if (/maxmemory_policy:(?!noeviction)/.test(info)) aoAvisar(AVISO_DE_DESPEJO);
      const emCluster = /cluster_enabled:1/.test(info);
      if (!emCluster && urls.length > 1) throw new Error('várias URLs só servem a um Redis Cluster');
      if (!emCluster) return await abrirUm(primeiro);
      primeiro.destroy();
      return await abrirCluster(urls);
    } catch (erro) {
      if (primeiro.isOpen) primeiro.destroy();
      throw erro;
    }
  } catch (erro) {
    const onde = urls.map(urlSemSenha).join(',');
    throw new RedisError(`Não foi possível usar o Redis em ${onde}: ${(erro as Error).message}`, { cause: erro });
  }
}

/** O primeiro que responder: de um cluster, algum pode estar fora. */
async function alcancarUm(urls: readonly string[]): Promise<Um> {
  let falha: unknown;
  for (const url of urls) {
    const cliente = criarUm(url);
    try {
      await naPartida(Promise.race([cliente.connect(), recusaDeEntrada(cliente)]));
      return cliente;
    } catch (erro) {
      if (cliente.isOpen) cliente.destroy();
      falha = erro;
    }
  }
  throw falha;
}

/** Quem não dá a senha certa não a dará da próxima vez: não há por que insistir até o prazo. */
function recusaDeEntrada(cliente: Um): Promise<never> {
  return new Promise((_, reject) => {
    cliente.on('error', (erro: unknown) => {
      if (recusaDe(erro) !== undefined) reject(erro);
    });
  });
}

/** @returns o que o Redis respondeu a um comando que recusou; `undefined` se nem respondeu */
export function recusaDe(erro: unknown): string | undefined {
  return erro instanceof ErrorReply ? erro.message : undefined;
}

/** @throws Error se é mais velho que os canais por hash slot */
function exigirVersao(info: string): void {
  const versao = /redis_version:(\d+)\S*/.exec(info);
  if (Number(versao?.[1]) < VERSAO_MINIMA) throw new Error(`é preciso um Redis ${VERSAO_MINIMA} ou mais novo`);
}

async function naPartida<T>(promessa: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const prazo = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('não respondeu')), PRAZO_DA_PARTIDA_MS);
  });
  return Promise.race([promessa, prazo]).finally(() => clearTimeout(timer));
}

function opcoesDeConexao() {
  return {
    disableOfflineQueue: true,
    commandsQueueMaxLength: FILA_MAXIMA,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: MUDEZ_MS,
      socketTimeout: MUDEZ_MS,
      reconnectStrategy: (vezes: number) => Math.min(25 * 2 ** vezes, NOVA_TENTATIVA_MAXIMA_MS),
    },
  };
}

function criarUm(url: string) {
  return semFalhar(createClient({ ...opcoesDeConexao(), url }));
}

function criarCluster(urls: readonly string[]) {
  const { username, password, protocol } = new URL(urls[0] as string);
  const { socket, ...opcoes } = opcoesDeConexao();
  return semFalhar(
    createCluster({
      rootNodes: urls.map((url) => ({ url })),
      defaults: {
        ...opcoes,
        socket: protocol === 'rediss:' ? { ...socket, tls: true } : socket,
        ...(username && { username: decodeURIComponent(username) }),
        ...(password && { password: decodeURIComponent(password) }),
      },
    }),
  );
}

/** Uma queda chega também a quem esperava pelo comando, e ao pulso: como evento, não é de ninguém. */
function semFalhar<C extends { on(evento: 'error', ouvinte: () => void): unknown }>(cliente: C): C {
  cliente.on('error', () => {});
  return cliente;
}

/** Os avisos chegam por uma conexão à parte, para que muitos deles não atrasem as respostas. */
async function abrirUm(cliente: Um): Promise<Motor> {
  const assinante = semFalhar(cliente.duplicate());
  await naPartida(assinante.connect());
  const enviar = (argumentos: string[]) => cliente.sendCommand(argumentos);
  return {
    enviar: (_, argumentos) => enviar(argumentos),
    hora: () => horaDe(cliente),
    mestres: async () => [cliente],
    assinar: (canal, ouvinte) => assinante.sSubscribe(canal, ouvinte),
    desassinar: (canal, ouvinte) => assinante.sUnsubscribe(canal, ouvinte),
    close: () => {
      cliente.destroy();
      assinante.destroy();
    },
  };
}

async function horaDe(cliente: Comandavel): Promise<readonly [string, string]> {
  return (await cliente.sendCommand(['EVAL', HORA_DE_QUEM_GRAVA, '0'])) as [string, string];
}

/** Um mestre pode estar lá e o cluster não: então ele recusa qualquer chave. */
async function horaDoMestre(mestre: Comandavel): Promise<readonly [string, string]> {
  const [info, hora] = await Promise.all([mestre.sendCommand(['CLUSTER', 'INFO']), horaDe(mestre)]);
  if (!String(info).includes('cluster_state:ok')) throw new RedisIndisponivel('o Redis Cluster não está inteiro');
  return hora;
}

async function abrirCluster(urls: readonly string[]): Promise<Motor> {
  const cluster = criarCluster(urls);
  await naPartida(cluster.connect());
  const mestres = () => Promise.all(cluster.masters.map(async (mestre) => cluster.nodeClient(mestre)));
  return {
    enviar: (chave, argumentos) => cluster.sendCommand(chave, false, argumentos),
    hora: async () => {
      const horas = await Promise.all((await mestres()).map(horaDoMestre));
      return horas.at(-1) as readonly [string, string];
    },
    mestres,
    assinar: (canal, ouvinte) => cluster.sSubscribe(canal, ouvinte),
    desassinar: (canal, ouvinte) => cluster.sUnsubscribe(canal, ouvinte),
    close: () => cluster.destroy(),
  };
}

/** O que se pede à biblioteca do Redis, para um só e para um Redis Cluster: o único lugar que a conhece. */

import { rootCertificates } from 'node:tls';
import { createClient, createCluster, ErrorReply } from '@redis/client';
import { semColchetes } from '../process/enderecos.ts';
import { bancoDaUrl } from './urls.ts';

const PING_MS = 400;
/** Uma conexão muda há mais que isto é trocada: os pings passam por ela. */
const MUDEZ_MS = 3_000;
const NOVA_TENTATIVA_MAXIMA_MS = 500;
const FILA_MAXIMA = 20_000;
const PORTA_PADRAO = 6379;
/**
 * O prazo de cada comando é o da conexão, que vale também para o que já se mandou. O da biblioteca só vale antes disso, e faz
 * um AbortSignal por comando: um terço do que uma leitura sem nada novo custaria a este processo.
 */
const SEM_PRAZO_DA_BIBLIOTECA = { timeout: 0 };

export type Um = ReturnType<typeof criarUm>;
export type Varios = ReturnType<typeof criarCluster>;

/** @param autoridade em que confiar além das conhecidas, em PEM, quando a URL é `rediss:` */
export function criarUm(url: string, autoridade: Buffer | undefined) {
  const { comuns, socket } = opcoesDe(url, autoridade);
  const cliente = createClient({
    ...comuns,
    ...acessoDe(url),
    database: bancoDaUrl(url),
    socket,
    commandOptions: SEM_PRAZO_DA_BIBLIOTECA,
  });
  return semFalhar(cliente);
}

export function criarCluster(urls: readonly string[], autoridade: Buffer | undefined) {
  const [primeira = ''] = urls;
  const { host, port, ...socket } = opcoesDe(primeira, autoridade).socket;
  const { comuns } = opcoesDe(primeira, autoridade);
  return semFalhar(
    createCluster({
      rootNodes: urls.map((url) => ({ socket: opcoesDe(url, autoridade).socket })),
      defaults: { ...comuns, ...acessoDe(primeira), socket },
      commandOptions: SEM_PRAZO_DA_BIBLIOTECA,
    }),
  );
}

/** @returns o que o Redis respondeu a um comando que recusou; `undefined` se nem respondeu */
export function recusaDe(erro: unknown): string | undefined {
  return erro instanceof ErrorReply ? erro.message : undefined;
}

/** Pergunta ao cluster, de novo, quem guarda o quê. A biblioteca o faz sozinha só quando um comando chega a quem já não guarda. */
export function redescobrir(cluster: Varios): Promise<void> {
  return cluster._slots.rediscover();
}

function opcoesDe(url: string, autoridade: Buffer | undefined) {
  const { protocol, hostname, port } = new URL(url);
  const tls = protocol === 'rediss:' && {
    tls: true as const,
    ...(autoridade && { ca: [...rootCertificates, autoridade] }),
  };
  return {
    comuns: { disableOfflineQueue: true, commandsQueueMaxLength: FILA_MAXIMA, pingInterval: PING_MS },
    socket: {
      host: semColchetes(hostname),
      port: Number(port || PORTA_PADRAO),
      connectTimeout: MUDEZ_MS,
      socketTimeout: MUDEZ_MS,
      reconnectStrategy: (vezes: number) => Math.min(25 * 2 ** vezes, NOVA_TENTATIVA_MAXIMA_MS),
      ...tls,
    },
  };
}

function acessoDe(url: string) {
  const { username, password } = new URL(url);
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
}

/** Uma queda chega também a quem esperava pelo comando, e ao pulso: como evento, não é de ninguém. */
function semFalhar<C extends { on(evento: 'error', ouvinte: () => void): unknown }>(cliente: C): C {
  cliente.on('error', () => {});
  return cliente;
}

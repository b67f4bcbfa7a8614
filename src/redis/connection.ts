/**
 * A ligação com o Redis, um só ou um Redis Cluster: o único lugar que conhece a biblioteca dele.
 * Esta pasta não sabe o que se guarda lá. Nada espera por um Redis que não responde: o que não se faz a tempo é recusado.
 */

import { createClient, createCluster, ErrorReply } from '@redis/client';
import { RedisError, RedisIndisponivel } from './redis-error.ts';
import type { Script } from './script.ts';
import { urlSemSenha } from './urls.ts';

/** Uma chamada pode levar três comandos, e tem de responder em 1 s. */
const PRAZO_DO_COMANDO_MS = 700;
const PRAZO_DA_PARTIDA_MS = 5_000;
/** De quanto em quanto se pergunta ao Redis se está lá, e que horas são. */
const PULSO_MS = 400;
/** Uma conexão muda há mais que isto é trocada: os pulsos passam por ela. */
const MUDEZ_MS = 3_000;
const NOVA_TENTATIVA_MAXIMA_MS = 500;
const FILA_MAXIMA = 20_000;
/** A primeira com canais por hash slot (SSUBSCRIBE). */
const VERSAO_MINIMA = 7;
const AVISO_DE_DESPEJO =
  'O Redis apaga o que não cabe na memória (maxmemory-policy); para não perder dados, use maxmemory-policy noeviction.';

/** Respostas de quem está lá mas agora não pode: carregando, sem disco, sem memória, trocando de papel. */
const AGORA_NAO =
  /^(TARDE|LOADING|MISCONF|OOM|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|NOAUTH|NOPERM)\b/;

/** Que horas são, de quem pode gravar: um script que diz a sua linguagem é recusado logo, quando o Redis não aceita gravar. */
const HORA_DE_QUEM_GRAVA = "#!lua\nreturn redis.call('TIME')";

export type Argumento = string | number;
/** O que um script ou comando responde. */
export type Resposta = string | number | null | readonly Resposta[];

type Um = ReturnType<typeof criarUm>;
type Cluster = ReturnType<typeof criarCluster>;
/** O que um Redis e um Redis Cluster fazem cada um à sua maneira. */
interface Motor {
  readonly enviar: (chave: string, argumentos: string[]) => Promise<unknown>;
  /** @returns a hora de um deles, depois de ver que todos os que guardam dados servem: [segundos, microssegundos] */
  readonly hora: () => Promise<readonly [string, string]>;
  readonly assinar: (canal: string, ouvinte: (texto: string) => void) => Promise<void>;
  readonly desassinar: (canal: string, ouvinte: (texto: string) => void) => Promise<void>;
  readonly close: () => void;
}

export interface OpcoesDoRedis {
  readonly urls: readonly string[];
  /** Recebe cada mudança: o Redis sumiu, ou voltou. */
  readonly aoMudar?: (disponivel: boolean, motivo: unknown) => void;
  /** Recebe uma linha para pessoas: o Redis serve, mas está montado de um modo que perde dados. */
  readonly aoAvisar?: (linha: string) => void;
}

/** @throws RedisError se não o alcança, ou se ele não aceita quem chega */
export async function conectarAoRedis(opcoes: OpcoesDoRedis): Promise<RedisConnection> {
  const { urls, aoMudar = () => {}, aoAvisar = () => {} } = opcoes;
  const motor = await abrirMotor(urls, aoAvisar);
  const conexao = new RedisConnection(motor, aoMudar);
  await conexao.pulsar();
  return conexao;
}

export class RedisConnection {
  readonly #motor: Motor;
  readonly #aoMudar: (disponivel: boolean, motivo: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #disponivel = true;
  /** O que somar ao relógio monotônico daqui para ter a hora do Redis. */
  #diferencaMs = 0;
  #pulsando = false;
  #fechada = false;

  constructor(motor: Motor, aoMudar: (disponivel: boolean, motivo: unknown) => void) {
    this.#motor = motor;
    this.#aoMudar = aoMudar;
    this.#timer = setInterval(() => void this.pulsar(), PULSO_MS);
    this.#timer.unref();
  }

  /** Se todos os Redis que guardam dados responderam ao último pulso que podem gravar. */
  get disponivel(): boolean {
    return this.#disponivel && !this.#fechada;
  }

  /**
   * Executa um script.
   * @param chaves todas do mesmo hash slot
   * @param ate depois disto, em ms no relógio do Redis, ele já não age, nem que o prazo de um comando não tenha acabado
   * @throws RedisIndisponivel se ele não respondeu a tempo; o que se atrasou não age mais
   */
  async executar(
    script: Script,
    chaves: readonly string[],
    argumentos: readonly Argumento[],
    { ate = Number.POSITIVE_INFINITY }: { readonly ate?: number } = {},
  ): Promise<Resposta> {
    const prazo = Math.min(ate, Math.ceil(performance.now() + this.#diferencaMs + PRAZO_DO_COMANDO_MS));
    const resto = [String(chaves.length), ...chaves, String(prazo), ...argumentos.map(String)];
    const [chave = ''] = chaves;
    return this.#aTempo(async () => {
      try {
        return await this.#motor.enviar(chave, ['EVALSHA', script.sha1, ...resto]);
      } catch (erro) {
        if (!(erro instanceof ErrorReply) || !erro.message.startsWith('NOSCRIPT')) throw erro;
        return this.#motor.enviar(chave, ['EVAL', script.texto, ...resto]);
      }
    });
  }

  /**
   * Executa um comando comum.
   * @param chave a que decide o hash slot
   * @throws RedisIndisponivel
   */
  async comando(chave: string, ...argumentos: [string, ...Argumento[]]): Promise<Resposta> {
    return this.#aTempo(() => this.#motor.enviar(chave, argumentos.map(String)));
  }

  /**
   * Passa a ouvir um canal, do hash slot que o nome dele diz. Entre uma queda e a volta, avisos se perdem.
   * @throws RedisIndisponivel
   */
  async assinar(canal: string, ouvinte: (texto: string) => void): Promise<void> {
    await this.#aTempo(() => this.#motor.assinar(canal, ouvinte));
  }

  /** @param ouvinte o que se deu a `assinar`: outro que o canal tenha continua */
  async desassinar(canal: string, ouvinte: (texto: string) => void): Promise<void> {
    await this.#aTempo(() => this.#motor.desassinar(canal, ouvinte));
  }

<<<<<<< HEAD
  /** Pergunta a cada Redis se serve, e que horas são. */
=======
  /** Pergunta a cada Redis se está lá e pode gravar, e que horas tem o último a responder. */
>>>>>>> 514d29a395648cd40bc6e7ede088b392eddb6ec8
  async pulsar(): Promise<void> {
    if (this.#pulsando || this.#fechada) return;
    this.#pulsando = true;
    try {
      const antesMs = performance.now();
<<<<<<< HEAD
      const [segundos, microssegundos] = await comPrazo(this.#motor.hora());
=======
      const horas = await comPrazo(
        Promise.all(this.#motor.todos().map((enviar) => enviar(['EVAL', HORA_DE_QUEM_GRAVA, '0']))),
      );
      const [segundos, microssegundos] = horas.at(-1) as [string, string];
>>>>>>> 514d29a395648cd40bc6e7ede088b392eddb6ec8
      const daquiMs = (antesMs + performance.now()) / 2;
      this.#diferencaMs = Number(segundos) * 1000 + Number(microssegundos) / 1000 - daquiMs;
      this.#mudar(true, undefined);
    } catch (erro) {
      this.#mudar(false, erro);
    } finally {
      this.#pulsando = false;
    }
  }

  async close(): Promise<void> {
    if (this.#fechada) return;
    this.#fechada = true;
    clearInterval(this.#timer);
    this.#motor.close();
  }

  #mudar(disponivel: boolean, motivo: unknown): void {
    if (this.#disponivel === disponivel || this.#fechada) return;
    this.#disponivel = disponivel;
    this.#aoMudar(disponivel, motivo);
  }

  async #aTempo(enviar: () => Promise<unknown>): Promise<Resposta> {
    if (this.#fechada) throw new RedisIndisponivel('a ligação com o Redis foi encerrada');
    try {
      return (await comPrazo(enviar())) as Resposta;
    } catch (erro) {
      // Um erro que o próprio script comete é defeito nosso, e não se disfarça.
      if (erro instanceof ErrorReply && !AGORA_NAO.test(erro.message)) throw erro;
      throw new RedisIndisponivel((erro as Error).message, { cause: erro });
    }
  }
}

function comPrazo<T>(promessa: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new RedisIndisponivel('o Redis não respondeu a tempo')), PRAZO_DO_COMANDO_MS);
    promessa.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function abrirMotor(urls: readonly string[], aoAvisar: (linha: string) => void): Promise<Motor> {
  const primeiro = criarUm(urls[0] as string);
  try {
    await naPartida(primeiro.connect());
    const info = String(await naPartida(primeiro.sendCommand(['INFO'])));
    exigirVersao(info);
    if (/maxmemory_policy:(?!noeviction)/.test(info)) aoAvisar(AVISO_DE_DESPEJO);
    if (!/cluster_enabled:1/.test(info)) return await abrirUm(primeiro);
    primeiro.destroy();
    return await abrirCluster(urls);
  } catch (erro) {
    if (primeiro.isOpen) primeiro.destroy();
    const onde = urls.map(urlSemSenha).join(',');
    throw new RedisError(`Não foi possível usar o Redis em ${onde}: ${(erro as Error).message}`, { cause: erro });
  }
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
    pingInterval: PULSO_MS,
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
    hora: () => cliente.sendCommand<[string, string]>(['TIME']),
    assinar: (canal, ouvinte) => assinante.sSubscribe(canal, ouvinte),
    desassinar: (canal, ouvinte) => assinante.sUnsubscribe(canal, ouvinte),
    close: () => {
      cliente.destroy();
      assinante.destroy();
    },
  };
}

/** Um mestre pode estar lá e o cluster não: então ele recusa qualquer chave. */
async function horaDoMestre(mestre: { sendCommand(argumentos: string[]): Promise<unknown> }): Promise<unknown> {
  const [info, hora] = await Promise.all([mestre.sendCommand(['CLUSTER', 'INFO']), mestre.sendCommand(['TIME'])]);
  if (!String(info).includes('cluster_state:ok')) throw new RedisIndisponivel('o Redis Cluster não está inteiro');
  return hora;
}

async function abrirCluster(urls: readonly string[]): Promise<Motor> {
  const cluster: Cluster = criarCluster(urls);
  await naPartida(cluster.connect());
  return {
    enviar: (chave, argumentos) => cluster.sendCommand(chave, false, argumentos),
    hora: async () => {
      const horas = await Promise.all(
        cluster.masters.map(async (master) => horaDoMestre(await cluster.nodeClient(master))),
      );
      return horas.at(-1) as [string, string];
    },
    assinar: (canal, ouvinte) => cluster.sSubscribe(canal, ouvinte),
    desassinar: (canal, ouvinte) => cluster.sUnsubscribe(canal, ouvinte),
    close: () => cluster.destroy(),
  };
}

/** O que um Redis e um Redis Cluster fazem cada um à sua maneira, e qual dos dois está nas URLs. */

import { explicarCausa } from './causas.ts';
import { criarCluster, recusaDe, redescobrir, type Um } from './cliente.ts';
import { type Direitos, exigirTodos, HORA_E_DIREITOS, perguntas, SCRIPT_QUE_NAO_HA } from './direitos.ts';
import { alcancarUm, naPartida } from './partida.ts';
import { RedisError, RedisIndisponivel } from './redis-error.ts';
import { bancoDaUrl, urlSemSenha } from './urls.ts';

/** A primeira com canais por hash slot (SSUBSCRIBE). */
const VERSAO_MINIMA = 7;
const AVISO_DE_DESPEJO =
  'O Redis apaga o que não cabe na memória (maxmemory-policy); para não perder dados, use maxmemory-policy noeviction.';

/** Respostas de quem já não é o principal, ou ainda não é. */
const OUTRO_PAPEL = /^(READONLY|MASTERDOWN|NOREPLICAS|LOADING|CLUSTERDOWN)\b/;

interface Comandavel {
  sendCommand(argumentos: string[]): Promise<unknown>;
}

export interface Motor {
  /** O número do banco de dados: os canais, ao contrário das chaves, são os mesmos em todos. */
  readonly banco: number;
  /** Se as chaves se repartem por hash slot, e um script só alcança as de um. */
  readonly emCluster: boolean;
  /** @param chave a que decide o hash slot */
  readonly enviar: (chave: string, argumentos: string[]) => Promise<unknown>;
  /**
   * @returns a hora de um deles, depois de ver que todos os que guardam dados podem gravar: [segundos, microssegundos]
   * @throws DireitosFaltam
   */
  readonly hora: () => Promise<readonly [string, string]>;
  /** Cada um dos que guardam dados. */
  readonly mestres: () => Promise<readonly Comandavel[]>;
  readonly assinar: (canal: string, ouvinte: (texto: string) => void) => Promise<void>;
  readonly desassinar: (canal: string, ouvinte: (texto: string) => void) => Promise<void>;
  /** Procura de novo quem é o principal, se a falha diz que pode ser outro. */
  readonly procurarDeNovo: (falha: unknown) => Promise<void>;
  readonly close: () => void;
}

export interface OpcoesDoMotor {
  readonly urls: readonly string[];
  /** A autoridade em que confiar além das conhecidas, em PEM, com `rediss:`. */
  readonly autoridade?: Buffer | undefined;
  readonly direitos: Direitos;
  /** Recebe uma linha se o Redis serve, mas está montado de um modo que perde dados. */
  readonly aoAvisar: (linha: string) => void;
  /** Chama-se quando avisos dos canais podem ter-se perdido. */
  readonly aoPerderAvisos: () => void;
}

/** @throws RedisError se não o alcança, se ele não aceita quem chega, ou se faltam direitos a quem chega */
export async function abrirMotor(opcoes: OpcoesDoMotor): Promise<Motor> {
  let motor: Motor | undefined;
  try {
    motor = await escolherMotor(opcoes);
    // A primeira abre as conexões com o cluster, e demora.
    await naPartida(motor.hora());
    return motor;
  } catch (erro) {
    motor?.close();
    const onde = opcoes.urls.map(urlSemSenha).join(',');
    throw new RedisError(`Não foi possível usar o Redis em ${onde}: ${explicarCausa(erro)}`, { cause: erro });
  }
}

async function escolherMotor(opcoes: OpcoesDoMotor): Promise<Motor> {
  const { urls, autoridade, aoAvisar } = opcoes;
  const [primeiro, url] = await alcancarUm(urls, autoridade);
  try {
    await naPartida(exigirScripts(primeiro));
    const info = String(await naPartida(primeiro.sendCommand(['INFO'])));
    exigirVersao(info);
    if (/maxmemory_policy:(?!noeviction)/.test(info)) aoAvisar(AVISO_DE_DESPEJO);
    const emCluster = /cluster_enabled:1/.test(info);
    if (!emCluster && urls.length > 1) throw new Error('várias URLs só servem a um Redis Cluster');
    if (!emCluster) return await abrirUm(primeiro, bancoDaUrl(url), opcoes);
    primeiro.destroy();
    return await abrirCluster(opcoes);
  } catch (erro) {
    if (primeiro.isOpen) primeiro.destroy();
    throw erro;
  }
}

/** @throws Error se é mais velho que os canais por hash slot */
function exigirVersao(info: string): void {
  const versao = /redis_version:(\d+)\S*/.exec(info);
  if (Number(versao?.[1]) < VERSAO_MINIMA) throw new Error(`é preciso um Redis ${VERSAO_MINIMA} ou mais novo`);
}

/** @throws o que o Redis responde a quem não pode executar scripts */
async function exigirScripts(cliente: Comandavel): Promise<void> {
  try {
    await cliente.sendCommand(SCRIPT_QUE_NAO_HA);
  } catch (erro) {
    if (!recusaDe(erro)?.startsWith('NOSCRIPT')) throw erro;
  }
}

/** Os avisos chegam por uma conexão à parte, para que muitos deles não atrasem as respostas. */
async function abrirUm(cliente: Um, banco: number, { direitos, aoPerderAvisos }: OpcoesDoMotor): Promise<Motor> {
  const assinante = cliente.duplicate();
  assinante.on('error', () => {});
  await naPartida(assinante.connect());
  // A primeira conexão já se fez: daqui em diante, cada uma vem depois de uma queda, e cada queda é um erro.
  for (const evento of ['error', 'ready']) assinante.on(evento, aoPerderAvisos);
  return {
    banco,
    emCluster: false,
    enviar: (_, argumentos) => cliente.sendCommand(argumentos),
    hora: () => horaDe(cliente, direitos),
    mestres: async () => [cliente],
    assinar: (canal, ouvinte) => assinante.sSubscribe(canal, ouvinte),
    desassinar: (canal, ouvinte) => assinante.sUnsubscribe(canal, ouvinte),
    procurarDeNovo: async (falha) => {
      if (!OUTRO_PAPEL.test(recusaDe(falha) ?? '')) return;
      // Ele mesmo fecha as conexões; as que se abrem no lugar delas resolvem o nome de novo.
      await Promise.allSettled([cliente, assinante].map((um) => um.sendCommand(['QUIT'])));
    },
    close: () => {
      cliente.destroy();
      assinante.destroy();
    },
  };
}

async function abrirCluster({ urls, autoridade, direitos, aoPerderAvisos }: OpcoesDoMotor): Promise<Motor> {
  const cluster = criarCluster(urls, autoridade);
  await naPartida(cluster.connect());
  const mestres = () => Promise.all(cluster.masters.map(async (mestre) => cluster.nodeClient(mestre)));
  let topologia = cluster.slots;
  for (const evento of ['node-error', 'node-ready', 'node-disconnect', 'sharded-channel-moved-error']) {
    cluster.on(evento, aoPerderAvisos);
  }
  return {
    banco: 0,
    emCluster: true,
    enviar: (chave, argumentos) => cluster.sendCommand(chave, false, argumentos),
    hora: async () => {
      // A cada vez que se pergunta a topologia ela é outro objeto: um slot pode ter mudado, e com ele os seus canais.
      if (topologia !== cluster.slots) aoPerderAvisos();
      topologia = cluster.slots;
      const horas = await Promise.all((await mestres()).map((mestre) => horaDoMestre(mestre, direitos)));
      return horas.at(-1) as readonly [string, string];
    },
    mestres,
    assinar: (canal, ouvinte) => cluster.sSubscribe(canal, ouvinte),
    desassinar: (canal, ouvinte) => cluster.sUnsubscribe(canal, ouvinte),
    procurarDeNovo: () => redescobrir(cluster),
    close: () => cluster.destroy(),
  };
}

async function horaDe(cliente: Comandavel, direitos: Direitos): Promise<readonly [string, string]> {
  const resposta = await cliente.sendCommand(['EVAL', HORA_E_DIREITOS, '0', ...perguntas(direitos)]);
  const [segundos, microssegundos, ...faltam] = resposta as string[];
  exigirTodos(direitos, faltam);
  return [segundos as string, microssegundos as string];
}

/** Um mestre pode estar lá e o cluster não: então ele recusa qualquer chave. */
async function horaDoMestre(mestre: Comandavel, direitos: Direitos): Promise<readonly [string, string]> {
  const [info, hora] = await Promise.all([mestre.sendCommand(['CLUSTER', 'INFO']), horaDe(mestre, direitos)]);
  if (!String(info).includes('cluster_state:ok')) throw new RedisIndisponivel('o Redis Cluster não está inteiro');
  return hora;
}

/**
 * A conexão com o Redis, um só ou um Redis Cluster. Esta pasta não sabe o que se guarda lá.
 * Nada espera por um Redis que não responde: o que não se faz a tempo é recusado.
 */

import { type Agendar, agendarNoSistema, type Clock, relogioDoSistema } from '../process/clock.ts';
import { LacoPeriodico } from '../process/laco-periodico.ts';
import { explicarCausa } from './causas.ts';
import { recusaDe } from './cliente.ts';
import type { Direitos } from './direitos.ts';
import { abrirMotor, type Motor } from './motor.ts';
import { NAO_A_TEMPO, RedisIndisponivel } from './redis-error.ts';
import { type Leitor, lista, type Resposta, texto, tupla } from './resposta.ts';
import {
  type ArgumentosDoScript,
  type ChavesDoScript,
  type Demais,
  emComando,
  type Script,
  type TipoDeArgumento,
} from './script.ts';

/** Uma chamada pode levar três comandos, e tem de responder em 1 s. */
const PRAZO_DO_COMANDO_MS = 700;
/** Quanto antes o Redis já não age: o que se recusa aqui não acontece depois lá, ainda que a hora dele se saiba mal. */
const ANTES_NO_REDIS_MS = 200;
/** O intervalo entre duas perguntas ao Redis: se ele pode gravar, e que horas são nele. */
const PULSO_MS = 400;

/** Respostas de quem está lá mas agora não pode: carregando, sem disco, sem memória, trocando de papel. */
const AGORA_NAO =
  /^(TARDE|LOADING|MISCONF|OOM|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|NOAUTH|NOPERM)\b/;

/** Quantas chaves o Redis vê de cada vez que se percorrem todas. */
const CHAVES_POR_PEDACO = 500;

const lerPedaco = tupla(texto, lista(texto));

export type Argumento = string | number;

export interface OpcoesDaExecucao extends Demais {
  /** Quanto o Redis pode demorar a agir, em ms, se menos que o prazo de todo comando. */
  readonly prazoMs?: number;
}

export interface OpcoesDoRedis {
  readonly urls: readonly string[];
  /** A autoridade em que confiar além das conhecidas, em PEM, com `rediss:`. */
  readonly autoridade?: Buffer | undefined;
  /** Quanto se espera por um comando, em ms; sem ela, o que cabe a uma chamada do contrato. */
  readonly prazoDoComandoMs?: number;
  /** Recebe cada mudança: o Redis sumiu, e por quê, ou voltou. */
  readonly aoMudar?: (disponivel: boolean, motivo: string | undefined) => void;
  /** Recebe uma linha para pessoas: o Redis serve, mas está montado de um modo que perde dados. */
  readonly aoAvisar?: (linha: string) => void;
}

/**
 * @param direitos o que se lhe vai pedir
 * @throws RedisError se não o alcança, se ele não aceita quem chega, ou se faltam direitos a quem chega
 */
export async function conectarAoRedis(opcoes: OpcoesDoRedis, direitos: Direitos): Promise<RedisConnection> {
  const { urls, autoridade, prazoDoComandoMs, aoMudar = () => {}, aoAvisar = () => {} } = opcoes;
  let aoPerderAvisos = () => {};
  const motor = await abrirMotor({ urls, autoridade, direitos, aoAvisar, aoPerderAvisos: () => aoPerderAvisos() });
  const conexao = new RedisConnection(motor, aoMudar, prazoDoComandoMs);
  aoPerderAvisos = () => conexao.perderAvisos();
  await conexao.pulsar();
  return conexao;
}

/** O tempo por que se contam os prazos e os pulsos. */
interface Tempo extends Pick<Clock, 'monotonicoMs'> {
  readonly agendar: Agendar;
}

const TEMPO_DO_SISTEMA: Tempo = { ...relogioDoSistema, agendar: agendarNoSistema };

export class RedisConnection {
  readonly #motor: Motor;
  readonly #tempo: Tempo;
  readonly #prazoMs: number;
  readonly #aoMudar: NonNullable<OpcoesDoRedis['aoMudar']>;
  readonly #laco: LacoPeriodico;
  readonly #aoPerderAvisos = new Set<() => void>();
  #disponivel = true;
  /** O que somar ao relógio monotônico daqui para ter a hora do Redis, ou menos: nunca mais. */
  #diferencaMs = 0;
  #pulsando = false;
  #fechada = false;

  constructor(
    motor: Motor,
    aoMudar: NonNullable<OpcoesDoRedis['aoMudar']>,
    prazoDoComandoMs = PRAZO_DO_COMANDO_MS,
    tempo = TEMPO_DO_SISTEMA,
  ) {
    this.#motor = motor;
    this.#tempo = tempo;
    this.#prazoMs = prazoDoComandoMs;
    this.#aoMudar = aoMudar;
    this.#laco = new LacoPeriodico({
      intervaloMs: PULSO_MS,
      agir: () => this.pulsar(),
      aoFalhar: () => {},
      agendar: tempo.agendar,
    });
    this.#laco.iniciar();
  }

  /** O número do banco de dados: os canais, ao contrário das chaves, são os mesmos em todos. */
  get banco(): number {
    return this.#motor.banco;
  }

  /** Se as chaves se repartem por hash slot, e um script só alcança as de um. */
  get emCluster(): boolean {
    return this.#motor.emCluster;
  }

  /** Se todos os Redis que guardam dados responderam ao último pulso que podem gravar. */
  get disponivel(): boolean {
    return this.#disponivel && !this.#fechada;
  }

  /**
   * Executa um script.
   * @param chaves num cluster, todas do mesmo hash slot
   * @throws RedisIndisponivel se ele não respondeu a tempo; o que se atrasou não age mais
   */
  async executar<C extends string, A extends Readonly<Record<string, TipoDeArgumento>>, R>(
    script: Script<C, A, R>,
    chaves: ChavesDoScript<C>,
    argumentos: ArgumentosDoScript<A>,
    { prazoMs = Number.POSITIVE_INFINITY, ...demais }: OpcoesDaExecucao = {},
  ): Promise<R> {
    if (prazoMs <= 0) throw new RedisIndisponivel('o prazo acabou antes de se pedir');
    const duracaoMs = Math.ceil(Math.min(prazoMs, this.#prazoMs - ANTES_NO_REDIS_MS));
    const ate = Math.floor(this.#tempo.monotonicoMs() + this.#diferencaMs) + duracaoMs;
    const { chave, resto } = emComando(script, { chaves, argumentos, demais }, { ate, duracaoMs });
    const resposta = await this.#aTempo(async () => {
      try {
        return await this.#motor.enviar(chave, ['EVALSHA', script.sha1, ...resto]);
      } catch (erro) {
        if (!recusaDe(erro)?.startsWith('NOSCRIPT')) throw erro;
        return this.#motor.enviar(chave, ['EVAL', script.texto, ...resto]);
      }
    });
    return script.ler(resposta);
  }

  /**
   * Executa um comando comum.
   * @param chave a que decide o hash slot
   * @throws RedisIndisponivel
   */
  async comando<R>(ler: Leitor<R>, chave: string, ...argumentos: [string, ...Argumento[]]): Promise<R> {
    return ler(await this.#aTempo(() => this.#motor.enviar(chave, argumentos.map(String))));
  }

  /**
   * As chaves que têm essa forma, em todos os que guardam dados, aos poucos. Uma que nasce ou acaba enquanto isso pode
   * faltar, e uma pode vir duas vezes.
   * @param padrao como o do SCAN
   * @throws RedisIndisponivel
   */
  async *percorrer(padrao: string): AsyncGenerator<readonly string[], void> {
    for (const mestre of await this.#motor.mestres()) {
      let cursor = '0';
      do {
        const pedaco = ['SCAN', cursor, 'MATCH', padrao, 'COUNT', String(CHAVES_POR_PEDACO)];
        const [seguinte, chaves] = lerPedaco(await this.#aTempo(() => mestre.sendCommand(pedaco)));
        cursor = seguinte;
        if (chaves.length > 0) yield chaves;
      } while (cursor !== '0');
    }
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

  /** @param ouvinte chama-se quando avisos dos canais podem ter-se perdido: a conexão caiu, ou o canal mudou de lugar */
  ouvirPerdas(ouvinte: () => void): void {
    this.#aoPerderAvisos.add(ouvinte);
  }

  perderAvisos(): void {
    for (const ouvinte of this.#aoPerderAvisos) ouvinte();
  }

  /** Pergunta a cada Redis se serve e pode gravar, e que horas são. */
  async pulsar(): Promise<void> {
    if (this.#pulsando || this.#fechada) return;
    this.#pulsando = true;
    try {
      const antesMs = this.#tempo.monotonicoMs();
      const [segundos, microssegundos] = await this.#comPrazo(this.#motor.hora());
      this.#acertar(Number(segundos) * 1000 + Number(microssegundos) / 1000, antesMs, this.#tempo.monotonicoMs());
      this.#mudar(true, undefined);
    } catch (erro) {
      this.#mudar(false, erro);
      await this.#procurarDeNovo(erro);
    } finally {
      this.#pulsando = false;
    }
  }

  async #procurarDeNovo(falha: unknown): Promise<void> {
    try {
      await this.#comPrazo(this.#motor.procurarDeNovo(falha));
    } catch {
      // O pulso seguinte procura outra vez.
    }
  }

  /**
   * A hora veio de algum instante entre os dois. Vale a menor diferença possível: quem conta com uma maior deixaria o
   * Redis agir depois de ter desistido. A que já se sabia só se troca por uma maior, ou se já não pode ser.
   */
  #acertar(horaMs: number, antesMs: number, depoisMs: number): void {
    const menorMs = horaMs - depoisMs;
    const maiorMs = horaMs - antesMs;
    if (this.#diferencaMs < menorMs || this.#diferencaMs > maiorMs) this.#diferencaMs = menorMs;
  }

  async close(): Promise<void> {
    if (this.#fechada) return;
    this.#fechada = true;
    this.#motor.close();
    await this.#laco.close();
  }

  #mudar(disponivel: boolean, motivo: unknown): void {
    if (this.#disponivel === disponivel || this.#fechada) return;
    this.#disponivel = disponivel;
    if (disponivel) this.perderAvisos();
    this.#aoMudar(disponivel, disponivel ? undefined : explicarCausa(motivo));
  }

  async #aTempo(enviar: () => Promise<unknown>): Promise<Resposta> {
    if (this.#fechada) throw new RedisIndisponivel('a conexão com o Redis foi encerrada');
    try {
      return (await this.#comPrazo(enviar())) as Resposta;
    } catch (erro) {
      // Um erro que o próprio script comete é defeito nosso, e não se disfarça.
      const recusa = recusaDe(erro);
      if (recusa !== undefined && !AGORA_NAO.test(recusa)) throw erro;
      const motivo = recusa?.startsWith('TARDE') ? NAO_A_TEMPO : (erro as Error).message;
      throw new RedisIndisponivel(motivo, { cause: erro });
    }
  }

  #comPrazo<T>(promessa: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const desistir = () => reject(new RedisIndisponivel(NAO_A_TEMPO));
      // Se foi este processo que parou, a resposta pode já estar no socket: lê-se antes de desistir.
      const desmarcar = this.#tempo.agendar(this.#prazoMs, () => setImmediate(desistir));
      promessa.then(resolve, reject).finally(desmarcar);
    });
  }
}

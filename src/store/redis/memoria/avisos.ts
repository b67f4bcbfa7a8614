/**
 * Quem espera por mensagens sabe delas pelo canal da sala, venham de que servidor vierem: este servidor segue cada sala em
 * que alguém espera, e guarda dela uma janela, que é a mesma para todos. Segui-la custa uma leitura quando se começa, e
 * outra quando algo se perdeu; enquanto nada se perde, não custa nada ao Redis.
 * Um canal só perde avisos quando a conexão cai ou ele muda de lugar: então algumas rondas comparam as janelas com o que
 * cada sala tem.
 */

import { ContractError } from '../../../contract/errors.ts';
import { ESPERA_MAXIMA_MS } from '../../../contract/limites.ts';
import type { Clock } from '../../../process/clock.ts';
import { LacoPeriodico } from '../../../process/laco-periodico.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import { numero, ou, texto, tupla } from '../../../redis/resposta.ts';
import { Recentes } from '../../recentes.ts';
import type { Gravada } from '../../store.ts';
import { MAXIMO_DE_SALAS } from '../../teto-de-salas.ts';
import { canalDaSala, chavesDaSala } from '../formato/chaves.ts';
import { retratarSala } from '../scripts/janela.ts';
import { lerAviso } from './aviso.ts';
import { Janela, type Retrato } from './janela.ts';

const RONDA_MS = 1_000;
/** A última vê o que se gravou enquanto o canal voltava. */
const RONDAS_DEPOIS_DE_UMA_PERDA = 3;
/** Depois disto ninguém mais espera pelo canal. */
const SEM_USO_MS = 2 * ESPERA_MAXIMA_MS;

const SALA_QUE_NAO_HA: Retrato = {
  salaId: '',
  nome: '',
  ultimo: 0,
  mudancas: 0,
  membros: [],
  fluxos: [],
  comPrivadas: [],
  ultimasPrivadas: [],
};

const idEUltimo = tupla(ou(texto), ou(numero));

interface Acompanhada {
  readonly sala: string;
  readonly janela: Janela;
  readonly ouvinte: (texto: string) => void;
  assinatura: Promise<void>;
  /** A leitura da sala que está em andamento: todos os que precisam dela esperam por uma só. */
  leitura: Promise<void> | undefined;
  usadaEmMs: number;
  /** O maior id de mensagem de que já se avisou, ou que já estava na sala quando se começou a segui-la. */
  avisado: number | undefined;
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly clock: Clock;
  readonly aoGravar: (gravada: Gravada) => void;
  /** Recebe o que `aoGravar` lança, para o log. */
  readonly aoFalhar: (erro: unknown) => void;
  /** Quantas salas se acompanham ao mesmo tempo. */
  readonly maximo?: number;
}

export class Avisos {
  readonly #deps: Dependencias;
  readonly #acompanhadas = new Map<string, Acompanhada>();
  readonly #recentes = new Recentes<Janela>();
  readonly #laco: LacoPeriodico;
  #rondasDevidas = 0;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    dependencias.redis.ouvirPerdas(() => {
      this.#rondasDevidas = RONDAS_DEPOIS_DE_UMA_PERDA;
    });
    // Sem o Redis, a próxima ronda vê o que faltou.
    this.#laco = new LacoPeriodico({ intervaloMs: RONDA_MS, agir: () => this.rondar(), aoFalhar: () => {} });
    this.#laco.iniciar();
  }

  /** @param sala o nome como se compara */
  acompanha(sala: string): boolean {
    return this.#acompanhadas.has(sala);
  }

  /**
   * Passa a avisar das mensagens de uma sala, por mais tempo do que uma chamada pode esperar.
   * @param sala o nome como se compara
   * @returns o que se sabe dela
   * @throws LIMITE_EXCEDIDO se já se acompanham salas demais; RedisIndisponivel
   */
  async acompanhar(sala: string): Promise<Janela> {
    const acompanhada = this.#acompanhadas.get(sala) ?? this.#comecar(sala);
    acompanhada.usadaEmMs = this.#deps.clock.monotonicoMs();
    // A que se usou há mais tempo fica sempre na frente.
    this.#acompanhadas.delete(sala);
    this.#acompanhadas.set(sala, acompanhada);
    await acompanhada.assinatura;
    if (!acompanhada.janela.inteira) await this.#ler(acompanhada);
    return acompanhada.janela;
  }

  /**
   * O que este servidor soube de uma sala, porque ele mesmo mexeu nela: vale para quem espera aqui daqui em diante, ainda
   * que o canal o conte depois.
   * @param mudancas quantas vezes alguém já entrou ou saiu
   */
  exigir(sala: string, salaId: number, mudancas: number): void {
    this.#acompanhadas.get(sala)?.janela.exigir(String(salaId), mudancas);
  }

  /** Esquece as salas por que ninguém espera e, se avisos podem ter-se perdido, procura-os. */
  async rondar(): Promise<void> {
    const agoraMs = this.#deps.clock.monotonicoMs();
    const semUso = [...this.#acompanhadas.values()].filter(({ usadaEmMs }) => agoraMs - usadaEmMs > SEM_USO_MS);
    await Promise.all(semUso.map((acompanhada) => this.#esquecer(acompanhada)));
    const porLer = [...this.#acompanhadas.values()].filter(({ janela }) => !janela.inteira);
    await Promise.allSettled(porLer.map((acompanhada) => this.#ler(acompanhada)));
    if (this.#rondasDevidas === 0) return;
    const devidas = this.#rondasDevidas;
    await Promise.all([...this.#acompanhadas.values()].map((acompanhada) => this.#conferir(acompanhada)));
    // Uma perda enquanto isso começa a conta de novo.
    if (this.#rondasDevidas === devidas) this.#rondasDevidas -= 1;
  }

  async close(): Promise<void> {
    await this.#laco.close();
    for (const { janela } of this.#acompanhadas.values()) janela.close();
    this.#acompanhadas.clear();
  }

  #comecar(sala: string): Acompanhada {
    this.#abrirLugar();
    const acompanhada: Acompanhada = {
      sala,
      janela: new Janela(this.#recentes),
      ouvinte: (texto) => this.#ouvir(acompanhada, texto),
      assinatura: Promise.resolve(),
      leitura: undefined,
      usadaEmMs: 0,
      avisado: undefined,
    };
    const { redis } = this.#deps;
    acompanhada.assinatura = redis.assinar(canalDaSala(sala, redis.banco), acompanhada.ouvinte);
    this.#acompanhadas.set(sala, acompanhada);
    acompanhada.assinatura.catch(() => this.#acompanhadas.delete(sala));
    return acompanhada;
  }

  /** @throws LIMITE_EXCEDIDO se há salas demais, e em todas pode haver quem espere */
  #abrirLugar(): void {
    const { clock, maximo = MAXIMO_DE_SALAS } = this.#deps;
    if (this.#acompanhadas.size < maximo) return;
    const [maisAntiga] = this.#acompanhadas.values();
    if (!maisAntiga || clock.monotonicoMs() - maisAntiga.usadaEmMs <= ESPERA_MAXIMA_MS) {
      throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: RONDA_MS });
    }
    // Se o Redis não está, deixa-se de ouvir o canal quando a conexão cair.
    this.#esquecer(maisAntiga).catch(() => {});
  }

  async #esquecer({ sala, janela, ouvinte, assinatura }: Acompanhada): Promise<void> {
    this.#acompanhadas.delete(sala);
    janela.close();
    await assinatura;
    await this.#deps.redis.desassinar(canalDaSala(sala, this.#deps.redis.banco), ouvinte);
  }

  /** Lê a sala, se ninguém já a está lendo, e avisa a todos se ela tem algo de novo. */
  #ler(acompanhada: Acompanhada): Promise<void> {
    acompanhada.leitura ??= this.#lerDoRedis(acompanhada).finally(() => {
      acompanhada.leitura = undefined;
    });
    return acompanhada.leitura;
  }

  async #lerDoRedis(acompanhada: Acompanhada): Promise<void> {
    const { sala, janela, assinatura } = acompanhada;
    // O que se publica depois de ler chega pelo canal, que já se ouve.
    await assinatura;
    while (janela.preencher(await this.#retratar(sala)) === 'falta');
    if (acompanhada.avisado === undefined) acompanhada.avisado = janela.ultimo;
    else if (janela.ultimo > acompanhada.avisado) this.#avisar(acompanhada, janela.ultimo, 'todos');
  }

  async #retratar(sala: string): Promise<Retrato> {
    const lido = await this.#deps.redis.executar(retratarSala, chavesDaSala(sala), {});
    if (!lido) return SALA_QUE_NAO_HA;
    const [salaId, nome, ultimo, mudancas, membros, deTodos, passagens, comPrivadas, ultimas] = lido;
    const ultimasPrivadas = ultimas.map(([sessaoId, mensagemId]) => [Number(sessaoId), Number(mensagemId)] as const);
    return { salaId, nome, ultimo, mudancas, membros, fluxos: [deTodos, passagens], comPrivadas, ultimasPrivadas };
  }

  /** Quem entra ou sai deixa uma mensagem: se a última é a mesma, nada mudou. */
  async #conferir(acompanhada: Acompanhada): Promise<void> {
    const { sala, janela } = acompanhada;
    const antes = janela.ultimo;
    const { dados } = chavesDaSala(sala);
    const [salaId, ultimo] = await this.#deps.redis.comando(idEUltimo, dados, 'HMGET', dados, 'id', 'ultimo');
    const igual = janela.eDaSala(salaId ?? '') && (ultimo === antes || ultimo === janela.ultimo);
    if ((salaId === undefined && janela.eDaSala('')) || igual || acompanhada.leitura) return;
    janela.perder();
    await this.#ler(acompanhada);
  }

  #ouvir(acompanhada: Acompanhada, texto: string): void {
    const aviso = lerAviso(texto);
    if (!aviso) return;
    const efeito = acompanhada.janela.receber(aviso);
    if (efeito === 'seguiu') this.#avisar(acompanhada, aviso.id, aviso.visivelPara);
    // Se o Redis não responde, a ronda lê depois.
    if (efeito === 'falta') this.#ler(acompanhada).catch(() => {});
  }

  #avisar(acompanhada: Acompanhada, mensagemId: number, visivelPara: Gravada['visivelPara']): void {
    const { aoGravar, aoFalhar } = this.#deps;
    acompanhada.avisado = mensagemId;
    try {
      aoGravar({ sala: acompanhada.sala, mensagemId, visivelPara });
    } catch (erro) {
      aoFalhar(erro);
    }
  }
}

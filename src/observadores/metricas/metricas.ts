/**
 * O que este processo conta de si a quem o opera, no formato de texto do Prometheus. Nenhum nome de pessoa ou de sala entra
 * aqui: os rótulos são os procedimentos do contrato e os tipos de erro.
 */

import type { Clock } from '../../process/clock.ts';
import type { Desfecho, ObservadorDeChegada } from '../../rpc/observador.ts';
import { Histograma } from './histograma.ts';

/** Um número que se lê na hora em que alguém pergunta. */
export interface Medida {
  readonly nome: string;
  readonly tipo: 'gauge' | 'counter';
  readonly ajuda: string;
  readonly ler: () => Promise<number> | number;
}

const DO_PROCESSO: readonly Medida[] = [
  {
    nome: 'process_cpu_seconds_total',
    tipo: 'counter',
    ajuda: 'Tempo de processador gasto, em segundos.',
    ler: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    nome: 'process_resident_memory_bytes',
    tipo: 'gauge',
    ajuda: 'Memória residente, em bytes.',
    ler: () => process.memoryUsage.rss(),
  },
  {
    nome: 'process_start_time_seconds',
    tipo: 'gauge',
    ajuda: 'Quando o processo começou, em segundos desde 1970.',
    ler: () => performance.timeOrigin / 1000,
  },
  {
    nome: 'nodejs_heap_size_used_bytes',
    tipo: 'gauge',
    ajuda: 'Memória do heap em uso, em bytes.',
    ler: () => process.memoryUsage().heapUsed,
  },
];

export class Metricas {
  readonly #clock: Clock;
  readonly #medidas: Medida[] = [...DO_PROCESSO];
  /** Procedimento → desfecho → quantas. */
  readonly #chamadas = new Map<string, Map<string, number>>();
  readonly #duracoes = new Map<string, Histograma>();
  /** Nome → ajuda e histograma. */
  readonly #histogramas = new Map<string, { readonly ajuda: string; readonly histograma: Histograma }>();
  readonly chegada: ObservadorDeChegada;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.chegada = {
      aoAtender: ({ procedimento }) => {
        const inicioMs = clock.monotonicoMs();
        return { terminar: (desfecho) => this.#contar(procedimento, desfecho, inicioMs) };
      },
    };
  }

  medir(...medidas: readonly Medida[]): void {
    this.#medidas.push(...medidas);
  }

  /** Um histograma sem rótulos. @returns quem recebe cada duração, em segundos */
  medirDuracoes(nome: string, ajuda: string): (segundos: number) => void {
    const histograma = new Histograma();
    this.#histogramas.set(nome, { ajuda, histograma });
    return (segundos) => histograma.observar(segundos);
  }

  /** O que não se pode ler agora fica de fora. */
  async texto(): Promise<string> {
    const lidas = await Promise.all(this.#medidas.map(ler));
    return [
      cabecalho(
        'chat_chamadas_total',
        'counter',
        'Chamadas atendidas, por procedimento e desfecho: ok, ou o tipo do erro.',
      ),
      ...[...this.#chamadas].flatMap(([procedimento, desfechos]) =>
        [...desfechos].map(
          ([desfecho, quantas]) =>
            `chat_chamadas_total{procedimento="${procedimento}",desfecho="${desfecho}"} ${quantas}`,
        ),
      ),
      cabecalho('chat_chamada_segundos', 'histogram', 'Quanto cada chamada demorou, a espera por mensagens incluída.'),
      ...[...this.#duracoes].flatMap(([procedimento, duracoes]) =>
        duracoes.linhas('chat_chamada_segundos', `procedimento="${procedimento}"`),
      ),
      ...[...this.#histogramas].flatMap(([nome, { ajuda, histograma }]) => [
        cabecalho(nome, 'histogram', ajuda),
        ...histograma.linhas(nome, ''),
      ]),
      ...lidas.flat(),
      '',
    ].join('\n');
  }

  #contar(procedimento: string, desfecho: Desfecho, inicioMs: number): void {
    const nome = desfecho.tipo === 'recusa' ? desfecho.erro : desfecho.tipo;
    const desfechos = this.#chamadas.get(procedimento) ?? new Map<string, number>();
    this.#chamadas.set(procedimento, desfechos.set(nome, (desfechos.get(nome) ?? 0) + 1));
    const duracoes = this.#duracoes.get(procedimento) ?? new Histograma();
    this.#duracoes.set(procedimento, duracoes);
    duracoes.observar((this.#clock.monotonicoMs() - inicioMs) / 1000);
  }
}

async function ler({ nome, tipo, ajuda, ler }: Medida): Promise<string[]> {
  try {
    const valor = await ler();
    return [cabecalho(nome, tipo, ajuda), `${nome} ${valor}`];
  } catch {
    return [];
  }
}

function cabecalho(nome: string, tipo: string, ajuda: string): string {
  return `# HELP ${nome} ${ajuda}\n# TYPE ${nome} ${tipo}`;
}

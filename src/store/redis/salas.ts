/** As salas no Redis, cada uma no seu slot: quem está nela, quem entra e quem sai. */

import type { Mensagem } from '../../contract/chat.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import { textoDeEntrada, textoDeSaida } from '../../dominio/mensagens.ts';
import type { Clock } from '../../process/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { lista, texto } from '../../redis/resposta.ts';
import { canalDaSala, chaveDasPrivadas, chavesDaSala } from './chaves.ts';
import type { Indice, Ocupacao, SalaBuscada } from './indice.ts';
import type { Limpeza } from './limpeza.ts';
import { emOrdem, juntarUltimas, type SalaCitada } from './registros.ts';
import { contarNaSala, entrarNaSala, sairDaSala } from './scripts/salas.ts';

/** Quem se move. */
export interface Passo {
  readonly sessaoId: number;
  readonly nome: string;
  /** Depois disto, no relógio dos dados, o passo já não se dá. */
  readonly ate: number;
}

export interface Chegada {
  readonly usuarios: string[];
  readonly mensagens: Mensagem[];
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  readonly indice: Indice;
  readonly limpeza: Limpeza;
  /** Quantas mensagens se guardam em cada sala. */
  readonly historia: number;
}

export class Salas {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** @returns quem está e as últimas mensagens; `undefined` se a sala já não existe */
  async entrar({ sala, piso }: SalaBuscada, passo: Passo): Promise<Chegada | undefined> {
    const { redis, limpeza } = this.#deps;
    const chaves = { ...chavesDaSala(sala.chave), privadas: chaveDasPrivadas(sala.chave, passo.sessaoId) };
    const argumentos = {
      ...this.#deQuemSeMove(sala, passo),
      sala: sala.nome,
      piso,
      nome: passo.nome,
      conteudo: textoDeEntrada(passo.nome),
    };
    const entrada = await redis.executar(entrarNaSala, chaves, argumentos, this.#prazoDe(passo));
    if (entrada.desfecho === 'ANTIGA') {
      await limpeza.apagarAnterior(sala);
      return this.entrar({ sala, piso }, passo);
    }
    if (entrada.desfecho === 'NAO_HA') {
      // Se está fechada, quem a removia pode ter morrido aí: o nome não fica preso até a próxima passada da varredura.
      await limpeza.removerVazia(sala, 0);
      return undefined;
    }
    const [ocupacao, usuarios, ...fluxos] = entrada.valor;
    await this.#anotar(sala, ocupacao);
    return { usuarios: emOrdem(usuarios), mensagens: juntarUltimas(sala.nome, ...fluxos) };
  }

  /**
   * Tira alguém da sala. Sem efeito sobre quem não está.
   * @returns se a sala guarda mensagens privadas de quem sai
   */
  async sair(sala: SalaCitada, passo: Passo): Promise<boolean> {
    const argumentos = { ...this.#deQuemSeMove(sala, passo), conteudo: textoDeSaida(passo.nome) };
    const chaves = chavesDaSala(sala.chave);
    const saida = await this.#deps.redis.executar(sairDaSala, chaves, argumentos, this.#prazoDe(passo));
    if (!saida) return false;
    const [ocupacao, temPrivadas] = saida;
    await this.#anotar(sala, ocupacao);
    return temPrivadas;
  }

  /** Se está na sala; quantos estão se anota de novo, porque quem entrava pode ter morrido antes disso. */
  async temMembro(sala: SalaCitada, sessaoId: number): Promise<boolean> {
    const argumentos = { agora: this.#deps.relogio.agoraMs(), salaId: String(sala.id), eu: String(sessaoId) };
    const contada = await this.#deps.redis.executar(contarNaSala, chavesDaSala(sala.chave), argumentos);
    if (!contada) return false;
    const [ocupacao, esta] = contada;
    await this.#anotar(sala, ocupacao);
    return esta;
  }

  /** Por nome, em ordem de code points. */
  async membros({ chave }: SalaCitada): Promise<string[]> {
    const { membros } = chavesDaSala(chave);
    return emOrdem(await this.#deps.redis.comando(lista(texto), membros, 'HVALS', membros));
  }

  #anotar(sala: SalaCitada, ocupacao: Ocupacao): Promise<void> {
    return this.#deps.indice.anotarOcupacao(sala, ocupacao);
  }

  #deQuemSeMove(sala: SalaCitada, { sessaoId, nome }: Passo) {
    const { redis, relogio, clock, historia } = this.#deps;
    return {
      agora: relogio.agoraMs(),
      instante: String(clock.agoraMs()),
      historia: String(historia),
      canal: canalDaSala(sala.chave, redis.banco),
      salaId: String(sala.id),
      eu: String(sessaoId),
      nomeComparavel: nomeComparavel(nome),
    };
  }

  #prazoDe({ ate }: Passo) {
    return { prazoMs: ate - this.#deps.relogio.agoraMs() };
  }
}

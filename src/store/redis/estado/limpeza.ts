/** O que se apaga depois que ninguém mais o alcança: salas removidas com suas mensagens, rastros de sessões encerradas. */

import type { RedisConnection } from '../../../redis/connection.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import { json, lista, nada, numero, ou, texto } from '../../../redis/resposta.ts';
import { chaveDasPrivadas, chavesDaSala, chavesDaSessao, chavesDosEnvios, INDICE } from '../formato/chaves.ts';
import type { SalaCitada } from '../formato/registros.ts';
import { apagarDaSala, apagarRastros, fecharSala } from '../scripts/salas.ts';
import type { Indice } from './indice.ts';

/** Quantos fluxos de mensagens privadas se apagam num comando. */
const POR_VEZ = 256;

export class Limpeza {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;
  readonly #indice: Indice;

  constructor(redis: RedisConnection, relogio: RelogioDividido, indice: Indice) {
    this.#redis = redis;
    this.#relogio = relogio;
    this.#indice = indice;
  }

  /**
   * Nesta ordem, para que um kill entre dois passos nada estrague: fecha a sala, tira-a do índice, apaga o que ela tem.
   * @param inativaMs há quanto tempo tem de estar vazia, em ms
   */
  async removerVazia(sala: SalaCitada, inativaMs: number): Promise<boolean> {
    const argumentos = { agora: this.#relogio.agoraMs(), salaId: String(sala.id), inativaMs };
    const fechada = await this.#redis.executar(fecharSala, chavesDaSala(sala.chave), argumentos);
    switch (fechada.desfecho) {
      case 'ANTIGA':
        await this.apagarAnterior(sala);
        return this.removerVazia(sala, inativaMs);
      case 'OCUPADA':
      case 'CEDO':
        await this.#indice.anotar(sala, fechada.valor[0]);
        return false;
      case 'NAO_HA':
        return false;
      default:
        if (!(await this.#indice.tirar(sala, fechada.valor[0]))) return false;
        await this.#esquecerPropria(sala);
        await this.#apagar(sala);
        return true;
    }
  }

  /** Quem a criou não tem de a passar a ninguém. */
  async #esquecerPropria({ chave, criador }: SalaCitada): Promise<void> {
    if (!criador) return;
    const { proprias } = chavesDaSessao(criador.id);
    await this.#redis.comando(nada, proprias, 'SREM', proprias, chave);
  }

  /** O que está nas chaves de uma sala é de outra mais velha, que já saiu do índice. */
  async apagarAnterior(sala: SalaCitada): Promise<void> {
    const { dados } = chavesDaSala(sala.chave);
    const id = (await this.#redis.comando(ou(numero), dados, 'HGET', dados, 'id')) ?? sala.id;
    if (id < sala.id) await this.#apagar({ ...sala, id });
  }

  /** Apaga o que alguém deixou por apagar. */
  async apagarRemovidas(): Promise<void> {
    const { removidas } = INDICE;
    const restam = await this.#redis.comando(lista(json<SalaCitada>()), removidas, 'HVALS', removidas);
    for (const sala of restam) await this.#apagar(sala);
  }

  /** O que uma sessão que acaba deixou nas salas por que passou. */
  async apagarRastros(sessaoId: number): Promise<void> {
    const { rastros } = chavesDaSessao(sessaoId);
    for (const sala of await this.#redis.comando(lista(texto), rastros, 'SMEMBERS', rastros)) {
      const chaves = {
        ...chavesDaSala(sala),
        ...chavesDosEnvios(sala, sessaoId),
        privadas: chaveDasPrivadas(sala, sessaoId),
      };
      await this.#redis.executar(apagarRastros, chaves, { eu: String(sessaoId) });
    }
  }

  async #apagar(sala: SalaCitada): Promise<void> {
    const { dados, ...daSala } = chavesDaSala(sala.chave);
    const apagar = (chaves: readonly string[], tudo: boolean) =>
      this.#redis.executar(apagarDaSala, { dados }, { salaId: String(sala.id), tudo }, { chaves });
    const quem = await this.#redis.comando(lista(texto), daSala.comPrivadas, 'SMEMBERS', daSala.comPrivadas);
    const privadas = quem.map((sessaoId) => chaveDasPrivadas(sala.chave, sessaoId));
    for (let inicio = 0; inicio < privadas.length; inicio += POR_VEZ) {
      await apagar(privadas.slice(inicio, inicio + POR_VEZ), false);
    }
    await apagar(Object.values(daSala), true);
    await this.#redis.comando(nada, INDICE.removidas, 'HDEL', INDICE.removidas, sala.id);
  }
}

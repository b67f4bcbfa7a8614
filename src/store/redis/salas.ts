/** As salas no Redis: o índice delas, e cada uma no seu slot. */

import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import { textoDeEntrada, textoDeSaida } from '../../dominio/mensagens.ts';
import type { RedisConnection, Resposta } from '../../redis/connection.ts';
import type { SalaAberta, SalaVazia } from '../store.ts';
import { MAXIMO_DE_SALAS, salasDemais } from '../teto-de-salas.ts';
import { chaveDasPrivadas, chavesDaSala, INDICE } from './chaves.ts';
import {
  anotarVazia,
  buscarNoIndice,
  criarNoIndice,
  esquecerVazia,
  lerVazias,
  tirarDoIndice,
} from './indice-scripts.ts';
import { emDesfecho, emOrdem, type SalaCitada } from './respostas.ts';
import { apagarDaSala, apagarPrivadas, entrarNaSala, fecharSala, sairDaSala } from './salas-scripts.ts';

/** Quantas salas vazias, ou fluxos de mensagens privadas, se tratam de uma vez. */
const POR_VEZ = 256;

export interface SalaBuscada {
  readonly sala: SalaCitada;
  /** Os ids de mensagem da sala começam depois deste. */
  readonly piso: string;
}

/** Quem se move, e quando. */
export interface Passo {
  readonly sessaoId: number;
  readonly nome: string;
  /** Ms desde 1970. */
  readonly agoraMs: number;
  /** Depois disto, no relógio do Redis, o passo já não se dá. */
  readonly ate: number;
}

export class Salas {
  readonly #redis: RedisConnection;
  readonly #historia: number;

  /** @param historia quantas mensagens se guardam em cada sala, e em cada conversa privada dela */
  constructor(redis: RedisConnection, historia: number) {
    this.#redis = redis;
    this.#historia = historia;
  }

  async buscar(nome: string): Promise<SalaBuscada | undefined> {
    const resposta = await this.#redis.executar(buscarNoIndice, [INDICE.salas, INDICE.piso], [nomeComparavel(nome)]);
    if (resposta === null) return undefined;
    const [sala, piso] = resposta as [string, string];
    return { sala: JSON.parse(sala), piso };
  }

  /** @throws SALA_JA_EXISTE, LIMITE_EXCEDIDO se não cabem mais salas */
  async criar(nome: string): Promise<SalaVazia> {
    const chaves = [INDICE.salas, INDICE.vazias, INDICE.contador];
    const argumentos = [nomeComparavel(nome), nome, MAXIMO_DE_SALAS];
    const [desfecho, id] = emDesfecho(await this.#redis.executar(criarNoIndice, chaves, argumentos));
    if (desfecho === 'EXISTE') throw new ContractError('SALA_JA_EXISTE');
    if (desfecho === 'CHEIO') throw salasDemais();
    return { salaId: Number(id), nomeSala: nome };
  }

  /** @returns quem está e as últimas mensagens; `undefined` se a sala já não existe */
  async entrar(
    { sala, piso }: SalaBuscada,
    passo: Passo,
  ): Promise<readonly [string[], Resposta, Resposta] | undefined> {
    const { sessaoId, nome, agoraMs, ate } = passo;
    const chaves = chavesDaSala(sala.chave);
    const [desfecho, usuarios, deTodos, privadas] = emDesfecho(
      await this.#redis.executar(
        entrarNaSala,
        [chaves.dados, chaves.membros, chaves.nomes, chaves.mensagens, chaveDasPrivadas(sala.chave, sessaoId)],
        [
          sala.id,
          sala.nome,
          piso,
          sessaoId,
          nome,
          nomeComparavel(nome),
          textoDeEntrada(nome),
          agoraMs,
          this.#historia,
          chaves.avisos,
        ],
        { ate },
      ),
    );
    if (desfecho === 'ANTIGA') {
      await this.#apagarAnterior(sala);
      return this.entrar({ sala, piso }, passo);
    }
    if (desfecho === 'NAO_HA') {
      // Se está fechada, quem a removia pode ter morrido aí: o nome não fica preso até a próxima passada da varredura.
      await this.removerVazia({ salaId: sala.id, nomeSala: sala.nome }, 0);
      return undefined;
    }
    return [emOrdem(usuarios as string[]), deTodos as Resposta, privadas as Resposta];
  }

  /**
   * Tira alguém da sala; se ela ficou vazia, o índice passa a saber. Sem efeito sobre quem não está.
   * @returns se a sala guarda mensagens privadas de quem sai
   */
  async sair(sala: SalaCitada, { sessaoId, nome, agoraMs, ate }: Passo): Promise<boolean> {
    const chaves = chavesDaSala(sala.chave);
    const resposta = await this.#redis.executar(
      sairDaSala,
      [chaves.dados, chaves.membros, chaves.nomes, chaves.mensagens, chaves.comPrivadas],
      [sala.id, sessaoId, nomeComparavel(nome), textoDeSaida(nome), agoraMs, this.#historia, chaves.avisos],
      { ate },
    );
    const [ficam, temPrivadas] = resposta as [number, number];
    if (ficam === 0) await this.#anotarVazia(sala.chave, '');
    return temPrivadas === 1;
  }

  /** @param sala o nome como se compara */
  async apagarPrivadas(sala: string, sessaoId: number): Promise<void> {
    const { comPrivadas } = chavesDaSala(sala);
    await this.#redis.executar(apagarPrivadas, [chaveDasPrivadas(sala, sessaoId), comPrivadas], [sessaoId]);
  }

  async temMembro(sala: SalaCitada, sessaoId: number): Promise<boolean> {
    const { membros } = chavesDaSala(sala.chave);
    return (await this.#redis.comando(membros, 'HEXISTS', membros, sessaoId)) === 1;
  }

  /** Por nome, em ordem de code points. */
  async membros({ chave }: SalaCitada): Promise<string[]> {
    const { membros } = chavesDaSala(chave);
    return emOrdem((await this.#redis.comando(membros, 'HVALS', membros)) as string[]);
  }

  /** Por nome, em ordem de code points. */
  async listar(): Promise<SalaAberta[]> {
    const salas = new Map((await this.#todas()).map((sala) => [sala.nome, sala]));
    return Promise.all(
      emOrdem([...salas.keys()]).map(async (nomeSala) => {
        const { chave } = salas.get(nomeSala) as SalaCitada;
        return { nomeSala, usuarios: await this.#quantos(chave) };
      }),
    );
  }

  /** As que estão sem ninguém agora. */
  async vazias(): Promise<SalaVazia[]> {
    const candidatas = await this.vaziasHa(0);
    const ocupadas = await Promise.all(candidatas.map(({ nomeSala }) => this.#quantos(nomeComparavel(nomeSala))));
    return candidatas.filter((_, indice) => ocupadas[indice] === 0);
  }

  /** As que podem estar vazias há algum tempo; em cada uma é que se vê. */
  async vaziasHa(inativaMs: number): Promise<SalaVazia[]> {
    const textos = await this.#redis.executar(lerVazias, [INDICE.salas, INDICE.vazias], [inativaMs, POR_VEZ]);
    return (textos as string[]).map((texto) => {
      const { id, nome } = JSON.parse(texto) as SalaCitada;
      return { salaId: id, nomeSala: nome };
    });
  }

  /**
   * Nesta ordem, para que um kill no meio nada estrague: fecha a sala, tira-a do índice, apaga o que ela tem.
   * @param inativaMs há quanto tempo tem de estar vazia, em ms
   */
  async removerVazia({ salaId, nomeSala }: SalaVazia, inativaMs: number): Promise<boolean> {
    const sala: SalaCitada = { id: salaId, nome: nomeSala, chave: nomeComparavel(nomeSala) };
    const { dados, membros } = chavesDaSala(sala.chave);
    const [desfecho, valor] = emDesfecho(await this.#redis.executar(fecharSala, [dados, membros], [salaId, inativaMs]));
    if (desfecho === 'ANTIGA') {
      await this.#apagarAnterior(sala);
      return this.removerVazia({ salaId, nomeSala }, inativaMs);
    }
    if (desfecho === 'OCUPADA') {
      await this.#redis.executar(esquecerVazia, [INDICE.vazias], [sala.chave, String(valor)]);
      return false;
    }
    if (desfecho === 'CEDO') {
      await this.#anotarVazia(sala.chave, String(valor));
      return false;
    }
    if (desfecho === 'NAO_HA') return false;
    const { salas, vazias, removidas, piso } = INDICE;
    const argumentos = [sala.chave, salaId, String(valor)];
    const tirada = await this.#redis.executar(tirarDoIndice, [salas, vazias, removidas, piso], argumentos);
    if (tirada === 0) return false;
    await this.#apagar(sala);
    return true;
  }

  /** Apaga o que alguém deixou por apagar. @returns true se havia */
  async apagarRemovidas(): Promise<boolean> {
    const { removidas } = INDICE;
    const textos = (await this.#redis.comando(removidas, 'HVALS', removidas)) as string[];
    for (const texto of textos) await this.#apagar(JSON.parse(texto));
    return textos.length > 0;
  }

  async #quantos(chave: string): Promise<number> {
    const { membros } = chavesDaSala(chave);
    return Number(await this.#redis.comando(membros, 'HLEN', membros));
  }

  async #todas(): Promise<SalaCitada[]> {
    const textos = (await this.#redis.comando(INDICE.salas, 'HVALS', INDICE.salas)) as string[];
    return textos.map((texto) => JSON.parse(texto));
  }

  async #anotarVazia(chave: string, desdeMs: string): Promise<void> {
    await this.#redis.executar(anotarVazia, [INDICE.salas, INDICE.vazias], [chave, desdeMs]);
  }

  /** O que está nas chaves de uma sala é de outra mais velha, que já saiu do índice. */
  async #apagarAnterior(sala: SalaCitada): Promise<void> {
    const { dados } = chavesDaSala(sala.chave);
    const id = Number(await this.#redis.comando(dados, 'HGET', dados, 'id'));
    if (id < sala.id) await this.#apagar({ ...sala, id });
  }

  async #apagar(sala: SalaCitada): Promise<void> {
    const { dados, membros, nomes, mensagens, comPrivadas } = chavesDaSala(sala.chave);
    const quem = (await this.#redis.comando(comPrivadas, 'SMEMBERS', comPrivadas)) as string[];
    const privadas = quem.map((sessaoId) => chaveDasPrivadas(sala.chave, sessaoId));
    for (let inicio = 0; inicio < privadas.length; inicio += POR_VEZ) {
      const chaves = [dados, ...privadas.slice(inicio, inicio + POR_VEZ)];
      await this.#redis.executar(apagarDaSala, chaves, [sala.id, 0]);
    }
    await this.#redis.executar(apagarDaSala, [dados, membros, nomes, mensagens, comPrivadas], [sala.id, 1]);
    await this.#redis.comando(INDICE.removidas, 'HDEL', INDICE.removidas, sala.id);
  }
}

/** O envio: o limite e a idempotency key estão com a pessoa, a mensagem na sala. */

import { ContractError, type TipoDeErro } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { emMensagem } from '../mensagem-guardada.ts';
import type { Enviada, Envio, LimiteDeChamadas } from '../store.ts';
import {
  chaveDasPrivadas,
  chaveDoEnvio,
  chaveDoRitmo,
  chaveDoUso,
  chavesDaFaixa,
  chavesDaSala,
  faixaDaSessao,
} from './chaves.ts';
import { emDesfecho, emMensagemGuardada } from './respostas.ts';
import { anularEnvio, enviarNaSala, reabrirEnvio } from './salas-scripts.ts';
import type { Pessoas } from './sessoes.ts';
import { prepararEnvio, soltarUso } from './sessoes-scripts.ts';

const LIMITE_DE_MENSAGENS = 'mensagens';
const SEM_LIMITE: LimiteDeChamadas = { maximo: 0, janelaMs: 0 };

/** Quanto uma idempotency key vale depois de usada: muito mais do que alguém insiste num envio. */
const VALIDADE_DA_CHAVE_MS = 3_600_000;

/** Quanto um envio pode demorar a chegar à sala depois de preparado. */
const DURACAO_DO_ENVIO_MS = 2_000;
/** Mais que isso, com o que os relógios de dois Redis podem diferir: o que se anulou já não chega. */
const VALIDADE_DA_ANULACAO_MS = 5_000;

/** O que o script da sala recusa, como o contrato o diz. */
type Recusa = 'FORA_DA_SALA' | 'DESTINATARIO_FORA_DA_SALA';
type Gravacao = Enviada | Recusa | 'PODE';

export class Envios {
  readonly #redis: RedisConnection;
  readonly #pessoas: Pessoas;
  readonly #historia: number;

  constructor(redis: RedisConnection, pessoas: Pessoas, historia: number) {
    this.#redis = redis;
    this.#pessoas = pessoas;
    this.#historia = historia;
  }

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA (também se não há a sala), DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO */
  async enviar(envio: Envio): Promise<Enviada> {
    const [preparo, valor] = await this.#preparar(envio);
    if (preparo === 'OUTRA_SALA') return this.#usadaEm(String(valor), envio);
    if (preparo === 'NAO_AUTENTICADO') throw new ContractError('NAO_AUTENTICADO');
    const cheio = preparo === 'CHEIO';
    const ate = cheio ? Number.POSITIVE_INFINITY : Number(valor) + DURACAO_DO_ENVIO_MS;
    const gravacao = await this.#gravar(envio, cheio, ate);
    if (gravacao === 'PODE') throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: Number(valor) });
    if (!cheio && (typeof gravacao === 'string' || gravacao.repetida)) await this.#devolverLugar(envio);
    if (typeof gravacao === 'string') throw new ContractError(gravacao satisfies TipoDeErro);
    return gravacao;
  }

  async #preparar({ sessaoId, nomeSala, chave, limite = SEM_LIMITE }: Envio) {
    const { sessoes } = chavesDaFaixa(faixaDaSessao(sessaoId));
    const chaves = [sessoes, chaveDoRitmo(sessaoId, LIMITE_DE_MENSAGENS), chaveDoUso(sessaoId, chave ?? '')];
    const sala = chave === undefined ? '' : nomeComparavel(nomeSala);
    const argumentos = [sessaoId, limite.maximo, limite.janelaMs, sala, VALIDADE_DA_CHAVE_MS];
    return emDesfecho(await this.#redis.executar(prepararEnvio, chaves, argumentos));
  }

  /**
   * @param soConferir não grava: diz se gravaria
   * @param ate depois disto, no relógio do Redis, já não grava
   */
  async #gravar(envio: Envio, soConferir: boolean, ate: number): Promise<Gravacao> {
    const { sessaoId, nomeSala, conteudo, destinatario, chave, agoraMs } = envio;
    const sala = nomeComparavel(nomeSala);
    const { dados, membros, nomes, mensagens, comPrivadas, avisos } = chavesDaSala(sala);
    const destino = destinatario === undefined ? '' : nomeComparavel(destinatario);
    const destinoId = destino === '' ? '' : ((await this.#redis.comando(nomes, 'HGET', nomes, destino)) ?? '');
    const [desfecho, ...valores] = emDesfecho(
      await this.#redis.executar(
        enviarNaSala,
        [
          dados,
          membros,
          nomes,
          mensagens,
          chaveDoEnvio(sala, sessaoId, chave ?? ''),
          chaveDasPrivadas(sala, sessaoId),
          chaveDasPrivadas(sala, String(destinoId)),
          comPrivadas,
        ],
        [
          sessaoId,
          conteudo,
          agoraMs,
          destino,
          String(destinoId),
          chave === undefined ? 0 : 1,
          VALIDADE_DA_CHAVE_MS,
          this.#historia,
          avisos,
          soConferir ? 1 : 0,
        ],
        { ate },
      ),
    );
    if (desfecho === 'REPETIDA') return { mensagem: emMensagemGuardada(String(valores[0])), repetida: true };
    // Este envio demorou tanto que a mesma chave já serviu em outra sala.
    if (desfecho === 'ANULADA') throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 0 });
    if (desfecho !== 'OK') return desfecho as Recusa | 'PODE';
    const [id, nomeDaSala, origem, nomeDoDestino] = valores as [number, string, string, string];
    const mensagem = emMensagem([id, origem, nomeDoDestino || null, conteudo, agoraMs], nomeDaSala);
    return { mensagem, repetida: false };
  }

  /**
   * A chave já foi usada em outra sala. Ou a mensagem está guardada naquela sala, ou não chegou a ela e já não pode
   * chegar: então a chave volta a valer nesta.
   */
  async #usadaEm(outraSala: string, envio: Envio): Promise<Enviada> {
    const { sessaoId, nomeSala, chave = '' } = envio;
    const guardada = await this.#redis.executar(
      anularEnvio,
      [chaveDoEnvio(outraSala, sessaoId, chave)],
      [VALIDADE_DA_ANULACAO_MS],
    );
    if (guardada !== null) return { mensagem: emMensagemGuardada(String(guardada)), repetida: true };
    await this.#redis.executar(reabrirEnvio, [chaveDoEnvio(nomeComparavel(nomeSala), sessaoId, chave)], []);
    await this.#redis.executar(soltarUso, [chaveDoUso(sessaoId, chave)], [outraSala]);
    return this.enviar(envio);
  }

  async #devolverLugar({ sessaoId, limite }: Envio): Promise<void> {
    if (limite) await this.#pessoas.devolverLugar(sessaoId, LIMITE_DE_MENSAGENS);
  }
}

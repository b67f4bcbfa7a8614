/** Um envio: a mensagem fica na sala; o limite, e em que sala uma chave de repetição se usou, com a sessão. */

import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes/nomes.ts';
import type { Clock } from '../../process/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { ou, texto } from '../../redis/resposta.ts';
import { emMensagem } from '../mensagem-guardada.ts';
import type { Enviada, Envio } from '../store.ts';
import { type Limites, SEM_LIMITE } from './estado/limites.ts';
import {
  canalDaSala,
  chaveDasPrivadas,
  chaveDoRitmo,
  chavesDaSala,
  chavesDaSessao,
  chavesDosEnvios,
} from './formato/chaves.ts';
import { mensagemDaChave } from './formato/registros.ts';
import { type DesfechoDoEnvio, enviarDeUmaVez, gravarEnvio, prepararEnvio } from './scripts/envios.ts';
import { anularEnvio, reabrirEnvio, soltarUso } from './scripts/repeticoes.ts';

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  readonly limites: Limites;
  /** Quantas se guardam em cada sala, e de privadas de cada sessão nela. */
  readonly historia: number;
}

export class Envios {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA (também se não há a sala), SILENCIADO, DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO */
  async enviar(envio: Envio): Promise<Enviada> {
    const agoraMs = this.#deps.clock.agoraMs();
    const houve = await this.#pedir(envio, agoraMs);
    switch (houve.desfecho) {
      case 'OK': {
        const [id, nome, origem, destino] = houve.valor;
        return { mensagem: emMensagem([id, origem, destino || null, envio.conteudo, agoraMs], nome), repetida: false };
      }
      case 'REPETIDA':
        return { mensagem: mensagemDaChave(houve.valor[0]), repetida: true };
      case 'OUTRA_SALA':
        return this.#usadaEm(houve.valor[0], envio);
      case 'ANULADA':
        // Este envio demorou tanto que a mesma chave já serviu em outra sala.
        throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 0 });
      case 'CHEIO':
        throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: houve.valor[0] });
      default:
        throw new ContractError(houve.desfecho);
    }
  }

  /** Num Redis só, de uma vez; num cluster, o que é da sessão e o que é da sala estão em mestres diferentes. */
  async #pedir(envio: Envio, agoraMs: number): Promise<DesfechoDoEnvio> {
    const { redis, relogio, limites, historia } = this.#deps;
    const { sessaoId, nomeSala, conteudo, destinatario, chave, limite = SEM_LIMITE } = envio;
    const sala = nomeComparavel(nomeSala);
    const daSala = chavesDaSala(sala);
    const paraQuem = destinatario === undefined ? '' : nomeComparavel(destinatario);
    const destinatarioId = paraQuem === '' ? '' : await this.#idDe(daSala.nomes, paraQuem);
    const daSessao = { ...chavesDaSessao(sessaoId), ritmo: chaveDoRitmo(sessaoId, 'mensagens') };
    const naSala = {
      ...daSala,
      ...chavesDosEnvios(sala, sessaoId),
      minhasPrivadas: chaveDasPrivadas(sala, sessaoId),
      privadasDoDestino: chaveDasPrivadas(sala, destinatarioId),
    };
    const argumentos = {
      agora: relogio.agoraMs(),
      instante: String(agoraMs),
      historia: String(historia),
      canal: canalDaSala(sala, redis.banco),
      eu: String(sessaoId),
      ...limite,
      sala,
      conteudo,
      privada: destinatario !== undefined,
      destinatario: paraQuem,
      destinatarioId,
      comChave: chave !== undefined,
      chave: chave ?? '',
    };
    if (!redis.emCluster) return redis.executar(enviarDeUmaVez, { ...daSessao, ...naSala }, argumentos);

    const preparo = await redis.executar(prepararEnvio, daSessao, argumentos);
    if (preparo.desfecho !== 'PREPARADO') return preparo;
    const [tenteEm] = preparo.valor;
    const gravacao = await redis.executar(gravarEnvio, naSala, { ...argumentos, tenteEm });
    const ocupou = tenteEm === 0 && limite.maximo > 0;
    if (ocupou && gravacao.desfecho !== 'OK') await limites.devolverLugar(sessaoId, 'mensagens');
    return gravacao;
  }

  async #idDe(nomes: string, comparavel: string): Promise<string> {
    return (await this.#deps.redis.comando(ou(texto), nomes, 'HGET', nomes, comparavel)) ?? '';
  }

  /** A chave já se usou em outra sala: ou a mensagem está lá, ou não chegou, e lá já não vale; aqui, volta a valer. */
  async #usadaEm(outraSala: string, envio: Envio): Promise<Enviada> {
    const { redis } = this.#deps;
    const { sessaoId, nomeSala, chave = '' } = envio;
    const guardada = await redis.executar(anularEnvio, chavesDosEnvios(outraSala, sessaoId), { chave });
    if (guardada !== undefined) return { mensagem: mensagemDaChave(guardada), repetida: true };
    await redis.executar(reabrirEnvio, chavesDosEnvios(nomeComparavel(nomeSala), sessaoId), { chave });
    await redis.executar(soltarUso, chavesDaSessao(sessaoId), { chave, sala: outraSala });
    return this.enviar(envio);
  }
}

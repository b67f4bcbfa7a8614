/** As mensagens no Redis: cada uma está na sala; o limite, e em que sala uma chave de repetição se usou, com a sessão. */

import type { Mensagem } from '../../../contract/chat.ts';
import { ContractError } from '../../../contract/errors.ts';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import type { Clock } from '../../../process/clock.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import { ou, texto } from '../../../redis/resposta.ts';
import { emMensagem } from '../../mensagem-guardada.ts';
import type { Enviada, Envio, Leitura } from '../../store.ts';
import {
  canalDaSala,
  chaveDasPrivadas,
  chaveDoRitmo,
  chavesDaSala,
  chavesDaSessao,
  chavesDosEnvios,
} from '../formato/chaves.ts';
import { juntarPrimeiras, juntarUltimas, mensagemDaChave } from '../formato/registros.ts';
import { enviarNaSala, lerDaSala } from '../scripts/mensagens.ts';
import { anularEnvio, prepararEnvio, reabrirEnvio, soltarUso } from '../scripts/repeticoes.ts';
import { type Limites, SEM_LIMITE } from './limites.ts';

/** O que o script da sala recusa, como o contrato o diz; `PODE`, se era só para conferir. */
type Gravacao = Enviada | 'FORA_DA_SALA' | 'SILENCIADO' | 'DESTINATARIO_FORA_DA_SALA' | 'PODE';

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  readonly limites: Limites;
  /** Quantas se guardam em cada sala, e de privadas de cada sessão nela. */
  readonly historia: number;
}

export class Mensagens {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA (também se não há a sala), SILENCIADO, DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO */
  async enviar(envio: Envio): Promise<Enviada> {
    const preparo = await this.#preparar(envio);
    if (preparo.desfecho === 'OUTRA_SALA') return this.#usadaEm(preparo.valor[0], envio);
    if (preparo.desfecho === 'NAO_AUTENTICADO' || preparo.desfecho === 'FORA_DA_SALA') {
      throw new ContractError(preparo.desfecho);
    }
    const cheio = preparo.desfecho === 'CHEIO';
    const gravacao = await this.#gravar(envio, cheio);
    if (cheio && gravacao === 'PODE') throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: preparo.valor[0] });
    if (!cheio && (typeof gravacao === 'string' || gravacao.repetida)) await this.#devolverLugar(envio);
    if (typeof gravacao !== 'string') return gravacao;
    throw new ContractError(gravacao === 'PODE' ? 'LIMITE_EXCEDIDO' : gravacao);
  }

  /** @returns `undefined` se a sessão não está na sala */
  async ler({ sessaoId, nomeSala, desde }: Leitura): Promise<Mensagem[] | undefined> {
    const sala = nomeComparavel(nomeSala);
    const chaves = { ...chavesDaSala(sala), privadas: chaveDasPrivadas(sala, sessaoId) };
    const argumentos = { id: String(sessaoId), desde: desde === undefined ? '' : String(desde) };
    const lidas = await this.#deps.redis.executar(lerDaSala, chaves, argumentos);
    if (!lidas) return undefined;
    const [nome, ...fluxos] = lidas;
    return desde === undefined ? juntarUltimas(nome, ...fluxos) : juntarPrimeiras(nome, ...fluxos);
  }

  #preparar({ sessaoId, nomeSala, chave, limite = SEM_LIMITE }: Envio) {
    const { redis, relogio } = this.#deps;
    const chaves = { ...chavesDaSessao(sessaoId), ritmo: chaveDoRitmo(sessaoId, 'mensagens') };
    return redis.executar(prepararEnvio, chaves, {
      agora: relogio.agoraMs(),
      id: String(sessaoId),
      ...limite,
      comChave: chave !== undefined,
      chave: chave ?? '',
      sala: nomeComparavel(nomeSala),
    });
  }

  /** @param soConferir não grava: diz se gravaria */
  async #gravar(envio: Envio, soConferir: boolean): Promise<Gravacao> {
    const { redis, relogio, clock, historia } = this.#deps;
    const { sessaoId, nomeSala, conteudo, destinatario, chave } = envio;
    const agoraMs = clock.agoraMs();
    const sala = nomeComparavel(nomeSala);
    const daSala = chavesDaSala(sala);
    const paraQuem = destinatario === undefined ? '' : nomeComparavel(destinatario);
    const destinatarioId = paraQuem === '' ? '' : await this.#idDe(daSala.nomes, paraQuem);
    const gravacao = await redis.executar(
      enviarNaSala,
      {
        ...daSala,
        ...chavesDosEnvios(sala, sessaoId),
        minhasPrivadas: chaveDasPrivadas(sala, sessaoId),
        privadasDoDestino: chaveDasPrivadas(sala, destinatarioId),
      },
      {
        agora: relogio.agoraMs(),
        instante: String(agoraMs),
        historia: String(historia),
        canal: canalDaSala(sala, redis.banco),
        eu: String(sessaoId),
        conteudo,
        privada: destinatario !== undefined,
        destinatario: paraQuem,
        destinatarioId,
        comChave: chave !== undefined,
        chave: chave ?? '',
        soConferir,
      },
    );
    switch (gravacao.desfecho) {
      case 'OK': {
        const [id, nome, origem, destino] = gravacao.valor;
        return { mensagem: emMensagem([id, origem, destino || null, conteudo, agoraMs], nome), repetida: false };
      }
      case 'REPETIDA':
        return { mensagem: mensagemDaChave(gravacao.valor[0]), repetida: true };
      case 'ANULADA':
        // Este envio demorou tanto que a mesma chave já serviu em outra sala.
        throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 0 });
      default:
        return gravacao.desfecho;
    }
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

  async #devolverLugar({ sessaoId, limite }: Envio): Promise<void> {
    if (limite) await this.#deps.limites.devolverLugar(sessaoId, 'mensagens');
  }
}

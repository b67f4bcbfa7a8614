/** Ler uma sala: da janela dela, para quem espera e a janela sabe; senão, do Redis. */

import type { Mensagem } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes/nomes.ts';
import type { Leitura } from '../store.ts';
import type { Indice } from './estado/indice.ts';
import type { Mensagens } from './estado/mensagens.ts';
import type { Sessoes } from './estado/sessoes.ts';
import type { Avisos } from './memoria/avisos.ts';
import type { QuemEspera } from './memoria/quem-espera.ts';

interface Dependencias {
  readonly mensagens: Mensagens;
  readonly sessoes: Sessoes;
  readonly indice: Indice;
  readonly avisos: Avisos;
  readonly quemEspera: QuemEspera;
}

export class Leituras {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA, SALA_NAO_ENCONTRADA */
  async ler(leitura: Leitura): Promise<Mensagem[]> {
    const { mensagens, sessoes } = this.#deps;
    const lidas = await mensagens.ler(leitura);
    if (lidas) return lidas;
    await sessoes.exigir(leitura.sessaoId);
    throw await this.ausencia(leitura.nomeSala);
  }

  /**
   * Só quem está na sala faz com que ela se acompanhe: a quem não está recusa-se antes. O que a janela não sabe, nem quem não
   * está nela, decide-se no Redis.
   */
  async lerEsperando(leitura: Leitura): Promise<readonly Mensagem[]> {
    const { avisos, quemEspera } = this.#deps;
    const { sessaoId, nomeSala, desde } = leitura;
    const sala = nomeComparavel(nomeSala);
    if (!avisos.acompanha(sala)) await this.ler(leitura);
    const janela = await avisos.acompanhar(sala);
    await quemEspera.chegou(sessaoId);
    return (desde === undefined ? undefined : janela.depoisDe(sessaoId, desde)) ?? this.ler(leitura);
  }

  /** A sala sabe quem está nela, não se existe: quem não está pode ter dito um nome que não há. */
  async ausencia(nomeSala: string): Promise<ContractError> {
    return new ContractError((await this.#deps.indice.buscar(nomeSala)) ? 'FORA_DA_SALA' : 'SALA_NAO_ENCONTRADA');
  }
}

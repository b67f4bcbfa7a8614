/**
 * A tabela de um binder, na memória dele: nome → endpoints, na ordem em que se entregam. A validade é uma comparação na
 * leitura. Aqui nada se espera, e o tempo é sempre um argumento: o do relógio em que os leases se contam.
 */

import { ContractError } from '../../contract/errors.ts';
import { chaveDoEndpoint, type Endpoint, type EndpointVivo, type ProcedimentoRegistrado } from './registry.ts';

export interface Registro extends Endpoint {
  /** No relógio dos leases, em ms; `Infinity` sem lease. */
  readonly validadeMs: number;
}

/** A ordem do Map é a ordem de entrega: o endpoint entregue vai para o fim. */
type Fila = Map<string, Registro>;

export class Table {
  readonly #filas = new Map<string, Fila>();
  #tamanho = 0;
  #vencidos = 0;

  /** Quantos endpoints guarda, contados também os que venceram desde a última varredura. */
  get tamanho(): number {
    return this.#tamanho;
  }

  /** Quantos leases se viu vencer, desde o começo. */
  get vencidos(): number {
    return this.#vencidos;
  }

  tem(nome: string, endpoint: Endpoint): boolean {
    return this.#filas.get(nome)?.has(chaveDoEndpoint(endpoint)) ?? false;
  }

  /** O último registro de um endpoint decide; renovar não muda a vez dele. @returns se ele não estava, ou tinha vencido */
  guardar(nome: string, registro: Registro, agoraMs: number): boolean {
    const fila: Fila = this.#filas.get(nome) ?? new Map();
    const chave = chaveDoEndpoint(registro);
    const anterior = fila.get(chave);
    if (!anterior) this.#tamanho += 1;
    fila.set(chave, registro);
    this.#filas.set(nome, fila);
    return !anterior || anterior.validadeMs <= agoraMs;
  }

  /** @returns se estava, e vivo */
  retirar(nome: string, endpoint: Endpoint, agoraMs: number): boolean {
    const fila = this.#filas.get(nome);
    const chave = chaveDoEndpoint(endpoint);
    const registro = fila?.get(chave);
    if (!fila || !registro) return false;
    this.#apagar(nome, fila, chave);
    return registro.validadeMs > agoraMs;
  }

  /**
   * Dá o endpoint vivo de quem é a vez, que vai para o fim.
   * @throws PROCEDIMENTO_NAO_REGISTRADO
   */
  entregar(nome: string, agoraMs: number): EndpointVivo {
    const fila: Fila = this.#filas.get(nome) ?? new Map();
    for (const [chave, registro] of fila) {
      if (registro.validadeMs <= agoraMs) {
        this.#vencer(nome, fila, chave);
        continue;
      }
      // Se há um só, ele já está no fim: tirar e pôr de novo faria o Map se reconstruir a cada poucas entregas.
      if (fila.size > 1) {
        fila.delete(chave);
        fila.set(chave, registro);
      }
      return emEndpointVivo(registro, agoraMs);
    }
    throw new ContractError('PROCEDIMENTO_NAO_REGISTRADO');
  }

  /** Os nomes que têm endpoint vivo, em ordem de code points; os endpoints de cada um, na da vez. */
  listar(agoraMs: number): ProcedimentoRegistrado[] {
    this.varrer(agoraMs);
    // Os nomes são ASCII, em que a ordem das unidades UTF-16 é a dos code points.
    return [...this.#filas.keys()].sort().map((procedure_name) => ({
      procedure_name,
      endpoints: [...(this.#filas.get(procedure_name)?.values() ?? [])].map((registro) =>
        emEndpointVivo(registro, agoraMs),
      ),
    }));
  }

  /** Esquece os que venceram. */
  varrer(agoraMs: number): void {
    for (const [nome, fila] of this.#filas) {
      for (const [chave, { validadeMs }] of fila) {
        if (validadeMs <= agoraMs) this.#vencer(nome, fila, chave);
      }
    }
  }

  /** Passa a guardar estes e só estes; quem já estava não perde a vez. */
  trocarPor(registros: readonly (readonly [nome: string, registro: Registro])[]): void {
    const ficam = new Map<string, Set<string>>();
    for (const [nome, registro] of registros) {
      ficam.set(nome, (ficam.get(nome) ?? new Set()).add(chaveDoEndpoint(registro)));
      this.guardar(nome, registro, 0);
    }
    for (const [nome, fila] of this.#filas) {
      for (const chave of fila.keys()) if (!ficam.get(nome)?.has(chave)) this.#apagar(nome, fila, chave);
    }
  }

  #vencer(nome: string, fila: Fila, chave: string): void {
    this.#vencidos += 1;
    this.#apagar(nome, fila, chave);
  }

  #apagar(nome: string, fila: Fila, chave: string): void {
    fila.delete(chave);
    this.#tamanho -= 1;
    if (fila.size === 0) this.#filas.delete(nome);
  }
}

function emEndpointVivo({ address, port, validadeMs }: Registro, agoraMs: number): EndpointVivo {
  const ttl_s = validadeMs === Number.POSITIVE_INFINITY ? null : Math.ceil((validadeMs - agoraMs) / 1000);
  return { address, port, ttl_s };
}

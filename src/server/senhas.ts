/** As senhas das salas: o hash que se guarda, e a conferência. Calculadas fora do event loop, poucas ao mesmo tempo. */

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ContractError } from '../contract/errors.ts';

const calcular = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** RFC 7914, seção 2: custo 2¹⁴, uns 16 MB e 50 ms. Vão com o hash: os de amanhã podem ser outros. */
const LOG2_DO_CUSTO = 14;
const BLOCO = 8;
const PARALELISMO = 1;
const SAL_BYTES = 16;
const HASH_BYTES = 32;

/** `$scrypt$ln=14,r=8,p=1$sal$hash`, como as bibliotecas de senhas o escrevem (PHC string format). */
const GUARDADA = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/** Cada uma ocupa um núcleo: quem confere senhas não deixa os outros sem processador. */
const AO_MESMO_TEMPO = 2;
const NA_FILA = 100;
const TENTE_EM_MS = 1_000;

export class Senhas {
  #calculando = 0;
  readonly #fila: (() => void)[] = [];

  /**
   * @returns o que se guarda da senha
   * @throws LIMITE_EXCEDIDO se há cálculos demais na fila
   */
  async guardar(senha: string): Promise<string> {
    const sal = randomBytes(SAL_BYTES);
    const custo = { ln: LOG2_DO_CUSTO, r: BLOCO, p: PARALELISMO };
    const hash = await this.#calcular(senha, sal, HASH_BYTES, custo);
    const { ln, r, p } = custo;
    return `$scrypt$ln=${ln},r=${r},p=${p}$${sal.toString('base64url')}$${hash.toString('base64url')}`;
  }

  /** @throws LIMITE_EXCEDIDO se há cálculos demais na fila */
  async confere(senha: string, guardada: string): Promise<boolean> {
    const [, ln, r, p, sal = '', esperado = ''] = GUARDADA.exec(guardada) ?? [];
    const hash = Buffer.from(esperado, 'base64url');
    if (hash.length === 0) return false;
    const custo = { ln: Number(ln), r: Number(r), p: Number(p) };
    return timingSafeEqual(await this.#calcular(senha, Buffer.from(sal, 'base64url'), hash.length, custo), hash);
  }

  async #calcular(
    senha: string,
    sal: Buffer,
    bytes: number,
    { ln, r, p }: { readonly ln: number; readonly r: number; readonly p: number },
  ): Promise<Buffer> {
    await this.#vez();
    try {
      const N = 2 ** ln;
      return await calcular(senha, sal, bytes, { N, r, p, maxmem: 256 * N * r });
    } finally {
      const proximo = this.#fila.shift();
      if (proximo) proximo();
      else this.#calculando -= 1;
    }
  }

  #vez(): Promise<void> | undefined {
    if (this.#calculando < AO_MESMO_TEMPO) {
      this.#calculando += 1;
      return undefined;
    }
    if (this.#fila.length >= NA_FILA) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: TENTE_EM_MS });
    return new Promise((resolve) => this.#fila.push(resolve));
  }
}

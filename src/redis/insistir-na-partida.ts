/** Na partida ninguém espera por uma resposta em 1 s: com um Redis ocupado insiste-se, em vez de terminar. */

import { relogioDoSistema, type Temporizador } from '../process/clock.ts';
import { DireitosFaltam, RedisIndisponivel } from './redis-error.ts';

const VEZES = 5;
const PAUSA_MS = 500;

/** Se o Redis está lá e só não respondeu a tempo: o que falta a quem chega não muda por se insistir. */
function naoRespondeu(erro: unknown): boolean {
  return erro instanceof RedisIndisponivel && !(erro instanceof DireitosFaltam);
}

/**
 * @param agir o que abre ou lê; se falha, não deixa nada aberto
 * @param ocupado diz de que falhas se tenta de novo
 * @throws a última falha, depois de 5 vezes com meio segundo entre elas
 */
export async function insistirNaPartida<T>(
  agir: () => Promise<T>,
  ocupado: (erro: unknown) => boolean = naoRespondeu,
  { esperar }: Pick<Temporizador, 'esperar'> = relogioDoSistema,
): Promise<T> {
  for (let vez = 1; ; vez += 1) {
    try {
      return await agir();
    } catch (erro) {
      if (vez === VEZES || !ocupado(erro)) throw erro;
    }
    await esperar(PAUSA_MS);
  }
}

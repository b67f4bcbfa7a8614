/** Com o que cada migração trabalha. */

import type { RedisConnection } from '../../../redis/connection.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';

export interface Migracao {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  /** Diz que esta continua; chama-se antes de cada passo. */
  readonly continuar: () => Promise<void>;
}

/** O que o log diz do Redis: que está montado de um modo que perde dados, que sumiu, que voltou. */

import type { OpcoesDoRedis } from './connection.ts';
import { urlSemSenha } from './urls.ts';

/** O que se usa do log de um processo. */
interface Log {
  readonly info: (mensagem: string, campos?: Readonly<Record<string, unknown>>) => void;
  readonly aviso: (mensagem: string, campos?: Readonly<Record<string, unknown>>) => void;
}

/** @param autoridade em que confiar além das conhecidas, em PEM, com `rediss:` */
export function relatando(urls: readonly string[], log: Log, autoridade?: Buffer | undefined): OpcoesDoRedis {
  const redis = urls.map(urlSemSenha).join(',');
  return {
    urls,
    autoridade,
    aoMudar: (disponivel, motivo) => {
      if (disponivel) log.info('o Redis voltou a responder', { redis });
      else log.aviso('o Redis não responde; tentando de novo', { redis, motivo });
    },
    aoAvisar: (linha) => log.aviso(linha),
  };
}

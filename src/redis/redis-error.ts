/** Uma falha de partida que se explica numa linha, em português: `message` é essa linha. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

/** Dito igual por quem desiste aqui e por quem o Redis recusa, porque chegou tarde lá. */
export const NAO_A_TEMPO = 'o Redis não respondeu a tempo';

/** O Redis não respondeu, ou respondeu que agora não pode: o que se pediu não foi feito a tempo. */
export class RedisIndisponivel extends Error {
  override readonly name: string = 'RedisIndisponivel';
}

/** O usuário do Redis não pode fazer tudo o que se lhe pedirá. */
export class DireitosFaltam extends RedisIndisponivel {
  override readonly name = 'DireitosFaltam';

  /** @param direitos os que faltam, como numa ACL do Redis */
  constructor(direitos: string) {
    super(`ao usuário do Redis faltam direitos: ${direitos}`);
  }
}

/** @returns a linha que diz por que o Redis não serviu na partida; `undefined` para uma falha que não é dele */
export function explicarNaPartida(erro: unknown): string | undefined {
  if (erro instanceof RedisError) return erro.message;
  return erro instanceof RedisIndisponivel ? `Não foi possível usar o Redis: ${erro.message}.` : undefined;
}

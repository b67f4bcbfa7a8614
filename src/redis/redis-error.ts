/** Uma falha de partida que se explica numa linha, em português: `message` é essa linha. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

/** O Redis não respondeu, ou respondeu que agora não pode: o que se pediu não foi feito a tempo. */
export class RedisIndisponivel extends Error {
  override readonly name = 'RedisIndisponivel';
}

/** O tempo é um parâmetro: quem precisa dele recebe um relógio, e os testes dão o deles. */
export interface Clock {
  /** A hora do mundo, em ms desde 1970: só para o que se guarda ou mostra; pode pular. */
  readonly agoraMs: () => number;
  /** Monotônico, em ms desde um ponto qualquer: para leases, esperas e prazos. */
  readonly monotonicoMs: () => number;
}

export const relogioDoSistema: Clock = {
  agoraMs: () => Date.now(),
  monotonicoMs: () => performance.now(),
};

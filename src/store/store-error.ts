/** Por que os dados não puderam ser abertos. */
export type MotivoDoStore = 'em_uso' | 'danificado' | 'sem_acesso' | 'sem_suporte' | 'versao_desconhecida';

/** Uma falha de partida que se explica numa linha, em português, a quem está no terminal: `message` é essa linha. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly motivo: MotivoDoStore;

  constructor(motivo: MotivoDoStore, message: string, cause?: unknown) {
    super(message, { cause });
    this.motivo = motivo;
  }
}

/** Por que os dados não puderam ser abertos, ou copiados. */
export type MotivoDoStore =
  | 'em_uso'
  | 'danificado'
  | 'sem_acesso'
  | 'sem_dados'
  | 'sem_suporte'
  | 'versao_desconhecida'
  | 'copia_ja_existe'
  | 'muda_demais';

/** Uma falha que se explica numa linha, em português, a quem está no terminal: `message` é essa linha. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly motivo: MotivoDoStore;

  constructor(motivo: MotivoDoStore, message: string, cause?: unknown) {
    super(message, { cause });
    this.motivo = motivo;
  }
}

/** Os nomes dos jeitos de mostrar o rastro. */

export const FORMATOS_DO_RASTRO = ['linhas', 'colunas', 'json'] as const;
export type FormatoDoRastro = (typeof FORMATOS_DO_RASTRO)[number];

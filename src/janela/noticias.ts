/** O que a janela manda à página, um objeto JSON por notícia (server-sent events). */

import type { Acontecimento, Garantia, Processo, Veredito } from '../contract/janela.ts';

export type NoticiaDaHistoria =
  /** Um processo apareceu, ou mudou de estado. */
  | { readonly tipo: 'processo'; readonly id: string; readonly quandoMs: number; readonly processo: Processo }
  | {
      readonly tipo: 'acontecimento';
      readonly processo: string;
      /** Em ms desde 1970, corrigido para que nenhum efeito venha antes da causa. */
      readonly quandoMs: number;
      readonly acontecimento: Acontecimento;
    };

export type Noticia =
  | NoticiaDaHistoria
  | { readonly tipo: 'veredito'; readonly veredito: Veredito }
  | { readonly tipo: 'garantias'; readonly garantias: Readonly<Record<Garantia, boolean>> }
  /** Os nomes dos processos de rede cortada. */
  | { readonly tipo: 'redes_cortadas'; readonly nomes: readonly string[] }
  /** Quantos acontecimentos os processos não conseguiram contar. */
  | { readonly tipo: 'nao_contados'; readonly quantos: number }
  /** A hora da janela, para que a página acompanhe o tempo também quando nada acontece. */
  | { readonly tipo: 'hora'; readonly quandoMs: number };

/** As cores de um terminal: o fundo, o texto e as 16 básicas, como quem usa cada tema as tem. */

export interface Tema {
  /** Em hexadecimal, como as outras cores. */
  readonly fundo: string;
  readonly texto: string;
  /** As 8 comuns e as 8 claras, na ordem do ANSI. */
  readonly basicas: readonly string[];
}

const DO_XTERM = [
  ...['#000000', '#cd0000', '#00cd00', '#cdcd00', '#0000ee', '#cd00cd', '#00cdcd', '#e5e5e5'],
  ...['#7f7f7f', '#ff0000', '#00ff00', '#ffff00', '#5c5cff', '#ff00ff', '#00ffff', '#ffffff'],
];

const DO_SOLARIZED = [
  ...['#073642', '#dc322f', '#859900', '#b58900', '#268bd2', '#d33682', '#2aa198', '#eee8d5'],
  ...['#002b36', '#cb4b16', '#586e75', '#657b83', '#839496', '#6c71c4', '#93a1a1', '#fdf6e3'],
];

export const TEMAS = {
  /** Catppuccin Mocha. */
  mocha: {
    fundo: '#1e1e2e',
    texto: '#cdd6f4',
    basicas: [
      ...['#45475a', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#f5c2e7', '#94e2d5', '#bac2de'],
      ...['#7f849c', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#f5c2e7', '#94e2d5', '#ffffff'],
    ],
  },
  preto: { fundo: '#000000', texto: '#e5e5e5', basicas: DO_XTERM },
  branco: { fundo: '#ffffff', texto: '#000000', basicas: DO_XTERM },
  /** Solarized, claro. */
  solarized: { fundo: '#fdf6e3', texto: '#657b83', basicas: DO_SOLARIZED },
} as const satisfies Readonly<Record<string, Tema>>;

export type NomeDeTema = keyof typeof TEMAS;

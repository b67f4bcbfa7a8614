/** O que este terminal sabe fazer além de mostrar texto, pelo que o ambiente diz dele. Puro. */

/** O OSC com que se pede ao sistema que avise: o do iTerm2, o do kitty, ou o do urxvt. */
export type ComoAvisa = 9 | 99 | 777;

export interface Recursos {
  /** OSC 8: o terminal abre o endereço em que se clica. */
  readonly links: boolean;
  readonly avisa: ComoAvisa;
  /** OSC 11: pode-se perguntar a cor do fundo; quem não sabe responder cala. */
  readonly dizFundo: boolean;
}

/** Dentro deles, o ambiente diz ainda qual é o terminal de fora, mas é com eles que se fala. */
function ehMultiplexador({ TMUX, STY, TERM = '' }: NodeJS.ProcessEnv): boolean {
  return Boolean(TMUX || STY) || /^(?:tmux|screen)/.test(TERM);
}

/** A primeira versão do VTE que entende OSC 8 sem defeitos: 0.50. */
const VTE_COM_LINKS = 5_000;

interface Conhecido {
  readonly eh: (ambiente: NodeJS.ProcessEnv) => boolean;
  readonly links: boolean | ((ambiente: NodeJS.ProcessEnv) => boolean);
  readonly avisa: ComoAvisa;
}

/** Vale o primeiro que serve. */
const CONHECIDOS: readonly Conhecido[] = [
  { eh: ehMultiplexador, links: false, avisa: 9 },
  { eh: (a) => a['TERM'] === 'xterm-kitty' || Boolean(a['KITTY_WINDOW_ID']), links: true, avisa: 99 },
  { eh: (a) => /^foot/.test(a['TERM'] ?? ''), links: true, avisa: 777 },
  { eh: (a) => /^rxvt-unicode/.test(a['TERM'] ?? ''), links: false, avisa: 777 },
  { eh: (a) => /^(?:iTerm\.app|WezTerm|ghostty|vscode)$/.test(a['TERM_PROGRAM'] ?? ''), links: true, avisa: 9 },
  { eh: (a) => /^(?:alacritty|xterm-ghostty|wezterm)/.test(a['TERM'] ?? ''), links: true, avisa: 9 },
  { eh: (a) => Boolean(a['ConEmuPID']), links: false, avisa: 9 },
  { eh: (a) => Boolean(a['WT_SESSION']), links: true, avisa: 777 },
  { eh: (a) => Boolean(a['VTE_VERSION']), links: (a) => Number(a['VTE_VERSION']) >= VTE_COM_LINKS, avisa: 777 },
];

/** FORCE_HYPERLINK, que outros programas seguem, vence: `0` os nega, outro valor os quer. */
export function recursosDoTerminal(ambiente: NodeJS.ProcessEnv): Recursos {
  const { FORCE_HYPERLINK: forcado, TERM } = ambiente;
  const conhecido = CONHECIDOS.find(({ eh }) => eh(ambiente));
  const sabidos = typeof conhecido?.links === 'function' ? conhecido.links(ambiente) : (conhecido?.links ?? false);
  const quer = forcado ? forcado !== '0' : sabidos && !ambiente['NO_COLOR'];
  return {
    links: TERM !== 'dumb' && quer,
    // Quem não conhece este o ignora.
    avisa: conhecido?.avisa ?? 9,
    // O console do Linux escreveria na tela parte da pergunta.
    dizFundo: TERM !== 'dumb' && TERM !== 'linux',
  };
}

/** O que torna seguro mostrar um texto que outra pessoa escolheu. */

/**
 * O que um terminal obedeceria ou não mostraria: controles (Cc), formato e direção (Cf), separadores de linha,
 * substitutos soltos (Cs), uso privado (Co) e letras ou marcas sem desenho próprio.
 */
const PERIGOSO = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]`;
const TEM_PERIGOSO = new RegExp(PERIGOSO, 'v');

/** O V8 leva uns 10 ms para montar a lista de emojis: ela só é montada para o primeiro texto que precisa dela. */
let emojiOuPerigoso: RegExp | undefined;

const ESCAPES_CURTOS: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapar(caractere: string): string {
  const curto = ESCAPES_CURTOS[caractere];
  if (curto) return curto;
  const codigo = caractere.codePointAt(0) as number;
  return `\\u{${codigo.toString(16).padStart(4, '0')}}`;
}

/** Um emoji composto usa alguns desses caracteres legitimamente: as sequências da lista RGI passam inteiras. */
function escaparPerigosos(texto: string): string {
  emojiOuPerigoso ??= new RegExp(String.raw`(?<emoji>\p{RGI_Emoji})|${PERIGOSO}`, 'gv');
  return texto.replace(emojiOuPerigoso, (trecho, emoji?: string) => emoji ?? escapar(trecho));
}

/**
 * Uma marca no começo do texto, ou depois de um espaço, seria desenhada sobre o que a linha tem antes dela. As vogais e
 * consoantes finais do hangul decomposto fazem o mesmo sem ser marcas: só são aceitas depois de outra letra de hangul.
 */
const MARCA_SOLTA =
  /(?<=^|\s)(?=\p{M})|(?<![\u25cc\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]\p{M}*)(?=[\u1160-\u11ff\ud7b0-\ud7ff])/gu;
const CIRCULO_PONTILHADO = '\u25cc';

/** Mais marcas que isto sobre uma letra só servem para invadir as linhas vizinhas. */
const PILHA_DE_MARCAS = /([\p{M}\u1160-\u11ff\ud7b0-\ud7ff]{4})[\p{M}\u1160-\u11ff\ud7b0-\ud7ff]+/gu;

/**
 * O texto como pode ir para um terminal, um log ou um nome de arquivo: tudo o que não se vê é escrito por extenso.
 * @param texto escolhido por outra pessoa
 */
export function tornarVisivel(texto: string): string {
  const semPerigo = TEM_PERIGOSO.test(texto) ? escaparPerigosos(texto) : texto;
  return semPerigo.replace(PILHA_DE_MARCAS, '$1').replace(MARCA_SOLTA, CIRCULO_PONTILHADO);
}

/** Um tab do texto: o terminal o levaria até uma parada que só ele conhece. */
const TAB = '    ';
/** Mais linhas que isto encheriam a tela de quem lê: as outras se escrevem numa só, com as quebras por extenso. */
const MAXIMO_DE_LINHAS = 40;

/**
 * Como `tornarVisivel`, com as linhas e os tabs que o texto tem. Quem as mostra não as põe na margem: cada uma pareceria
 * outra mensagem.
 * @returns ao menos uma linha
 */
export function emLinhasVisiveis(texto: string): string[] {
  const linhas = texto.split('\n');
  const primeiras = linhas.slice(0, MAXIMO_DE_LINHAS).map((linha) => tornarVisivel(linha.replaceAll('\t', TAB)));
  const resto = linhas.slice(MAXIMO_DE_LINHAS);
  return resto.length === 0 ? primeiras : [...primeiras, tornarVisivel(resto.join('\n'))];
}

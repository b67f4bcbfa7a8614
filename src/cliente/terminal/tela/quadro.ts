/** Um quadro → as fileiras que ele ocupa numa janela: puro, sem terminal. */

import { aviso, escolhida as pintarEscolhido } from './cores.ts';
import { type Fileira, partir, partirEmPalavras, recuoNa } from './fileiras.ts';
import { caracteres } from './largura.ts';
import { emColunas, type FileiraDaLista, type Lista } from './lista.ts';

/** Uma linha lógica: pode ocupar várias fileiras. Já sem nada que um terminal obedeceria. */
export interface LinhaDoQuadro {
  readonly texto: string;
  /** Aplicado a cada fileira inteira; não muda quanto ela ocupa. */
  readonly pintar?: ((texto: string) => string) | undefined;
}

/** Em colunas, na largura que a janela tiver. */
export interface ListaDoQuadro {
  readonly lista: Lista;
}

/** O que fica no fim da tela enquanto algo se pergunta. */
export interface Quadro {
  readonly linhas: readonly (LinhaDoQuadro | ListaDoQuadro)[];
  /** O cursor fica depois de `antes` (o começo do texto da linha); sem ele, some. A linha em que ele está não recua. */
  readonly cursor?: { readonly linha: number; readonly antes: string } | undefined;
}

export interface Disposicao {
  /** Já pintadas. */
  readonly fileiras: readonly string[];
  /** O que vem antes do cursor na primeira fileira; `undefined` se ele some, ou se está em outra, e então vai pintado nela. */
  readonly antesDoCursor: string | undefined;
}

/** Vídeo inverso: não é cor, e por isso não depende de haver cores. */
const INVERSO = '\u001b[7m';
const SEM_INVERSO = '\u001b[27m';

/**
 * @param colunas largura da janela
 * @param alturaMaxima fileiras que cabem; o que passa é cortado longe do cursor
 */
export function dispor({ linhas, cursor }: Quadro, colunas: number, alturaMaxima: number): Disposicao {
  const fileiras: string[] = [];
  /** A fileira em que está o cursor. */
  let alvo = 0;
  /** Se o cursor está na primeira fileira do quadro, sem que nada role acima dela. */
  let ehAPrimeira = true;
  linhas.forEach((linha, indice) => {
    if ('lista' in linha) {
      fileiras.push(...emColunas(linha.lista, colunas).map((fileira) => pintarLista(fileira, colunas)));
      return;
    }
    const { texto, pintar = (mesmo) => mesmo } = linha;
    const comCursor = cursor?.linha === indice ? cursor : undefined;
    // O que se digita se parte na margem: o cursor está onde o terminal o mede.
    const partes = comCursor ? partir(texto, colunas) : partirEmPalavras(texto, colunas, recuoNa(colunas));
    if (!comCursor) {
      fileiras.push(...partes.map((parte) => pintar(parte.texto)));
      return;
    }
    const antes = fileiras.length;
    const noTexto = fileiraDoCursor(comCursor.antes, colunas);
    ehAPrimeira = antes + noTexto === 0;
    if (!ehAPrimeira) pintarCursor(partes, noTexto, comCursor.antes, colunas);
    const { visiveis, acima, abaixo } = rolar(partes, noTexto, alturaMaxima);
    alvo = antes + noTexto - acima;
    fileiras.push(...visiveis.map((parte) => pintar(parte.texto)));
    if (acima + abaixo > 0) fileiras.push(aviso(partir(dizerEscondidas(acima, abaixo), colunas)[0]?.texto ?? ''));
  });
  return {
    fileiras: cortar(fileiras, alvo, Math.max(1, alturaMaxima)),
    antesDoCursor: ehAPrimeira ? cursor?.antes : undefined,
  };
}

/** Do que se digita, aparece no máximo esta parte da janela: o resto é da conversa. */
const PARTE_DO_QUE_SE_DIGITA = 3;
const [MENOS_FILEIRAS, MAIS_FILEIRAS] = [3, 10] as const;

/** Só o que está em torno do cursor, se tudo não cabe na sua parte da janela. */
function rolar(partes: readonly Fileira[], doCursor: number, alturaMaxima: number) {
  const parte = Math.floor(alturaMaxima / PARTE_DO_QUE_SE_DIGITA);
  const altura = Math.min(alturaMaxima, Math.max(MENOS_FILEIRAS, Math.min(MAIS_FILEIRAS, parte)));
  if (partes.length <= altura || altura < MENOS_FILEIRAS) return { visiveis: partes, acima: 0, abaixo: 0 };
  // A última é a que diz quantas não se veem.
  const cabem = altura - 1;
  const acima = Math.max(0, Math.min(doCursor - Math.floor(cabem / 2), partes.length - cabem));
  return { visiveis: partes.slice(acima, acima + cabem), acima, abaixo: partes.length - cabem - acima };
}

function dizerEscondidas(acima: number, abaixo: number): string {
  const ditas = [acima > 0 ? `${acima} acima` : '', abaixo > 0 ? `${abaixo} abaixo` : ''].filter((dita) => dita !== '');
  return `  mais ${ditas.join(' e ')}`;
}

/** Um item mais largo que a janela acaba na margem. */
function pintarLista({ texto, escolhido }: FileiraDaLista, colunas: number): string {
  const [cabe = ''] = partir(texto, colunas).map((fileira) => fileira.texto);
  if (!escolhido) return aviso(cabe);
  const { comeco, fim } = escolhido;
  return aviso(cabe.slice(0, comeco)) + pintarEscolhido(cabe.slice(comeco, fim)) + aviso(cabe.slice(fim));
}

/** No fim de uma fileira cheia, o cursor já está na seguinte. */
function fileiraDoCursor(antes: string, colunas: number): number {
  const partes = partir(antes, colunas);
  return (partes.at(-1)?.colunas ?? 0) >= colunas ? partes.length : partes.length - 1;
}

/** Põe em vídeo inverso o caractere sob o cursor; no fim do texto, um espaço. */
function pintarCursor(partes: Fileira[], fileira: number, antes: string, colunas: number): void {
  while (partes.length <= fileira) partes.push({ texto: '', colunas: 0 });
  const { texto, colunas: ocupadas } = partes[fileira] as Fileira;
  const naFileira = partir(antes, colunas)[fileira]?.texto ?? '';
  const [sob = ' '] = [...caracteres(texto.slice(naFileira.length))][0] ?? [];
  const depois = texto.slice(naFileira.length + sob.length);
  partes[fileira] = { texto: naFileira + INVERSO + sob + SEM_INVERSO + depois, colunas: ocupadas };
}

function cortar(fileiras: readonly string[], alvo: number, altura: number): readonly string[] {
  if (fileiras.length <= altura) return fileiras;
  const primeira = Math.min(Math.max(0, alvo - altura + 1), fileiras.length - altura);
  return fileiras.slice(primeira, primeira + altura);
}

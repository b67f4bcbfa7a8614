/** O bastante de um shell para separar os comandos que os documentos mandam digitar. */

const PARTE = /\\\n|\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"|(\s+)|(<\(|[|&;()<>]+)|([^\\'"\s|&;()<>]+)/gs;

/**
 * Aspas, continuação de linha, comentários, pipes e `&`.
 * @returns os comandos, cada um com suas palavras, sem as atribuições que vêm antes (`CHAT_X=y comando`)
 */
export function comandosDoShell(texto: string): string[][] {
  const comandos: string[][] = [];
  let palavras: string[] = [];
  let palavra: string | undefined;
  const fecharPalavra = () => {
    if (palavra !== undefined) palavras.push(palavra);
    palavra = undefined;
  };
  const fecharComando = () => {
    fecharPalavra();
    const primeira = palavras.findIndex((esta) => !/^\w+=/.test(esta));
    if (primeira !== -1) comandos.push(palavras.slice(primeira));
    palavras = [];
  };
  for (const [tudo, escapado, simples, duplas, espaco, operador, solto] of semComentarios(texto).matchAll(PARTE)) {
    if (operador !== undefined) fecharComando();
    else if (espaco !== undefined) {
      if (espaco.includes('\n')) fecharComando();
      else fecharPalavra();
    } else if (tudo !== '\\\n') {
      palavra = (palavra ?? '') + (escapado ?? simples ?? duplas?.replace(/\\(.)/g, '$1') ?? solto);
    }
  }
  fecharComando();
  return comandos;
}

function semComentarios(texto: string): string {
  return texto.replace(/(^|\s)#.*$/gm, '$1');
}

/**
 * Os endereços de um texto, para o terminal abrir (OSC 8): o que se lê é o que se escreveu, e só http e https.
 * https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
 */

/** Um texto já visível não tem controles; a barra invertida é o começo de um que se escreveu por extenso. */
const ENDERECO = /https?:\/\/[^\s\\<>"`{|}^]+/giu;
/** Uma frase acaba depois do endereço. */
const PONTUACAO_NO_FIM = /[.,;:!?'’”)\]*_~…]+$/u;
/** Mais longo que isto, há terminais que não o abrem. */
const MAXIMO_DO_ENDERECO = 2_000;
const SO_VISIVEIS_DE_ASCII = /^[\u0021-\u007e]+$/;

const COMECO = '\u001b]8;';
const FIM = '\u001b]8;;\u001b\\';
/** Um começo ou um fim de link: não ocupa lugar. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
const MARCA = /\u001b\]8;[^\u001b]*\u001b\\/g;

let ligados = false;
let ultimo = 0;

export function usarLinks(usar: boolean): void {
  ligados = usar;
}

/** @param texto já sem nada que um terminal obedeceria */
export function comLinks(texto: string): string {
  return ligados ? texto.replace(ENDERECO, ligar) : texto;
}

function ligar(achado: string): string {
  const pontuacao = PONTUACAO_NO_FIM.exec(achado)?.[0] ?? '';
  // O parêntese que se abriu no endereço é dele.
  const ehDele = pontuacao.startsWith(')') && achado.includes('(');
  const escrito = achado.slice(0, achado.length - pontuacao.length + (ehDele ? 1 : 0));
  const endereco = resolver(escrito);
  if (endereco === undefined) return achado;
  // O mesmo id em cada fileira diz ao terminal que é um link só.
  ultimo = (ultimo + 1) % 1_000_000;
  return `${COMECO}id=c${ultimo};${endereco}\u001b\\${escrito}${FIM}${achado.slice(escrito.length)}`;
}

/** @returns o endereço só em ASCII, que é o que OSC 8 pede; `undefined` se não é um */
function resolver(escrito: string): string | undefined {
  if (!URL.canParse(escrito)) return undefined;
  const { protocol, href } = new URL(escrito);
  const serve = (protocol === 'http:' || protocol === 'https:') && href.length <= MAXIMO_DO_ENDERECO;
  return serve && SO_VISIVEIS_DE_ASCII.test(href) ? href : undefined;
}

/** Um link que passa de uma fileira acaba no fim dela e recomeça na seguinte, depois do recuo. */
export function fecharLinks(fileiras: readonly string[]): string[] {
  let aberto = '';
  return fileiras.map((fileira) => {
    const recomecada = aberto === '' ? fileira : fileira.replace(/^ */, (recuo) => recuo + aberto);
    for (const [marca] of fileira.matchAll(MARCA)) aberto = marca === FIM ? '' : marca;
    return aberto === '' ? recomecada : recomecada + FIM;
  });
}

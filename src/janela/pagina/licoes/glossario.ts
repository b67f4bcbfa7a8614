/** As palavras do assunto, com o que cada uma quer dizer. */

const EXPLICACOES = {
  binder: 'O processo que sabe em que endereço está cada procedimento.',
  procedimento: 'Uma função que se chama pela rede, em outro processo.',
  lookup: 'A pergunta ao binder: em que endereço está este procedimento?',
  endpoint: 'O endereço de quem atende: a máquina e a porta.',
  lease: 'Um registro com prazo. O servidor o renova enquanto vive. Se ninguém o renova, o binder o apaga.',
  chave:
    'Um código sorteado para cada mensagem (idempotency key). Quem envia de novo usa o mesmo, e o servidor grava uma vez só.',
  cursor: 'O id da última mensagem já lida. Em «desde», ele pede só o que vem depois dela.',
  espera: 'O servidor segura a pergunta até haver mensagem. Sem isto, é preciso perguntar a toda hora.',
  veredito: 'O que os robôs enviaram contra o que receberam, conferido mensagem por mensagem.',
} as const;

export type Termo = keyof typeof EXPLICACOES;

export function explicar(termo: Termo): string {
  return EXPLICACOES[termo];
}

/** Como cada palavra aparece nos textos das lições. */
const PALAVRAS = /(?<!\p{L})(binder|procedimento|lookup|endpoint|lease|chave|cursor)s?(?!\p{L})/giu;

/** Um pedaço de um texto; com `termo`, é uma palavra que se explica. */
export interface Pedaco {
  readonly texto: string;
  readonly termo?: Termo;
}

/**
 * @param ditos as palavras já explicadas, que não se explicam outra vez; as deste texto entram nelas
 * @returns o texto em pedaços; juntos, são ele mesmo
 */
export function emPedacos(texto: string, ditos: Set<Termo>): Pedaco[] {
  const pedacos: Pedaco[] = [];
  let fim = 0;
  for (const achada of texto.matchAll(PALAVRAS)) {
    const termo = (achada[1] ?? '').toLowerCase() as Termo;
    if (ditos.has(termo)) continue;
    ditos.add(termo);
    if (achada.index > fim) pedacos.push({ texto: texto.slice(fim, achada.index) });
    pedacos.push({ texto: achada[0], termo });
    fim = achada.index + achada[0].length;
  }
  if (fim < texto.length) pedacos.push({ texto: texto.slice(fim) });
  return pedacos;
}

/** As respostas dos scripts, como valores daqui. */

import { MENSAGENS_POR_PAGINA, type Mensagem } from '../../contract/chat.ts';
import type { Resposta } from '../../redis/connection.ts';
import { emMensagem } from '../mensagem-guardada.ts';

/** Uma sala, como o índice e as sessões a citam. */
export interface SalaCitada {
  readonly id: number;
  readonly nome: string;
  /** O nome como se compara. */
  readonly chave: string;
}

export interface Movimento {
  readonly tipo: 'entrar' | 'sair' | 'encerrar';
  readonly numero: number;
  /** Até quando vale, no relógio do Redis. */
  readonly ate: number;
  readonly destino?: SalaCitada;
}

/** Uma sessão, como é guardada. */
export interface SessaoNoRedis {
  readonly nome: string;
  readonly hash: string;
  readonly confirmada?: boolean;
  readonly sala?: SalaCitada;
  /** As salas de que saiu e em que há mensagens privadas dela, pelo nome como se compara. */
  readonly conversas?: readonly string[];
  readonly movimento?: Movimento;
}

/** A resposta de um script que diz, antes do mais, o que houve. */
export function emDesfecho(resposta: Resposta): readonly [string, ...Resposta[]] {
  return resposta as readonly [string, ...Resposta[]];
}

/** As entradas de um fluxo: [id, [campo, valor...]]. */
type Entrada = readonly [id: string, campos: readonly string[]];

/**
 * Junta as mensagens de todos e as privadas de quem lê, da mais antiga à mais nova.
 * @param quais as primeiras ou as últimas, quando são mais que uma página
 */
export function emMensagens(
  sala: string,
  deTodos: Resposta | undefined,
  privadas: Resposta | undefined,
  quais: 'primeiras' | 'ultimas',
): Mensagem[] {
  const mensagens = ([...(deTodos as Entrada[]), ...(privadas as Entrada[])] as Entrada[])
    .map(([id, [, origem = '', , destino = '', , conteudo = '', , instante = '0']]) =>
      emMensagem([Number.parseInt(id, 10), origem, destino || null, conteudo, Number(instante)], sala),
    )
    .sort((uma, outra) => uma.id - outra.id);
  return quais === 'primeiras' ? mensagens.slice(0, MENSAGENS_POR_PAGINA) : mensagens.slice(-MENSAGENS_POR_PAGINA);
}

/** A mensagem que uma idempotency key guarda. */
export function emMensagemGuardada(texto: string): Mensagem {
  const { id, sala, origem, destino, conteudo, instante } = JSON.parse(texto);
  return emMensagem([id, origem, destino || null, conteudo, Number(instante)], sala);
}

/** Por code points, que em UTF-8 é a ordem dos bytes. */
export function emOrdem(nomes: readonly string[]): string[] {
  return nomes
    .map((nome) => Buffer.from(nome))
    .sort(Buffer.compare)
    .map((bytes) => bytes.toString());
}

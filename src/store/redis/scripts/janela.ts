/** O que se lê de uma sala de uma vez, para seguir o que nela se publica. */

import { MENSAGENS_POR_PAGINA } from '../../../contract/chat.ts';
import { lista, numero, ou, pares, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { mensagemDoFluxo } from '../formato/registros.ts';

/** Quantas de cada fluxo se leem: quem ficou para trás por menos que isto é respondido pela janela. */
export const LIDAS_DE_CADA_FLUXO = 4 * MENSAGENS_POR_PAGINA;

export const retratarSala = definirScript('retratarSala', {
  chaves: ['dados', 'membros', 'mensagens', 'passagens', 'comPrivadas', 'ultimasPrivadas'],
  corpo: `-- Responde o id e o nome da sala, o id da última mensagem, quantas vezes alguém entrou ou saiu, quem está, as últimas de
    -- todos, as últimas entradas e saídas, quem pode ter privadas, e de cada um a última; nada se a sala não existe.
    local id, nome, ultimo, mudancas = unpack(redis.call('HMGET', dados, 'id', 'nome', 'ultimo', 'mudancas'))
    if not id then return false end
    local function ultimas(fluxo)
      return redis.call('XREVRANGE', fluxo, '+', '-', 'COUNT', ${LIDAS_DE_CADA_FLUXO})
    end
    return { id, nome or '', ultimo or '0', mudancas or '0', redis.call('HKEYS', membros), ultimas(mensagens),
      ultimas(passagens), redis.call('SMEMBERS', comPrivadas), redis.call('HGETALL', ultimasPrivadas) }`,
  ler: ou(
    tupla(
      texto,
      texto,
      numero,
      numero,
      lista(numero),
      lista(mensagemDoFluxo),
      lista(mensagemDoFluxo),
      lista(numero),
      pares,
    ),
  ),
});

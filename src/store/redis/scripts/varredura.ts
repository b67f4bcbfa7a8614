/** Qual dos servidores varre agora. */

import { nada, sim } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';

export const liderar = definirScript('liderar', {
  chaves: ['estado'],
  argumentos: { agora: 'numero', quem: 'texto', duracaoMs: 'numero' },
  corpo: `-- Responde 1 a quem lidera, ou 0 se é outro.
    local lider, ate = unpack(redis.call('HMGET', estado, 'quem', 'ate'))
    if lider and lider ~= quem and agora < tonumber(ate) then return 0 end
    redis.call('HSET', estado, 'quem', quem, 'ate', agora + duracaoMs)
    return 1`,
  ler: sim,
});

export const soltarLideranca = definirScript('soltarLideranca', {
  chaves: ['estado'],
  argumentos: { quem: 'texto' },
  corpo: `-- Outro pode varrer já.
    if redis.call('HGET', estado, 'quem') == quem then redis.call('HDEL', estado, 'quem', 'ate') end
    return 1`,
  ler: nada,
});

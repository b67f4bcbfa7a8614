/** De quem é um nome: do hash do token de quem o registrou. O que ainda é só uma reserva leva também o instante dela. */

import { nada, sim } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';

/**
 * Uma reserva que ninguém confirmou não fica no Redis para sempre. Quanto ela vale diz o relógio dividido; isto segue a
 * hora do Redis, e por isso é mais do que ela salta: quem está se registrando não perde o nome.
 */
const SOBRA_DA_RESERVA_MS = 2 * 3_600_000;

export const reservarNome = definirScript('reservarNome', {
  chaves: ['dono'],
  argumentos: { agora: 'numero', hash: 'texto', validadeMs: 'numero' },
  corpo: `-- Reserva o nome até que a sessão exista. Responde 1, ou 0 se é de outro usuário.
    local guardado = redis.call('GET', dono)
    if guardado then
      local reservadoEm = tonumber(string.match(guardado, ' (%d+)$'))
      if not reservadoEm or agora - reservadoEm < validadeMs then return 0 end
    end
    redis.call('SET', dono, hash .. string.format(' %.0f', agora), 'PX', ${SOBRA_DA_RESERVA_MS})
    return 1`,
  ler: sim,
});

export const fixarNome = definirScript('fixarNome', {
  chaves: ['dono'],
  argumentos: { hash: 'texto' },
  corpo: `-- A sessão existe: o nome é dela. Responde 0 se a reserva passou a outro.
    local guardado = redis.call('GET', dono)
    if not guardado or string.match(guardado, '^(%x+) %d+$') ~= hash then return 0 end
    redis.call('SET', dono, hash)
    return 1`,
  ler: sim,
});

export const liberarNome = definirScript('liberarNome', {
  chaves: ['dono'],
  argumentos: { hash: 'texto' },
  corpo: `-- Também uma reserva. Sem efeito se o nome já é de outro usuário.
    local guardado = redis.call('GET', dono)
    if guardado and string.match(guardado, '^%x+') == hash then redis.call('DEL', dono) end
    return 1`,
  ler: nada,
});

/** Quantas chamadas cabem numa janela que desliza. */

import { numero } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';

/**
 * Quem deixa de chamar não fica no Redis para sempre. Quanto vale um instante diz o relógio dividido; isto segue a hora do
 * Redis, que pode saltar, e por isso só arruma, muito depois: um salto de uma hora não devolve a ninguém os seus lugares.
 */
const SOBRA_MS = 2 * 3_600_000;

/**
 * Lua: `ocupar(ritmo, maximo, janelaMs)` responde 0 se havia lugar, ou em quantos ms haverá. `maximo` 0 é sem limite.
 * Usa `agora`, um argumento do script.
 */
export const OCUPAR = `
local function ocupar(ritmo, maximo, janelaMs)
  if maximo == 0 then return 0 end
  local antigo = tonumber(redis.call('LINDEX', ritmo, 0) or nil)
  while antigo and antigo <= agora - janelaMs do
    redis.call('LPOP', ritmo)
    antigo = tonumber(redis.call('LINDEX', ritmo, 0) or nil)
  end
  if redis.call('LLEN', ritmo) >= maximo then return math.max(1, antigo + janelaMs - agora) end
  redis.call('RPUSH', ritmo, agora)
  redis.call('PEXPIRE', ritmo, janelaMs + ${SOBRA_MS})
  return 0
end
`;

export const ocuparLugar = definirScript('ocuparLugar', {
  chaves: ['ritmo'],
  argumentos: { agora: 'numero', maximo: 'numero', janelaMs: 'numero' },
  corpo: `-- Responde 0, ou em quantos ms haverá lugar.
    ${OCUPAR}
    return ocupar(ritmo, maximo, janelaMs)`,
  ler: numero,
});

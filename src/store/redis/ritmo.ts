/** Quantas chamadas cabem numa janela que desliza, em Lua: o mesmo trecho em cada script que tem um limite. */

/**
 * `ocupar(chave, maximo, janela)` dá 0 se havia lugar, ou em quantos ms haverá. `maximo` 0 é sem limite.
 */
export const RITMO = `
local function ocupar(chave, maximo, janela)
  if maximo == 0 then return 0 end
  local antigo = tonumber(redis.call('LINDEX', chave, 0) or nil)
  while antigo and antigo <= agora - janela do
    redis.call('LPOP', chave)
    antigo = tonumber(redis.call('LINDEX', chave, 0) or nil)
  end
  if redis.call('LLEN', chave) >= maximo then return math.max(1, antigo + janela - agora) end
  redis.call('RPUSH', chave, agora)
  redis.call('PEXPIRE', chave, janela)
  return 0
end
`;

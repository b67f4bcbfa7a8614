/**
 * O que se faz de uma vez com as chaves de repetição. Em que sala cada uma se usou está com a sessão; a mensagem que ela
 * enviou, com a sala. Guardam-se as últimas de cada sessão, por número e não por tempo: nem o relógio do Redis, se alguém
 * o acerta, faz uma delas valer de novo.
 */

import { nada, ou, texto } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';

/** Quantas se guardam pelo menos; o dobro, no máximo. Ninguém insiste num envio depois de fazer tantos outros. */
const GUARDADAS = 5_000;

/** Lua: `lembrada(novas, antigas, chave)` e `lembrar(novas, antigas, chave, valor)`. */
export const LEMBRAR = `
local function lembrada(novas, antigas, chave)
  return redis.call('HGET', novas, chave) or redis.call('HGET', antigas, chave)
end
local function lembrar(novas, antigas, chave, valor)
  if redis.call('HSET', novas, chave, valor) == 1 and redis.call('HLEN', novas) >= ${GUARDADAS} then
    redis.call('UNLINK', antigas)
    redis.call('RENAME', novas, antigas)
  end
end
`;

export const soltarUso = definirScript('soltarUso', {
  chaves: ['usos', 'usosAntigos'],
  argumentos: { chave: 'texto', sala: 'texto' },
  corpo: `-- A chave não foi usada naquela sala: pode sê-lo em outra.
    for _, guardados in ipairs({ usos, usosAntigos }) do
      if redis.call('HGET', guardados, chave) == sala then redis.call('HDEL', guardados, chave) end
    end
    return 1`,
  ler: nada,
});

export const anularEnvio = definirScript('anularEnvio', {
  chaves: ['envios', 'antigos'],
  argumentos: { chave: 'texto' },
  corpo: `-- A chave vai ser usada em outra sala: o que ainda chegue a esta com ela não vale. Responde a mensagem em JSON, se já
    -- chegou.
    ${LEMBRAR}
    local guardada = lembrada(envios, antigos, chave)
    if guardada and guardada ~= '' then return guardada end
    lembrar(envios, antigos, chave, '')
    return false`,
  ler: ou(texto),
});

export const reabrirEnvio = definirScript('reabrirEnvio', {
  chaves: ['envios', 'antigos'],
  argumentos: { chave: 'texto' },
  corpo: `-- A chave volta a esta sala: o que a anulava já não vale.
    for _, guardados in ipairs({ envios, antigos }) do
      if redis.call('HGET', guardados, chave) == '' then redis.call('HDEL', guardados, chave) end
    end
    return 1`,
  ler: nada,
});

/**
 * O que o usuário do Redis tem de poder fazer. O próprio Redis o diz, sem que nada se execute (`redis.acl_check_cmd`), e com
 * as palavras com que se escreve numa ACL.
 */

import { DireitosFaltam } from './redis-error.ts';

export interface Direitos {
  /** Com que todas as chaves e todos os canais começam. */
  readonly prefixo: string;
  /** Os comandos que se usam sobre chaves, também dentro dos scripts. */
  readonly comandos: readonly string[];
}

const SEM_CHAVE = ['time', 'ping', 'scan'];
const DE_CANAIS = ['ssubscribe', 'spublish'];

/**
 * Que horas são, de quem pode gravar, e os direitos que faltam: um script que diz a sua linguagem é recusado logo, quando o
 * Redis não aceita gravar.
 *
 * O Redis 7.0 cai (SIGSEGV) quando `acl_check_cmd` recebe um comando com argumentos de menos, ou um `evalsha` sem a conta
 * das chaves: cada comando vai com a chave em todos os lugares, e são só dos que dizem as suas chaves pela posição.
 */
export const HORA_E_DIREITOS = `#!lua
local resposta = redis.call('TIME')
for _, linha in ipairs(ARGV) do
  local comando, sobre = string.match(linha, '^(%S+) ?(.*)$')
  local pode
  if sobre == '' then pode = redis.acl_check_cmd(comando) else pode = redis.acl_check_cmd(comando, sobre, sobre, sobre, sobre) end
  if not pode then table.insert(resposta, linha) end
end
return resposta`;

/** Um script que não há: quem pode executar scripts ouve que não há, e os outros, que não podem. */
export const SCRIPT_QUE_NAO_HA = ['EVALSHA', '0'.repeat(40), '0'];

/** O que se pergunta: cada comando, e sobre que chave ou canal. */
export function perguntas({ prefixo, comandos }: Direitos): string[] {
  const exemplo = `${prefixo}{direitos}`;
  return [...SEM_CHAVE, ...[...comandos, ...DE_CANAIS, 'sunsubscribe'].map((comando) => `${comando} ${exemplo}`)];
}

/**
 * @param faltam as perguntas a que o Redis respondeu que não
 * @throws DireitosFaltam se há alguma
 */
export function exigirTodos({ prefixo, comandos }: Direitos, faltam: readonly string[]): void {
  if (faltam.length === 0) return;
  const nomes = new Set(faltam.map((pergunta) => pergunta.split(' ')[0] as string));
  const direitos: string[] = [];
  /** Se faltam todos os de um tipo, o que falta é aquilo sobre que agem. */
  const juntar = (grupo: readonly string[], oQue: string) => {
    if (!grupo.every((nome) => nomes.has(nome))) return;
    direitos.push(oQue);
    for (const nome of grupo) nomes.delete(nome);
  };
  juntar(comandos, `~${prefixo}*`);
  juntar(DE_CANAIS, `&${prefixo}*`);
  throw new DireitosFaltam([...direitos, ...[...nomes].map((nome) => `+${nome}`)].join(' '));
}

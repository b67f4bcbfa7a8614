/** Os nomes que um subcomando recebe ou escolhe. */

import { userInfo } from 'node:os';
import { contarCaracteres } from '../../contract/nomes/caracteres.ts';
import { normalizarNome, problemaDoNome } from '../../contract/nomes/nomes.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import { emJson } from '../../process/em-json.ts';
import { StartupError } from '../../process/lifecycle.ts';
import type { Ordem } from './ordem.ts';
import { STATUS } from './subcomandos.ts';

const MAXIMO_DE_CARACTERES_DO_NOME = 32;

/**
 * Recusa um nome antes de qualquer chamada.
 * @param oQue como a linha de erro o chama
 * @throws StartupError quando não é um nome de usuário nem de sala
 */
export function exigirNome({ processo }: Ordem, oQue: string, nome: string): void {
  const problema = problemaDoNome(normalizarNome(nome));
  if (!problema) return;
  throw new StartupError(`${processo}: ${oQue} ${tornarVisivel(problema)}; veio ${emJson(nome)}`, STATUS.uso.status);
}

/** O nome de quem não pediu nenhum: o do sistema, que diz de quem é o programa, e o número do processo, que é só dele. */
export function nomePadrao(): string {
  const sufixo = `-${process.pid}`;
  const usuario = [...nomeDoSistema().replace(/[^\p{L}\p{M}\p{Nd}_.-]/gu, '-')];
  const nome = usuario.slice(0, MAXIMO_DE_CARACTERES_DO_NOME - contarCaracteres(sufixo)).join('') + sufixo;
  return problemaDoNome(nome) ? `script${sufixo}` : nome;
}

function nomeDoSistema(): string {
  try {
    return normalizarNome(userInfo().username);
  } catch {
    // Num contêiner, o usuário pode ser só um número.
    return 'script';
  }
}

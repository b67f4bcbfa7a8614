/** `chat-server copiar ARQUIVO`: a cópia dos dados, feita por outro processo enquanto o servidor serve. */

import { resolve } from 'node:path';
import { StartupError } from '../process/lifecycle.ts';
import type { OptionValues } from '../process/opcoes/options.ts';
import type { SubcommandTable } from '../process/opcoes/subcomandos.ts';
import { copiarDados } from '../store/open.ts';
import { StoreError } from '../store/store-error.ts';
import { OPCOES } from './options.ts';

const SUBCOMANDOS = {
  copiar: {
    operandos: ['<arquivo>'],
    descricao: 'copia os dados para um arquivo novo, também enquanto o servidor os usa',
    opcoes: ['dados'],
  },
} as const satisfies SubcommandTable<keyof typeof OPCOES>;

export const TABELAS_DA_LINHA = {
  titulo: 'Subcomandos:',
  opcoes: OPCOES,
  subcomandos: SUBCOMANDOS,
  // Um Redis não se copia daqui; quem o pede, na linha ou no ambiente, ouve por quê.
  comuns: ['redis'],
  soDeSubcomandos: [],
} as const;

/**
 * Faz a cópia e diz onde ela está.
 * @throws StartupError com o que a impediu, numa linha
 */
export async function copiar(
  processo: string,
  arquivo: string,
  { dados, redis }: Pick<OptionValues<typeof OPCOES>, 'dados' | 'redis'>,
): Promise<void> {
  if (redis)
    throw new StartupError(`${processo}: os dados estão num Redis; copie-os com o que ele tem para isso (BGSAVE)`);
  try {
    await copiarDados(dados, arquivo);
  } catch (erro) {
    throw erro instanceof StoreError ? new StartupError(`${processo}: ${erro.message}`) : erro;
  }
  process.stdout.write(`Cópia pronta em ${resolve(arquivo)}\n`);
}

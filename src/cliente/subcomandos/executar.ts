/** Executa um subcomando: sem terminal e sem perguntas, uma linha por coisa, e um status que diz o desfecho. */

import { emJson } from '../../process/em-json.ts';
import { type Opened, StartupError } from '../../process/lifecycle.ts';
import { CANAIS_DO_PROCESSO, type Canais } from './canais.ts';
import { SHELLS } from './completar-shell.ts';
import { enviar } from './enviar.ts';
import type { Execucao, Ordem } from './ordem.ts';
import { ouvir } from './ouvir.ts';
import { procedimentos } from './procedimentos.ts';
import { escreverInteiro } from './saida.ts';
import { salas } from './salas.ts';
import { comStatus } from './status.ts';
import { type NomeDeSubcomando, STATUS } from './subcomandos.ts';
import { usuarios } from './usuarios.ts';

const EXECUTORES: Readonly<Record<NomeDeSubcomando, (execucao: Execucao) => Promise<void>>> = {
  salas,
  usuarios,
  enviar,
  ouvir,
  procedimentos,
  completar,
};

/**
 * @param abertos onde fica o que um sinal tem de fechar
 * @param encerrar o mesmo fim que um sinal
 * @throws StartupError com o status do desfecho, quando não deu certo
 */
export async function executarSubcomando(
  ordem: Ordem,
  abertos: Opened,
  encerrar: () => void,
  canais: Canais = CANAIS_DO_PROCESSO,
): Promise<void> {
  let encerrado = false;
  const aoEncerrar = (fechar: () => Promise<void> | void) => {
    const close = () => {
      encerrado = true;
      return fechar();
    };
    abertos.add({ close });
  };
  canais.saida.on('error', (erro: NodeJS.ErrnoException) => {
    // Quem lia já tem o que queria; de outra falha se queixa quem escreve. Num pipe, só a escrita seguinte o descobre: o
    // Node não vigia um pipe em que só se escreve (ENOTCONN), e escrever nada nele dá certo mesmo sem ninguém a ler.
    if (erro.code === 'EPIPE') encerrar();
  });
  try {
    await EXECUTORES[ordem.subcomando]({ ...ordem, canais, aoEncerrar });
  } catch (erro) {
    // O que um sinal interrompeu falha por ter sido interrompido.
    if (encerrado) return;
    throw comStatus(ordem.processo, erro);
  }
  encerrar();
}

async function completar(execucao: Execucao): Promise<void> {
  const { processo, operandos } = execucao;
  const [shell = ''] = operandos;
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  const recusa = `${processo}: completar serve a ${Object.keys(SHELLS).join(', ')}; veio ${emJson(shell)}`;
  if (!script) throw new StartupError(recusa, STATUS.uso.status);
  await escreverInteiro(execucao, `${script().trimEnd()}\n`);
}

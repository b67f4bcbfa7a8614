/** Sem subcomando: prepara o que falta, põe o sistema no ar e abre um cliente neste terminal. */

import { avisar } from '../avisos.js';
import { lerEnderecos } from '../enderecos/enderecos.js';
import { COMANDO } from '../lugares.js';
import { construirSeFalta } from '../preparo/construcao.js';
import { instalarSeFalta } from '../preparo/instalacao.js';
import { abrirCliente } from '../processos/cliente.js';
import { perguntarSaude } from '../processos/consultas.js';
import { binderDeOutroLugar } from '../processos/outro-binder.js';
import { comSegredo } from '../processos/segredo.js';
import { ambienteDosProcessos, garantirSistema } from '../processos/sistema.js';
import { naMinhaVez } from '../processos/trava.js';

/**
 * @param {readonly string[]} argumentos os do cliente
 * @returns {Promise<number>} o status de saída do cliente
 */
export async function abrirChat(argumentos) {
  const enderecos = lerEnderecos();
  const ambiente = ambienteDosProcessos(enderecos.binder.url);
  const outroBinder = await binderDeOutroLugar(argumentos, enderecos.binder);
  const { fim } = await naMinhaVez(async (vez) => {
    await instalarSeFalta(vez);
    if (await construirSeFalta(vez)) await lembrarDosAntigos(enderecos);
    if (outroBinder === undefined) await garantirSistema(enderecos, comSegredo(ambiente));
    else avisar(`O binder escolhido é ${outroBinder}; daqui só um cliente é aberto.`);
    // Ainda na vez: quem mandar parar em seguida já encontra este cliente anotado.
    return abrirCliente(argumentos, ambiente);
  });
  return fim;
}

/** @param {ReturnType<typeof lerEnderecos>} enderecos */
async function lembrarDosAntigos({ binder, servidor }) {
  const saudes = await Promise.all([binder, servidor].map(perguntarSaude));
  if (saudes.some(({ quem }) => quem === 'nosso')) {
    avisar(
      `O binder e o servidor que já rodavam são da construção anterior; para trocá-los, encerre-os: ${COMANDO} parar`,
    );
  }
}

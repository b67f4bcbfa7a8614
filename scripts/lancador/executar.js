/** O que se pede ao lançador: um dos subcomandos, ou um cliente neste terminal. */

import { mostrarAjuda } from './comandos/ajuda.js';
import { darAula } from './comandos/aula.js';
import { abrirChat } from './comandos/chat.js';
import { mostrarEstado } from './comandos/estado.js';
import { abrirJanela } from './comandos/janela.js';
import { abrirJanelas } from './comandos/janelas.js';
import { parar } from './comandos/parar.js';
import { hospedar } from './comandos/rede.js';
import { Falha, STATUS_DE_USO_ERRADO } from './falha.js';

/**
 * Cada um promete o status de saída.
 * @type {Readonly<Record<string, (...argumentos: string[]) => Promise<number>>>}
 */
const SUBCOMANDOS = {
  rede: (endereco) => hospedar(endereco),
  aula: darAula,
  parar,
  estado: mostrarEstado,
  janela: abrirJanela,
  janelas: abrirJanelas,
  ajuda: mostrarAjuda,
};

/**
 * @param {readonly string[]} argumentos
 * @returns {Promise<number>} o status de saída
 * @throws {Falha} se o uso está errado, ou se algo impede de continuar
 */
export async function executar([primeiro, ...resto]) {
  if (primeiro === '--help' || primeiro === '-h') return mostrarAjuda();
  if (primeiro === undefined || primeiro.startsWith('-')) {
    return abrirChat(primeiro === undefined ? [] : [primeiro, ...resto]);
  }
  const subcomando = Object.hasOwn(SUBCOMANDOS, primeiro) ? SUBCOMANDOS[primeiro] : undefined;
  if (subcomando === undefined) {
    throw new Falha(
      `não conheço ${JSON.stringify(primeiro)}; há ${Object.keys(SUBCOMANDOS).join(', ')}`,
      STATUS_DE_USO_ERRADO,
    );
  }
  // Os argumentos que leva são os que a função declara.
  if (resto.length > subcomando.length) {
    const quantos =
      ['argumentos', 'mais de um argumento'][subcomando.length] ?? `mais de ${subcomando.length} argumentos`;
    throw new Falha(`${primeiro} não leva ${quantos}`, STATUS_DE_USO_ERRADO);
  }
  return subcomando(...resto);
}

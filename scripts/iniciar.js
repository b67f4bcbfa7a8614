/**
 * O lançador por trás de chat_start.sh e chat_start.bat.
 * Roda antes de haver qualquer coisa instalada: só conhece o Node, nem dist/ nem node_modules/.
 */

import { mostrarAjuda } from './lancador/comandos/ajuda.js';
import { darAula } from './lancador/comandos/aula.js';
import { abrirChat } from './lancador/comandos/chat.js';
import { mostrarEstado } from './lancador/comandos/estado.js';
import { abrirJanela } from './lancador/comandos/janela.js';
import { abrirJanelas } from './lancador/comandos/janelas.js';
import { parar } from './lancador/comandos/parar.js';
import { hospedar } from './lancador/comandos/rede.js';
import { explicar, Falha, STATUS_DE_USO_ERRADO } from './lancador/falha.js';

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
 */
async function executar([primeiro, ...resto]) {
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

try {
  process.exitCode = await executar(process.argv.slice(2));
} catch (erro) {
  process.stderr.write(`chat_start: ${explicar(erro)}\n`);
  process.exitCode = erro instanceof Falha ? erro.status : 1;
}

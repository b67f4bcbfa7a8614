/**
 * O lançador por trás de chat_start.sh e chat_start.bat.
 * Roda antes de haver qualquer coisa instalada: só conhece o Node, nem dist/ nem node_modules/.
 */

import { executar } from './lancador/executar.js';
import { explicar, Falha } from './lancador/falha.js';

try {
  process.exitCode = await executar(process.argv.slice(2));
} catch (erro) {
  process.stderr.write(`chat_start: ${explicar(erro)}\n`);
  process.exitCode = erro instanceof Falha ? erro.status : 1;
}

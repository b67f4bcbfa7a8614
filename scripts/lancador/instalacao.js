/** As dependências: instaladas se são as que package-lock.json pede, neste sistema. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { avisar } from './avisos.js';
import { RAIZ } from './lugares.js';
import { rodarPasso } from './preparo.js';

/** O compilador é uma dependência de desenvolvimento; quem constrói é o lançador, num passo seu. */
const NPM = 'npm ci --include=dev --ignore-scripts --prefer-offline --no-audit --no-fund';

/** @param {import('./trava.js').Vez} vez */
export async function instalarSeFalta(vez) {
  if (estaInstalado()) return;
  avisar('Instalando as dependências (npm ci)…');
  const [programa, ...argumentos] = NPM.split(' ');
  // No Windows o npm é um npm.cmd, que só um shell sabe rodar.
  const comShell = process.platform === 'win32';
  await rodarPasso(vez, {
    nome: 'npm ci',
    programa: comShell ? NPM : programa,
    argumentos: comShell ? [] : argumentos,
    shell: comShell,
    marca: 'npm',
  });
}

/** Compara o que se pede com o que o npm anotou ter instalado: datas mentem depois de uma cópia. */
function estaInstalado() {
  const pedidos = lerPacotes('package-lock.json');
  const presentes = lerPacotes(join('node_modules', '.package-lock.json'));
  if (pedidos === undefined || presentes === undefined) return false;
  const oPedido = ([onde, pacote]) => mesmoPacote(pacote, pedidos[onde]) && serveAqui(pacote) && existe(onde);
  // Um opcional ausente é de outro sistema.
  const oPresente = ([onde, pacote]) => onde === '' || pacote.optional || onde in presentes;
  return Object.entries(presentes).every(oPedido) && Object.entries(pedidos).every(oPresente);
}

function lerPacotes(arquivo) {
  try {
    return JSON.parse(readFileSync(join(RAIZ, arquivo), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function mesmoPacote(presente, pedido) {
  return presente.version === pedido?.version && presente.integrity === pedido?.integrity;
}

/** Uma pasta vista por dois sistemas (o Windows e o seu Linux) só serve a um de cada vez. */
function serveAqui({ os, cpu }) {
  return permite(os, process.platform) && permite(cpu, process.arch);
}

function permite(lista, valor) {
  if (lista === undefined) return true;
  return lista.includes(valor) || (lista.every((item) => item.startsWith('!')) && !lista.includes(`!${valor}`));
}

function existe(onde) {
  return existsSync(join(RAIZ, onde));
}

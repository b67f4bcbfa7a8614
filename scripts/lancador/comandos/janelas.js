/** O binder, o servidor e alguns clientes, cada um numa janela sua, com o que cada um faz à vista. */

import { spawnSync } from 'node:child_process';
import { avisar } from '../avisos.js';
import { Falha, STATUS_DE_USO_ERRADO } from '../falha.js';
import { COMANDO, NUMA_JANELA } from '../lugares.js';
import { construirSeFalta } from '../preparo/construcao.js';
import { instalarSeFalta } from '../preparo/instalacao.js';
import { naMinhaVez } from '../processos/trava.js';
import { abridorDeJanelas } from '../terminais/terminais.js';

const MAXIMO_DE_CLIENTES = 20;
const CLIENTES = '2';

/**
 * @param {string} [quantos] clientes; 2 se não se diz
 * @returns {Promise<number>} 0 quando todas as janelas se abriram, ou quando se disse o que digitar
 */
export async function abrirJanelas(quantos) {
  const clientes = quantos ?? CLIENTES;
  if (!/^\d{1,2}$/.test(clientes) || Number(clientes) < 1 || Number(clientes) > MAXIMO_DE_CLIENTES) {
    throw new Falha(
      `quantos clientes deve ser um inteiro de 1 a ${MAXIMO_DE_CLIENTES}; veio ${JSON.stringify(clientes)}`,
      STATUS_DE_USO_ERRADO,
    );
  }
  await naMinhaVez(async (vez) => {
    await instalarSeFalta(vez);
    await construirSeFalta(vez);
  });
  const papeis = ['binder', 'servidor', ...Array.from({ length: Number(clientes) }, () => 'cliente')];
  const abridor = abridorDeJanelas();
  if (abridor === undefined) {
    process.stdout.write(oQueDigitar(papeis));
    return 0;
  }
  const levadas = variaveis();
  for (const [indice, papel] of papeis.entries()) {
    const titulo = papel === 'cliente' ? `cliente ${indice - 1}` : papel;
    const [programa, ...argumentos] = abridor.linha(titulo, [process.execPath, NUMA_JANELA, papel, ...levadas]);
    const { status, error } = spawnSync(String(programa), argumentos, {
      stdio: 'ignore',
      windowsHide: true,
    });
    if (error || status !== 0) throw new Falha(`${abridor.nome} não abriu a janela de ${titulo}`);
  }
  avisar(`${papeis.length} janelas abertas com ${abridor.nome}. Para terminar tudo: ${COMANDO} parar`);
  return 0;
}

/** Uma janela nem sempre herda o ambiente; o segredo não vai junto, porque a linha de comando se vê de fora. */
function variaveis() {
  if (process.env['CHAT_REDIS']?.includes('@')) {
    throw new Falha('janelas não leva um CHAT_REDIS com senha: ela ficaria na linha de comando, que outros veem');
  }
  return Object.entries(process.env)
    .filter(([nome, valor]) => /^CHAT_[A-Z_]+$/.test(nome) && nome !== 'CHAT_SEGREDO' && valor !== '')
    .map(([nome, valor]) => `${nome}=${valor}`);
}

/** @param {readonly string[]} papeis */
function oQueDigitar(papeis) {
  const linhas = papeis.map(
    (papel, indice) => `  ${indice + 1}) node scripts/lancador/terminais/numa-janela.js ${papel}\n`,
  );
  return `Aqui não há como abrir janelas. Abra ${papeis.length} terminais nesta pasta, e digite em cada um:

${linhas.join('')}
Para terminar tudo: ${COMANDO} parar
`;
}

/** Encerra o que foi iniciado daqui, e só isso. */

import { perguntarSaude } from './consultas.js';
import { lerEnderecos } from './enderecos.js';
import { LANCADOR } from './lugares.js';
import { acordar, estaVivo, roda, terminar } from './pids.js';
import { ate, PRAZO_PARA_TERMINAR_MS } from './prazos.js';
import { aindaRoda, apagarAnotacao, lerAnotacao, nomesDosClientes } from './registro.js';
import { naMinhaVez } from './trava.js';

/** @returns {Promise<number>} 0 se nada do que foi iniciado ficou; 1 se algo resistiu */
export async function parar() {
  const enderecos = lerEnderecos();
  return naMinhaVez(async () => {
    // Os clientes primeiro, que se despedem do servidor; depois ele, que se despede do binder.
    const clientes = await Promise.all(nomesDosClientes().map((nome) => encerrar(nome, 'Cliente')));
    const servidor = await encerrar('servidor', 'Servidor');
    const binder = await encerrar('binder', 'Binder');
    const feitos = [...clientes, servidor, binder].filter((feito) => feito !== 'nao_rodava');
    if (feitos.length === 0) dizer('Nada do que se inicia daqui estava rodando.');
    for (const processo of [enderecos.servidor, enderecos.binder]) await dizerSeContinua(processo);
    return feitos.includes('ficou') ? 1 : 0;
  });
}

const FRASES = {
  terminou: 'encerrado',
  forcado: 'encerrado à força: não respondeu ao pedido',
  ficou: 'não se deixou encerrar',
};

async function encerrar(nome, titulo) {
  const anotacao = lerAnotacao(nome);
  if (!(await aindaRoda(anotacao))) {
    apagarAnotacao(nome);
    return 'nao_rodava';
  }
  const { pid, lancador } = anotacao;
  const esperaPorEle = lancador !== undefined && roda(lancador, LANCADOR);
  const fim = await terminar(pid);
  if (esperaPorEle) {
    acordar(lancador);
    await ate(PRAZO_PARA_TERMINAR_MS, () => !estaVivo(lancador));
  }
  dizer(`${titulo} ${FRASES[fim]} (pid ${pid}).`);
  if (fim !== 'ficou') apagarAnotacao(nome);
  return fim;
}

async function dizerSeContinua(processo) {
  const saude = await perguntarSaude(processo);
  if (saude.quem !== 'nosso') return;
  const quem = saude.pid === undefined ? '' : ` (pid ${saude.pid})`;
  dizer(`Em ${processo.url} responde ${processo.titulo}${quem}, que não foi iniciado daqui: continua.`);
}

function dizer(frase) {
  process.stdout.write(`${frase}\n`);
}

/** Encerra o que foi iniciado daqui, e só isso. */

import { lerEnderecos } from '../enderecos/enderecos.js';
import { LANCADOR } from '../lugares.js';
import { perguntarSaude } from '../processos/consultas.js';
import { acordar, estaVivo, roda, terminar } from '../processos/pids.js';
import { ate, PRAZO_PARA_TERMINAR_MS } from '../processos/prazos.js';
import { aindaRoda, apagarAnotacao, lerAnotacao, nomesDosClientes } from '../processos/registro.js';
import { naMinhaVez } from '../processos/trava.js';

/** @returns {Promise<number>} 0 se nada do que foi iniciado ficou; 1 se algo resistiu */
export async function parar() {
  const enderecos = lerEnderecos();
  return naMinhaVez(async () => {
    // Nesta ordem, cada um ainda encontra aquele de quem se despede: o cliente, o servidor; o servidor, o binder; todos, a
    // janela a que contam o que fazem.
    const clientes = await Promise.all(nomesDosClientes().map((nome) => encerrar(nome, 'Cliente')));
    const servidor = await encerrar('servidor', 'Servidor');
    const binder = await encerrar('binder', 'Binder');
    const janela = await encerrar('janela', 'Processo da janela');
    const feitos = [...clientes, servidor, binder, janela].filter((feito) => feito !== 'nao_rodava');
    if (feitos.length === 0) dizer('Nada iniciado daqui estava rodando.');
    for (const processo of [enderecos.servidor, enderecos.binder]) await dizerSeContinua(processo);
    return feitos.includes('ficou') ? 1 : 0;
  });
}

const FRASES = {
  terminou: 'encerrado',
  forcado: 'encerrado à força: não respondeu ao pedido',
  ficou: 'não se deixou encerrar',
};

/**
 * @param {string} nome o da anotação
 * @param {string} titulo
 * @returns {Promise<keyof typeof FRASES | 'nao_rodava'>}
 */
async function encerrar(nome, titulo) {
  const anotacao = lerAnotacao(nome);
  if (anotacao === undefined || !(await aindaRoda(anotacao))) {
    apagarAnotacao(nome);
    return 'nao_rodava';
  }
  const { pid, lancador } = anotacao;
  const quemEspera = lancador !== undefined && roda(lancador, LANCADOR) ? lancador : undefined;
  const fim = await terminar(pid);
  if (quemEspera !== undefined) {
    acordar(quemEspera);
    await ate(PRAZO_PARA_TERMINAR_MS, () => !estaVivo(quemEspera));
  }
  dizer(`${titulo} ${FRASES[fim]} (pid ${pid}).`);
  if (fim !== 'ficou') apagarAnotacao(nome);
  return fim;
}

/** @param {import('../enderecos/enderecos.js').Processo} processo */
async function dizerSeContinua(processo) {
  const saude = await perguntarSaude(processo);
  if (saude.quem !== 'nosso') return;
  const quem = saude.pid === undefined ? '' : ` (pid ${saude.pid})`;
  dizer(`Em ${processo.url}, ${processo.titulo}${quem} não foi iniciado daqui e continua rodando.`);
}

/** @param {string} frase */
function dizer(frase) {
  process.stdout.write(`${frase}\n`);
}

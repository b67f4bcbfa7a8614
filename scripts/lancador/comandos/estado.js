/** Diz o que roda. */

import { lerEnderecoDaJanela, lerEnderecos } from '../enderecos/enderecos.js';
import { perguntarSaude } from '../processos/consultas.js';
import { aindaRoda, lerAnotacao, nomesDosClientes } from '../processos/registro.js';

/** Como o `status` dos serviços do sistema: 3 é "não está rodando". */
export const STATUS_DE_QUEM_NAO_RODA = 3;

/** @returns {Promise<number>} 0 se o binder e o servidor podem servir; 3 se não */
export async function mostrarEstado() {
  const { binder, servidor } = lerEnderecos();
  const servem = [await mostrar('Binder', binder), await mostrar('Servidor', servidor)];
  if (await aindaRoda(lerAnotacao('janela'))) await mostrar('Janela', lerEnderecoDaJanela());
  const clientes = await Promise.all(nomesDosClientes().map((nome) => aindaRoda(lerAnotacao(nome))));
  dizer('Clientes', `${clientes.filter(Boolean).length} abertos daqui`);
  return servem.every(Boolean) ? 0 : STATUS_DE_QUEM_NAO_RODA;
}

/**
 * @param {string} titulo
 * @param {import('../enderecos/enderecos.js').Processo} processo
 * @returns {Promise<boolean>} se ele pode servir
 */
async function mostrar(titulo, processo) {
  const anotado = lerAnotacao(processo.processo);
  const daqui = (await aindaRoda(anotado)) ? anotado : undefined;
  const url = daqui?.url ?? processo.url;
  const saude = await perguntarSaude({ ...processo, url });
  dizer(titulo, descrever(saude, url, daqui));
  return saude.quem === 'nosso' && saude.serve;
}

/**
 * @param {import('../processos/consultas.js').Saude} saude
 * @param {string} url
 * @param {import('../processos/registro.js').Anotacao | undefined} anotado se foi iniciado daqui
 */
function descrever(saude, url, anotado) {
  if (saude.quem === 'nosso') {
    const como = saude.serve ? 'roda' : 'roda, mas não pode servir agora,';
    return `${como} em ${url}, pid ${saude.pid ?? 'desconhecido'}, ${desdeQuando(anotado)}`;
  }
  if (anotado) return `não responde em ${url}, mas o pid ${anotado.pid} vive, ${desdeQuando(anotado)}`;
  return saude.quem === 'estranho' ? `não roda; em ${url} está outro programa` : `não roda (seria em ${url})`;
}

/** @param {import('../processos/registro.js').Anotacao | undefined} anotado */
function desdeQuando(anotado) {
  return anotado ? `desde ${new Date(anotado.desde).toLocaleString('pt-BR')}` : 'não iniciado daqui';
}

/**
 * @param {string} titulo
 * @param {string} situacao
 */
function dizer(titulo, situacao) {
  process.stdout.write(`${`${titulo}:`.padEnd(10)}${situacao}\n`);
}

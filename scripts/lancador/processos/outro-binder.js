/** Se o binder que a pessoa escolheu é o que se inicia aqui, ou o de outro lugar. */

import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';

/**
 * @param {readonly string[]} argumentos os do cliente
 * @param {import('../enderecos/enderecos.js').Processo} binder o que se inicia aqui
 * @returns {Promise<string | undefined>} a URL do binder que o cliente usará, ou as de vários, quando nenhuma é deste
 */
export async function binderDeOutroLugar(argumentos, binder, ambiente = process.env) {
  const escolhido = opcaoBinder(argumentos) ?? (ambiente['CHAT_BINDER'] || undefined);
  const urls = escolhido?.split(',').map((url) => url.trim()) ?? [];
  // Uma URL errada é o cliente quem explica.
  if (urls.length === 0 || !urls.every((url) => URL.canParse(url))) return undefined;
  for (const url of urls) {
    if (portaDe(url) === portaDe(binder.url) && (await ehDestaMaquina(new URL(url).hostname))) return undefined;
  }
  return escolhido;
}

/** @param {readonly string[]} argumentos */
function opcaoBinder(argumentos) {
  const onde = argumentos.findLastIndex((texto) => texto === '--binder' || texto.startsWith('--binder='));
  if (onde === -1) return undefined;
  return argumentos[onde] === '--binder' ? argumentos[onde + 1] : argumentos[onde]?.slice('--binder='.length);
}

/** @param {string} texto uma URL */
function portaDe(texto) {
  const { port, protocol } = new URL(texto);
  return port || (protocol === 'https:' ? '443' : '80');
}

/**
 * Também pelo nome ou pelo endereço que ela tem na rede.
 * @param {string} hostname
 */
async function ehDestaMaquina(hostname) {
  const daqui = Object.values(networkInterfaces()).flatMap((placas = []) => placas.map(({ address }) => address));
  try {
    const enderecos = await lookup(hostname.replace(/^\[(.*)\]$/, '$1'), { all: true });
    return enderecos.some(({ address }) => address.startsWith('127.') || daqui.includes(address));
  } catch {
    return false;
  }
}

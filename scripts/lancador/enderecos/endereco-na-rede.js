/** O endereço por que as outras máquinas chegam a esta. */

import { isIPv4 } from 'node:net';
import { createInterface } from 'node:readline/promises';
import { Falha, STATUS_DE_USO_ERRADO } from '../falha.js';
import { COMANDO } from '../lugares.js';

/** @typedef {{ placa: string, endereco: string }} NaRede */

/** Redes que só existem dentro desta máquina: a de contêineres, de máquinas virtuais e do WSL. */
const PLACA_VIRTUAL = /^(docker|br-|veth|virbr|vboxnet|vmnet|vEthernet|lxc|cni|podman)/i;

/** Um IPv4 que a própria placa se deu porque ninguém lhe deu outro (RFC 3927): com ele não há rede. */
const SEM_REDE = /^169\.254\./;

/**
 * @param {NodeJS.Dict<import('node:os').NetworkInterfaceInfo[]>} placas as de `os.networkInterfaces()`
 * @returns {NaRede[]} os endereços IPv4 desta máquina em redes; os das placas virtuais por último
 */
export function enderecosNaRede(placas) {
  const todos = Object.entries(placas).flatMap(([placa, enderecos = []]) =>
    enderecos
      .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !SEM_REDE.test(address))
      .map(({ address }) => ({ placa, endereco: address })),
  );
  const ehVirtual = (/** @type {NaRede} */ { placa }) => PLACA_VIRTUAL.test(placa);
  return [...todos.filter((um) => !ehVirtual(um)), ...todos.filter(ehVirtual)];
}

/**
 * @param {readonly NaRede[]} candidatos
 * @param {((frase: string) => Promise<string>) | undefined} perguntar falta quando não há uma pessoa no terminal
 * @returns {Promise<string>} o único, ou o que a pessoa escolheu
 * @throws Falha se não há nenhum, ou se há vários e ninguém a quem perguntar
 */
export async function escolherEndereco(candidatos, perguntar) {
  const [primeiro, ...outros] = candidatos;
  if (primeiro === undefined) {
    throw new Falha(
      `esta máquina não tem um endereço IPv4 em nenhuma rede: conecte-a a uma, ou diga o endereço, como em "${COMANDO} rede 192.168.0.10"`,
    );
  }
  if (outros.length === 0) return primeiro.endereco;
  if (perguntar === undefined) {
    const lista = candidatos.map(({ placa, endereco }) => `${endereco} (${placa})`).join(', ');
    throw new Falha(
      `esta máquina tem vários endereços: ${lista}; diga qual, como em "${COMANDO} rede ${primeiro.endereco}"`,
      STATUS_DE_USO_ERRADO,
    );
  }
  const linhas = candidatos.map(({ placa, endereco }, i) => `  ${i + 1}) ${endereco} (${placa})\n`).join('');
  let frase = `Esta máquina tem vários endereços:\n${linhas}Por qual deles os outros chegam? (Enter: 1) `;
  for (;;) {
    const escolhido = candidatos[Number((await perguntar(frase)).trim() || '1') - 1];
    if (escolhido) return escolhido.endereco;
    frase = `Digite um número de 1 a ${candidatos.length}: `;
  }
}

/**
 * Pergunta na saída de erro: a saída padrão só tem o que se passa aos outros.
 * @param {string} frase
 * @returns {Promise<string>}
 * @throws Falha se a entrada acaba, ou se a pessoa desiste com Ctrl+C
 */
export async function perguntarNoTerminal(frase) {
  const linhas = createInterface({ input: process.stdin, output: process.stderr });
  const desistencia = new AbortController();
  linhas.once('close', () => desistencia.abort());
  try {
    return await linhas.question(frase, { signal: desistencia.signal });
  } catch {
    process.stderr.write('\n');
    throw new Falha('nenhum endereço foi escolhido');
  } finally {
    linhas.close();
  }
}

/** Um nome (RFC 1123, seção 2.1): nada que mude o sentido de uma URL, nem de um comando que alguém copia. */
const NOME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
const SO_NUMEROS = /^[\d.]+$/;

/**
 * @param {string} texto o endereço que a pessoa disse
 * @returns {string}
 * @throws Falha se não é um IPv4 nem um nome
 */
export function lerEnderecoDito(texto) {
  if (isIPv4(texto) || (NOME.test(texto) && !SO_NUMEROS.test(texto))) return texto;
  throw new Falha(
    `o endereço deve ser um IPv4 ou um nome, como 192.168.0.10; veio ${JSON.stringify(texto)}`,
    STATUS_DE_USO_ERRADO,
  );
}

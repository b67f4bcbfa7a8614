/** O que se pergunta pela rede ao binder e ao servidor. */

import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';

/** O Windows insiste uns 2 s antes de dizer que uma porta local está fechada. */
const PRAZO_DA_RESPOSTA_MS = process.platform === 'win32' ? 5_000 : 2_000;
const MAXIMO_DA_RESPOSTA_BYTES = 1024 * 1024;

/** Falhas de antes de haver uma conexão: do outro lado não há ninguém. */
const SEM_CONEXAO = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'ENETUNREACH'];

/**
 * Quem responde numa URL: ninguém, um estranho, ou um processo nosso que serve ou não.
 * @typedef {{ quem: 'ninguem' } | { quem: 'estranho' } | { quem: 'nosso', serve: boolean, pid: number | undefined }} Saude
 */

/**
 * Onde perguntar, e por quem.
 * @typedef {{ url: string, processo?: 'binder' | 'servidor' | 'janela' | undefined }} Quem
 */

/**
 * @param {Quem} quem
 * @returns {Promise<Saude>}
 */
export async function perguntarSaude({ url, processo }) {
  try {
    const { status, corpo } = await pedir(`${url}/saude`, { method: 'GET' });
    const saude = JSON.parse(corpo.toString('utf8'));
    if (saude?.processo !== processo) return { quem: 'estranho' };
    return { quem: 'nosso', serve: status === 200, pid: saude.pid };
  } catch (erro) {
    const codigo = erro instanceof Error && 'code' in erro ? String(erro.code) : '';
    return { quem: SEM_CONEXAO.includes(codigo) ? 'ninguem' : 'estranho' };
  }
}

/**
 * @param {Quem} servidor
 * @returns {Promise<string[]>} tudo o que o servidor atende, apelidos incluídos
 */
export async function nomesDoServidor(servidor) {
  /** @type {{ methods: { name: string }[] }} */
  const { methods } = await chamar(servidor.url, 'rpc.discover');
  return methods.map(({ name }) => name);
}

/**
 * @param {Quem} binder
 * @param {{ porta: string }} servidor
 * @returns {Promise<string[]>} os endereços com que o servidor desta porta está no binder
 */
export async function enderecosRegistrados(binder, servidor) {
  const endpoints = (await procedimentosDo(binder)).flatMap((procedimento) => procedimento.endpoints);
  const daqui = endpoints.filter(({ port }) => port === Number(servidor.porta));
  return [...new Set(daqui.map(({ address }) => address))];
}

/**
 * @param {Quem} binder
 * @param {{ porta: string }} servidor
 * @param {readonly string[]} nomes de procedimentos
 * @returns {Promise<boolean>} se o binder manda cada um deles à porta deste servidor
 */
export async function estaRegistrado(binder, servidor, nomes) {
  const registrados = (await procedimentosDo(binder))
    .filter(({ endpoints }) => endpoints.some(({ port }) => port === Number(servidor.porta)))
    .map(({ procedure_name }) => procedure_name);
  return nomes.every((nome) => registrados.includes(nome));
}

/**
 * @param {string} url
 * @returns {Promise<string | undefined>} o SHA-256 do arquivo que se serve ali, em hexadecimal, se há um
 */
export async function resumoDoArquivo(url) {
  const { status, corpo } = await pedir(url, { method: 'GET' });
  return status === 200 ? createHash('sha256').update(corpo).digest('hex') : undefined;
}

/**
 * @param {Quem} binder
 * @returns {Promise<{ procedure_name: string, endpoints: { address: string, port: number }[] }[]>}
 */
function procedimentosDo(binder) {
  return chamar(binder.url, 'list_procedures');
}

/**
 * @param {string} url
 * @param {string} method
 * @param {Record<string, unknown>} params
 * @param {string} [token] de quem chama
 * @returns {Promise<{ result?: any, error?: { code: number, message: string } }>}
 */
export async function chamarServidor(url, method, params, token) {
  const { corpo } = await pedir(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    envio: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return JSON.parse(corpo.toString('utf8'));
}

/**
 * @param {string} url
 * @param {string} method um procedimento sem parâmetros
 */
async function chamar(url, method) {
  const { result, error } = await chamarServidor(url, method, {});
  if (error) throw new Error(`${method} em ${url}: ${error.message}`);
  return result;
}

/**
 * @param {string} url
 * @param {{ method: string, headers?: Record<string, string>, envio?: string }} pedido
 * @returns {Promise<{ status: number | undefined, corpo: Buffer }>}
 */
function pedir(url, { method, headers = {}, envio }) {
  return new Promise((resolve, reject) => {
    const opcoes = {
      method,
      headers,
      agent: false,
      signal: AbortSignal.timeout(PRAZO_DA_RESPOSTA_MS),
      // O certificado é do nome público, que aqui não se usa, e nada do que se pergunta é segredo.
      rejectUnauthorized: false,
    };
    const pedido = (url.startsWith('https:') ? requestTls : request)(url, opcoes, (resposta) => {
      /** @type {Buffer[]} */
      const pedacos = [];
      let bytes = 0;
      resposta.on('data', (pedaco) => {
        pedacos.push(pedaco);
        bytes += pedaco.length;
        if (bytes > MAXIMO_DA_RESPOSTA_BYTES) pedido.destroy(new Error('resposta grande demais'));
      });
      resposta.on('end', () => resolve({ status: resposta.statusCode, corpo: Buffer.concat(pedacos) }));
      resposta.on('error', reject);
    });
    pedido.on('error', reject);
    pedido.end(envio);
  });
}

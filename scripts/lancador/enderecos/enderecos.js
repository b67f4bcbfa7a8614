/** Onde o binder e o servidor respondem, pelas mesmas variáveis de ambiente que eles leem. */

import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { Falha, STATUS_DE_USO_ERRADO } from '../falha.js';
import { ANOTACOES, RAIZ } from '../lugares.js';

/**
 * Um processo que roda ao fundo.
 * @typedef {object} Processo
 * @property {'binder' | 'servidor' | 'janela'} processo como `/saude` o chama
 * @property {string} titulo como as frases o chamam
 * @property {string} main o que roda
 * @property {string} url
 * @property {string} porta
 * @property {string} variavelDaPorta
 * @property {string} log
 */

/** @returns {{ binder: Processo, servidor: Processo }} */
export function lerEnderecos(ambiente = process.env) {
  return {
    binder: descrever('binder', 'o binder', 'binder', '5000', ambiente),
    servidor: descrever('servidor', 'o servidor', 'server', '8005', ambiente),
  };
}

/**
 * A janela só fala http.
 * @returns {Processo}
 */
export function lerEnderecoDaJanela(ambiente = process.env) {
  return descrever('janela', 'a janela', 'janela', '5080', { ...ambiente, CHAT_TLS_CERT: undefined });
}

/**
 * @param {Processo['processo']} processo
 * @param {string} titulo
 * @param {string} pasta a de dist/ em que está o que roda
 * @param {string} padrao a porta, se a variável não diz outra
 * @param {NodeJS.ProcessEnv} ambiente
 * @returns {Processo}
 */
function descrever(processo, titulo, pasta, padrao, ambiente) {
  const sufixo = processo.toUpperCase();
  const variavelDaPorta = `CHAT_PORTA_${sufixo}`;
  const porta = ambiente[variavelDaPorta] || padrao;
  if (!/^\d{1,5}$/.test(porta) || Number(porta) < 1 || Number(porta) > 65_535) {
    throw new Falha(
      `${variavelDaPorta} deve ser um inteiro de 1 a 65535; veio ${JSON.stringify(porta)}`,
      STATUS_DE_USO_ERRADO,
    );
  }
  // Com um certificado, os dois processos só falam https.
  const esquema = ambiente['CHAT_TLS_CERT'] ? 'https' : 'http';
  return {
    processo,
    titulo,
    main: join(RAIZ, 'dist', pasta, 'main.js'),
    url: `${esquema}://${hostAlcancavel(ambiente[`CHAT_HOST_${sufixo}`] || '127.0.0.1')}:${Number(porta)}`,
    porta,
    variavelDaPorta,
    log: join(ANOTACOES, `${processo}.log`),
  };
}

/**
 * A "todos os endereços" ninguém se conecta: quem escuta neles também escuta nesta máquina.
 * @param {string} host
 */
function hostAlcancavel(host) {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}

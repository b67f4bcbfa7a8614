/** Põe o sistema no ar para as outras máquinas de uma rede, e diz o que se digita nelas. */

import { networkInterfaces } from 'node:os';
import { avisar } from '../avisos.js';
import {
  enderecosNaRede,
  escolherEndereco,
  lerEnderecoDito,
  perguntarNoTerminal,
} from '../enderecos/endereco-na-rede.js';
import { lerEnderecoDaJanela, lerEnderecos } from '../enderecos/enderecos.js';
import { Falha } from '../falha.js';
import { COMANDO } from '../lugares.js';
import { construirSeFalta } from '../preparo/construcao.js';
import { instalarSeFalta } from '../preparo/instalacao.js';
import { enderecosRegistrados, perguntarSaude, resumoDoArquivo } from '../processos/consultas.js';
import { comSegredo } from '../processos/segredo.js';
import { ambienteDosProcessos, garantirJanela, garantirSistema } from '../processos/sistema.js';
import { naMinhaVez } from '../processos/trava.js';

/** @typedef {ReturnType<typeof lerEnderecos>} Enderecos */

/** Por minuto e endereço: uma turma inteira chega de uma vez, e às vezes por um endereço só (um NAT). */
const REGISTROS_DE_UMA_TURMA = '300';

/** O caminho em que o binder oferece o cliente. */
const CLIENTE = '/chat-cliente.tgz';

/**
 * @param {string} [dito] o endereço desta máquina, se a pessoa o disse
 * @param {{ comJanela?: boolean }} [opcoes] se também se abre a janela que observa o sistema
 * @returns {Promise<number>} 0 quando as outras máquinas podem entrar
 */
export async function hospedar(dito, { comJanela = false } = {}) {
  const endereco = await acharEndereco(dito ?? (process.env['CHAT_ENDERECO'] || undefined));
  const escolhido = ambienteDaRede(endereco);
  const enderecos = lerEnderecos(escolhido);
  const naRede = comoSeAlcanca(enderecos, endereco);
  const ambiente = ambienteDosProcessos(binderDoServidor(enderecos, naRede), {
    ...escolhido,
    CHAT_OFERECER_CLIENTE: naRede.binder.url,
  });
  const janela = await naMinhaVez(async (vez) => {
    await instalarSeFalta(vez);
    await construirSeFalta(vez);
    await recusarOsQueNaoServem(enderecos, naRede, endereco);
    const segredos = comSegredo(ambiente);
    const observa = comJanela ? await abrirJanela(segredos) : undefined;
    await garantirSistema(enderecos, observa === undefined ? segredos : { CHAT_OBSERVAR: observa, ...segredos });
    return observa;
  });
  // Um binder que já rodava pode não oferecer o cliente.
  const resumo = await resumoDoArquivo(`${enderecos.binder.url}${CLIENTE}`);
  process.stdout.write(instrucoes(naRede, resumo, janela));
  return 0;
}

/**
 * Antes dos que contam a ela: só se conta o que acontece a uma janela que é nossa.
 * @param {NodeJS.ProcessEnv} ambiente
 * @returns {Promise<string | undefined>} a URL dela; `undefined` se não se abriu, que não impede a aula
 */
async function abrirJanela(ambiente) {
  try {
    const janela = lerEnderecoDaJanela(ambiente);
    await garantirJanela(janela, ambiente);
    return janela.url;
  } catch (erro) {
    if (!(erro instanceof Falha)) throw erro;
    avisar(`A aula segue sem a janela: ${erro.message}`);
    return undefined;
  }
}

/** @param {string | undefined} dito */
async function acharEndereco(dito) {
  const candidatos = enderecosNaRede(networkInterfaces());
  if (dito === undefined) return escolherEndereco(candidatos, process.stdin.isTTY ? perguntarNoTerminal : undefined);
  return lerEnderecoDito(dito);
}

/**
 * @param {string} endereco
 * @returns {NodeJS.ProcessEnv} o que a pessoa disse em outra variável continua valendo
 */
export function ambienteDaRede(endereco, ambiente = process.env) {
  return {
    CHAT_HOST_BINDER: '0.0.0.0',
    CHAT_HOST_SERVIDOR: '0.0.0.0',
    CHAT_LIMITE_REGISTROS: REGISTROS_DE_UMA_TURMA,
    ...semVazias(ambiente),
    CHAT_ENDERECO: endereco,
    // Quem hospeda usa o seu próprio binder.
    CHAT_BINDER: undefined,
  };
}

/** @param {NodeJS.ProcessEnv} ambiente uma variável vazia é como se não houvesse */
function semVazias(ambiente) {
  return Object.fromEntries(Object.entries(ambiente).filter(([, valor]) => valor !== ''));
}

/**
 * @param {Enderecos} enderecos como se fala com os dois nesta máquina
 * @param {string} endereco
 * @returns {Enderecos} como as outras falam com eles
 */
function comoSeAlcanca({ binder, servidor }, endereco) {
  /** @param {Enderecos['binder']} processo */
  const naRede = (processo) => {
    const { protocol } = new URL(processo.url);
    return { ...processo, url: `${protocol}//${endereco}:${Number(processo.porta)}` };
  };
  return { binder: naRede(binder), servidor: naRede(servidor) };
}

/**
 * O certificado é do endereço na rede; sem um, o servidor não depende de a rede devolver a esta máquina o que é dela.
 * @param {Enderecos} enderecos
 * @param {Enderecos} naRede
 */
function binderDoServidor(enderecos, naRede) {
  return naRede.binder.url.startsWith('https:') ? naRede.binder.url : enderecos.binder.url;
}

/**
 * Os que já rodam podem ter sido iniciados só para esta máquina, ou quando ela tinha outro endereço.
 * @param {Enderecos} enderecos
 * @param {Enderecos} naRede
 * @param {string} endereco
 */
async function recusarOsQueNaoServem(enderecos, naRede, endereco) {
  const saudes = await Promise.all([enderecos.binder, enderecos.servidor].map(perguntarSaude));
  const [binderRoda, servidorRoda] = saudes.map(({ quem }) => quem === 'nosso');
  for (const [roda, processo] of /** @type {const} */ ([
    [binderRoda, naRede.binder],
    [servidorRoda, naRede.servidor],
  ])) {
    if (roda && (await perguntarSaude(processo)).quem !== 'nosso') {
      throw naoServe(`${processo.titulo} que já roda não responde em ${processo.url}`);
    }
  }
  if (!binderRoda || !servidorRoda) return;
  const registrados = await enderecosRegistrados(enderecos.binder, enderecos.servidor);
  if (registrados.length > 0 && !registrados.includes(endereco)) {
    throw naoServe(`o servidor que já roda se registrou com outro endereço (${registrados.join(', ')})`);
  }
}

/** @param {string} porQue */
function naoServe(porQue) {
  return new Falha(`${porQue}; encerre o que roda com "${COMANDO} parar" e rode de novo "${COMANDO} rede"`);
}

/**
 * @param {Enderecos} naRede
 * @param {string | undefined} resumo o SHA-256 do cliente que o binder oferece, se oferece
 * @param {string | undefined} janela a URL da janela que observa os dois, se há uma
 */
function instrucoes({ binder, servidor }, resumo, janela) {
  const cifra = binder.url.startsWith('https:')
    ? 'As mensagens viajam cifradas. Se o certificado é de uma autoridade privada, os clientes precisam de --tls-ca.'
    : 'As mensagens viajam sem cifra: quem está nesta rede pode lê-las.';
  const semInstalar =
    resumo === undefined
      ? ''
      : `
Em uma máquina que só tem o Node.js 20.17 ou mais novo:

  npx ${binder.url}${CLIENTE}

(O SHA-256 do que ela baixa é ${resumo}.)
`;
  const aVista =
    janela === undefined ? '' : `\nPara ver o sistema funcionar, abra em um navegador desta máquina: ${janela}\n`;
  return `O chat está no ar em ${binder.url}, para quem alcança esta máquina.
${semInstalar}
Em uma máquina que tem este projeto, na pasta dele:

  ./chat_start.sh --binder ${binder.url}

(No Windows, chat_start.bat no lugar de ./chat_start.sh.)

O firewall desta máquina precisa deixar entrar as conexões TCP nas portas ${binder.porta} (binder) e ${servidor.porta} (servidor).
${cifra}
${aVista}Para conversar daqui: ${COMANDO}. Para ver o que roda: ${COMANDO} estado. Para terminar: ${COMANDO} parar.
`;
}

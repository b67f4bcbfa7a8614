/** O binder, o servidor e a janela ao fundo: iniciados se não respondem, e esperados até que possam servir. */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { avisar } from '../avisos.js';
import { Falha } from '../falha.js';
import { COMANDO, RAIZ } from '../lugares.js';
import { ultimasLinhas } from '../preparo/preparo.js';
import { estaRegistrado, nomesDoServidor, perguntarSaude } from './consultas.js';
import { estaVivo, roda, terminar } from './pids.js';
import { ate, PRAZO_PARA_SERVIR_MS } from './prazos.js';
import { anotar, apagarAnotacao, lerAnotacao } from './registro.js';

/** @typedef {import('../enderecos/enderecos.js').Processo} Processo */
/** @typedef {{ nome: string, pid: number }} Lancado */

const LINHAS_DO_LOG_MOSTRADAS = 10;

/**
 * @param {{ binder: Processo, servidor: Processo }} enderecos
 * @param {NodeJS.ProcessEnv} ambiente o dos processos
 */
export function garantirSistema({ binder, servidor }, ambiente) {
  return ouNenhum(async (lancados) => {
    await garantir(binder, ambiente, lancados);
    await garantir(servidor, ambiente, lancados);
    await esperarRegistro(binder, servidor);
  });
}

/**
 * @param {Processo} janela
 * @param {NodeJS.ProcessEnv} ambiente o dela
 */
export function garantirJanela(janela, ambiente) {
  return ouNenhum((lancados) => garantir(janela, ambiente, lancados));
}

/**
 * Uma partida que falha não deixa processos que ninguém pediu.
 * @param {(lancados: Lancado[]) => Promise<void>} partir põe na lista o que iniciou
 */
async function ouNenhum(partir) {
  /** @type {Lancado[]} */
  const lancados = [];
  try {
    await partir(lancados);
  } catch (erro) {
    for (const { nome, pid } of lancados.reverse()) {
      if (estaVivo(pid)) await terminar(pid);
      apagarAnotacao(nome);
    }
    throw erro;
  }
}

/**
 * @param {Processo} processo
 * @param {NodeJS.ProcessEnv} ambiente
 * @param {Lancado[]} lancados recebe o que se inicia aqui
 */
async function garantir(processo, ambiente, lancados) {
  const saude = await perguntarSaude(processo);
  if (saude.quem === 'estranho') throw portaDeOutro(processo);
  if (saude.quem === 'nosso' && saude.serve) return;
  let pid = saude.quem === 'nosso' ? saude.pid : pidJaIniciado(processo);
  if (pid === undefined) {
    pid = lancar(processo, ambiente);
    lancados.push({ nome: processo.processo, pid });
  }
  await esperarServir(processo, pid);
}

/**
 * Um processo iniciado daqui pode ainda não responder, se o lançador dele foi morto antes que ele respondesse.
 * @param {Processo} processo
 */
function pidJaIniciado({ processo, titulo, url }) {
  const anotado = lerAnotacao(processo);
  if (anotado === undefined || !roda(anotado.pid, anotado.main)) return undefined;
  if (anotado.url === url) return anotado.pid;
  throw new Falha(
    `${titulo} já foi iniciado daqui em ${anotado.url} (pid ${anotado.pid}), mas o endereço pedido agora é ${url}: ` +
      `use as mesmas variáveis ou encerre-o com "${COMANDO} parar"`,
  );
}

/**
 * Num grupo de processos seu, sem terminal: nem Ctrl+C nem o fim do terminal chegam a ele.
 * @param {Processo} processo
 * @param {NodeJS.ProcessEnv} ambiente
 * @returns {number} o pid
 */
function lancar({ processo, titulo, main, url, log }, ambiente) {
  avisar(`Iniciando ${titulo} em ${url}…`);
  if (existsSync(log)) renameSync(log, log.replace(/\.log$/, '.anterior.log'));
  const saida = openSync(log, 'w', 0o600);
  const filho = spawn(process.execPath, [main], {
    cwd: RAIZ,
    env: ambiente,
    detached: true,
    stdio: ['ignore', saida, saida],
    windowsHide: true,
  });
  closeSync(saida);
  filho.unref();
  if (filho.pid === undefined) throw new Falha(`não foi possível iniciar ${titulo}`);
  anotar(processo, { processo, pid: filho.pid, main, url, desde: new Date().toISOString() });
  return filho.pid;
}

/**
 * @param {Processo} processo
 * @param {number | undefined} pid
 */
async function esperarServir(processo, pid) {
  const fim = await ate(PRAZO_PARA_SERVIR_MS, async () => {
    // Nesta ordem: se este processo terminou porque outro tomou a porta, o outro já responde quando se pergunta.
    const vivo = pid !== undefined && estaVivo(pid);
    const saude = await perguntarSaude(processo);
    if (saude.quem === 'nosso' && saude.serve) return saude;
    return vivo ? undefined : saude;
  });
  if (fim === undefined) throw naoServiu(processo, `não ficou pronto em ${PRAZO_PARA_SERVIR_MS / 1_000} s`);
  if (fim.quem !== 'nosso' || fim.pid !== pid) apagarAnotacao(processo.processo);
  if (fim.quem === 'estranho') throw portaDeOutro(processo);
  if (fim.quem !== 'nosso' || !fim.serve) throw naoServiu(processo, 'terminou antes de poder servir');
}

/**
 * @param {Processo} binder
 * @param {Processo} servidor
 */
async function esperarRegistro(binder, servidor) {
  /** @type {string[] | undefined} */
  let nomes;
  const registrado = await ate(PRAZO_PARA_SERVIR_MS, async () => {
    try {
      nomes ??= await nomesDoServidor(servidor);
      return await estaRegistrado(binder, servidor, nomes);
    } catch {
      return false;
    }
  });
  if (!registrado) throw naoServiu(servidor, `não se registrou no binder em ${binder.url}`);
}

/** @param {Processo} processo */
function portaDeOutro({ titulo, porta, variavelDaPorta, url }) {
  return new Falha(
    `a porta ${porta}, em que ${titulo} responderia (${url}), está com outro programa: ` +
      `escolha outra na variável ${variavelDaPorta}`,
  );
}

/**
 * @param {Processo} processo
 * @param {string} oQue aconteceu
 */
function naoServiu({ titulo, log }, oQue) {
  const fim = lerLog(log);
  const onde = relative(process.cwd(), log);
  return new Falha(
    fim === ''
      ? `${titulo} ${oQue} e não escreveu nada em ${onde}`
      : `${titulo} ${oQue}; o fim de ${onde}:\n${ultimasLinhas(fim, LINHAS_DO_LOG_MOSTRADAS)}`,
  );
}

/** @param {string} log */
function lerLog(log) {
  try {
    return readFileSync(log, 'utf8').trim();
  } catch {
    return '';
  }
}

const CAMINHOS = ['CHAT_DADOS', 'CHAT_USUARIOS', 'CHAT_TLS_CERT', 'CHAT_TLS_KEY', 'CHAT_TLS_CA'];

/**
 * @param {string} binderUrl o binder que os processos usam, se não se disse outro
 * @returns {NodeJS.ProcessEnv} o ambiente dos processos, que rodam na raiz do checkout: um caminho
 *   relativo que a pessoa deu vale a partir de onde ela está
 */
export function ambienteDosProcessos(binderUrl, ambiente = process.env) {
  const caminhos = CAMINHOS.flatMap((nome) => {
    const caminho = ambiente[nome];
    return caminho ? [[nome, resolve(caminho)]] : [];
  });
  return { ...ambiente, CHAT_BINDER: ambiente['CHAT_BINDER'] || binderUrl, ...Object.fromEntries(caminhos) };
}

/** O binder e o servidor ao fundo: iniciados se não respondem, e esperados até que possam servir. */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { avisar } from './avisos.js';
import { estaRegistrado, nomesDoServidor, perguntarSaude } from './consultas.js';
import { Falha } from './falha.js';
import { COMANDO, RAIZ } from './lugares.js';
import { estaVivo, roda, terminar } from './pids.js';
import { ate, PRAZO_PARA_SERVIR_MS } from './prazos.js';
import { ultimasLinhas } from './preparo.js';
import { anotar, apagarAnotacao, lerAnotacao } from './registro.js';

/** @typedef {import('./enderecos.js').Processo} Processo */

const LINHAS_DO_LOG_MOSTRADAS = 10;

/**
 * @param {{ binder: Processo, servidor: Processo }} enderecos
 * @param {NodeJS.ProcessEnv} ambiente o dos processos
 */
export async function garantirSistema({ binder, servidor }, ambiente) {
  const lancados = [];
  try {
    await garantir(binder, ambiente, lancados);
    await garantir(servidor, ambiente, lancados);
    await esperarRegistro(binder, servidor);
  } catch (erro) {
    // Uma partida que falha não deixa processos que ninguém pediu.
    for (const { nome, pid } of lancados.reverse()) {
      if (estaVivo(pid)) await terminar(pid);
      apagarAnotacao(nome);
    }
    throw erro;
  }
}

/**
 * @param {Processo} processo
 * @param {{ nome: string, pid: number }[]} lancados recebe o que se inicia aqui
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

/** Um processo que se iniciou daqui pode ainda não responder: o lançador dele foi morto antes de ver isso. */
function pidJaIniciado({ processo, titulo, url }) {
  const anotado = lerAnotacao(processo);
  if (anotado === undefined || !roda(anotado.pid, anotado.main)) return undefined;
  if (anotado.url === url) return anotado.pid;
  throw new Falha(
    `daqui já se iniciou ${titulo} em ${anotado.url} (pid ${anotado.pid}), e agora se pede ${url}: ` +
      `repita as variáveis daquela vez ou encerre com "${COMANDO} parar"`,
  );
}

/** Num grupo de processos seu, sem terminal: nem Ctrl+C nem o fim do terminal chegam a ele. */
function lancar({ processo, titulo, main, url, log }, ambiente) {
  avisar(`Iniciando ${titulo} em ${url}…`);
  if (existsSync(log)) renameSync(log, log.replace(/\.log$/, '.anterior.log'));
  const saida = openSync(log, 'w');
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

/** @param {Processo} processo */
async function esperarServir(processo, pid) {
  const fim = await ate(PRAZO_PARA_SERVIR_MS, async () => {
    // Nesta ordem: quem termina por achar a porta tomada deixa no lugar um vencedor que já responde.
    const vivo = estaVivo(pid);
    const saude = await perguntarSaude(processo);
    if (saude.quem === 'nosso' && saude.serve) return saude;
    return vivo ? undefined : saude;
  });
  if (fim === undefined) throw naoServiu(processo, `não pôde servir em ${PRAZO_PARA_SERVIR_MS / 1_000} s`);
  if (fim.pid !== pid) apagarAnotacao(processo.processo);
  if (fim.quem === 'estranho') throw portaDeOutro(processo);
  if (fim.quem !== 'nosso' || !fim.serve) throw naoServiu(processo, 'terminou antes de poder servir');
}

async function esperarRegistro(binder, servidor) {
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

function portaDeOutro({ titulo, porta, variavelDaPorta, url }) {
  return new Falha(
    `a porta ${porta}, em que ${titulo} responderia (${url}), está com outro programa: ` +
      `escolha outra na variável ${variavelDaPorta}`,
  );
}

/** @param {Processo} processo */
function naoServiu({ titulo, log }, oQue) {
  const fim = lerLog(log);
  const onde = relative(process.cwd(), log);
  return new Falha(
    fim === ''
      ? `${titulo} ${oQue} e nada disse em ${onde}`
      : `${titulo} ${oQue}; o fim de ${onde}:\n${ultimasLinhas(fim, LINHAS_DO_LOG_MOSTRADAS)}`,
  );
}

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
  const caminhos = CAMINHOS.filter((nome) => ambiente[nome]).map((nome) => [nome, resolve(ambiente[nome])]);
  return { ...ambiente, CHAT_BINDER: ambiente['CHAT_BINDER'] || binderUrl, ...Object.fromEntries(caminhos) };
}

/** Hospeda para uma turma: põe o sistema no ar, com a janela que o mostra, cria a sala, e diz quem já está nela. */

import { createInterface } from 'node:readline';
import { setTimeout as esperar } from 'node:timers/promises';
import { avisar } from '../avisos.js';
import { lerEnderecos } from '../enderecos/enderecos.js';
import { Falha, STATUS_DE_USO_ERRADO } from '../falha.js';
import { chamarServidor } from '../processos/consultas.js';
import { ambienteDaRede, hospedar } from './rede.js';

const SALA = 'Aula';
const QUANTOS = '30';
const MAXIMO_DE_PESSOAS = 10_000;

/** Entre duas olhadas na sala; cada uma também diz ao servidor que o anfitrião está aqui. */
const INTERVALO_MS = 2_000;

/** O nome de um anfitrião que foi morto fica tomado por uns minutos. */
const ANFITRIOES = ['Anfitrião', 'Anfitrião 2', 'Anfitrião 3', 'Anfitrião 4'];

const NOME_EM_USO = 2001;
const SALA_JA_EXISTE = 2004;
const SEM_PERMISSAO = 2010;

/**
 * @param {string} [quantos] são esperados na sala
 * @param {string} [sala]
 * @returns {Promise<number>} o status de saída
 */
export async function darAula(quantos, sala) {
  const esperados = lerQuantos(quantos ?? QUANTOS);
  const nomeSala = sala ?? SALA;
  const status = await hospedar(undefined, { comJanela: true });
  const { url } = lerEnderecos(ambienteDaRede('')).servidor;
  const anfitriao = await registrarAnfitriao(url);
  const fim = sinalDeFim();
  try {
    const minha = await abrirSala(url, anfitriao, nomeSala);
    const como = minha
      ? 'Para ser dono dela, entre nela, digite aqui o seu nome e Enter.'
      : 'Ela já existia, e quem é dono dela é outra pessoa: aqui só se mostra quem chega.';
    process.stdout.write(`
A sala é ${JSON.stringify(nomeSala)}. ${como}
Ctrl+C deixa de mostrar quem chegou; o chat continua no ar.
`);
    await mostrarQuemChega(url, anfitriao, { sala: nomeSala, quantos: esperados, fim });
  } finally {
    await chamarServidor(url, 'encerrar_sessao', {}, anfitriao.token).catch(() => {});
  }
  return status;
}

/**
 * @param {string} quantos
 * @throws {Falha} se não é um inteiro que serve
 */
export function lerQuantos(quantos) {
  if (!/^\d{1,5}$/.test(quantos) || Number(quantos) < 1 || Number(quantos) > MAXIMO_DE_PESSOAS) {
    throw new Falha(
      `quantas pessoas se esperam deve ser um inteiro de 1 a ${MAXIMO_DE_PESSOAS}; veio ${JSON.stringify(quantos)}`,
      STATUS_DE_USO_ERRADO,
    );
  }
  return Number(quantos);
}

/** @typedef {{ nome: string, token: string }} Anfitriao */

/**
 * @param {string} url
 * @returns {Promise<Anfitriao>}
 * @throws {Falha} se todos os nomes de anfitrião estão em uso
 */
export async function registrarAnfitriao(url) {
  for (const nome of ANFITRIOES) {
    const { result, error } = await chamarServidor(url, 'registrar_usuario', { nomeUsuario: nome });
    if (error === undefined) return { nome, token: result.token };
    if (error.code !== NOME_EM_USO) throw new Falha(error.message);
  }
  throw new Falha('já há anfitriões demais aqui; espere uns minutos, ou encerre os outros "aula"');
}

/**
 * A sala que já existia passa a ser do anfitrião só se não é de ninguém: é de quem entra primeiro.
 * @param {string} url
 * @param {Anfitriao} anfitriao
 * @param {string} nomeSala
 * @returns {Promise<boolean>} se a sala é do anfitrião
 * @throws {Falha} se a sala não pode ser criada
 */
export async function abrirSala(url, { nome, token }, nomeSala) {
  const { error } = await chamarServidor(url, 'criar_sala', { nomeSala }, token);
  if (error !== undefined && error.code !== SALA_JA_EXISTE) throw new Falha(error.message);
  const params = { nomeUsuario: nome, nomeSala };
  if (error !== undefined) {
    const entrou = await chamarServidor(url, 'entrar_sala', params, token);
    if (entrou.error === undefined) await chamarServidor(url, 'sair_da_sala', {}, token);
  }
  // Antes de alguém chegar, a sala não acaba.
  const fixada = await chamarServidor(url, 'configurar_sala', { ...params, permanente: true }, token);
  const alheia = fixada.error?.code === SEM_PERMISSAO;
  if (fixada.error && !alheia) avisar(`A sala acaba se ficar sem ninguém: ${fixada.error.message}`);
  return !alheia;
}

/**
 * @param {string} url
 * @param {Anfitriao} anfitriao
 * @param {{ sala: string, quantos: number, fim: AbortSignal }} turma
 * @param {{ entrada?: NodeJS.ReadableStream, dizer?: (texto: string) => unknown, intervaloMs?: number }} [terminal] o deste
 *   processo, se não se diz outro
 */
export async function mostrarQuemChega(url, { nome, token }, { sala, quantos, fim }, terminal = {}) {
  const {
    entrada = process.stdin,
    dizer = (texto) => process.stdout.write(texto),
    intervaloMs = INTERVALO_MS,
  } = terminal;
  /** @type {string | undefined} */
  let dito;
  const mostrar = async () => {
    const pedida = chamarServidor(url, 'listar_usuarios', { nomeSala: sala }, token);
    const { result, error } = await pedida.catch(semResposta);
    const frase = error ? error.message : contar(result, quantos);
    if (frase !== dito) dizer(`${frase}\n`);
    dito = frase;
  };
  const linhas = createInterface({ input: entrada });
  linhas.on('line', (linha) => linha.trim() !== '' && void passar(linha.trim()));
  const passar = async (/** @type {string} */ alvo) => {
    const params = { nomeUsuario: nome, nomeSala: sala, alvo };
    const { error } = await chamarServidor(url, 'passar_sala', params, token).catch(semResposta);
    dizer(`${error ? error.message : `A sala agora é de ${JSON.stringify(alvo)}.`}\n`);
  };
  while (!fim.aborted) {
    await mostrar();
    await esperar(intervaloMs, undefined, { signal: fim }).catch(() => {});
  }
  linhas.close();
}

function semResposta() {
  return { result: undefined, error: { code: 0, message: 'O servidor não respondeu.' } };
}

/**
 * Um nome do contrato não tem caracteres de controle nem de direção: pode ir ao terminal.
 * @param {readonly string[]} nomes
 * @param {number} quantos
 */
function contar(nomes, quantos) {
  return `${nomes.length} de ${quantos}${nomes.length === 0 ? '' : `: ${nomes.join(', ')}`}`;
}

function sinalDeFim() {
  const controle = new AbortController();
  for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(sinal, () => controle.abort());
  return controle.signal;
}

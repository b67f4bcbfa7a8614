/** Hospeda para uma turma: põe o sistema no ar, com a janela que o mostra, cria a sala, e diz quem já está nela. */

import { createInterface } from 'node:readline';
import { setTimeout as esperar } from 'node:timers/promises';
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
    await abrirSala(url, anfitriao, nomeSala);
    process.stdout.write(`
A sala é ${JSON.stringify(nomeSala)}. Para ser dono dela, entre nela, digite aqui o seu nome e Enter.
Ctrl+C deixa de mostrar quem chegou; o chat continua no ar.
`);
    await mostrarQuemChega(url, anfitriao, { sala: nomeSala, quantos: esperados, fim });
  } finally {
    await chamarServidor(url, 'encerrar_sessao', {}, anfitriao.token).catch(() => {});
  }
  return status;
}

/** @param {string} quantos */
function lerQuantos(quantos) {
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
 */
async function registrarAnfitriao(url) {
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
 */
async function abrirSala(url, { nome, token }, nomeSala) {
  const { error } = await chamarServidor(url, 'criar_sala', { nomeSala }, token);
  if (error !== undefined && error.code !== SALA_JA_EXISTE) throw new Falha(error.message);
  const params = { nomeUsuario: nome, nomeSala };
  if (error !== undefined) {
    const entrou = await chamarServidor(url, 'entrar_sala', params, token);
    if (entrou.error === undefined) await chamarServidor(url, 'sair_da_sala', {}, token);
  }
  // Antes de alguém chegar, a sala não acaba.
  await chamarServidor(url, 'configurar_sala', { ...params, permanente: true }, token);
}

/**
 * @param {string} url
 * @param {Anfitriao} anfitriao
 * @param {{ sala: string, quantos: number, fim: AbortSignal }} turma
 */
async function mostrarQuemChega(url, { nome, token }, { sala, quantos, fim }) {
  /** @type {string | undefined} */
  let dito;
  const mostrar = async () => {
    const { result, error } = await chamarServidor(url, 'listar_usuarios', { nomeSala: sala }, token);
    const frase = error ? error.message : contar(result, quantos);
    if (frase !== dito) process.stdout.write(`${frase}\n`);
    dito = frase;
  };
  const linhas = createInterface({ input: process.stdin });
  linhas.on('line', (linha) => linha.trim() !== '' && void passar(linha.trim()));
  const passar = async (/** @type {string} */ alvo) => {
    const params = { nomeUsuario: nome, nomeSala: sala, alvo };
    const { error } = await chamarServidor(url, 'passar_sala', params, token).catch(semResposta);
    process.stdout.write(`${error ? error.message : `A sala agora é de ${JSON.stringify(alvo)}.`}\n`);
  };
  while (!fim.aborted) {
    await mostrar().catch(() => process.stdout.write('O servidor não respondeu.\n'));
    await esperar(INTERVALO_MS, undefined, { signal: fim }).catch(() => {});
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
export function contar(nomes, quantos) {
  return `${nomes.length} de ${quantos}${nomes.length === 0 ? '' : `: ${nomes.join(', ')}`}`;
}

function sinalDeFim() {
  const controle = new AbortController();
  for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(sinal, () => controle.abort());
  return controle.signal;
}

/** A primeira conexão: quanto se espera por ela, e por que não se fez. */

import { ehDefinitiva } from './causas.ts';
import { criarUm, type Um } from './cliente.ts';

const PRAZO_DA_PARTIDA_MS = 5_000;

/**
 * O primeiro que responder: de um cluster, algum pode estar fora.
 * @returns ele, e a URL em que está
 */
export async function alcancarUm(urls: readonly string[], autoridade: Buffer | undefined): Promise<[Um, string]> {
  let falha: unknown;
  for (const url of urls) {
    const cliente = criarUm(url, autoridade);
    try {
      await conectar(cliente);
      return [cliente, url];
    } catch (erro) {
      if (cliente.isOpen) cliente.destroy();
      falha = erro;
    }
  }
  throw falha;
}

/** Enquanto a falha pode passar, a biblioteca insiste até o prazo; o que se diz então é a última. */
async function conectar(cliente: Um): Promise<void> {
  let ultima: unknown;
  const definitiva = new Promise<never>((_, reject) => {
    cliente.on('error', (erro: unknown) => {
      ultima = erro;
      if (ehDefinitiva(erro)) reject(erro);
    });
  });
  try {
    await naPartida(Promise.race([cliente.connect(), definitiva]));
  } catch (erro) {
    throw erro instanceof SemResposta && ultima !== undefined ? ultima : erro;
  }
}

class SemResposta extends Error {
  override readonly name = 'SemResposta';
}

/** @throws o que a promessa lançar, ou que não houve resposta no prazo */
export async function naPartida<T>(promessa: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const prazo = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new SemResposta(`não respondeu em ${PRAZO_DA_PARTIDA_MS / 1_000} s`)),
      PRAZO_DA_PARTIDA_MS,
    );
  });
  return Promise.race([promessa, prazo]).finally(() => clearTimeout(timer));
}

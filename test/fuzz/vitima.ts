/** O processo atacado, o que ele ocupa, e quem conversa nele enquanto isso. */

import { expect } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { descritoresDe, memoriaBytes } from '../../scripts/comum/consumo.ts';
import { lentidao } from '../../scripts/comum/folga.ts';
import { esquecerConexoes, resultado } from '../../scripts/comum/jsonrpc.ts';
import type { Processo } from '../../scripts/comum/processos.ts';

/** Mais que isto, numa máquina livre, e a pessoa acharia que o servidor parou. */
const PACIENCIA_MS = 10_000;

export interface Consumo {
  readonly memoriaMb: number;
  readonly descritores: number;
}

/** Onde o sistema não diz quantos descritores há, o que se compara é sempre zero. */
export function consumo({ pid }: Processo): Consumo {
  return { memoriaMb: Math.round(memoriaBytes(pid) / 1024 ** 2), descritores: descritoresDe(pid) ?? 0 };
}

/** Depois de aquecido, um processo não pode crescer com o que lhe mandam. */
export async function exigirSemCrescer(processo: Processo, antes: Consumo, folgaMb = 100): Promise<void> {
  await ate(() => {
    // As que este processo guarda para a próxima chamada não são do ataque.
    esquecerConexoes();
    return consumo(processo).descritores <= antes.descritores + 8;
  }, 'as conexões do ataque fechadas');
  expect(consumo(processo).memoriaMb).toBeLessThan(antes.memoriaMb + folgaMb);
}

/** Nada do que se manda de fora pode fazer o processo falhar por dentro, nem avisar de um vazamento. */
export function exigirInteiro(processo: Processo): void {
  expect(processo.erros()).not.toMatch(/ERRO|Warning|at .*:\d+:\d+/);
}

export interface Fregues extends AsyncDisposable {
  /** Quantas idas e voltas já fez. */
  readonly voltas: () => number;
  /** Espera que faça mais estas, sem perder a paciência. */
  readonly continuar: (voltas: number) => Promise<void>;
  /** A mais demorada até agora, em ms. */
  readonly piorMs: () => number;
}

/** Alguém que conversa o tempo todo: envia, e confere que recebeu. */
export async function abrirFregues(url: string, nomeUsuario: string): Promise<Fregues> {
  const { token } = await resultado(url, 'registrar_usuario', { nomeUsuario });
  const salaAtual = `Sala de ${nomeUsuario}`;
  await resultado(url, 'criar_sala', { nomeSala: salaAtual }, token);
  await resultado(url, 'entrar_sala', { nomeUsuario, nomeSala: salaAtual }, token);
  let desde = 0;
  return emFregues(async (volta) => {
    const mensagem = `volta ${volta}`;
    await resultado(url, 'enviar_mensagem', { nomeUsuario, salaAtual, mensagem, chave: mensagem }, token);
    const recebidas = await resultado(url, 'receber_mensagens', { nomeUsuario, salaAtual, desde }, token);
    expect(recebidas.at(-1).conteudo).toBe(mensagem);
    desde = recebidas.at(-1).id;
  });
}

/** Alguém que registra e procura um procedimento o tempo todo. */
export async function abrirFreguesDoBinder(url: string): Promise<Fregues> {
  return emFregues(async (volta) => {
    const procedure_name = `fregues-${volta % 3}`;
    const onde = { procedure_name, address: '127.0.0.1', port: 4000 };
    await resultado(url, 'register_procedure', { ...onde, ttl_s: 60 });
    expect(await resultado(url, 'lookup_procedure', { procedure_name })).toMatchObject(onde);
  });
}

function emFregues(ir: (volta: number) => Promise<void>): Fregues {
  let voltas = 0;
  let piorMs = 0;
  let parado = false;
  let falha: unknown;
  const vida = (async () => {
    while (!parado) {
      const inicioMs = performance.now();
      await ir(voltas);
      piorMs = Math.max(piorMs, performance.now() - inicioMs);
      voltas += 1;
    }
  })().catch((erro: unknown) => {
    falha = erro;
  });
  return {
    voltas: () => voltas,
    piorMs: () => piorMs,
    continuar: async (quantas) => {
      const alvo = voltas + quantas;
      await ate(() => falha !== undefined || voltas >= alvo, 'quem conversa ser atendido');
      if (falha !== undefined) throw falha;
      expect(piorMs).toBeLessThan(PACIENCIA_MS * lentidao());
    },
    [Symbol.asyncDispose]: async () => {
      parado = true;
      await vida;
      if (falha !== undefined) throw falha;
    },
  };
}

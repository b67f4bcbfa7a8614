/** O que se conta enquanto o teste roda, e no fim. */

import type { Caixa, Contas } from './contas.ts';
import type { Falhas } from './falhas.ts';
import type { ProcessoQueVolta } from './processo.ts';

export interface Estado {
  readonly contas: Contas;
  readonly falhas: Falhas;
  readonly processos: readonly ProcessoQueVolta[];
  readonly inicioMs: number;
  /** nome do processo → MB. */
  readonly memoriaNoInicio: Readonly<Record<string, number>>;
}

export function contarMeio({ contas, falhas, processos, inicioMs }: Estado): void {
  const segundos = Math.round((performance.now() - inicioMs) / 1000);
  const memoria = processos.map((processo) => `${processo.nome} ${processo.medir().agora} MB`).join(', ');
  const estado = falhas.ligadas ? 'com falhas' : 'sem falhas';
  escrever(`${segundos} s, ${estado}: ${emFrase(contas.resumo)}; ${contas.falhas} tentativas sem resposta; ${memoria}`);
}

/** @returns true se algo se perdeu, dobrou, trocou de ordem ou chegou a quem não devia */
export function contarFim({ contas, falhas, processos, memoriaNoInicio }: Estado, caixas: readonly Caixa[]): boolean {
  const perdidas = contas.perdidas(caixas);
  const { resumo } = contas;
  escrever('');
  escrever(`falhas: ${emFrase(falhas.contagem)}; ${contas.falhas} tentativas sem resposta, repetidas`);
  escrever(`a maior pausa de alguém: ${Math.round(contas.maiorPausaMs)} ms`);
  escrever(`mensagens: ${emFrase({ ...resumo, perdidas })}`);
  for (const processo of processos) {
    const { agora, maior } = processo.medir();
    const inicio = memoriaNoInicio[processo.nome];
    escrever(
      `memória do ${processo.nome}: ${inicio} MB no início, ${agora} MB no fim, ${maior} MB no máximo; ${processo.reinicios} reinícios`,
    );
  }
  for (const exemplo of contas.exemplos) escrever(`  ${exemplo}`);
  const semReconhecer = resumo.enviadas - resumo.reconhecidas;
  const errado = perdidas + resumo.duplicadas + resumo.foraDeOrdem + resumo.alheias + semReconhecer > 0;
  escrever(errado ? 'FALHOU: as contas não fecham' : 'tudo o que se reconheceu chegou, uma vez e na ordem');
  return errado;
}

const NOMES: Readonly<Record<string, string>> = { foraDeOrdem: 'fora de ordem', alheias: 'lidas por quem não devia' };

function emFrase(contagem: object): string {
  return Object.entries(contagem)
    .map(([nome, quantas]) => `${quantas} ${NOMES[nome] ?? nome}`)
    .join(', ');
}

function escrever(linha: string): void {
  process.stdout.write(`${linha}\n`);
}

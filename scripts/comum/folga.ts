/**
 * Quanto a máquina demora agora. O que um teste não pode provar com um relógio parado, por ser de um processo de
 * verdade, ganha uma folga que cresce com isto: nenhum teste depende de a máquina ser rápida, nem de estar livre.
 */

import { availableParallelism, loadavg } from 'node:os';

/** Bastante para que o sistema já tenha dado a vez a outros, se há outros. */
const TRABALHO_MS = 15;

/** O que uma máquina livre pode atrasar o que se vê de um processo: a sua partida, o seu fim, a volta de uma chamada. */
const FOLGA_MS = 3_000;

/** @returns 1 numa máquina livre; 4 onde o que leva 1 s de processador leva agora 4 s de relógio */
export function lentidao(): number {
  const inicioMs = performance.now();
  const usado = process.cpuUsage();
  const trabalhadoMs = () => {
    const { user, system } = process.cpuUsage(usado);
    return (user + system) / 1_000;
  };
  while (trabalhadoMs() < TRABALHO_MS);
  const destaVez = (performance.now() - inicioMs) / TRABALHO_MS;
  const doUltimoMinuto = (loadavg()[0] as number) / availableParallelism();
  return Math.max(1, destaVez, doUltimoMinuto);
}

/** @returns o mais que pode parecer demorar, visto daqui, o que o programa faz em `prazoMs` */
export function comFolga(prazoMs: number): number {
  return prazoMs + FOLGA_MS * lentidao();
}

/** @returns um prazo, em segundos inteiros, dentro do qual esta máquina faz agora o que uma livre faz em `segundos` */
export function nestaMaquina(segundos: number): number {
  return Math.ceil(segundos * lentidao());
}

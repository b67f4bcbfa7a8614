/** O que um processo gasta, visto de fora: /proc onde há, `ps` onde não há. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: a unidade de /proc/PID/stat, fixa em 100 na ABI do Linux. */
const TIQUES_POR_SEGUNDO = 100;
const MS_POR_TIQUE = 1000 / TIQUES_POR_SEGUNDO;
const KIB = 1024;
const HA_PROC = existsSync('/proc/self/stat');

/** Os campos de /proc/PID/stat a partir do terceiro, a situação. */
function camposDe(pid: number): string[] {
  // O nome do programa pode ter espaços e parênteses: conta-se a partir do último parêntese, que o fecha.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function doStatus(pid: number, campo: string): number {
  const linha = new RegExp(`^${campo}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  // Quem acaba de morrer, e ainda não foi recolhido, já não tem memória.
  if (!linha) throw new Error(`o processo ${pid} acabou`);
  return Number(linha[1]);
}

function ps(pid: number, coluna: string): string {
  return execFileSync('ps', ['-o', `${coluna}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** @returns ms de CPU gastos até agora */
export function cpuMs(pid: number): number {
  if (HA_PROC) {
    const [utime, stime] = camposDe(pid).slice(11, 13);
    return (Number(utime) + Number(stime)) * MS_POR_TIQUE;
  }
  const partes = ps(pid, 'time').split(/[:-]/).map(Number);
  return 1000 * partes.reduce((soma, parte) => soma * 60 + parte, 0);
}

/** @returns bytes de memória residente */
export function memoriaBytes(pid: number): number {
  return (HA_PROC ? doStatus(pid, 'VmRSS') : Number(ps(pid, 'rss'))) * KIB;
}

/** @returns o maior valor que a memória residente teve, ou `undefined` onde o sistema não o guarda */
export function picoDeMemoriaBytes(pid: number): number | undefined {
  return HA_PROC ? doStatus(pid, 'VmHWM') * KIB : undefined;
}

/** @returns quantos arquivos e sockets o processo tem abertos, ou `undefined` onde não há como saber */
export function descritoresDe(pid: number): number | undefined {
  return HA_PROC ? readdirSync(`/proc/${pid}/fd`).length : undefined;
}

/** @returns a letra com que o sistema diz a situação do processo: `T` é parado por um sinal */
export function situacaoDe(pid: number): string | undefined {
  return (HA_PROC ? camposDe(pid)[0] : ps(pid, 'state'))?.[0];
}

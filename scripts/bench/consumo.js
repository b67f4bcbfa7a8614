/** O que um processo gasta, visto de fora: /proc onde há, `ps` onde não há. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** USER_HZ: a unidade de /proc/PID/stat, fixa em 100 na ABI do Linux. */
const TIQUES_POR_SEGUNDO = 100;
const MS_POR_TIQUE = 1000 / TIQUES_POR_SEGUNDO;
const KIB = 1024;
const HA_PROC = existsSync('/proc/self/stat');

/** @returns ms de CPU gastos até agora */
export function cpuMs(pid) {
  if (HA_PROC) {
    // O nome do programa pode ter espaços: conta-se a partir do parêntese que o fecha.
    const campos = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(campos[11]) + Number(campos[12])) * MS_POR_TIQUE;
  }
  const partes = ps(pid, 'time').split(/[:-]/).map(Number);
  return 1000 * partes.reduce((soma, parte) => soma * 60 + parte, 0);
}

/** @returns bytes de memória residente */
export function memoriaBytes(pid) {
  return Number(ps(pid, 'rss')) * KIB;
}

/** @returns o maior valor que a memória residente teve, ou `undefined` onde o sistema não o guarda */
export function picoDeMemoriaBytes(pid) {
  if (!HA_PROC) return undefined;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * KIB;
}

function ps(pid, coluna) {
  if (coluna === 'rss' && HA_PROC) return /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  return execFileSync('ps', ['-o', `${coluna}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

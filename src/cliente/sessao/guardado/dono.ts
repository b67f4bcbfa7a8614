/**
 * De que processo é um arquivo, e se ele ainda pode estar vivo. O número não basta: o sistema o dá de novo a outro, e
 * uma pasta pode ser de várias máquinas, ou de vários contêineres, cada um com os seus números.
 */

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

export interface Dono {
  /** Onde o número do processo quer dizer alguma coisa. */
  readonly maquina: string;
  /** O que muda cada vez que a máquina liga. */
  readonly boot: string;
  readonly pid: number;
  /** Quando o processo começou, como o sistema o diz; `undefined` onde ele não diz. */
  readonly inicio: string | undefined;
}

/** Fora do Linux o boot é um instante calculado, e a hora da máquina se acerta. */
const TOLERANCIA_DO_BOOT_MS = 60_000;

export function esteProcesso(): Dono {
  return { maquina: estaMaquina(), boot: esteBoot(), pid: process.pid, inicio: inicioDe(process.pid) };
}

/** Se um valor lido de um arquivo tem a forma de um dono. */
export function ehDono(valor: Partial<Dono> | undefined): valor is Dono {
  const { maquina, boot, pid, inicio = '' } = valor ?? {};
  return [maquina, boot, inicio].every((texto) => typeof texto === 'string') && typeof pid === 'number';
}

/** @returns `false` só quando se sabe que acabou: de um processo de outra máquina nada se sabe */
export function podeEstarVivo({ maquina, boot, pid, inicio }: Dono): boolean {
  if (maquina !== estaMaquina()) return true;
  if (!ehOMesmoBoot(boot, esteBoot())) return false;
  try {
    process.kill(pid, 0);
  } catch (erro) {
    // De outra conta, mas vivo.
    if ((erro as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const inicioAgora = inicioDe(pid);
  return inicio === undefined || inicioAgora === undefined || inicioAgora === inicio;
}

/** O nome na rede, o número que o sistema se deu ao ser instalado, e o espaço de processos (namespaces(7)). */
export function estaMaquina(): string {
  const id = ler(() => readFileSync('/etc/machine-id', 'utf8').trim());
  const processos = ler(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), id, processos].filter((parte) => parte !== undefined).join(' ');
}

function esteBoot(): string {
  const id = ler(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  return id ?? String(Math.round(Date.now() - uptime() * 1_000));
}

function ehOMesmoBoot(um: string, outro: string): boolean {
  return um === outro || Math.abs(Number(um) - Number(outro)) < TOLERANCIA_DO_BOOT_MS;
}

/** Em proc(5), o instante da partida é o campo 22 de `stat`, o vigésimo depois do nome entre parênteses. */
function inicioDe(pid: number): string | undefined {
  const stat = ler(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
}

/** @returns `undefined` onde o sistema não o diz */
function ler(agir: () => string): string | undefined {
  try {
    return agir();
  } catch {
    return undefined;
  }
}

/** Os endereços de rede: como se escrevem, de quem são, e quais são desta máquina. Só textos: aqui nada se conecta. */

import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** RFC 1122, seção 3.2.1.3, e RFC 4291, seção 2.5.3. A lista reconhece sozinha um IPv4 dentro de um IPv6 (`::ffff:`). */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** @returns se o IP só é alcançável desta máquina; um nome não é um IP */
export function ehLoopback(ip: string): boolean {
  if (isIPv4(ip)) return LOOPBACK.check(ip, 'ipv4');
  return isIPv6(ip) && LOOPBACK.check(semZona(ip), 'ipv6');
}

/** @returns o host como vai numa URL ou no cabeçalho Host: um IPv6 entre colchetes (RFC 3986, seção 3.2.2) */
export function comColchetes(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** @returns o host como vai no contrato e nas chamadas do Node: um IPv6 sem colchetes */
export function semColchetes(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** @returns `HOST:PORTA` */
export function hostComPorta(host: string, porta: number): string {
  return `${comColchetes(host)}:${porta}`;
}

/** @returns o IP numa forma só, ou `undefined` se o texto não é um IP; um IPv4 dentro de um IPv6 (`::ffff:`) é o IPv4 */
export function ipCanonico(texto: string): string | undefined {
  if (isIP(texto) === 0) return undefined;
  return isIPv4(texto) ? texto : (ipv4Mapeado(gruposDe(texto)) ?? emTexto(gruposDe(texto)));
}

/**
 * A rede que um endereço conta nos limites por endereço: quem tem um IPv6 costuma ter um /64 inteiro, e é o /64 que
 * conta. Um IPv4 conta sozinho, também quando vem dentro de um IPv6 (`::ffff:`).
 * @param ip como o sistema o dá, com ou sem zona
 */
export function redeDoEndereco(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const grupos = gruposDe(ip);
  return ipv4Mapeado(grupos) ?? emTexto(grupos.slice(0, 4));
}

/** A zona (`%eth0`, RFC 4007) diz por qual placa se chega ao endereço: não faz parte dele. */
function semZona(ipv6: string): string {
  return ipv6.replace(/%.*$/, '');
}

/** @returns os oito grupos de 16 bits de um IPv6 */
function gruposDe(ipv6: string): number[] {
  const [inicio = '', fim] = semZona(ipv6).split('::');
  const antes = lerGrupos(inicio);
  const depois = lerGrupos(fim ?? '');
  return [...antes, ...new Array<number>(8 - antes.length - depois.length).fill(0), ...depois];
}

function lerGrupos(texto: string): number[] {
  if (texto === '') return [];
  return texto.split(':').flatMap((grupo) => {
    if (!grupo.includes('.')) return [Number.parseInt(grupo, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = grupo.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** RFC 4291, seção 2.5.5.2. */
function ipv4Mapeado(grupos: readonly number[]): string | undefined {
  const [alto = 0, baixo = 0] = grupos.slice(6);
  if (grupos[5] !== 0xffff || grupos.slice(0, 5).some((grupo) => grupo !== 0)) return undefined;
  return [alto >> 8, alto & 0xff, baixo >> 8, baixo & 0xff].join('.');
}

function emTexto(grupos: readonly number[]): string {
  return grupos.map((grupo) => grupo.toString(16)).join(':');
}

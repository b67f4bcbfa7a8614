/** De que rede vem uma chamada: o que os limites por endereço contam. */

/** Quem tem um IPv6 costuma ter um /64 inteiro: é ele que conta. Um IPv4 mapeado conta como IPv4. */
export function redeDoEndereco(endereco: string): string {
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(endereco)?.[1];
  if (ipv4) return ipv4;
  if (!endereco.includes(':')) return endereco;
  return prefixo64(endereco);
}

function prefixo64(ipv6: string): string {
  const [inicio = '', fim] = ipv6.replace(/%.*$/, '').split('::');
  const grupos = inicio === '' ? [] : inicio.split(':');
  const finais = fim === undefined || fim === '' ? [] : fim.split(':');
  while (fim !== undefined && grupos.length + finais.length < 8) grupos.push('0');
  return [...grupos, ...finais]
    .slice(0, 4)
    .map((grupo) => Number.parseInt(grupo, 16).toString(16))
    .join(':');
}

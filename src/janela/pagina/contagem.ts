/** O veredito contado desde um instante: o que uma experiência anterior deixou não fica no de agora. */

import type { Veredito } from '../../contract/janela.ts';

/**
 * @param agora o do laboratório, contado desde que ele começou
 * @param antes o do instante em que se recomeçou a contar; `undefined` para contar tudo
 */
export function contarDesde(agora: Veredito, antes: Veredito | undefined): Veredito {
  // Um laboratório novo conta do zero: o que se sabia do anterior não é dele.
  if (antes === undefined || antes.enviadas > agora.enviadas) return agora;
  const nomes = Object.keys(agora) as (keyof Veredito)[];
  // Uma perdida deixa de o ser quando aparece mais tarde: a diferença pode ser negativa.
  return Object.fromEntries(nomes.map((nome) => [nome, Math.max(0, agora[nome] - antes[nome])])) as Veredito;
}

/** O veredito, embaixo: o que se confirmou e o que deu errado. */

import type { Veredito } from '../../contract/janela.ts';
import { achar, elemento } from './elementos.ts';

/** Nestas, todo número que não é zero é um defeito. */
const CONTAGENS: readonly { readonly nome: keyof Veredito; readonly rotulo: string; readonly defeito: boolean }[] = [
  { nome: 'enviadas', rotulo: 'enviadas', defeito: false },
  { nome: 'confirmadas', rotulo: 'confirmadas', defeito: false },
  { nome: 'entregues', rotulo: 'entregues', defeito: false },
  { nome: 'perdidas', rotulo: 'perdidas', defeito: true },
  { nome: 'dobradas', rotulo: 'dobradas', defeito: true },
  { nome: 'fora_de_ordem', rotulo: 'fora de ordem', defeito: true },
  { nome: 'vazadas', rotulo: 'vazadas', defeito: true },
];

export function mostrarVeredito(veredito: Veredito): void {
  const rodape = achar('veredito');
  rodape.hidden = false;
  const defeitos = CONTAGENS.filter(({ nome, defeito }) => defeito && veredito[nome] > 0);
  const sentenca = defeitos.map(({ nome, rotulo }) => `${veredito[nome]} ${rotulo}`).join(', ');
  rodape.replaceChildren(
    elemento(
      'strong',
      { class: 'sentenca', 'data-mal': defeitos.length > 0 ? 'sim' : 'nao' },
      defeitos.length > 0 ? `✕ ${sentenca}` : '✓ Tudo chegou, uma vez e em ordem',
    ),
    ...CONTAGENS.map(({ nome, rotulo, defeito }) => {
      const mal = defeito ? (veredito[nome] > 0 ? 'sim' : 'nao') : undefined;
      return elemento(
        'span',
        { 'data-contagem': nome, 'data-mal': mal },
        elemento('b', {}, `${veredito[nome]}`),
        rotulo,
      );
    }),
  );
}

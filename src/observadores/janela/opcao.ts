/** A opção que liga a observação: a mesma no binder, no servidor e no cliente. */

import type { Opened } from '../../process/lifecycle.ts';
import { lerUrl, type OptionDefinition, opcao } from '../../process/opcoes/options.ts';
import type { Observacao, ObservacaoOptions } from './observacao.ts';

export const OPCAO_DE_OBSERVAR: { readonly observar: OptionDefinition<string | undefined> } = {
  observar: opcao<string | undefined>({
    argumento: '<url>',
    variavel: 'CHAT_OBSERVAR',
    descricao: 'URL de uma janela a que contar o que acontece neste processo, sem textos nem tokens',
    padrao: undefined,
    padraoNaAjuda: 'nenhuma',
    ler: lerUrl,
  }),
};

/**
 * Liga a observação, se foi pedida; sem ela, nada disto se carrega.
 * @param url o valor da opção
 * @param abertos quem a fecha com o resto
 */
export async function observarSePedido(
  url: string | undefined,
  opcoes: Omit<ObservacaoOptions, 'url'>,
  abertos: Pick<Opened, 'add'>,
): Promise<Observacao | undefined> {
  if (url === undefined) return undefined;
  const { abrirObservacao } = await import('./observacao.ts');
  return abertos.add(abrirObservacao({ ...opcoes, url }));
}

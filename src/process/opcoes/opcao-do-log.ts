/** A opção que diz como o log se escreve: a mesma no binder e no servidor. */

import { FORMATOS_DO_LOG, type FormatoDoLog } from '../log.ts';
import { type OptionDefinition, opcao } from './options.ts';

export const OPCAO_DO_LOG: { readonly log: OptionDefinition<FormatoDoLog> } = {
  log: opcao<FormatoDoLog>({
    argumento: '<formato>',
    variavel: 'CHAT_LOG',
    descricao: 'como o log se escreve: texto, para pessoas, ou json, um objeto por linha, para programas',
    padrao: 'texto',
    ler: (formato) => {
      const lido = FORMATOS_DO_LOG.find((um) => um === formato);
      if (!lido) throw new Error(`deve ser ${FORMATOS_DO_LOG.join(' ou ')}`);
      return lido;
    },
  }),
};

/** As opções do cliente. */

import { FORMATOS_DO_RASTRO, type FormatoDoRastro } from '../contract/formatos-do-rastro.ts';
import { OPCAO_DE_OBSERVAR } from '../observadores/janela/opcao.ts';
import { OPCAO_DO_BINDER } from '../process/opcoes/opcoes-de-rede.ts';
import { interruptor, lerInteiro, lerTexto, opcao } from '../process/opcoes/options.ts';
import { OPCAO_DE_AUTORIDADE } from '../process/tls/tls.ts';
import { JUNTAR_PARA_QUEM_LE_MS, LIMITES_DO_RITMO, RITMO_PADRAO, type Ritmo } from './ritmo.ts';

const { intervaloMs, esperaMs } = LIMITES_DO_RITMO;

function lerFormatoDoRastro(texto: string): FormatoDoRastro | undefined {
  if (texto === '0') return undefined;
  if (texto === '1') return 'linhas';
  const formato = FORMATOS_DO_RASTRO.find((um) => um === texto);
  if (formato === undefined) throw new Error('só pode ser "linhas", "colunas" ou "json"');
  return formato;
}

export const OPCOES = {
  ...OPCAO_DO_BINDER,
  nome: opcao<string | undefined>({
    argumento: '<nome>',
    variavel: 'CHAT_NOME',
    descricao: 'nome de usuário; sem ele, o cliente pergunta, e um subcomando usa o nome do sistema e um número',
    padrao: undefined,
    ler: lerTexto,
  }),
  sala: opcao<string | undefined>({
    argumento: '<sala>',
    variavel: 'CHAT_SALA',
    descricao: 'sala em que entrar logo depois do nome',
    padrao: undefined,
    ler: lerTexto,
  }),
  criar: interruptor('CHAT_CRIAR', 'cria a sala de --sala, ou a de enviar, se ela não existe'),
  intervalo: opcao({
    argumento: '<ms>',
    variavel: 'CHAT_INTERVALO',
    descricao: 'milissegundos entre uma busca de mensagens sem resultado e a seguinte',
    padrao: RITMO_PADRAO.intervaloMs,
    ler: lerInteiro(intervaloMs.minimo, intervaloMs.maximo),
  }),
  espera: opcao({
    argumento: '<ms>',
    variavel: 'CHAT_ESPERA',
    descricao: 'milissegundos que uma busca espera por mensagens no servidor; 0 para não esperar',
    padrao: RITMO_PADRAO.esperaMs,
    ler: lerInteiro(esperaMs.minimo, esperaMs.maximo),
  }),
  rastro: opcao<FormatoDoRastro | undefined>({
    argumento: '[formato]',
    sozinha: 'linhas',
    variavel: 'CHAT_RASTRO',
    descricao:
      'mostra cada chamada: o que o binder respondeu, o endereço chamado, quanto demorou, o que se repetiu e por quê; com =colunas, como setas entre os processos; com =json, também o que viaja, sem textos nem segredos',
    padrao: undefined,
    padraoNaAjuda: 'não',
    ler: lerFormatoDoRastro,
  }),
  'no-color': interruptor(
    'CHAT_SEM_COR',
    'não usa cores, como a variável NO_COLOR; FORCE_COLOR usa cores também fora de um terminal',
  ),
  ...OPCAO_DE_AUTORIDADE,
  ...OPCAO_DE_OBSERVAR,
};

/** O de quem lê na tela. */
export function ritmoDaConversa({ intervalo, espera }: Readonly<Record<'intervalo' | 'espera', number>>): Ritmo {
  return { intervaloMs: intervalo, esperaMs: espera, juntarMs: JUNTAR_PARA_QUEM_LE_MS };
}

/** As opções do bench. */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RAIZ } from '../comum/raiz.ts';
import type { Parte } from './bancada.ts';

const RODADAS = 5;
const DURACAO_MS = 1_000;
const VEZES = 3;

const OPCOES = {
  json: { type: 'boolean', default: false },
  lista: { type: 'boolean', default: false },
  ajuda: { type: 'boolean', short: 'h', default: false },
  rodadas: { type: 'string', default: String(RODADAS) },
  duracao: { type: 'string', default: String(DURACAO_MS) },
  perfil: { type: 'string' },
  contra: { type: 'string' },
  vezes: { type: 'string' },
} as const;

const AJUDA = `Uso: npm run bench -- [PARTE…] [opções]

  --lista           mostra as partes e o que cada uma mede
  --json            escreve um objeto JSON por linha, em vez da tabela
  --rodadas <n>     voltas de cada comparação (${RODADAS})
  --duracao <ms>    quanto dura cada medida de vazão (${DURACAO_MS})
  --perfil <pasta>  guarda ali um perfil de CPU de cada processo medido (node --cpu-prof); as razões deixam de valer
  --contra <pasta>  mede também o checkout dessa pasta, já construído, em vezes alternadas com este, e compara os dois
  --vezes <n>       com --contra, quantas vezes cada parte roda em cada um (${VEZES})`;

export interface Opcoes {
  readonly partes: readonly Parte[];
  readonly json: boolean;
  readonly rodadas: number;
  readonly duracaoMs: number;
  readonly perfil: string | undefined;
  /** O outro checkout, em caminho absoluto. */
  readonly contra: string | undefined;
  readonly vezes: number;
}

/** O que a linha de comando pede: medir, mostrar um texto, ou nada, porque está errada. */
export type Pedido =
  | { readonly tipo: 'medir'; readonly opcoes: Opcoes }
  | { readonly tipo: 'mostrar'; readonly texto: string }
  | { readonly tipo: 'erro'; readonly motivo: string };

export function lerPedido(argumentos: readonly string[], conhecidas: readonly Parte[]): Pedido {
  const erro = (motivo: string): Pedido => ({ tipo: 'erro', motivo });
  let lidas: ReturnType<typeof lerArgumentos>;
  try {
    lidas = lerArgumentos(argumentos);
  } catch (falha) {
    return erro((falha as Error).message);
  }
  const { values, positionals } = lidas;
  if (values.ajuda) return { tipo: 'mostrar', texto: AJUDA };
  if (values.lista) return { tipo: 'mostrar', texto: listar(conhecidas) };
  const desconhecida = positionals.find((nome) => !conhecidas.some((parte) => parte.nome === nome));
  if (desconhecida !== undefined) return erro(`não há a parte ${desconhecida}; veja --lista`);
  const [rodadas, duracaoMs, vezes] = [values.rodadas, values.duracao, values.vezes ?? VEZES].map(Number);
  if (!rodadas || !duracaoMs || !vezes || Math.min(rodadas, duracaoMs, vezes) < 1) {
    return erro('--rodadas, --duracao e --vezes devem ser números a partir de 1');
  }
  if (values.vezes !== undefined && values.contra === undefined) return erro('--vezes só serve com --contra');
  const contra = values.contra === undefined ? undefined : resolve(values.contra);
  if (contra === RAIZ) return erro('--contra deve ser outro checkout, e esta é a pasta deste');
  const partes = conhecidas.filter(({ nome }) => positionals.length === 0 || positionals.includes(nome));
  const { json, perfil } = values;
  return { tipo: 'medir', opcoes: { partes, json, rodadas, duracaoMs, perfil, contra, vezes } };
}

function lerArgumentos(argumentos: readonly string[]) {
  return parseArgs({ args: [...argumentos], options: OPCOES, allowPositionals: true });
}

function listar(conhecidas: readonly Parte[]): string {
  const largura = Math.max(...conhecidas.map(({ nome }) => nome.length));
  return conhecidas.map(({ nome, descricao }) => `${nome.padEnd(largura)}  ${descricao}`).join('\n');
}

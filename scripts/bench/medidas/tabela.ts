/** A tabela para pessoas, e os objetos para programas. */

import { atingiu, type Linha } from './linhas.ts';

const COLUNAS = ['medida', 'valor', 'ao lado', 'razão (de–até)', 'mediana', 'pior', 'meta', ''];

/** As colunas de números se alinham à direita. */
const DIREITA = new Set([1, 2, 3, 4, 5]);

function numero(valor: number, casas: number): string {
  return valor.toLocaleString('pt-BR', { minimumFractionDigits: casas, maximumFractionDigits: casas });
}

/** @returns o número com as casas que importam e a unidade, ou nada se não há número */
export function medido(valor: number | undefined, unidade: string): string {
  if (valor === undefined) return '';
  const casas = Math.abs(valor) < 1 ? 3 : Math.abs(valor) < 100 ? 2 : 0;
  return `${numero(valor, casas)} ${unidade}`.replace(' /s', '/s');
}

/** @returns `mediana (mínimo–máximo)` */
export function emFaixa({ mediana, minimo, maximo }: NonNullable<Linha['razao']>): string {
  return `${numero(mediana, 2)} (${numero(minimo, 2)}–${numero(maximo, 2)})`;
}

function celulas(linha: Linha): string[] {
  const { medida, valor, unidade, ao_lado, razao, mediana_ms, pior, meta } = linha;
  const atingida = atingiu(linha);
  const unidadeDaMeta = meta?.de === 'valor' ? ` ${unidade}` : '';
  return [
    medida,
    medido(valor, unidade),
    medido(ao_lado, unidade),
    razao ? emFaixa(razao) : '',
    medido(mediana_ms, 'ms'),
    medido(pior, mediana_ms === undefined ? unidade : 'ms'),
    meta ? `${meta.tipo === 'minimo' ? '≥' : '≤'} ${numero(meta.limite, 2)}${unidadeDaMeta}` : '',
    atingida === undefined ? '' : atingida ? 'atingida' : 'PERDIDA',
  ];
}

/**
 * @param grupos título do grupo → as suas linhas, uma célula por coluna
 * @param direita as colunas que se alinham à direita
 */
export function alinhar(
  colunas: readonly string[],
  grupos: ReadonlyMap<string, readonly (readonly string[])[]>,
  direita: ReadonlySet<number>,
): string {
  const todas = [colunas, ...[...grupos.values()].flat()];
  const larguras = colunas.map((_, i) => Math.max(...todas.map((linha) => (linha[i] ?? '').length)));
  const montar = (linha: readonly string[]) =>
    larguras
      .map((largura, i) => (direita.has(i) ? (linha[i] ?? '').padStart(largura) : (linha[i] ?? '').padEnd(largura)))
      .join('  ')
      .trimEnd();
  const risco = larguras.map((largura) => '─'.repeat(largura)).join('  ');
  return [
    montar(colunas),
    risco,
    ...[...grupos].flatMap(([grupo, linhas]) => [`${grupo}:`, ...linhas.map(montar)]),
  ].join('\n');
}

/** @param partes nome da parte → as suas linhas */
export function montarTabela(partes: ReadonlyMap<string, readonly Linha[]>): string {
  return alinhar(COLUNAS, new Map([...partes].map(([parte, linhas]) => [parte, linhas.map(celulas)])), DIREITA);
}

/** @returns uma linha de JSON */
export function emJson(parte: string, linha: Linha): string {
  return JSON.stringify({ parte, ...linha, atingida: atingiu(linha) });
}

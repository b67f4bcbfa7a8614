/** A tabela para pessoas, e os objetos para programas. */

import { atingiu } from './linhas.js';

const COLUNAS = ['medida', 'valor', 'ao lado', 'razão (de–até)', 'mediana', 'pior', 'meta', ''];
const DIREITA = new Set([1, 2, 3, 4, 5]);

function numero(valor, casas) {
  return valor.toLocaleString('pt-BR', { minimumFractionDigits: casas, maximumFractionDigits: casas });
}

function medido(valor, unidade) {
  if (valor === undefined) return '';
  const casas = Math.abs(valor) < 1 ? 3 : Math.abs(valor) < 100 ? 2 : 0;
  return `${numero(valor, casas)} ${unidade}`.replace(' /s', '/s');
}

function celulas(linha) {
  const { medida, valor, unidade, ao_lado, razao, mediana_ms, pior, meta } = linha;
  const atingida = atingiu(linha);
  return [
    medida,
    medido(valor, unidade),
    medido(ao_lado, unidade),
    razao ? `${numero(razao.mediana, 2)} (${numero(razao.minimo, 2)}–${numero(razao.maximo, 2)})` : '',
    medido(mediana_ms, 'ms'),
    medido(pior, mediana_ms === undefined ? unidade : 'ms'),
    meta
      ? `${meta.tipo === 'minimo' ? '≥' : '≤'} ${numero(meta.limite, 2)}${meta.de === 'valor' ? ` ${unidade}` : ''}`
      : '',
    atingida === undefined ? '' : atingida ? 'atingida' : 'PERDIDA',
  ];
}

/** @param {Map<string, import('./linhas.js').Linha[]>} partes */
export function montarTabela(partes) {
  const linhas = [...partes.values()].flat().map(celulas);
  const larguras = COLUNAS.map((titulo, i) => Math.max(titulo.length, ...linhas.map((linha) => linha[i].length)));
  const montar = (linha) =>
    linha
      .map((celula, i) => (DIREITA.has(i) ? celula.padStart(larguras[i]) : celula.padEnd(larguras[i])))
      .join('  ')
      .trimEnd();
  const risco = larguras.map((largura) => '─'.repeat(largura)).join('  ');
  const saida = [montar(COLUNAS), risco];
  for (const [parte, suas] of partes) {
    saida.push(`${parte}:`, ...suas.map((linha) => montar(celulas(linha))));
  }
  return saida.join('\n');
}

/** @returns uma linha de JSON */
export function emJson(parte, linha) {
  return JSON.stringify({ parte, ...linha, atingida: atingiu(linha) });
}

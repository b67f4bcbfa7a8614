/** As opções do bench. */

import { parseArgs } from 'node:util';

const RODADAS = 5;
const DURACAO_MS = 1_000;

const OPCOES = {
  json: { type: 'boolean', default: false },
  lista: { type: 'boolean', default: false },
  ajuda: { type: 'boolean', short: 'h', default: false },
  rodadas: { type: 'string', default: String(RODADAS) },
  duracao: { type: 'string', default: String(DURACAO_MS) },
  perfil: { type: 'string' },
};

const AJUDA = `Uso: npm run bench -- [PARTE…] [opções]

  --lista           as partes, e o que cada uma mede
  --json            um objeto JSON por linha, em vez da tabela
  --rodadas <n>     voltas de cada comparação (${RODADAS})
  --duracao <ms>    quanto dura cada medida de vazão (${DURACAO_MS})
  --perfil <pasta>  guarda ali um perfil de CPU de cada processo medido (node --cpu-prof); as razões deixam de valer`;

/** @returns `erro` ou `texto` a mostrar, ou as opções */
export function lerOpcoes(argumentos, conhecidas) {
  let lidas;
  try {
    lidas = parseArgs({ args: argumentos, options: OPCOES, allowPositionals: true });
  } catch (erro) {
    return { erro: erro.message };
  }
  const { values, positionals } = lidas;
  if (values.ajuda) return { texto: AJUDA };
  if (values.lista) return { texto: listar(conhecidas) };
  const desconhecida = positionals.find((nome) => !conhecidas.some((parte) => parte.nome === nome));
  if (desconhecida !== undefined) return { erro: `não há a parte ${desconhecida}; veja --lista` };
  const rodadas = Number(values.rodadas);
  const duracaoMs = Number(values.duracao);
  if (!(rodadas >= 1) || !(duracaoMs >= 1)) return { erro: '--rodadas e --duracao devem ser números positivos' };
  const partes = conhecidas.filter(({ nome }) => positionals.length === 0 || positionals.includes(nome));
  return { partes, json: values.json, rodadas, duracaoMs, perfil: values.perfil };
}

function listar(conhecidas) {
  const largura = Math.max(...conhecidas.map(({ nome }) => nome.length));
  return conhecidas.map(({ nome, descricao }) => `${nome.padEnd(largura)}  ${descricao}`).join('\n');
}

/**
 * Gera as tabelas dos documentos a partir do que o programa usa: o contrato, os erros, as opções e os comandos.
 * `node scripts/documentar.js` reescreve; `node scripts/documentar.js --conferir` só diz se estão em dia.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RAIZ = join(import.meta.dirname, '..');

const { BINDER_CONTRACT } = await import('../dist/contract/binder.js');
const { CHAT_CONTRACT } = await import('../dist/contract/chat.js');
const { ERROS } = await import('../dist/contract/errors.js');
const { openRpc } = await import('../dist/contract/openrpc.js');
const { OPCOES: OPCOES_DO_BINDER } = await import('../dist/binder/options.js');
const { OPCOES: OPCOES_DO_SERVIDOR } = await import('../dist/server/options.js');
const { COMANDOS, usoDe: usoDoComando } = await import('../dist/cliente/interativo/comandos.js');
const { STATUS, SUBCOMANDOS, TODAS_AS_OPCOES } = await import('../dist/cliente/subcomandos/subcomandos.js');
const { comoSeEscreve } = await import('../dist/process/options.js');
const { usoDe } = await import('../dist/process/subcomandos.js');

const QUEM = { livre: 'qualquer um', segredo: 'quem tem o segredo', sessao: 'quem tem o token' };

/** @param {string[][]} linhas a primeira é o cabeçalho */
function tabela(linhas) {
  const [cabecalho, ...corpo] = linhas;
  const emLinha = (celulas) => `| ${celulas.map((celula) => celula.replaceAll('|', '\\|')).join(' | ')} |`;
  return [emLinha(cabecalho), emLinha(cabecalho.map(() => '---')), ...corpo.map(emLinha)].join('\n');
}

/** Um JSON Schema como se escreve de cabeça: `{ a, b }`, `[Mensagem]`, `inteiro`. */
function forma(schema) {
  if (schema.title) return schema.title;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf) return schema.anyOf.map(forma).join(' ou ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => forma({ type })).join(' ou ');
  if (schema.type === 'array') return `[${forma(schema.items)}]`;
  if (schema.type === 'object') {
    const campos = Object.entries(schema.properties).map(([nome, campo]) => `${nome}: ${forma(campo)}`);
    return `{ ${campos.join(', ')} }`;
  }
  return { string: 'texto', integer: 'inteiro', boolean: 'booleano', null: 'null' }[schema.type] ?? schema.type;
}

function procedimentos(contract) {
  const metodos = new Map(openRpc(contract).methods.map((metodo) => [metodo.name, metodo]));
  const linhas = Object.entries(contract.procedures).map(([nome, procedure]) => {
    const { params, result } = metodos.get(nome);
    const apelidos = (procedure.apelidos ?? []).map((apelido) => `\`${apelido}\``).join(', ');
    return [
      `\`${nome}\`${apelidos && ` (também ${apelidos})`}`,
      params.map(({ name, required }) => `\`${name}${required ? '' : '?'}\``).join(', ') || '—',
      `\`${forma(result.schema)}\``,
      QUEM[procedure.acesso],
      procedure.erros.map((tipo) => String(ERROS[tipo].code)).join(', ') || '—',
      procedure.descricao,
    ];
  });
  return tabela([['procedimento', 'parâmetros', 'resultado', 'quem chama', 'erros', 'o que faz'], ...linhas]);
}

function erros() {
  const linhas = Object.entries(ERROS).map(([tipo, { code, message }]) => [String(code), `\`${tipo}\``, message]);
  return tabela([['código', 'tipo', 'o que diz'], ...linhas]);
}

function opcoes(deUmProcesso) {
  const linhas = Object.entries(deUmProcesso).map(([nome, definicao]) => {
    const { variavel, padrao, padraoNaAjuda, descricao } = definicao;
    return [
      `\`${comoSeEscreve(nome, definicao)}\``,
      `\`${variavel}\``,
      padraoNaAjuda ?? (padrao === undefined ? '—' : `\`${padrao}\``),
      descricao,
    ];
  });
  return tabela([['opção', 'variável de ambiente', 'padrão', 'o que é'], ...linhas]);
}

function subcomandos() {
  const linhas = Object.entries(SUBCOMANDOS).map(([nome, definicao]) => [
    `\`${usoDe(nome, definicao)}\``,
    definicao.descricao,
    definicao.opcoes.map((opcao) => `\`--${opcao}\``).join(', ') || '—',
  ]);
  return tabela([['subcomando', 'o que faz', 'opções que lhe servem'], ...linhas]);
}

function comandosDaLinha() {
  const linhas = COMANDOS.map((comando) => [`\`${usoDoComando(comando)}\``, comando.descricao]);
  return tabela([['comando', 'o que faz'], ...linhas]);
}

function statusDeSaida() {
  const linhas = Object.values(STATUS).map(({ status, quando }) => [String(status), quando]);
  return tabela([['status', 'quando'], ...linhas]);
}

/** De cada documento, as tabelas que ele traz. */
const DOCUMENTOS = {
  'src/contract/README.md': {
    'procedimentos do binder': procedimentos(BINDER_CONTRACT),
    'procedimentos do servidor': procedimentos(CHAT_CONTRACT),
    erros: erros(),
  },
  'src/process/README.md': {
    'opções do binder': opcoes(OPCOES_DO_BINDER),
    'opções do servidor': opcoes(OPCOES_DO_SERVIDOR),
  },
  'src/cliente/README.md': {
    'comandos da linha': comandosDaLinha(),
    'opções do cliente': opcoes(TODAS_AS_OPCOES),
    'subcomandos do cliente': subcomandos(),
    'status de saída': statusDeSaida(),
  },
};

/** Troca o que há entre `<!-- gerado: NOME -->` e `<!-- fim -->`. */
function preencher(documento, texto) {
  return Object.entries(DOCUMENTOS[documento]).reduce((feito, [nome, conteudo]) => {
    const marcas = new RegExp(`(<!-- gerado: ${nome} -->\n)[\\s\\S]*?(<!-- fim -->)`);
    if (!marcas.test(feito)) throw new Error(`${documento} não tem lugar para "${nome}"`);
    return feito.replace(marcas, (_, inicio, fim) => `${inicio}${conteudo}\n${fim}`);
  }, texto);
}

const conferir = process.argv.includes('--conferir');
for (const documento of Object.keys(DOCUMENTOS)) {
  const arquivo = join(RAIZ, documento);
  const atual = readFileSync(arquivo, 'utf8');
  const emDia = preencher(documento, atual);
  if (atual === emDia) continue;
  if (!conferir) {
    writeFileSync(arquivo, emDia);
    continue;
  }
  process.stderr.write(`As tabelas de ${documento} não estão em dia: rode \`npm run docs\`.\n`);
  process.exitCode = 1;
}

/**
 * Gera as tabelas dos documentos a partir do que o programa usa: o contrato, os erros, as opções e os comandos.
 * `npm run docs` as reescreve; `npm run check:docs` só diz se estão em dia.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPCOES as OPCOES_DO_BINDER } from '../src/binder/options.ts';
import { COMANDOS, usoDe as usoDoComando } from '../src/cliente/interativo/linha/comandos.ts';
import { STATUS, SUBCOMANDOS, TODAS_AS_OPCOES } from '../src/cliente/subcomandos/subcomandos.ts';
import { BINDER_CONTRACT } from '../src/contract/binder.ts';
import { CHAT_CONTRACT } from '../src/contract/chat.ts';
import { ERROS } from '../src/contract/errors.ts';
import { JANELA_CONTRACT } from '../src/contract/janela.ts';
import { openRpc } from '../src/contract/openrpc.ts';
import type { Acesso, Contract } from '../src/contract/procedure.ts';
import { OPCOES as OPCOES_DA_JANELA } from '../src/janela/options.ts';
import { comoSeEscreve, type OptionTable } from '../src/process/opcoes/options.ts';
import { type SubcommandTable, usoDe } from '../src/process/opcoes/subcomandos.ts';
import { OPCOES as OPCOES_DO_SERVIDOR } from '../src/server/options.ts';
import { RAIZ } from './comum/raiz.ts';

/** As tabelas não dizem a versão. */
const SEM_VERSAO = '';

const QUEM: Readonly<Record<Acesso, string>> = {
  livre: 'qualquer um',
  segredo: 'quem tem o segredo',
  sessao: 'quem tem o token',
};

/** Uma tabela em Markdown. */
function tabela(cabecalho: readonly string[], corpo: readonly (readonly string[])[]): string {
  const emLinha = (celulas: readonly string[]) =>
    `| ${celulas.map((celula) => celula.replaceAll('|', '\\|')).join(' | ')} |`;
  return [emLinha(cabecalho), emLinha(cabecalho.map(() => '---')), ...corpo.map(emLinha)].join('\n');
}

/** O que se lê de um JSON Schema. */
interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const TIPOS: Readonly<Record<string, string>> = {
  integer: 'inteiro',
  boolean: 'booleano',
  null: 'null',
};

/**
 * @param esquemas os que têm nome: um objeto se diz pelo nome dele, e o resto pelo tipo
 * @returns um JSON Schema em poucas letras: `{ a: texto }`, `[Mensagem]`, `inteiro`
 */
function forma(schema: Schema, esquemas: Readonly<Record<string, Schema>>): string {
  const dentro = (outro: Schema) => forma(outro, esquemas);
  if (schema.$ref !== undefined) {
    const nome = schema.$ref.split('/').at(-1) ?? '';
    const referido = esquemas[nome] ?? {};
    return referido.type === 'object' ? nome : dentro(referido);
  }
  if (schema.const !== undefined) return String(schema.const);
  if (schema.type === 'string') return 'texto';
  if (schema.anyOf) return schema.anyOf.map(dentro).join(' ou ');
  if (typeof schema.type === 'object') return schema.type.map((type) => dentro({ type })).join(' ou ');
  if (schema.type === 'array') return `[${dentro(schema.items ?? {})}]`;
  if (schema.type === 'object') {
    const campos = Object.entries(schema.properties ?? {}).map(([nome, campo]) => `${nome}: ${dentro(campo)}`);
    return `{ ${campos.join(', ')} }`;
  }
  const tipo = schema.type ?? 'qualquer';
  return TIPOS[tipo] ?? tipo;
}

function procedimentos(contract: Contract): string {
  const { methods, components } = openRpc(contract, SEM_VERSAO);
  const linhas = Object.entries(contract.procedures).map(([nome, procedure]) => {
    const metodo = methods.find(({ name }) => name === nome);
    if (!metodo) throw new Error(`o documento OpenRPC não traz ${nome}`);
    const { params, result } = metodo;
    const apelidos = (procedure.apelidos ?? []).map((apelido) => `\`${apelido}\``).join(', ');
    return [
      `\`${nome}\`${apelidos && ` (também ${apelidos})`}`,
      params.map(({ name, required }) => `\`${name}${required ? '' : '?'}\``).join(', ') || '—',
      `\`${forma(result.schema, components.schemas as Record<string, Schema>)}\``,
      QUEM[procedure.acesso],
      procedure.erros.map((tipo) => String(ERROS[tipo].code)).join(', ') || '—',
      procedure.descricao,
    ];
  });
  return tabela(['procedimento', 'parâmetros', 'resultado', 'quem chama', 'erros', 'o que faz'], linhas);
}

function erros(): string {
  const linhas = Object.entries(ERROS).map(([tipo, { code, message }]) => [String(code), `\`${tipo}\``, message]);
  return tabela(['código', 'tipo', 'o que diz'], linhas);
}

function opcoes(deUmProcesso: OptionTable): string {
  const linhas = Object.entries(deUmProcesso).map(([nome, definicao]) => {
    const { variavel, padrao, padraoNaAjuda, descricao } = definicao;
    return [
      `\`${comoSeEscreve(nome, definicao)}\``,
      `\`${variavel}\``,
      padraoNaAjuda ?? (padrao === undefined ? '—' : `\`${padrao}\``),
      descricao,
    ];
  });
  return tabela(['opção', 'variável de ambiente', 'padrão', 'o que é'], linhas);
}

function subcomandos(): string {
  const linhas = Object.entries<SubcommandTable[string]>(SUBCOMANDOS).map(([nome, definicao]) => [
    `\`${usoDe(nome, definicao)}\``,
    definicao.descricao,
    definicao.opcoes.map((opcao) => `\`--${opcao}\``).join(', ') || '—',
  ]);
  return tabela(['subcomando', 'o que faz', 'opções que lhe servem'], linhas);
}

function comandosDaLinha(): string {
  const linhas = COMANDOS.map((comando) => [`\`${usoDoComando(comando)}\``, comando.descricao]);
  return tabela(['comando', 'o que faz'], linhas);
}

function statusDeSaida(): string {
  const linhas = Object.values(STATUS).map(({ status, quando }) => [String(status), quando]);
  return tabela(['status', 'quando'], linhas);
}

/** De cada documento, as tabelas que ele traz. */
const DOCUMENTOS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'src/contract/README.md': {
    'procedimentos do binder': procedimentos(BINDER_CONTRACT),
    'procedimentos do servidor': procedimentos(CHAT_CONTRACT),
    erros: erros(),
  },
  'src/janela/README.md': {
    'opções da janela': opcoes(OPCOES_DA_JANELA),
    'procedimentos da janela': procedimentos(JANELA_CONTRACT),
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
function preencher(documento: string, tabelas: Readonly<Record<string, string>>, texto: string): string {
  return Object.entries(tabelas).reduce((feito, [nome, conteudo]) => {
    const marcas = new RegExp(`(<!-- gerado: ${nome} -->\n)[\\s\\S]*?(<!-- fim -->)`);
    if (!marcas.test(feito)) throw new Error(`${documento} não tem lugar para "${nome}"`);
    return feito.replace(marcas, (_, inicio, fim) => `${inicio}${conteudo}\n${fim}`);
  }, texto);
}

const conferir = process.argv.includes('--conferir');
for (const [documento, tabelas] of Object.entries(DOCUMENTOS)) {
  const arquivo = join(RAIZ, documento);
  const atual = readFileSync(arquivo, 'utf8');
  const emDia = preencher(documento, tabelas, atual);
  if (atual === emDia) continue;
  if (!conferir) {
    writeFileSync(arquivo, emDia);
    continue;
  }
  process.stderr.write(`As tabelas de ${documento} não estão em dia: rode \`npm run docs\`.\n`);
  process.exitCode = 1;
}

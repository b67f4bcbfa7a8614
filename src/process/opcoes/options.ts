/**
 * As opções de um processo, de uma só tabela: nome, variável de ambiente, padrão, como se lê.
 * Esta pasta não sabe de que processo são.
 * A opção vence a variável; a variável vence o padrão. Uma variável vazia é como se não houvesse.
 */

import { Command, CommanderError, type Help, Option } from 'commander';
import { StartupError } from '../lifecycle.ts';

/** Uso errado termina com este status. */
export const STATUS_DE_USO_ERRADO = 2;

export interface OptionDefinition<T> {
  /** Como aparece na ajuda depois de `--nome`, por exemplo `<ms>`; sem ele, a opção é só dada ou não. */
  readonly argumento?: string;
  /** O valor dela quando vem sozinha; com isto, outro valor só vem depois de um `=`, e nunca na palavra seguinte. */
  readonly sozinha?: string;
  readonly variavel: string;
  readonly descricao: string;
  readonly padrao: T;
  /** Como o padrão aparece na ajuda, quando não é o próprio valor. */
  readonly padraoNaAjuda?: string;
  /** O valor pode conter uma senha: não se repete ao dizer o que há de errado nele. */
  readonly sigilosa?: boolean;
  /** @returns o valor lido; lança `Error` com o motivo, em português */
  readonly ler: (texto: string) => T;
}

export type OptionTable = Readonly<Record<string, OptionDefinition<unknown>>>;
export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: ReturnType<T[K]['ler']> | T[K]['padrao'] };

/** Só para que a inferência guarde o tipo de cada opção. */
export function opcao<T>(definicao: OptionDefinition<T>): OptionDefinition<T> {
  return definicao;
}

export function lerInteiro(minimo: number, maximo: number): (texto: string) => number {
  return (texto) => {
    const valor = Number(texto);
    if (!/^\d+$/.test(texto) || valor < minimo || valor > maximo) {
      throw new Error(`deve ser um inteiro de ${minimo} a ${maximo}`);
    }
    return valor;
  };
}

/** Uma opção que é só dada ou não; na variável de ambiente, 1 ou 0. */
export function interruptor(variavel: string, descricao: string): OptionDefinition<boolean> {
  return { variavel, descricao, padrao: false, padraoNaAjuda: 'não', ler: lerSimOuNao };
}

function lerSimOuNao(texto: string): boolean {
  if (texto !== '0' && texto !== '1') throw new Error('deve ser 0 ou 1');
  return texto === '1';
}

export function lerTexto(texto: string): string {
  if (texto.trim() === '') throw new Error('não pode ser vazio');
  return texto;
}

/** Uma URL http ou https sem caminho, como a do binder. */
export function lerUrl(texto: string): string {
  let url: URL;
  try {
    url = new URL(texto);
  } catch {
    throw new Error('deve ser uma URL como http://localhost:5000');
  }
  if (!['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new Error('deve ser uma URL como http://localhost:5000, sem caminho nem usuário');
  }
  return url.origin;
}

/**
 * O segredo do binder, que nunca vem da linha de comando; vazio é nenhum.
 * @throws StartupError se não cabe num cabeçalho Authorization
 */
export function lerSegredo(ambiente: NodeJS.ProcessEnv = process.env): string | undefined {
  const segredo = ambiente['CHAT_SEGREDO'];
  if (!segredo) return undefined;
  if (/^[\x21-\x7e]+$/.test(segredo)) return segredo;
  throw new StartupError('CHAT_SEGREDO só pode ter caracteres ASCII visíveis, sem espaços', STATUS_DE_USO_ERRADO);
}

export interface CommandLine {
  readonly nome: string;
  readonly versao: string;
  readonly descricao: string;
  /** O que a ajuda diz depois das opções. */
  readonly rodape?: string;
  /** Os operandos, como aparecem na ajuda; sem isto, o processo não aceita operandos. */
  readonly operandos?: string;
}

export interface LinhaLida<T extends OptionTable> {
  readonly opcoes: OptionValues<T>;
  /** O que não é opção, na ordem. */
  readonly operandos: readonly string[];
  /** Os nomes das opções dadas na própria linha. */
  readonly dadas: readonly (keyof T & string)[];
}

/**
 * Lê a linha de comando e o ambiente.
 * @throws StartupError com o que está errado, numa linha; `--help` e `--version` escrevem e terminam o processo
 */
export function lerOpcoes<T extends OptionTable>(
  linha: CommandLine,
  tabela: T,
  argumentos?: readonly string[],
  ambiente?: NodeJS.ProcessEnv,
): OptionValues<T> {
  return lerLinha(linha, tabela, argumentos, ambiente).opcoes;
}

/** O mesmo que `lerOpcoes`, e também os operandos; as opções podem vir antes ou depois deles. */
export function lerLinha<T extends OptionTable>(
  linha: CommandLine,
  tabela: T,
  argumentos: readonly string[] = process.argv.slice(2),
  ambiente: NodeJS.ProcessEnv = process.env,
): LinhaLida<T> {
  const comando = criarComando(linha, tabela);
  try {
    comando.parse(comOValorDasSozinhas(argumentos, tabela), { from: 'user' });
  } catch (erro) {
    if (!(erro instanceof CommanderError)) throw erro;
    if (erro.exitCode === 0) process.exit(0);
    throw new StartupError(`${linha.nome}: ${emPortugues(erro)} (veja --help)`, STATUS_DE_USO_ERRADO);
  }
  const daLinha = comando.opts<Record<string, string | boolean | undefined>>();
  const valores: Record<string, unknown> = {};
  for (const [nome, definicao] of Object.entries(tabela)) {
    valores[nome] = resolver(linha.nome, nome, definicao, valorNaLinha(nome, daLinha), ambiente);
  }
  return {
    opcoes: valores as OptionValues<T>,
    operandos: comando.args,
    dadas: Object.keys(tabela).filter((nome) => valorNaLinha(nome, daLinha) !== undefined),
  };
}

function comOValorDasSozinhas(argumentos: readonly string[], tabela: OptionTable): string[] {
  const fim = argumentos.indexOf('--');
  return argumentos.map((argumento, i) => {
    const sozinha = argumento.startsWith('--') ? tabela[argumento.slice(2)]?.sozinha : undefined;
    return sozinha === undefined || (fim !== -1 && i > fim) ? argumento : `${argumento}=${sozinha}`;
  });
}

function resolver(
  processo: string,
  nome: string,
  definicao: OptionDefinition<unknown>,
  daLinha: string | true | undefined,
  ambiente: NodeJS.ProcessEnv,
): unknown {
  if (daLinha === true) return true;
  const [origem, texto] =
    daLinha === undefined ? [definicao.variavel, ambiente[definicao.variavel] || undefined] : [`--${nome}`, daLinha];
  if (texto === undefined) return definicao.padrao;
  try {
    return definicao.ler(texto);
  } catch (erro) {
    const motivo = erro instanceof Error ? erro.message : String(erro);
    const veio = definicao.sigilosa ? '' : `; veio ${JSON.stringify(texto)}`;
    throw new StartupError(`${processo}: ${origem} ${motivo}${veio}`, STATUS_DE_USO_ERRADO);
  }
}

function criarComando(linha: CommandLine, tabela: OptionTable): Command {
  const comando = new Command(linha.nome)
    .description(linha.descricao)
    .helpOption('-h, --help', 'mostra esta ajuda')
    .version(linha.versao, '-V, --version', 'mostra a versão')
    .allowExcessArguments(linha.operandos !== undefined)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .configureHelp({
      styleTitle: tituloEmPortugues,
      styleUsage: (uso) => uso.replace('[options]', '[opções]'),
    } as Partial<Help>);
  if (linha.operandos) comando.usage(`[opções] ${linha.operandos}`);
  for (const [nome, definicao] of Object.entries(tabela)) {
    comando.addOption(new Option(comoSeEscreve(nome, definicao), descrever(definicao)));
  }
  if (linha.rodape) comando.addHelpText('after', `\n${linha.rodape}`);
  return comando;
}

/** @returns `--nome <argumento>`, ou só `--nome` */
export function comoSeEscreve(nome: string, { argumento }: OptionDefinition<unknown>): string {
  return argumento ? `--${nome} ${argumento}` : `--${nome}`;
}

function descrever({ descricao, padrao, padraoNaAjuda, variavel }: OptionDefinition<unknown>): string {
  const mostrado = padraoNaAjuda ?? (padrao === undefined ? undefined : String(padrao));
  return `${descricao} (${mostrado === undefined ? '' : `padrão: ${mostrado}; `}variável: ${variavel})`;
}

const TITULOS: Readonly<Record<string, string>> = { 'Usage:': 'Uso:', 'Options:': 'Opções:' };

function tituloEmPortugues(titulo: string): string {
  return TITULOS[titulo] ?? titulo;
}

const FRASES: Readonly<Record<string, string>> = {
  'commander.unknownOption': 'opção desconhecida',
  'commander.optionMissingArgument': 'falta o valor da opção',
  'commander.excessArguments': 'há argumentos a mais',
};

/** O commander só escreve em inglês: o código do erro dá a frase, e o que ele pôs entre aspas, sem o valor, diz onde. */
function emPortugues(erro: CommanderError): string {
  const onde = /'([^'=]*)[^']*'/.exec(erro.message)?.[1];
  return `${FRASES[erro.code] ?? 'linha de comando inválida'}${onde ? ` ${JSON.stringify(onde)}` : ''}`;
}

/** O commander guarda `--no-cor` como a negação de `cor`. */
function valorNaLinha(
  nome: string,
  daLinha: Readonly<Record<string, string | boolean | undefined>>,
): string | true | undefined {
  if (nome.startsWith('no-')) return daLinha[emCamelCase(nome.slice('no-'.length))] === false ? true : undefined;
  return daLinha[emCamelCase(nome)] as string | true | undefined;
}

function emCamelCase(nome: string): string {
  return nome.replace(/-([a-z])/g, (_, letra: string) => letra.toUpperCase());
}

/** Os subcomandos de um processo, lidos de uma tabela: os operandos, as opções de cada um, e a ajuda que os lista. */

import { StartupError } from '../lifecycle.ts';
import { type CommandLine, lerLinha, type OptionTable, type OptionValues, STATUS_DE_USO_ERRADO } from './options.ts';

export interface SubcommandDefinition<Opcao extends string = string> {
  /** Como se escrevem: `<sala>` é obrigatório, `[sala]` pode faltar, `[texto…]` pode ser vários. */
  readonly operandos: readonly string[];
  readonly descricao: string;
  /** As opções que servem a este, além das comuns a todos. */
  readonly opcoes: readonly Opcao[];
}

export type SubcommandTable<Opcao extends string = string> = Readonly<Record<string, SubcommandDefinition<Opcao>>>;

export interface ComandoLido<T extends OptionTable, S extends SubcommandTable> {
  /** `undefined` quando não se deu nenhum. */
  readonly subcomando: (keyof S & string) | undefined;
  readonly operandos: readonly string[];
  readonly opcoes: OptionValues<T>;
}

interface Tabelas<T extends OptionTable, S extends SubcommandTable> {
  /** O que a ajuda diz antes da lista deles. */
  readonly titulo: string;
  readonly opcoes: T;
  readonly subcomandos: S;
  /** As opções que servem a todos os subcomandos. */
  readonly comuns: readonly (keyof T & string)[];
  /** As opções que só servem a subcomandos. */
  readonly soDeSubcomandos: readonly (keyof T & string)[];
}

/**
 * Lê a linha de comando de um processo que tem subcomandos.
 * @throws StartupError com o que está errado, numa linha
 */
export function lerComando<T extends OptionTable, S extends SubcommandTable<keyof T & string>>(
  linha: CommandLine,
  { titulo, opcoes: tabela, subcomandos, comuns, soDeSubcomandos }: Tabelas<T, S>,
  argumentos?: readonly string[],
  ambiente?: NodeJS.ProcessEnv,
): ComandoLido<T, S> {
  const rodape = [ajudaDos(titulo, subcomandos), linha.rodape].filter(Boolean).join('\n\n');
  const completa = { ...linha, rodape, operandos: '[subcomando]' };
  const { opcoes, operandos, dadas } = lerLinha(completa, tabela, argumentos, ambiente);
  const recusar = (motivo: string): never => {
    throw new StartupError(`${linha.nome}: ${motivo} (veja --help)`, STATUS_DE_USO_ERRADO);
  };

  const [subcomando, ...resto] = operandos;
  if (subcomando === undefined) {
    const aMais = dadas.find((nome) => soDeSubcomandos.includes(nome));
    if (aMais) recusar(`--${aMais} só serve com um subcomando`);
    return { subcomando: undefined, operandos: [], opcoes };
  }
  const definicao = Object.hasOwn(subcomandos, subcomando) ? subcomandos[subcomando] : undefined;
  if (!definicao) return recusar(`subcomando desconhecido ${JSON.stringify(subcomando)}`);
  const servem: readonly string[] = [...comuns, ...definicao.opcoes];
  const aMais = dadas.find((nome) => !servem.includes(nome));
  if (aMais) recusar(`--${aMais} não serve a ${subcomando}`);
  const falta = definicao.operandos.filter((operando) => operando.startsWith('<'))[resto.length];
  if (falta) recusar(`falta ${falta} em ${subcomando}`);
  const varios = definicao.operandos.some((operando) => operando.includes('…'));
  if (!varios && resto.length > definicao.operandos.length) {
    recusar(`há argumentos a mais em ${subcomando}: ${JSON.stringify(resto[definicao.operandos.length])}`);
  }
  return { subcomando, operandos: resto, opcoes };
}

/** @returns `enviar <sala> [texto…]` */
export function usoDe(nome: string, { operandos }: SubcommandDefinition): string {
  return [nome, ...operandos].join(' ');
}

function ajudaDos(titulo: string, subcomandos: SubcommandTable): string {
  const linhas = Object.entries(subcomandos).map(([nome, definicao]) => [usoDe(nome, definicao), definicao] as const);
  const largura = Math.max(...linhas.map(([uso]) => uso.length));
  return [
    titulo,
    ...linhas.map(([uso, { descricao, opcoes }]) => {
      const proprias = opcoes.map((nome) => `--${nome}`).join(', ');
      return `  ${uso.padEnd(largura)}  ${descricao}${proprias && ` (${proprias})`}`;
    }),
  ].join('\n');
}

/**
 * A forma de um procedimento e de um contrato, e os tipos que derivam dela.
 * Um procedimento é um valor: nome, parâmetros, resultado, quem pode chamar, erros e uma frase.
 * Esta pasta não conhece Node nem transporte algum.
 */

import type * as z from 'zod';
import type { TipoDeErro } from './errors.ts';

/** Quem pode chamar: qualquer um, quem tem o segredo do binder, ou o dono de uma sessão. */
export type Acesso = 'livre' | 'segredo' | 'sessao';

/**
 * O que acontece quando a mesma chamada chega duas vezes:
 * `leitura` (nada muda, nem da primeira), `segura` (a segunda não muda mais nada), `com_chave` (segura com a chave de
 * repetição, age de novo sem ela), `unica` (a segunda é recusada, porque a primeira agiu).
 */
export type Repeticao = 'leitura' | 'segura' | 'com_chave' | 'unica';

export interface Procedure<
  Shape extends z.ZodRawShape = z.ZodRawShape,
  Result extends z.ZodType = z.ZodType,
  A extends Acesso = Acesso,
> {
  /** Uma frase em português: aparece no OpenRPC e no README. */
  readonly descricao: string;
  readonly acesso: A;
  readonly repeticao: Repeticao;
  /** Com `com_chave`, o parâmetro que leva a chave de repetição. */
  readonly parametroDaChave?: string;
  /** Na ordem das posições. Os opcionais podem faltar ou ser null. */
  readonly parametros: z.ZodObject<Shape>;
  readonly resultado: Result;
  /** Os erros de código positivo que ele pode dar. */
  readonly erros: readonly TipoDeErro[];
  /** Outros nomes, grafados como no documento do sistema original. */
  readonly apelidos?: readonly string[];
}

export type Procedures = Readonly<Record<string, Procedure>>;

export interface Contract<P extends Procedures = Procedures> {
  readonly titulo: string;
  readonly procedures: P;
}

/** Os parâmetros como quem chama os escreve. */
export type ParamsInput<P extends Procedure> = z.input<P['parametros']>;
/** Os parâmetros como o handler os recebe: verificados e normalizados. */
export type Params<P extends Procedure> = z.output<P['parametros']>;
export type Result<P extends Procedure> = z.output<P['resultado']>;

/**
 * Um handler por procedimento, nem um a mais nem um a menos; cada acesso tem seu tipo de chamador.
 * O valor que um handler devolve pode ter outros donos: quem o recebe não o modifica.
 */
export type Handlers<P extends Procedures, Callers extends Record<Acesso, unknown>> = {
  readonly [K in keyof P]: (params: Params<P[K]>, caller: Callers[P[K]['acesso']]) => Promise<Readonly<Result<P[K]>>>;
};

/** O que uma chamada repetida faz: nada de novo, uma recusa, ou agir outra vez. */
export type EfeitoDeRepetir = 'nenhum' | 'recusa' | 'age_de_novo';

export function efeitoDeRepetir(
  { repeticao, parametroDaChave = '' }: Procedure,
  params: Readonly<Record<string, unknown>>,
): EfeitoDeRepetir {
  if (repeticao === 'unica') return 'recusa';
  return repeticao !== 'com_chave' || params[parametroDaChave] != null ? 'nenhum' : 'age_de_novo';
}

/** Todo nome chamável: os procedimentos e seus apelidos. */
export function nomesChamaveis(contract: Contract): string[] {
  return Object.entries(contract.procedures).flatMap(([nome, { apelidos = [] }]) => [nome, ...apelidos]);
}

/** Os parâmetros na ordem das posições, com o tipo de cada um. */
export function camposDe(procedure: Procedure): readonly (readonly [nome: string, tipo: z.ZodType])[] {
  return Object.entries(procedure.parametros.shape as Readonly<Record<string, z.ZodType>>);
}

/** Um opcional aceita faltar. */
export function ehObrigatorio(tipo: z.ZodType): boolean {
  return !tipo.safeParse(undefined).success;
}

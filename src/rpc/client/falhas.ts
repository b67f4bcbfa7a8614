/** O que pode faltar a uma chamada, e de que espécie é cada falha: é por ela que se decide se vale chamar de novo. */

import { ContractError, type TipoDeErro } from '../../contract/errors.ts';

export type MotivoDeFalha =
  /** A conexão não se abriu: nada chegou ao outro lado. */
  | 'recusada'
  /** A conexão caiu no meio: não se sabe se a chamada agiu. */
  | 'interrompida'
  /** O prazo passou: não se sabe se a chamada agiu. */
  | 'prazo'
  /** Veio algo que não é uma resposta do contrato. */
  | 'resposta_invalida'
  /** Quem chamou desistiu. */
  | 'cancelada';

/** Não se soube a resposta de uma chamada. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly motivo: MotivoDeFalha;

  constructor(motivo: MotivoDeFalha, message: string, cause?: unknown) {
    super(message, { cause });
    this.motivo = motivo;
  }
}

export type EspecieDeFalha =
  /** Nem um byte da chamada chegou. */
  | 'nao_chegou'
  /** A conexão caiu, ou uma resposta não veio, ou não se entende: pode ter agido. */
  | 'caiu'
  | 'sem_resposta'
  | 'resposta_estranha'
  /** O outro lado respondeu que nada fez, e que se pode repetir já. */
  | 'repita_ja'
  /** Respondeu que nada fez: não alcança os seus dados. */
  | 'indisponivel'
  /** Respondeu que nada fez: são chamadas demais. */
  | 'ocupado'
  /** O binder não conhece, agora, quem atenda. */
  | 'sem_servidor'
  /** O outro lado falhou no meio: pode ter agido. */
  | 'falhou_por_dentro'
  /** O token já não vale. */
  | 'sessao_acabou'
  /** Uma recusa que o tempo não muda. */
  | 'recusada'
  /** Quem chamou desistiu. */
  | 'cancelada'
  /** Não veio de uma chamada: é um defeito deste programa. */
  | 'defeito';

const ESPECIE_DA_FALTA: Readonly<Record<MotivoDeFalha, EspecieDeFalha>> = {
  recusada: 'nao_chegou',
  interrompida: 'caiu',
  prazo: 'sem_resposta',
  resposta_invalida: 'resposta_estranha',
  cancelada: 'cancelada',
};

const ESPECIE_DA_RECUSA: Readonly<Partial<Record<TipoDeErro, EspecieDeFalha>>> = {
  SERVICO_INDISPONIVEL: 'indisponivel',
  LIMITE_EXCEDIDO: 'ocupado',
  PROCEDIMENTO_NAO_REGISTRADO: 'sem_servidor',
  ERRO_INTERNO: 'falhou_por_dentro',
  NAO_AUTENTICADO: 'sessao_acabou',
};

/** As que trazem `tenteEmMs`: com 0, pode-se repetir já. */
const PEDEM_ESPERA: ReadonlySet<EspecieDeFalha | undefined> = new Set(['indisponivel', 'ocupado'] as const);

export function especieDe(erro: unknown): EspecieDeFalha {
  if (foiCancelada(erro)) return 'cancelada';
  if (erro instanceof UnreachableError) return ESPECIE_DA_FALTA[erro.motivo];
  if (!(erro instanceof ContractError)) return 'defeito';
  const especie = ESPECIE_DA_RECUSA[erro.tipo];
  return PEDEM_ESPERA.has(especie) && erro.detalhes.tenteEmMs === 0 ? 'repita_ja' : (especie ?? 'recusada');
}

/** Também quando o que se cancelou foi a espera entre duas tentativas. */
export function foiCancelada(erro: unknown): boolean {
  return (
    (erro instanceof UnreachableError && erro.motivo === 'cancelada') ||
    (erro instanceof Error && erro.name === 'AbortError')
  );
}

/** Por mais que o outro lado peça, volta-se a tentar ao fim deste tempo: ele pode ter errado, ou ser hostil. */
const MAIOR_ESPERA_MS = 60_000;

/** @returns quanto esperar antes de chamar de novo, em ms: o que o outro lado pediu, entre o mínimo e um minuto */
export function esperaPedidaMs(erro: unknown, minimoMs: number): number {
  const pedida = erro instanceof ContractError ? (erro.detalhes.tenteEmMs ?? 0) : 0;
  return Math.max(Math.min(pedida, MAIOR_ESPERA_MS), minimoMs);
}

/**
 * Todo erro que viaja: uma tabela, uma classe, uma conversão.
 * Os códigos negativos são os da especificação JSON-RPC 2.0 (seção 5.1); os positivos são do projeto.
 */

interface Definicao {
  readonly code: number;
  readonly message: string;
}

const TABELA = {
  ERRO_DE_LEITURA: { code: -32700, message: 'O corpo não é JSON válido em UTF-8.' },
  PEDIDO_INVALIDO: { code: -32600, message: 'O pedido não é JSON-RPC 2.0 válido.' },
  PROCEDIMENTO_DESCONHECIDO: { code: -32601, message: 'Este processo não oferece esse procedimento.' },
  PARAMETROS_INVALIDOS: { code: -32602, message: 'Há parâmetros inválidos.' },
  ERRO_INTERNO: { code: -32603, message: 'O processo falhou por dentro. Tente de novo.' },

  PROCEDIMENTO_NAO_REGISTRADO: {
    code: 1001,
    message: 'Nenhum servidor vivo registrou esse procedimento. Verifique se o servidor de chat está rodando.',
  },
  SEGREDO_INVALIDO: {
    code: 1002,
    message: 'Registrar neste binder exige o segredo dele (CHAT_SEGREDO).',
  },

  NOME_EM_USO: { code: 2001, message: 'Esse nome já está em uso. Escolha outro.' },
  NAO_AUTENTICADO: {
    code: 2002,
    message: 'A sessão não existe ou terminou. Registre-se de novo.',
  },
  USUARIO_NAO_CONFERE: { code: 2003, message: 'Esse nome não é o do dono da sessão.' },
  SALA_JA_EXISTE: { code: 2004, message: 'Já existe uma sala com esse nome.' },
  SALA_NAO_ENCONTRADA: { code: 2005, message: 'Não há sala com esse nome.' },
  FORA_DA_SALA: { code: 2006, message: 'Você não está nessa sala. Entre nela primeiro.' },
  DESTINATARIO_FORA_DA_SALA: { code: 2007, message: 'O destinatário não está nessa sala.' },
  LIMITE_EXCEDIDO: { code: 2008, message: 'Chamadas demais em pouco tempo. Espere um instante.' },
  SERVICO_INDISPONIVEL: {
    code: 2009,
    message: 'O serviço não alcança os seus dados agora. Nada foi alterado; tente de novo em instantes.',
  },
  SEM_PERMISSAO: { code: 2010, message: 'Só o dono da sala pode fazer isso.' },
  EXPULSO: { code: 2011, message: 'Você foi expulso desta sala, e ainda não pode entrar nela.' },
  SENHA_INCORRETA: { code: 2012, message: 'Esta sala tem senha, e a senha não é essa.' },
  SILENCIADO: {
    code: 2013,
    message: 'Você está silenciado nesta sala. Só pode enviar mensagens privadas ao dono dela.',
  },
} as const satisfies Record<string, Definicao>;

export type TipoDeErro = keyof typeof TABELA;

export const ERROS: Readonly<Record<TipoDeErro, Definicao>> = TABELA;

/** Uma falha de um parâmetro, como vai em `data.problemas`. */
export interface Problema {
  readonly parametro: string;
  readonly motivo: string;
}

/** O que pode acompanhar um erro além do tipo. */
export interface DetalhesDoErro {
  readonly problemas?: readonly Problema[];
  /** Quantos problemas há além dos contados. */
  readonly maisProblemas?: number;
  /** Milissegundos depois dos quais vale a pena tentar de novo. */
  readonly tenteEmMs?: number;
  /** O que procurar no log do processo, quando ele falhou por dentro. */
  readonly referencia?: string;
}

/** O objeto `error` de uma resposta JSON-RPC 2.0. */
export interface ErroNoFio {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly tipo: TipoDeErro } & DetalhesDoErro;
}

const TIPO_POR_CODIGO = new Map<number, TipoDeErro>(
  (Object.keys(TABELA) as TipoDeErro[]).map((tipo) => [TABELA[tipo].code, tipo]),
);

/** @returns o tipo de um código da tabela, ou `undefined` para um código que o contrato não conhece */
export function tipoDoCodigo(code: number): TipoDeErro | undefined {
  return TIPO_POR_CODIGO.get(code);
}

/** Um erro do contrato: o único que atravessa o fio com o que diz. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly tipo: TipoDeErro;
  readonly detalhes: DetalhesDoErro;

  constructor(tipo: TipoDeErro, detalhes: DetalhesDoErro = {}, message: string = ERROS[tipo].message) {
    super(message);
    this.tipo = tipo;
    this.detalhes = detalhes;
  }

  /** A forma que viaja. */
  paraOFio(): ErroNoFio {
    return {
      code: ERROS[this.tipo].code,
      message: this.message,
      data: { tipo: this.tipo, ...this.detalhes },
    };
  }
}

/** Se um valor lançado é um erro do contrato de um desses tipos. */
export function ehDoTipo(erro: unknown, ...tipos: readonly TipoDeErro[]): boolean {
  return erro instanceof ContractError && tipos.includes(erro.tipo);
}

/**
 * A única conversão de um valor lançado: o que não é do contrato vira ERRO_INTERNO, sem nada do original.
 * Quem chama registra o original no log.
 */
export function fromUnknown(erro: unknown): ContractError {
  return erro instanceof ContractError ? erro : new ContractError('ERRO_INTERNO');
}

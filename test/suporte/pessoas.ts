/** Pessoas que conversam, nomes que não se repetem, e o que elas leem. */

import { setTimeout as pausa } from 'node:timers/promises';
import { chamar, type Resposta, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';

let contador = 0;

/** Um nome que nenhum outro teste deste arquivo usa. */
export function nomeNovo(base: string): string {
  contador += 1;
  return `${base} ${contador}`;
}

/** Mensagem, como o contrato a descreve. */
export interface Mensagem {
  readonly id: number;
  readonly sala: string;
  readonly tipo: 'broadcast' | 'unicast';
  readonly origem: string;
  readonly destino: string;
  readonly conteudo: string;
  readonly timestamp: string;
}

/** Quem tem uma sessão no servidor. */
export interface Pessoa {
  readonly url: string;
  readonly nome: string;
  readonly token: string;
  // biome-ignore lint/suspicious/noExplicitAny: o teste diz o que espera de cada resultado
  readonly fazer: (method: string, params?: unknown) => Promise<any>;
  readonly serRecusado: (method: string, params?: unknown) => Promise<NonNullable<Resposta['error']>>;
  // biome-ignore lint/suspicious/noExplicitAny: idem
  readonly entrar: (nomeSala: string) => Promise<any>;
  readonly dizer: (
    salaAtual: string,
    mensagem: string,
    extras?: Readonly<Record<string, unknown>>,
  ) => Promise<Mensagem>;
  readonly receber: (salaAtual: string, extras?: Readonly<Record<string, unknown>>) => Promise<Mensagem[]>;
}

/** @param url do servidor; serve também para quem continua com o mesmo token depois de um reinício */
export function comToken(url: string, nome: string, token: string): Pessoa {
  const fazer = (method: string, params?: unknown) => resultado(url, method, params, token);
  return {
    url,
    nome,
    token,
    fazer,
    serRecusado: (method, params) => recusa(url, method, params, token),
    entrar: (nomeSala) => fazer('entrar_sala', { nomeUsuario: nome, nomeSala }),
    dizer: (salaAtual, mensagem, extras) =>
      fazer('enviar_mensagem', { nomeUsuario: nome, salaAtual, mensagem, ...extras }),
    receber: (salaAtual, extras) => fazer('receber_mensagens', { nomeUsuario: nome, salaAtual, ...extras }),
  };
}

/**
 * O que dá um nome a alguém ou a uma sala não se repete com o mesmo nome: quem tentou e não soube a resposta, numa máquina
 * ocupada, pode já tê-lo tomado.
 */
async function comNomeNovo(
  base: string,
  agir: (nome: string) => Promise<Resposta>,
): Promise<{ readonly nome: string; readonly result: Resposta['result'] }> {
  for (;;) {
    const nome = nomeNovo(base);
    const { result, error } = await agir(nome);
    if (!error) return { nome, result };
    if (error.data?.tipo !== 'SERVICO_INDISPONIVEL') throw new Error(`${nome}: ${error.code} ${error.message}`);
    await pausa(error.data.tenteEmMs);
  }
}

export async function registrar(url: string, base: string): Promise<Pessoa> {
  const { nome, result } = await comNomeNovo(base, (nome) => chamar(url, 'registrar_usuario', { nomeUsuario: nome }));
  return comToken(url, nome, result.token);
}

/** Uma sala nova com estas pessoas novas dentro, que entraram nesta ordem. */
export async function salaCom<const Bases extends readonly string[]>(
  url: string,
  ...bases: Bases
): Promise<{ sala: string; pessoas: { [K in keyof Bases]: Pessoa } }> {
  const pessoas: Pessoa[] = [];
  for (const base of bases) pessoas.push(await registrar(url, base));
  const { token } = pessoas[0] as Pessoa;
  const criar = (nomeSala: string) => chamar(url, 'criar_sala', { nomeSala }, token);
  const { nome: sala } = await comNomeNovo('Sala', criar);
  for (const pessoa of pessoas) await pessoa.entrar(sala);
  return { sala, pessoas: pessoas as never };
}

/**
 * Dá ao servidor idas e voltas bastantes para que uma chamada já escrita em outra conexão tenha chegado.
 * Se não bastassem, o teste que espera continuaria certo: só deixaria de exercitar a espera.
 */
export async function assentar(url: string): Promise<void> {
  for (let volta = 0; volta < 5; volta += 1) await chamar(url, 'listar_salas');
}

export function conteudos(mensagens: readonly Mensagem[]): string[] {
  return mensagens.map(({ conteudo }) => conteudo);
}

export function ids(mensagens: readonly Mensagem[]): number[] {
  return mensagens.map(({ id }) => id);
}

/** Chamadas de preparação e de conferência: o que não se mede. */

import type { Mensagem } from '../../../src/contract/chat.ts';
import { abrirConexoes, Conexao, montarChamada } from './http.ts';
import type { Usuario } from './identidades.ts';

export interface Chamada {
  readonly method: string;
  readonly params: object;
  readonly token?: string;
}

interface Resposta<T> {
  readonly result: T;
  readonly error?: unknown;
}

/** @returns o `result` de uma resposta. @throws se ela traz um erro */
export function resultadoDe<T = Mensagem>(corpo: Buffer): T {
  const { result, error }: Resposta<T> = JSON.parse(corpo.toString());
  if (error) throw new Error(`o servidor recusou: ${JSON.stringify(error)}`);
  return result;
}

/** @returns o resultado de uma chamada, numa conexão só dela */
export async function chamar<T = unknown>(porta: number, method: string, params: object, token?: string): Promise<T> {
  const conexao = await Conexao.abrir(porta);
  try {
    return resultadoDe(await conexao.chamar(montarChamada(method, params, token)));
  } finally {
    conexao.fechar();
  }
}

/**
 * Faz muitas chamadas, algumas ao mesmo tempo.
 * @returns os resultados, na ordem das chamadas
 */
export async function chamarTodos<T = unknown>(
  porta: number,
  chamadas: readonly Chamada[],
  emParalelo = 32,
): Promise<T[]> {
  const conexoes = await abrirConexoes(porta, Math.min(emParalelo, chamadas.length));
  const resultados = new Array<T>(chamadas.length);
  const porFazer = chamadas.entries();
  const trabalhar = async (conexao: Conexao) => {
    for (const [indice, { method, params, token }] of porFazer) {
      resultados[indice] = resultadoDe(await conexao.chamar(montarChamada(method, params, token)));
    }
  };
  try {
    await Promise.all(conexoes.map(trabalhar));
  } finally {
    for (const conexao of conexoes) conexao.fechar();
  }
  return resultados;
}

/** Registra n usuários pela porta da frente. */
export async function registrarUsuarios(porta: number, prefixo: string, n: number): Promise<Usuario[]> {
  const chamadas = Array.from({ length: n }, (_, indice) => ({
    method: 'registrar_usuario',
    params: { nomeUsuario: `${prefixo}${indice}` },
  }));
  const registrados = await chamarTodos<{ nomeUsuario: string; token: string }>(porta, chamadas);
  return registrados.map(({ nomeUsuario, token }) => ({ nome: nomeUsuario, token }));
}

/** @returns um usuário registrado pela porta da frente */
export async function registrarUsuario(porta: number, nomeUsuario: string): Promise<Usuario> {
  const { token } = await chamar<{ token: string }>(porta, 'registrar_usuario', { nomeUsuario });
  return { nome: nomeUsuario, token };
}

/** O primeiro cria a sala; todos entram. */
export async function povoarSala(porta: number, nomeSala: string, usuarios: readonly Usuario[]): Promise<void> {
  await chamar(porta, 'criar_sala', { nomeSala }, usuarios[0]?.token);
  await chamarTodos(
    porta,
    usuarios.map(({ nome, token }) => ({ method: 'entrar_sala', params: { nomeUsuario: nome, nomeSala }, token })),
  );
}

/** @returns as últimas 50 que o usuário vê na sala */
export function ultimasDe(porta: number, { nome, token }: Usuario, salaAtual: string): Promise<Mensagem[]> {
  return chamar(porta, 'receber_mensagens', { nomeUsuario: nome, salaAtual }, token);
}

/** @returns o id da última que o usuário vê na sala, em que já entrou alguém */
export async function ultimoIdDe(porta: number, usuario: Usuario, salaAtual: string): Promise<number> {
  const ultima = (await ultimasDe(porta, usuario, salaAtual)).at(-1);
  if (!ultima) throw new Error(`${salaAtual} não tem mensagem alguma`);
  return ultima.id;
}

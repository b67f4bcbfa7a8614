/** Chamadas de preparação e de conferência: o que não se mede. */

import { abrirConexoes, Conexao, montarChamada } from './http.js';

/** @returns o `result` de uma resposta. @throws se ela traz um erro */
export function resultadoDe(corpo) {
  const { result, error } = JSON.parse(corpo.toString());
  if (error) throw new Error(`o servidor recusou: ${JSON.stringify(error)}`);
  return result;
}

/** @returns o resultado de uma chamada, numa conexão só dela */
export async function chamar(porta, method, params, token) {
  const conexao = await Conexao.abrir(porta);
  try {
    return resultadoDe(await conexao.chamar(montarChamada(method, params, token)));
  } finally {
    conexao.fechar();
  }
}

/**
 * Faz muitas chamadas, algumas ao mesmo tempo.
 * @param {number} porta
 * @param {{ method: string, params: object, token?: string }[]} pedidos
 * @returns os resultados, na ordem dos pedidos
 */
export async function chamarTodos(porta, pedidos, emParalelo = 32) {
  const conexoes = await abrirConexoes(porta, Math.min(emParalelo, pedidos.length));
  const resultados = new Array(pedidos.length);
  let proximo = 0;
  const trabalhar = async (conexao) => {
    while (proximo < pedidos.length) {
      const indice = proximo;
      proximo += 1;
      const { method, params, token } = pedidos[indice];
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

/** Registra n usuários pela porta da frente. @returns nome e token de cada um */
export async function registrarUsuarios(porta, prefixo, n) {
  const pedidos = Array.from({ length: n }, (_, indice) => ({
    method: 'registrar_usuario',
    params: { nomeUsuario: `${prefixo}${indice}` },
  }));
  const registrados = await chamarTodos(porta, pedidos);
  return registrados.map(({ nomeUsuario, token }) => ({ nome: nomeUsuario, token }));
}

/** O primeiro cria a sala; todos entram. */
export async function povoarSala(porta, nomeSala, usuarios) {
  await chamar(porta, 'criar_sala', { nomeSala }, usuarios[0].token);
  await chamarTodos(
    porta,
    usuarios.map(({ nome, token }) => ({ method: 'entrar_sala', params: { nomeUsuario: nome, nomeSala }, token })),
  );
}

/** @returns as últimas 50 que o usuário vê na sala */
export function ultimasDe(porta, { nome, token }, salaAtual) {
  return chamar(porta, 'receber_mensagens', { nomeUsuario: nome, salaAtual }, token);
}

/** `salas`: as salas abertas e quantos usuários há em cada uma. */

import { relogioDoSistema } from '../../process/clock.ts';
import { criarConexoes } from '../../rpc/client/http.ts';
import { Conexao } from '../chamadas/conexao.ts';
import { abrirRastro } from '../chamadas/rastro/rastros.ts';
import { aoRastrear, type Execucao } from './ordem.ts';
import { emCampos, escrever } from './saida.ts';

/** Não se registra: quem só lista não ocupa um nome. */
export async function salas(execucao: Execucao): Promise<void> {
  const rastrear = aoRastrear(execucao);
  const { rastro } = execucao.opcoes;
  const conexao = new Conexao({
    binders: execucao.opcoes.binder,
    clock: relogioDoSistema,
    conexoes: criarConexoes(execucao.ca, execucao.observador),
    observador: rastrear && abrirRastro(rastro ?? 'linhas', rastrear, relogioDoSistema),
  });
  execucao.aoEncerrar(() => conexao.close());
  for (const sala of await conexao.chamar('listar_salas', {})) {
    await escrever(execucao, sala, () => emCampos(sala.nomeSala, sala.usuarios));
  }
}

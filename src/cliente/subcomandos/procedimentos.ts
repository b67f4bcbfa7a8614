/** `procedimentos`: a tabela do binder. */

import { BINDER_CONTRACT } from '../../contract/binder.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import { hostComPorta } from '../../process/enderecos.ts';
import { Alternativas } from '../../rpc/client/alternativas.ts';
import { criarConexoes } from '../../rpc/client/http.ts';
import { criarRastro } from '../chamadas/rastro.ts';
import { aoRastrear, type Execucao } from './ordem.ts';
import { emCampos, escrever } from './saida.ts';

export async function procedimentos(execucao: Execucao): Promise<void> {
  const conexoes = criarConexoes(execucao.ca);
  execucao.aoEncerrar(conexoes.destroy);
  const binders = new Alternativas(BINDER_CONTRACT, execucao.opcoes.binder, conexoes);
  const rastrear = aoRastrear(execucao);
  const contar = rastrear && criarRastro(rastrear);
  const tabela = await binders.chamar(async (binder, url) => {
    const inicioMs = relogioDoSistema.monotonicoMs();
    const ms = () => relogioDoSistema.monotonicoMs() - inicioMs;
    contar?.({ tipo: 'chamada', nome: 'list_procedures', url });
    try {
      const registrados = await binder.list_procedures({});
      contar?.({ tipo: 'resposta', nome: 'list_procedures', url, ms: ms() });
      return registrados;
    } catch (erro) {
      contar?.({ tipo: 'resposta', nome: 'list_procedures', url, ms: ms(), erro });
      throw erro;
    }
  });
  for (const { procedure_name, endpoints } of tabela) {
    for (const { address, port, ttl_s } of endpoints) {
      const endpoint = hostComPorta(address, port);
      const linha = () => emCampos(procedure_name, endpoint, ttl_s ?? 'sem prazo');
      await escrever(execucao, { procedure_name, address, port, ttl_s }, linha);
    }
  }
}

/** O processo de um robô: `robo-main.js BINDER NOME SALA JANELA MEMORIA`; as garantias vêm pelo canal com a janela, e os relatos vão. */

import { abrirObservacao } from '../../observadores/janela/observacao.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import { criarConexoes } from '../../rpc/client/http.ts';
import { Memoria } from './memoria.ts';
import { type Garantias, Robo } from './robo.ts';
import { Servidor } from './servidor.ts';

const [binder = '', nome = '', sala = '', janela = '', memoria = ''] = process.argv.slice(2);
const clock = relogioDoSistema;

let garantias: Garantias = { chave: true, cursor: true, espera: true, lease: true };
process.on('message', (novas: Garantias) => {
  garantias = novas;
});

const { saida } = abrirObservacao({ url: janela, papel: 'cliente', clock, segredo: undefined });
const robo = new Robo({
  nome,
  sala,
  memoria: new Memoria(memoria),
  servidor: new Servidor(binder, criarConexoes(undefined, saida), clock),
  garantias: () => garantias,
  contar: (relato) => process.send?.(relato),
});
await robo.conversar();

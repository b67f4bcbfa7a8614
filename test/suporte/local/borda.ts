/** Uma borda de verdade dentro do teste, na frente do que ele responde. */

import { abrirBorda, type Edge, type EdgeOptions } from '../../../src/rpc/server/http/edge.ts';
import { corpoDaRecusa } from '../../../src/rpc/server/responder.ts';

type OpcoesDaBorda = Pick<EdgeOptions, 'processo' | 'responder'> & Partial<EdgeOptions>;

/** O que o teste não disser é como num processo sem opções, mas numa porta livre. */
export function abrirBordaLocal(opcoes: OpcoesDaBorda): Promise<Edge> {
  return abrirBorda({
    host: '127.0.0.1',
    porta: 0,
    conexoes: 20_000,
    proxiesConfiaveis: [],
    corpoDaRecusa,
    saude: () => ({ ok: true, detalhes: {} }),
    aoFalhar: () => {},
    ...opcoes,
  });
}

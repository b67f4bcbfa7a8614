import type { Parte } from '../bancada.ts';
import { medirCustoDaOpcao } from './custo-da-opcao.ts';

/** O que sobra da vazão. */
const META = 0.98;

export const METRICAS: Parte = {
  nome: 'metricas',
  descricao: 'enviar_mensagem com --metricas, contra o mesmo servidor sem elas',
  medir: (bancada) => medirCustoDaOpcao(bancada, ['--metricas'], META),
};

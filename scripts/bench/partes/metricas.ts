import type { Parte } from '../bancada.ts';
import { medirCustoDaOpcao } from './custo-da-opcao.ts';

/** A parte de `enviar_mensagem` que a opção pode custar. */
const CUSTO = 0.02;

export const METRICAS: Parte = {
  nome: 'metricas',
  descricao: 'enviar_mensagem com --metricas, contra o mesmo servidor sem elas',
  medir: (bancada) => medirCustoDaOpcao(bancada, ['--metricas'], CUSTO),
};

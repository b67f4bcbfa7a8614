/** A conversa e o roteiro de uma pessoa, um ligado ao outro: o que o servidor diz chega à tela, e o que ela faz, a ele. */

import type { Temporizador } from '../../../process/clock.ts';
import { Conversa, type ConversaOptions } from '../../sessao/conversa.ts';
import { Roteiro, type RoteiroOptions } from './roteiro.ts';

type RoteiroAbertoOptions = Omit<ConversaOptions, 'ouvinte'> &
  Omit<RoteiroOptions, 'conversa'> & { readonly clock: Temporizador };

export interface RoteiroAberto {
  readonly roteiro: Roteiro;
  readonly conversa: Conversa;
}

export function abrirRoteiro(options: RoteiroAbertoOptions): RoteiroAberto {
  const { sessoes } = options;
  const conversa: Conversa = new Conversa({
    ...options,
    ouvinte: {
      aoReceber: (mensagens, atrasadas) => roteiro.receber(mensagens, atrasadas),
      aoAvisar: (texto) => roteiro.avisar(texto),
      aoSerRetirado: (expulso) => void roteiro.aoSerRetirado(expulso),
      aoMudarDeSessao: (sessao) => (sessao ? sessoes.guardar(sessao) : sessoes.esquecer()),
    },
  });
  const roteiro = new Roteiro({ ...options, conversa });
  return { roteiro, conversa };
}

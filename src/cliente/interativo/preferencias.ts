/** Os comandos que só mudam o que se vê e se ouve aqui: o servidor não sabe deles. */

import { formatarHora } from '../../dominio/mensagens.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import type { Clock } from '../../process/clock.ts';
import type { Intencao } from './linha/comandos.ts';
import type { Mural } from './mural/mural.ts';
import { listar } from './textos.ts';

type Preferencia = Extract<Intencao, { readonly tipo: 'ignorar' | 'silenciar' | 'sino' | 'hora' }>;

/** @returns o que dizer */
export function preferir(intencao: Preferencia, mural: Mural, clock: Clock): string[] {
  switch (intencao.tipo) {
    case 'ignorar': {
      if (intencao.nome === '') return [`Ignorados: ${listar(mural.ignorados) || 'ninguém'}.`];
      const nome = tornarVisivel(intencao.nome);
      return [
        mural.alternarIgnorado(intencao.nome) ? `O que ${nome} diz fica escondido.` : `${nome} volta a aparecer.`,
      ];
    }
    case 'silenciar':
      return [
        mural.alternarMovimento() ? 'Quem entra e quem sai fica escondido.' : 'Quem entra e quem sai volta a aparecer.',
      ];
    case 'sino':
      mural.quandoTocar = intencao.quando;
      return [`Sino: ${intencao.quando}.`];
    case 'hora':
      if (intencao.mostrar === undefined) return [`São ${formatarHora(new Date(clock.agoraMs()))}.`];
      mural.semHora = !intencao.mostrar;
      return [`A hora das mensagens ${intencao.mostrar ? 'aparece' : 'fica escondida'}.`];
  }
}

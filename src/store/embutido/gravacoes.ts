/** Uma mensagem que entra na sala: gravada com o grupo, e anunciada só depois de confirmada. */

import type { Mensagem } from '../../contract/chat.ts';
import { nomeComparavel } from '../../contract/nomes/nomes.ts';
import { NOME_DO_SERVIDOR } from '../../contract/nomes/nomes-reservados.ts';
import type { Clock } from '../../process/clock.ts';
import type { Gravada } from '../store.ts';
import type { GroupCommit } from './banco/group-commit.ts';
import type { Mensagens, NovaMensagem } from './tabelas/mensagens.ts';
import type { SalaGuardada } from './tabelas/sessoes.ts';

interface Dependencias {
  readonly mensagens: Mensagens;
  readonly grupo: GroupCommit;
  readonly clock: Clock;
  readonly aoGravar: (gravada: Gravada) => void;
}

export class Gravacoes {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  gravar(nova: Omit<NovaMensagem, 'agoraMs'>): Mensagem {
    const { mensagens, grupo, clock, aoGravar } = this.#deps;
    const mensagem = mensagens.inserir({ ...nova, agoraMs: clock.agoraMs() });
    const gravada: Gravada = {
      sala: nomeComparavel(nova.sala.nome),
      mensagemId: mensagem.id,
      visivelPara: nova.privada?.visivelPara ?? 'todos',
    };
    grupo.depoisDeConfirmar(() => aoGravar(gravada));
    return mensagem;
  }

  /** O que SERVER diz na sala. */
  dizer(sala: SalaGuardada, conteudo: string): Mensagem {
    return this.gravar({ sala, origem: NOME_DO_SERVIDOR, conteudo });
  }

  /** Quem entrou ou quem saiu. */
  dizerPassagem(sala: SalaGuardada, conteudo: string): Mensagem {
    return this.gravar({ sala, origem: NOME_DO_SERVIDOR, passagem: true, conteudo });
  }
}

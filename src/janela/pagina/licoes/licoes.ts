/**
 * As oito lições ao lado da figura: o que apertar, o que procurar, e como a página sabe que aconteceu.
 * Cada uma é um valor; acrescentar uma lição é acrescentar um valor.
 */

import type { Falha, Garantia, Veredito } from '../../../contract/janela.ts';
import type { Chamada, Faixa, Historia } from '../historia.ts';

/** O que se sabe quando se pergunta se uma lição foi alcançada. */
export interface Situacao {
  readonly historia: Historia;
  readonly veredito: Veredito | undefined;
  /** O que os robôs pedem agora. */
  readonly garantias: Readonly<Record<Garantia, boolean>>;
  /** As falhas causadas por esta página, na ordem. */
  readonly falhas: readonly { readonly falha: Falha; readonly alvo: string; readonly quandoMs: number }[];
  /** Quando a lição começou, em ms desde 1970. */
  readonly desdeMs: number;
}

/** O que alcançou uma lição: quando foi e, se foi uma chamada, qual. */
export interface Prova {
  /** Em ms desde 1970. */
  readonly quandoMs: number;
  readonly chamada: string | undefined;
}

export interface Licao {
  readonly id: string;
  readonly titulo: string;
  readonly porque: string;
  readonly aperte: string;
  readonly procure: string;
  /** O que dizer quando acontece. */
  readonly conclusao: string;
  /** @returns `undefined` enquanto não acontece */
  readonly provar: (situacao: Situacao) => Prova | undefined;
}

export const LICOES: readonly Licao[] = [
  {
    id: 'lookup',
    titulo: 'Por que perguntar ao binder',
    porque: 'Quem chama sabe o nome do procedimento, mas não a máquina nem a porta em que ele está. O binder sabe.',
    aperte: 'Reinicie o servidor.',
    procure: 'Uma seta de lookup até o binder e, logo depois, a chamada que vai para onde ele disse.',
    conclusao:
      'O robô perguntou de novo e seguiu a resposta. Se o servidor tivesse mudado de lugar, nada mais mudaria.',
    provar: ({ historia, desdeMs }) => {
      const desde = depoisDe(historia, desdeMs);
      /** De cada um, quando primeiro ficou sem resposta, e quando lhe veio o lookup que fez depois. */
      const semResposta = new Map<string | undefined, number>();
      for (const { de, falta, inicioMs } of desde) {
        if (falta !== undefined) semResposta.set(de, Math.min(inicioMs, semResposta.get(de) ?? Infinity));
      }
      const achou = new Map<string | undefined, number>();
      for (const { de, procedimento, desfecho, inicioMs, fimMs = Infinity } of desde) {
        const depois = inicioMs > (semResposta.get(de) ?? Infinity);
        if (procedimento !== 'lookup_procedure' || desfecho !== 'ok' || !depois) continue;
        achou.set(de, Math.min(fimMs, achou.get(de) ?? Infinity));
      }
      return provaDe(
        desde.find(
          ({ de, inicioMs, desfecho, procedimento }) =>
            procedimento !== 'lookup_procedure' && inicioMs > (achou.get(de) ?? Infinity) && desfecho === 'ok',
        ),
      );
    },
  },
  {
    id: 'lease',
    titulo: 'Por que o registro tem prazo',
    porque: 'Um servidor que morre não avisa ninguém. O registro dele é um lease: se ninguém o renova, ele acaba.',
    aperte: 'Mate o servidor e espere, ou deixe o lease vencer.',
    procure: 'A lâmina na faixa do binder, que se afina até um ✕; o endpoint sai da tabela do binder.',
    conclusao: 'O binder esqueceu sozinho um servidor que não existe mais.',
    provar: ({ historia, desdeMs }) => {
      const leases = historia.leasesEntre(desdeMs, historia.agoraMs);
      const fimMs = leases.find(({ motivo, fimMs = 0 }) => motivo === 'vencido' && fimMs >= desdeMs)?.fimMs;
      return fimMs === undefined ? undefined : { quandoMs: fimMs, chamada: undefined };
    },
  },
  {
    id: 'chave',
    titulo: 'Uma resposta perdida, e por que repetir não faz mal',
    porque:
      'Sem a resposta, quem enviou não sabe se a mensagem foi gravada. A chave de repetição deixa enviar de novo.',
    aperte: 'Perca a próxima resposta do servidor.',
    procure: 'Uma resposta que termina em ✕ e, ligada a ela, uma seta tracejada com a mesma chave.',
    conclusao: 'A mensagem foi enviada duas vezes e gravada uma. Desligue a chave, repita, e veja o veredito.',
    provar: ({ historia, desdeMs }) =>
      provaDe(
        depoisDe(historia, desdeMs).find(({ repete, desfecho }) => repete?.falta !== undefined && desfecho === 'ok'),
      ),
  },
  {
    id: 'espera',
    titulo: 'Perguntar a toda hora, ou esperar',
    porque:
      'Quem pergunta a toda hora gasta chamadas e recebe tarde. Quem espera no servidor recebe assim que há o que receber.',
    aperte: 'Desligue a espera.',
    procure:
      'As barras longas somem. Compare, aqui embaixo, quantas perguntas por minuto os robôs fazem, e quantas voltam vazias.',
    conclusao: 'As mensagens são as mesmas, e muitas perguntas voltam sem nenhuma. Ligue a espera de novo e compare.',
    provar: ({ historia, desdeMs, garantias }) => {
      const leituras = depoisDe(historia, desdeMs).filter(
        ({ procedimento, respondeuMs, chegouMs }) =>
          procedimento === 'receber_mensagens' && (respondeuMs ?? Infinity) - (chegouMs ?? 0) < 100,
      );
      return garantias.espera || leituras.length < 10 ? undefined : provaDe(leituras.at(-1));
    },
  },
  {
    id: 'volta',
    titulo: 'Um servidor que morre e volta',
    porque: 'O que foi confirmado já estava gravado. Uma queda não pode apagar o que alguém leu.',
    aperte: 'Mate o servidor e depois reinicie-o.',
    procure: 'A faixa cinza; a volta; e o veredito, sem perdidas nem dobradas.',
    conclusao: 'Salas, pessoas e mensagens estavam onde ficaram.',
    provar: ({ historia, desdeMs, veredito }) => {
      const morteMs = primeira('morto', 'servidor', historia, desdeMs);
      const voltaMs = primeira('vivo', 'servidor', historia, morteMs);
      return veredito?.perdidas === 0 ? provaDe(confirmadaDepois(historia, voltaMs)) : undefined;
    },
  },
  {
    id: 'dois',
    titulo: 'Dois servidores',
    porque: 'Um nome pode ter vários endpoints. O binder os entrega um de cada vez, e os dois servem as mesmas salas.',
    aperte: 'Mate um deles. Se só há um, comece a janela com --servidores 2: é preciso ter um redis-server.',
    procure: 'Chamadas que vão ora a um, ora a outro; depois da morte, todas ao que ficou.',
    conclusao: 'Quem conversava com um passou ao outro, sem perder nada.',
    provar: ({ historia, desdeMs }) => {
      const servidores = historia.faixas().filter(({ papel }) => papel === 'servidor');
      if (servidores.length < 2) return undefined;
      return provaDe(confirmadaDepois(historia, primeira('morto', 'servidor', historia, desdeMs)));
    },
  },
  {
    id: 'binder',
    titulo: 'O binder morre',
    porque: 'O binder só diz onde está cada procedimento. Quem já sabe o caminho não precisa dele.',
    aperte: 'Mate o binder.',
    procure: 'A conversa, que continua. Depois, reinicie-o e veja o servidor registrar-se de novo.',
    conclusao: 'Cada robô seguiu com o endpoint que guardava.',
    provar: ({ historia, desdeMs }) =>
      provaDe(confirmadaDepois(historia, primeira('morto', 'binder', historia, desdeMs))),
  },
  {
    id: 'ordem',
    titulo: 'Uma mensagem e o lugar dela',
    porque:
      'O servidor dá um id a cada mensagem. É essa ordem que todos veem, por mais lenta que seja a rede de alguém.',
    aperte: 'Atrase a rede de um robô.',
    procure: 'As setas dele, que descem mais; e «fora de ordem», que continua em zero.',
    conclusao: 'Ele recebeu mais tarde, e na mesma ordem.',
    provar: ({ historia, desdeMs, falhas, veredito }) => {
      const atraso = falhas.find(({ falha, quandoMs }) => falha === 'atrasar' && quandoMs >= desdeMs);
      if (veredito?.fora_de_ordem !== 0 || atraso === undefined) return undefined;
      return provaDe(confirmadaDepois(historia, atraso.quandoMs));
    },
  },
];

function depoisDe(historia: Historia, desdeMs: number): Chamada[] {
  return [...historia.chamadasEntre(desdeMs, historia.agoraMs)].filter(({ inicioMs }) => inicioMs >= desdeMs);
}

/** Quando um processo desse papel ficou assim pela primeira vez, em ms desde 1970; `Infinity` se nenhum ficou. */
function primeira(
  estado: Faixa['estados'][number]['estado'],
  papel: Faixa['papel'],
  historia: Historia,
  desdeMs: number,
): number {
  const estados = historia.faixas().flatMap((faixa) => (faixa.papel === papel ? faixa.estados : []));
  const quando = estados.filter((um) => um.estado === estado && um.desdeMs >= desdeMs).map((um) => um.desdeMs);
  return Math.min(Infinity, ...quando);
}

function provaDe(chamada: Chamada | undefined): Prova | undefined {
  return chamada && { quandoMs: chamada.fimMs ?? chamada.inicioMs, chamada: chamada.id };
}

function confirmadaDepois(historia: Historia, desdeMs: number): Chamada | undefined {
  return depoisDe(historia, desdeMs).find(
    ({ procedimento, desfecho }) => procedimento === 'enviar_mensagem' && desfecho === 'ok',
  );
}

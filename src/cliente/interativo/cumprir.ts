/** Fazer o que uma linha quis dizer. */

import { ehDoTipo } from '../../contract/errors.ts';
import type { FormatoDoRastro } from '../../contract/formatos-do-rastro.ts';
import type { Clock } from '../../process/clock.ts';
import { explicar } from '../chamadas/explicar.ts';
import type { RastroDaConversa } from '../chamadas/rastro/rastro-da-conversa.ts';
import type { Conversa } from '../sessao/conversa.ts';
import type { Lembranca } from '../sessao/guardado/lembranca.ts';
import type { Permissoes } from '../sessao/permissoes.ts';
import type { Remessa } from '../sessao/remessa.ts';
import type { Volta } from '../sessao/volta.ts';
import { aviso } from '../terminal/tela/cores.ts';
import { type ConversaDoDono, cumprirDoDono, verSalaMinha } from './cumprir-do-dono.ts';
import type { Dialogo } from './dialogo.ts';
import { ajuda } from './linha/ajuda.ts';
import type { Intencao } from './linha/comandos.ts';
import { paraOContrato } from './linha/destinatario.ts';
import type { Mural } from './mural/mural.ts';
import { preferir } from './preferencias.ts';

/** O que os menus também fazem. */
export interface Acoes {
  /** @returns se entrou na sala que criou */
  readonly criar: (nomeSala: string) => Promise<boolean>;
  /** @returns se entrou */
  readonly entrar: (nomeSala: string) => Promise<boolean>;
  readonly sair: () => Promise<boolean>;
  readonly listarSalas: () => Promise<boolean>;
  readonly listarUsuarios: (nomeSala?: string) => Promise<boolean>;
  readonly encerrar: () => Promise<void> | void;
}

export type Desfecho =
  | 'segue'
  /** O menu volta. */
  | 'menu'
  /** O texto volta à linha. */
  | 'devolve'
  /** Volta também, e a quem ele ia não está: pergunta-se de novo. */
  | 'redireciona';

interface CumpridorOptions {
  readonly dialogo: Dialogo;
  readonly conversa: Pick<Conversa, 'historico' | 'entre'> & ConversaDoDono;
  readonly volta: Pick<Volta, 'sala'>;
  readonly permissoes: Pick<Permissoes, 'ehDono' | 'aoFalar' | 'aoSerSilenciado'>;
  readonly remessa: Remessa;
  readonly mural: Mural;
  readonly rastro: Pick<RastroDaConversa, 'ligado' | 'mudar'>;
  readonly lembranca: Pick<Lembranca, 'guardar'>;
  readonly clock: Clock;
  readonly acoes: Acoes;
  /** Um envio que esperava foi recusado: o texto volta a quem o digitou. */
  readonly aoDevolver: (texto: string) => void;
}

/** Um envio mais demorado que isto espera sozinho, e a linha se abre de novo. */
const DEMORA_DO_ENVIO_MS = 500;

export class Cumpridor {
  readonly #options: CumpridorOptions;
  readonly #calados = new Set<string>();

  constructor(options: CumpridorOptions) {
    this.#options = options;
  }

  /** @param destinatario a quem vai o que não diz a quem; `undefined` para todos */
  async cumprir(intencao: Intencao, destinatario: string | undefined): Promise<Desfecho> {
    const { acoes, mural, conversa, dialogo, permissoes, clock } = this.#options;
    switch (intencao.tipo) {
      case 'dizer':
        return this.#aoDestinatario(intencao.texto, destinatario);
      case 'privada':
        return this.enviar(intencao.texto, paraOContrato(intencao.destinatario));
      case 'responder':
        if (mural.ultimaPrivada !== undefined) return this.enviar(intencao.texto, mural.ultimaPrivada);
        dialogo.falhar('Você ainda não recebeu uma mensagem privada para responder.');
        return 'devolve';
      case 'usuarios':
        return seFoi(await acoes.listarUsuarios(intencao.nome || undefined));
      case 'salas':
        return seFoi(await acoes.listarSalas());
      case 'criar':
        return seFoi(await acoes.criar(intencao.nome));
      case 'entrar':
        return seFoi(await acoes.entrar(intencao.nome));
      case 'sair':
        await acoes.sair();
        return 'segue';
      case 'historico': {
        const historico = await dialogo.tentar('Não foi possível ler o histórico', () => conversa.historico());
        if (historico) mural.mostrarEntreReguas('histórico', historico.valor.slice(-intencao.quantas));
        return seFoi(historico !== undefined);
      }
      case 'perdi':
        return seFoi(await this.#mostrarPerdidas());
      case 'sala':
      case 'topico':
      case 'senha':
      case 'calar':
      case 'expulsar':
      case 'passar':
      case 'fixar':
        return seFoi(await cumprirDoDono(intencao, { dialogo, conversa, calados: this.#calados }));
      case 'rastro':
        dialogo.avisar(this.#mudarRastro(intencao.formato));
        return 'segue';
      case 'menu':
        return 'menu';
      case 'encerrar':
        await acoes.encerrar();
        return 'segue';
      case 'erro':
        if (!intencao.doDono || (await verSalaMinha({ dialogo, conversa }))) dialogo.falhar(intencao.motivo);
        return 'devolve';
      case 'ajuda':
        dialogo.mostrar(...ajuda(permissoes.ehDono).map((linha) => ({ ...linha, texto: aviso(linha.texto) })));
        return 'segue';
      default:
        dialogo.avisar(...preferir(intencao, mural, clock));
        this.#options.lembranca.guardar(mural.preferido);
        return 'segue';
    }
  }

  /** @param formato `undefined` liga o que está desligado, e desliga o que está ligado; @returns o que dizer */
  #mudarRastro(formato: FormatoDoRastro | 'off' | undefined): string {
    const { rastro } = this.#options;
    const novo = formato ?? (rastro.ligado ? 'off' : 'linhas');
    rastro.mudar(novo === 'off' ? undefined : novo);
    return novo === 'off' ? 'As chamadas não aparecem mais.' : 'Cada chamada aparece; /rastro off as esconde.';
  }

  async #mostrarPerdidas(): Promise<boolean> {
    const { dialogo, conversa, mural } = this.#options;
    const { ausencia } = mural;
    if (!ausencia) {
      dialogo.avisar('Você não perdeu nada desde que entrou na sala.');
      return true;
    }
    const { desde, ate } = ausencia;
    const perdidas = await dialogo.tentar('Não foi possível ler o que se perdeu', () => conversa.entre(desde, ate));
    if (perdidas) mural.mostrarEntreReguas('o que se perdeu', perdidas.valor);
    return perdidas !== undefined;
  }

  /** O que demora espera na remessa, e o que foi recusado depois disso volta por `aoDevolver`. */
  async enviar(texto: string, destinatario: string | undefined): Promise<Desfecho> {
    const erro = await this.#tentarEnviar(texto, destinatario);
    return erro === undefined ? 'segue' : 'devolve';
  }

  async #aoDestinatario(texto: string, destinatario: string | undefined): Promise<Desfecho> {
    const erro = await this.#tentarEnviar(texto, destinatario);
    if (erro === undefined) return 'segue';
    return ehDoTipo(erro, 'DESTINATARIO_FORA_DA_SALA') ? 'redireciona' : 'devolve';
  }

  /** @returns a recusa, já dita */
  async #tentarEnviar(texto: string, destinatario: string | undefined): Promise<unknown> {
    const { dialogo, volta, remessa, permissoes, aoDevolver } = this.#options;
    // Quando a resposta chega, pode-se já estar em outra.
    const { sala } = volta;
    const jaEspera = remessa.textos.length > 0;
    let esperou = false;
    const envio = remessa.enviar(texto, destinatario).then(
      () => {
        if (destinatario === undefined) permissoes.aoFalar(sala);
        return undefined;
      },
      (erro: unknown) => {
        if (ehDoTipo(erro, 'SILENCIADO')) void permissoes.aoSerSilenciado(sala);
        dialogo.falhar(`A mensagem não foi enviada: ${explicar(erro)}`);
        if (esperou) aoDevolver(texto);
        return erro;
      },
    );
    if (jaEspera) esperou = true;
    else
      await dialogo.ateADemora(envio, DEMORA_DO_ENVIO_MS, () => {
        esperou = true;
      });
    return esperou ? undefined : envio;
  }
}

function seFoi(foi: boolean): Desfecho {
  return foi ? 'segue' : 'devolve';
}

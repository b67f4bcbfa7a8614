/** A conversa numa sala: uma linha que fica aberta, o menu que vem acima dela, e o que cada linha faz. */

import type { Clock } from '../../process/clock.ts';
import type { RastroDaConversa } from '../chamadas/rastro/rastro-da-conversa.ts';
import type { Conversa } from '../sessao/conversa.ts';
import type { Lembranca } from '../sessao/guardado/lembranca.ts';
import type { Permissoes } from '../sessao/permissoes.ts';
import { Remessa } from '../sessao/remessa.ts';
import type { Volta } from '../sessao/volta.ts';
import { perguntarComoEnviar, repartir } from './colagem.ts';
import { type Acoes, Cumpridor, type Desfecho } from './cumprir.ts';
import type { ConversaDoDono } from './cumprir-do-dono.ts';
import type { Dialogo } from './dialogo.ts';
import { Interrupcao } from './interrupcao.ts';
import { interpretar } from './linha/comandos.ts';
import { comandosQueComecam, completar } from './linha/completar.ts';
import { Enviadas } from './linha/enviadas.ts';
import { LINHA, type LinhaDada, type OpcaoEscolhida, type TextoColado } from './linha/linha.ts';
import type { Mural } from './mural/mural.ts';
import { perguntarDestinatario } from './perguntar-destinatario.ts';
import { Rascunhos } from './rascunhos.ts';
import { rodape } from './rodape.ts';
import { PERGUNTA_DA_MENSAGEM } from './textos.ts';

interface ProsaOptions {
  readonly dialogo: Dialogo;
  readonly conversa: Pick<Conversa, 'historico' | 'entre' | 'listarSalas' | 'conectada'> & ConversaDoDono;
  readonly volta: Pick<Volta, 'enviar' | 'sala'>;
  readonly permissoes: Pick<Permissoes, 'ehDono' | 'silencio' | 'perguntar' | 'aoFalar' | 'aoSerSilenciado'>;
  readonly mural: Mural;
  readonly rastro: Pick<RastroDaConversa, 'ligado' | 'mudar'>;
  readonly lembranca: Pick<Lembranca, 'ler' | 'guardar'>;
  readonly clock: Clock;
  readonly acoes: Acoes;
}

interface OpcaoDaSala {
  readonly texto: string;
  /** O que se pergunta quando só um algarismo na linha a escolheu. */
  readonly confirmar?: string;
  readonly agir: () => Promise<unknown> | unknown;
}

export class Prosa {
  readonly #options: ProsaOptions;
  readonly #remessa: Remessa;
  readonly #cumpridor: Cumpridor;
  readonly #enviadas: Enviadas;
  readonly #rascunhos: Rascunhos;
  #salas: readonly string[] = [];
  /** A quem vai o que se digita; `undefined` para todos. */
  #destinatario: string | undefined;
  #menuAberto = true;
  readonly #interrupcao: Interrupcao;
  #redesenhar: () => void = () => {};

  readonly #menu: readonly OpcaoDaSala[];

  constructor(options: ProsaOptions) {
    this.#options = options;
    const { volta, lembranca, clock, dialogo } = options;
    const acoes = {
      ...options.acoes,
      encerrar: async () => {
        if (await this.#interrupcao.podeEncerrar()) await options.acoes.encerrar();
      },
    };
    this.#rascunhos = new Rascunhos(dialogo);
    this.#enviadas = new Enviadas(lembranca.ler().enviadas, (enviadas) => lembranca.guardar({ enviadas }));
    this.#remessa = new Remessa(volta, () => this.#redesenhar());
    this.#interrupcao = new Interrupcao({
      clock,
      dialogo,
      remessa: this.#remessa,
      enviadas: this.#enviadas,
      aoMudar: () => this.#redesenhar(),
    });
    const aoDevolver = (texto: string) => {
      this.#rascunhos.acrescentar(texto);
      this.#redesenhar();
    };
    this.#cumpridor = new Cumpridor({ ...options, acoes, remessa: this.#remessa, aoDevolver });
    this.#menu = [
      { texto: 'Enviar mensagem', agir: () => this.#perguntarDestinatario() },
      { texto: 'Sair da sala', confirmar: 'Sair da sala', agir: acoes.sair },
      { texto: 'Listar usuários', agir: () => acoes.listarUsuarios() },
      { texto: 'Encerrar', confirmar: 'Encerrar', agir: acoes.encerrar },
    ];
  }

  /** Mantém a linha aberta enquanto se está numa sala; o menu vem primeiro, para quem chega. */
  async conversar(): Promise<void> {
    this.#atualizarSalas();
    this.#menuAberto = true;
    this.#destinatario = undefined;
    const soltar = this.#options.dialogo.aoInterromper(() => this.#interrupcao.semLinha());
    try {
      while (this.#options.volta.sala !== undefined) await this.#umaLinha();
    } finally {
      soltar();
    }
  }

  /** O que o rodapé diz pode ter mudado. */
  atualizar(): void {
    this.#redesenhar();
  }

  async #umaLinha(): Promise<void> {
    const { sala } = this.#options.volta;
    const dada = await this.#abrirLinha();
    if (dada.tipo === 'escolha') await this.#escolher(dada);
    else {
      this.#menuAberto = false;
      if (dada.tipo === 'colado') await this.#colar(dada);
      else await this.#seguir(dada.texto);
    }
    if (this.#options.volta.sala !== sala) this.#destinatario = undefined;
  }

  async #abrirLinha(): Promise<LinhaDada> {
    const { dialogo, mural, permissoes } = this.#options;
    const inicial = this.#rascunhos.proximo() ?? '';
    let [digitado, emOutras]: readonly [string, readonly string[]] = [inicial, []];
    const aberta = {
      mensagem: PERGUNTA_DA_MENSAGEM,
      rodape: (texto: string) => this.#rodape(texto),
      inicial,
      menu: this.#menu.map(({ texto }) => texto),
      menuAberto: this.#menuAberto && inicial === '',
      historico: this.#enviadas.linhas,
      completar: (texto: string, cursor: number) => {
        if (texto.startsWith('/')) {
          this.#atualizarSalas();
          void permissoes.perguntar();
        }
        return completar(texto, cursor, { usuarios: mural.presentes, salas: this.#salas, ehDono: permissoes.ehDono });
      },
      oferecer: (texto: string) => comandosQueComecam(texto, permissoes.ehDono),
      aoDigitar: (texto: string, outras: readonly string[]) => {
        [digitado, emOutras] = [texto, outras];
      },
      aoInterromper: (texto: string, outras: readonly string[]) => this.#interrupcao.naLinha(texto, outras),
      observar: (redesenhar: () => void) => {
        this.#redesenhar = redesenhar;
        return () => {
          this.#redesenhar = () => {};
        };
      },
      devolvido: () => this.#rascunhos.proximo(),
    };
    const dada = await dialogo.perguntar(LINHA, aberta).catch((erro: unknown) => {
      this.#rascunhos.guardar(digitado, ...emOutras);
      throw erro;
    });
    this.#rascunhos.acrescentar(...emOutras);
    return dada;
  }

  async #escolher({ numero, rascunho, algarismos }: OpcaoEscolhida): Promise<void> {
    const opcao = this.#menu[numero - 1];
    if (!opcao) return;
    this.#menuAberto = algarismos === '' && numero !== 1;
    this.#rascunhos.devolver(rascunho);
    if (algarismos !== '' && opcao.confirmar !== undefined) {
      const mensagem = `${opcao.confirmar}? (s/N; para dizer ${algarismos}, ponha um espaço antes)`;
      if (!(await this.#options.dialogo.confirmar(mensagem, false))) {
        this.#rascunhos.devolver(algarismos);
        return;
      }
    }
    await opcao.agir();
  }

  async #perguntarDestinatario(): Promise<void> {
    const { dialogo, mural } = this.#options;
    const rascunhos = this.#rascunhos;
    const escolha = await perguntarDestinatario({ dialogo, rascunhos, presentes: () => mural.presentes });
    if (!escolha) return;
    this.#destinatario = escolha.destinatario;
    if (escolha.linha !== undefined) await this.#seguir(escolha.linha);
  }

  async #seguir(linha: string): Promise<void> {
    this.#enviadas.lembrar(linha);
    const intencao = interpretar(linha, this.#options.mural.presentes);
    await this.#concluir(await this.#cumpridor.cumprir(intencao, this.#destinatario), [linha]);
  }

  /** @param textos o que volta à linha, se não foi */
  async #concluir(desfecho: Desfecho, textos: readonly string[]): Promise<void> {
    if (desfecho === 'menu') this.#menuAberto = true;
    if (desfecho === 'devolve' || desfecho === 'redireciona') this.#rascunhos.devolver(...textos);
    if (desfecho === 'redireciona') await this.#perguntarDestinatario();
  }

  /** Enquanto não se envia, o que se colou é um rascunho. */
  async #colar(colado: TextoColado): Promise<void> {
    const { dialogo, mural } = this.#options;
    this.#rascunhos.devolver(colado.texto);
    const modo = await perguntarComoEnviar(dialogo, colado.texto);
    if (modo === undefined) return;
    this.#rascunhos.retirar();
    const envios = repartir(modo, colado, mural.presentes);
    for (const [indice, { linha, intencao }] of envios.entries()) {
      this.#enviadas.lembrar(linha);
      const desfecho = await this.#cumpridor.cumprir(intencao, this.#destinatario);
      if (desfecho === 'segue') continue;
      const naoForam = envios.slice(indice).map((envio) => envio.linha);
      return this.#concluir(desfecho, naoForam);
    }
  }

  #rodape(texto: string): string {
    const { conversa, mural, permissoes, volta } = this.#options;
    const interrompida = texto === '' ? this.#interrupcao.aviso : undefined;
    if (interrompida !== undefined) return interrompida;
    return rodape(texto, {
      nomeSala: volta.sala ?? '',
      conectada: conversa.conectada,
      esperam: this.#remessa.textos.length,
      destinatario: this.#destinatario,
      ultimaPrivada: mural.ultimaPrivada,
      presentes: mural.presentes,
      ehDono: permissoes.ehDono,
      silencio: permissoes.silencio,
    });
  }

  /** Só para Tab: sem resposta, Tab não conclui salas, e é tudo. */
  #atualizarSalas(): void {
    this.#options.conversa.listarSalas().then(
      (salas) => {
        this.#salas = salas.map(({ nomeSala }) => nomeSala);
      },
      () => {},
    );
  }
}

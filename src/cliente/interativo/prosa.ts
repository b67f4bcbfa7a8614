/** A conversa numa sala: uma linha que fica aberta, o menu que vem acima dela, e o que cada linha faz. */

import { mesmoNome } from '../../contract/nomes.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import type { Clock } from '../../process/clock.ts';
import type { Conversa } from '../sessao/conversa.ts';
import type { Lembranca } from '../sessao/lembranca.ts';
import { Remessa } from '../sessao/remessa.ts';
import type { Volta } from '../sessao/volta.ts';
import { type Acoes, Cumpridor, type Desfecho } from './cumprir.ts';
import type { ConversaDoDono } from './cumprir-do-dono.ts';
import type { Dialogo } from './dialogo.ts';
import { interpretar, trazSenha } from './linha/comandos.ts';
import { completar } from './linha/completar.ts';
import { paraOContrato } from './linha/destinatario.ts';
import { Enviadas } from './linha/enviadas.ts';
import { LINHA, type LinhaDada, type LinhasColadas, type OpcaoEscolhida } from './linha/linha.ts';
import { quemLe } from './linha/quem-le.ts';
import type { Mural } from './mural/mural.ts';
import { SegundoCtrlC } from './segundo-ctrl-c.ts';
import { PERGUNTA_DA_MENSAGEM, PERGUNTA_DO_DESTINATARIO, quantas } from './textos.ts';

/** Mais linhas coladas que isto só se enviam com um sim. */
const COLADAS_SEM_CONFIRMAR = 3;

interface ProsaOptions {
  readonly dialogo: Dialogo;
  readonly conversa: Pick<Conversa, 'historico' | 'listarSalas' | 'conectada'> & ConversaDoDono;
  readonly volta: Pick<Volta, 'enviar' | 'sala'>;
  readonly mural: Mural;
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
  /** O que se digitou e não foi enviado: volta à linha, um de cada vez. */
  readonly #rascunhos: string[] = [];
  #salas: readonly string[] = [];
  /** A quem vai o que se digita; `undefined` para todos. */
  #destinatario: string | undefined;
  #menuAberto = true;
  readonly #segundoCtrlC: SegundoCtrlC;
  #redesenhar: () => void = () => {};

  readonly #menu: readonly OpcaoDaSala[];

  constructor(options: ProsaOptions) {
    this.#options = options;
    const { volta, lembranca, clock, dialogo } = options;
    const acoes = { ...options.acoes, encerrar: () => this.#encerrar() };
    this.#segundoCtrlC = new SegundoCtrlC({
      clock,
      agendar: (esperaMs, agir) => dialogo.agendar(esperaMs, agir),
      aoAcabar: () => this.#redesenhar(),
    });
    this.#enviadas = new Enviadas(lembranca.ler().enviadas, (enviadas) => lembranca.guardar({ enviadas }));
    this.#remessa = new Remessa(volta, () => this.#redesenhar());
    const aoDevolver = (texto: string) => {
      this.#rascunhos.push(texto);
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
    const soltar = this.#options.dialogo.aoInterromper(() => this.#interromperSemLinha());
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
      if (dada.tipo === 'coladas') await this.#colar(dada);
      else await this.#seguir(dada.texto);
    }
    if (this.#options.volta.sala !== sala) this.#destinatario = undefined;
  }

  async #abrirLinha(): Promise<LinhaDada> {
    const { dialogo, mural } = this.#options;
    const inicial = this.#devolvido() ?? '';
    let digitado = inicial;
    const aberta = {
      mensagem: PERGUNTA_DA_MENSAGEM,
      rodape: (texto: string) => this.#rodape(texto),
      inicial,
      menu: this.#menu.map(({ texto }) => texto),
      menuAberto: this.#menuAberto && inicial === '',
      historico: this.#enviadas.linhas,
      completar: (texto: string, cursor: number) => {
        if (texto.startsWith('/')) this.#atualizarSalas();
        return completar(texto, cursor, { usuarios: mural.presentes, salas: this.#salas });
      },
      aoDigitar: (texto: string) => {
        digitado = texto;
      },
      aoInterromper: (texto: string) => this.#aoInterromper(texto),
      observar: (redesenhar: () => void) => {
        this.#redesenhar = redesenhar;
        return () => {
          this.#redesenhar = () => {};
        };
      },
      devolvido: () => this.#devolvido(),
    };
    return dialogo.perguntar(LINHA, aberta).catch((erro: unknown) => {
      this.#guardar(digitado);
      throw erro;
    });
  }

  /** O que já se digitou por cima de um envio que falhou não pode grudar no texto dele. */
  #devolvido(): string | undefined {
    return this.#options.dialogo.haTeclasAEspera ? undefined : this.#rascunhos.shift();
  }

  async #escolher({ numero, rascunho, algarismos }: OpcaoEscolhida): Promise<void> {
    const opcao = this.#menu[numero - 1];
    if (!opcao) return;
    this.#menuAberto = algarismos === '' && numero !== 1;
    if (rascunho !== '') this.#rascunhos.unshift(rascunho);
    if (algarismos !== '' && opcao.confirmar !== undefined) {
      const mensagem = `${opcao.confirmar}? (s/N; para dizer ${algarismos}, ponha um espaço antes)`;
      if (!(await this.#options.dialogo.confirmar(mensagem, false))) {
        this.#rascunhos.unshift(algarismos);
        return;
      }
    }
    await opcao.agir();
  }

  async #perguntarDestinatario(): Promise<void> {
    const { dialogo, mural } = this.#options;
    for (;;) {
      const resposta = await dialogo.perguntarTexto({ mensagem: PERGUNTA_DO_DESTINATARIO });
      if (resposta === undefined) return;
      // Nenhum nome começa assim: quem já conhece a linha a usou aqui.
      const ehLinha = /^[/@]/.test(resposta);
      const nome = ehLinha ? undefined : paraOContrato(resposta);
      const presente = mural.presentes.find((um) => nome !== undefined && mesmoNome(um, nome));
      if (nome === undefined || presente !== undefined) this.#destinatario = presente;
      if (ehLinha) return this.#seguir(resposta);
      if (nome === undefined || presente !== undefined) return;
      // Pode ser um nome, e pode ser o que se queria dizer: nem se perde, nem vai a quem não se disse.
      this.#rascunhos.push(resposta);
      dialogo.falhar(`${tornarVisivel(resposta)} não está na sala. Enter leva isso para a linha.`);
    }
  }

  async #seguir(linha: string): Promise<void> {
    this.#lembrar(linha);
    const intencao = interpretar(linha, this.#options.mural.presentes);
    await this.#concluir(await this.#cumpridor.cumprir(intencao, this.#destinatario), [linha]);
  }

  /** @param textos o que volta à linha, se não foi */
  async #concluir(desfecho: Desfecho, textos: readonly string[]): Promise<void> {
    if (desfecho === 'menu') this.#menuAberto = true;
    if (desfecho === 'devolve' || desfecho === 'redireciona') this.#rascunhos.unshift(...textos);
    if (desfecho === 'redireciona') await this.#perguntarDestinatario();
  }

  /** O que se cola são sempre mensagens, nunca comandos: ninguém leu as linhas antes de chegarem. */
  async #colar({ linhas, resto, digitado }: LinhasColadas): Promise<void> {
    const { dialogo } = this.#options;
    const aEnviar = linhas.filter((linha) => linha.trim() !== '');
    const total = aEnviar.length + (resto.trim() === '' ? 0 : 1);
    if (total <= COLADAS_SEM_CONFIRMAR) {
      if (resto !== '') this.#rascunhos.unshift(resto);
      return this.#enviarColadas(aEnviar);
    }
    if (digitado !== '') this.#rascunhos.unshift(digitado);
    const mensagem = `Enviar as ${total} linhas coladas, uma mensagem cada? (s/N)`;
    const resposta = await dialogo.perguntarTexto({ mensagem });
    if (!/^s(?:im)?$/i.test(resposta?.trim() ?? '')) {
      dialogo.avisar('As linhas coladas não foram enviadas.');
      return;
    }
    if (digitado !== '') this.#rascunhos.shift();
    await this.#enviarColadas(resto.trim() === '' ? aEnviar : [...aEnviar, resto]);
  }

  async #enviarColadas(aEnviar: readonly string[]): Promise<void> {
    for (const [indice, linha] of aEnviar.entries()) {
      this.#lembrar(linha);
      const desfecho = await this.#cumpridor.cumprir({ tipo: 'dizer', texto: linha }, this.#destinatario);
      if (desfecho === 'segue') continue;
      return this.#concluir(desfecho, aEnviar.slice(indice));
    }
  }

  /** As linhas enviadas vão para o disco; uma senha, nunca. */
  #lembrar(linha: string): void {
    if (!trazSenha(linha)) this.#enviadas.lembrar(linha);
  }

  /** A linha se limpa, e o que estava nela fica a uma seta para cima. */
  #aoInterromper(texto: string): boolean {
    if (texto === '' && this.#segundoCtrlC.encerra) return false;
    if (texto.trim() !== '') this.#lembrar(texto);
    this.#segundoCtrlC.esperar();
    return true;
  }

  /** Enquanto se envia, ou outra pergunta está aberta, não há rodapé que o diga. */
  #interromperSemLinha(): boolean {
    const fica = this.#aoInterromper('');
    if (fica) this.#options.dialogo.avisar(this.#avisoDoCtrlC());
    return fica;
  }

  #avisoDoCtrlC(): string {
    const { length } = this.#remessa.textos;
    return length === 0 ? 'Ctrl+C de novo encerra' : `Ctrl+C de novo encerra, sem enviar ${oQueEspera(length)}`;
  }

  /** O que espera pela volta do servidor se perde com o fim: só com um sim. */
  async #encerrar(): Promise<void> {
    const { dialogo, acoes } = this.#options;
    const { length } = this.#remessa.textos;
    const pergunta = `Encerrar sem enviar ${oQueEspera(length)}? (s/N)`;
    if (length === 0 || (await dialogo.confirmar(pergunta, false))) await acoes.encerrar();
  }

  #rodape(texto: string): string {
    const { conversa, mural, volta } = this.#options;
    if (texto === '' && this.#segundoCtrlC.encerra) return this.#avisoDoCtrlC();
    const { presentes, ultimaPrivada } = mural;
    const esperam = this.#remessa.textos.length;
    return [
      tornarVisivel(volta.sala ?? ''),
      quantas(presentes.length, 'pessoa', 'pessoas'),
      conversa.conectada ? 'conectado' : 'sem conexão',
      ...(!conversa.conectada && esperam > 0 ? [quantas(esperam, 'mensagem espera', 'mensagens esperam')] : []),
      quemLe(texto, { destinatario: this.#destinatario, ultimaPrivada, presentes }),
    ].join(' · ');
  }

  /** A pergunta se desfez, porque a pessoa já não está na sala: o que ela digitava não se perde. */
  #guardar(digitado: string): void {
    if (digitado.trim() === '') return;
    this.#rascunhos.unshift(digitado);
    this.#options.dialogo.avisar('O que você digitava volta à linha na próxima conversa.');
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

function oQueEspera(numero: number): string {
  return quantas(numero, 'mensagem que espera', 'mensagens que esperam');
}

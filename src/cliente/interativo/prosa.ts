/** A conversa numa sala: uma linha que fica aberta, e o que cada linha faz. */

import { ehDoTipo } from '../../contract/errors.ts';
import { problemaDoNome } from '../../contract/nomes.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import type { Clock } from '../../process/clock.ts';
import { explicar } from '../chamadas/explicar.ts';
import type { Conversa } from '../sessao/conversa.ts';
import { type Intencao, interpretar } from './comandos.ts';
import { completar } from './completar.ts';
import type { Dialogo } from './dialogo.ts';
import { LINHA, type LinhasColadas } from './linha.ts';
import type { Mural } from './mural.ts';
import { preferir } from './preferencias.ts';
import { PERGUNTA_DA_MENSAGEM, PERGUNTA_DO_DESTINATARIO, paraOContrato } from './textos.ts';

/** Mais linhas coladas que isto só se enviam com um sim. */
const COLADAS_SEM_CONFIRMAR = 3;

const MAXIMO_NO_HISTORICO = 200;

/** O que os menus também fazem. */
export interface Acoes {
  readonly criar: (nomeSala: string) => Promise<boolean>;
  /** @returns se entrou */
  readonly entrar: (nomeSala: string) => Promise<boolean>;
  readonly sair: () => Promise<boolean>;
  readonly listarSalas: () => Promise<boolean>;
  readonly listarUsuarios: (nomeSala?: string) => Promise<boolean>;
  readonly encerrar: () => void;
}

interface ProsaOptions {
  readonly dialogo: Dialogo;
  readonly conversa: Pick<Conversa, 'enviar' | 'historico' | 'listarSalas'>;
  readonly mural: Mural;
  readonly clock: Clock;
  readonly acoes: Acoes;
}

type Desfecho =
  | 'segue'
  | 'fecha'
  /** O texto volta à linha. */
  | 'devolve'
  /** Volta também, e a quem ele ia não está: pergunta-se de novo. */
  | 'redireciona';

export class Prosa {
  readonly #options: ProsaOptions;
  readonly #historico: string[] = [];
  /** O que se quis enviar e não foi: volta à linha, um de cada vez. */
  #rascunhos: string[] = [];
  #salas: readonly string[] = [];
  /** A quem vai o que se digita; `undefined` para todos. */
  #destinatario: string | undefined;

  constructor(options: ProsaOptions) {
    this.#options = options;
  }

  /** Pergunta a quem, e mantém a linha aberta até que se volte ao menu. */
  async conversar(): Promise<void> {
    this.#atualizarSalas();
    let segue = await this.#perguntarDestinatario();
    while (segue) segue = await this.#umaLinha();
  }

  /** @returns se a linha se abre */
  async #perguntarDestinatario(): Promise<boolean> {
    const { dialogo } = this.#options;
    for (;;) {
      const resposta = await dialogo.perguntarTexto({ mensagem: PERGUNTA_DO_DESTINATARIO });
      if (resposta === undefined) return false;
      // Nenhum nome começa assim: quem já conhece a linha a usou aqui.
      const ehLinha = /^[/@]/.test(resposta);
      this.#destinatario = ehLinha ? undefined : paraOContrato(resposta);
      if (ehLinha) return this.#seguir(resposta);
      const problema = this.#destinatario === undefined ? undefined : problemaDoNome(this.#destinatario);
      if (!problema) return true;
      dialogo.falhar(`Esse nome não serve: ${tornarVisivel(problema)}.`);
    }
  }

  /** @returns se a linha continua aberta */
  async #umaLinha(): Promise<boolean> {
    const { dialogo, mural } = this.#options;
    // O que já se digitou por cima de um envio que falhou não pode grudar no texto dele.
    const inicial = dialogo.haTeclasAEspera ? '' : (this.#rascunhos.shift() ?? '');
    let digitado = inicial;
    const aberta = {
      mensagem: PERGUNTA_DA_MENSAGEM,
      rodape: this.#rodape(),
      inicial,
      historico: [...this.#historico],
      completar: (texto: string, cursor: number) => {
        if (texto.startsWith('/')) this.#atualizarSalas();
        return completar(texto, cursor, { usuarios: mural.presentes, salas: this.#salas });
      },
      aoDigitar: (texto: string) => {
        digitado = texto;
      },
    };
    const dada = await dialogo.perguntar(LINHA, aberta).catch((erro: unknown) => {
      this.#guardar(digitado);
      throw erro;
    });
    if (dada.tipo === 'coladas') return this.#colar(dada);
    if (dada.tipo === 'desistencia') this.#guardar(dada.texto);
    return dada.tipo === 'digitada' && dada.texto.trim() !== '' && this.#seguir(dada.texto);
  }

  async #seguir(linha: string): Promise<boolean> {
    this.#lembrar(linha);
    const desfecho = await this.#cumprir(interpretar(linha, this.#options.mural.presentes));
    if (desfecho !== 'segue' && desfecho !== 'fecha') this.#rascunhos.unshift(linha);
    return desfecho === 'redireciona' ? this.#perguntarDestinatario() : desfecho !== 'fecha';
  }

  /** O que se cola são sempre mensagens, nunca comandos: ninguém leu as linhas antes de chegarem. */
  async #colar({ linhas, resto, digitado }: LinhasColadas): Promise<boolean> {
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
      return true;
    }
    if (digitado !== '') this.#rascunhos.shift();
    return this.#enviarColadas(resto.trim() === '' ? aEnviar : [...aEnviar, resto]);
  }

  async #enviarColadas(aEnviar: readonly string[]): Promise<boolean> {
    for (const [indice, linha] of aEnviar.entries()) {
      this.#lembrar(linha);
      const desfecho = await this.#enviar(linha, this.#destinatario);
      if (desfecho === 'segue') continue;
      this.#rascunhos.unshift(...aEnviar.slice(indice));
      return desfecho === 'redireciona' ? this.#perguntarDestinatario() : true;
    }
    return true;
  }

  async #cumprir(intencao: Intencao): Promise<Desfecho> {
    const { acoes, mural, conversa, dialogo, clock } = this.#options;
    switch (intencao.tipo) {
      case 'dizer':
        return this.#enviar(intencao.texto, this.#destinatario);
      case 'privada':
        return this.#enviar(intencao.texto, paraOContrato(intencao.destinatario));
      case 'responder':
        if (mural.ultimaPrivada !== undefined) return this.#enviar(intencao.texto, mural.ultimaPrivada);
        dialogo.falhar('Você ainda não recebeu uma mensagem privada para responder.');
        return 'devolve';
      case 'usuarios':
        return seFoi(await acoes.listarUsuarios(intencao.nome || undefined));
      case 'salas':
        return seFoi(await acoes.listarSalas());
      case 'criar':
        return seFoi(await acoes.criar(intencao.nome));
      case 'entrar': {
        const entrou = await acoes.entrar(intencao.nome);
        if (entrou) this.#destinatario = undefined;
        return seFoi(entrou);
      }
      case 'sair':
        return (await acoes.sair()) ? 'fecha' : 'segue';
      case 'historico': {
        const historico = await dialogo.tentar('Não foi possível ler o histórico', () => conversa.historico());
        if (historico) mural.mostrarDeNovo(historico.valor.slice(-intencao.quantas));
        return seFoi(historico !== undefined);
      }
      case 'menu':
        return 'fecha';
      case 'encerrar':
        acoes.encerrar();
        return 'fecha';
      case 'erro':
        dialogo.falhar(intencao.motivo);
        return 'devolve';
      default:
        dialogo.avisar(...preferir(intencao, mural, clock));
        return 'segue';
    }
  }

  async #enviar(texto: string, destinatario: string | undefined): Promise<Desfecho> {
    const { dialogo, conversa } = this.#options;
    try {
      await dialogo.comEspera(conversa.enviar(texto, destinatario));
      return 'segue';
    } catch (erro) {
      dialogo.falhar(`A mensagem não foi enviada: ${explicar(erro)}`);
      const ausente = ehDoTipo(erro, 'DESTINATARIO_FORA_DA_SALA') && destinatario === this.#destinatario;
      return ausente ? 'redireciona' : 'devolve';
    }
  }

  #rodape(): string {
    const quem = this.#destinatario === undefined ? 'para todos' : `só para ${tornarVisivel(this.#destinatario)}`;
    return `${quem}; /ajuda; linha vazia: menu`;
  }

  /** A pergunta se desfez, porque a pessoa já não está na sala: o que ela digitava não se perde. */
  #guardar(digitado: string): void {
    if (digitado.trim() === '') return;
    this.#rascunhos.unshift(digitado);
    this.#options.dialogo.avisar('O que você digitava volta à linha na próxima conversa.');
  }

  #lembrar(linha: string): void {
    if (this.#historico.at(-1) === linha) return;
    this.#historico.push(linha);
    if (this.#historico.length > MAXIMO_NO_HISTORICO) this.#historico.shift();
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

function seFoi(foi: boolean): Desfecho {
  return foi ? 'segue' : 'devolve';
}

/** O que se pergunta e quando: o nome, o primeiro menu, o menu da sala. */

import type { Mensagem } from '../contract/chat.ts';
import { normalizarNome, problemaDoNome } from '../contract/nomes.ts';
import { formatarMensagem, tornarVisivel } from '../dominio/mensagens.ts';
import type { Conversa } from './conversa.ts';
import { aviso, falha } from './cores.ts';
import { explicar } from './explicar.ts';
import { perguntar, type Terminal, type Visao } from './pergunta.ts';
import { type Sugestao, usarMenu, usarTexto } from './perguntas.ts';
import {
  descrever,
  listar,
  PERGUNTA_DA_MENSAGEM,
  PERGUNTA_DA_SALA,
  PERGUNTA_DO_DESTINATARIO,
  PERGUNTA_DO_NOME,
  paraOContrato,
} from './textos.ts';

/** Uma resposta mais rápida que isto não pede explicação. */
const DEMORA_MS = 500;

interface Opcao {
  readonly texto: string;
  readonly agir: () => Promise<void> | void;
}

interface RoteiroOptions {
  readonly terminal: Terminal;
  readonly conversa: Conversa;
  /** A pessoa escolheu sair. */
  readonly aoEncerrar: () => void;
}

/** A pergunta aberta perdeu o sentido: o lugar da pessoa mudou. */
class MudouDeLugar extends Error {}

export class Roteiro {
  readonly #terminal: Terminal;
  readonly #conversa: Conversa;
  readonly #aoEncerrar: () => void;
  #lugar = new AbortController();
  #encerrado = false;
  /** O que se quis enviar e não foi: volta à linha. */
  #rascunho = '';

  readonly #primeiroMenu: readonly Opcao[] = [
    { texto: 'Criar sala', agir: () => this.#criarSala() },
    { texto: 'Entrar em uma sala', agir: () => this.#entrarEmUmaSala() },
    { texto: 'Listar salas', agir: () => this.#listarSalas() },
    { texto: 'Encerrar', agir: () => this.#encerrar() },
  ];

  readonly #menuDaSala: readonly Opcao[] = [
    { texto: 'Enviar mensagem', agir: () => this.#enviarMensagem() },
    { texto: 'Sair da sala', agir: () => this.#sairDaSala() },
    { texto: 'Listar usuários', agir: () => this.#listarUsuarios() },
    { texto: 'Encerrar', agir: () => this.#encerrar() },
  ];

  constructor({ terminal, conversa, aoEncerrar }: RoteiroOptions) {
    this.#terminal = terminal;
    this.#conversa = conversa;
    this.#aoEncerrar = aoEncerrar;
  }

  /**
   * Conduz a pessoa até que ela encerre.
   * @param nome dispensa a primeira pergunta, se for aceito
   * @param sala onde entrar logo depois
   */
  async conduzir(nome: string | undefined, sala: string | undefined): Promise<void> {
    let nomeDado = nome;
    let salaDada = sala;
    while (!this.#encerrado) {
      if (this.#lugar.signal.aborted) this.#lugar = new AbortController();
      try {
        if (this.#conversa.nome === undefined) {
          await this.#registrar(nomeDado);
          nomeDado = undefined;
        } else if (this.#conversa.sala !== undefined) {
          await this.#escolher(this.#menuDaSala);
        } else if (salaDada !== undefined) {
          const escolhida = salaDada;
          salaDada = undefined;
          if (!(await this.#entrar(escolhida))) await this.#entrarEmUmaSala();
        } else {
          await this.#escolher(this.#primeiroMenu);
        }
      } catch (erro) {
        if (!(erro instanceof MudouDeLugar)) throw erro;
      }
    }
  }

  /** O servidor mudou o lugar da pessoa: nem a pergunta aberta nem as que viriam depois dela servem. */
  mudouDeLugar(): void {
    this.#lugar.abort();
  }

  /** A pessoa sai: nada mais se pergunta nem se diz. */
  parar(): void {
    this.#encerrado = true;
    this.#lugar.abort();
  }

  async #registrar(nomeDado: string | undefined): Promise<void> {
    let candidato = nomeDado;
    for (;;) {
      const digitado = candidato ?? (await this.#perguntarTexto({ mensagem: PERGUNTA_DO_NOME })) ?? '';
      if (candidato === undefined) this.#mostrar(`${PERGUNTA_DO_NOME} ${tornarVisivel(digitado)}`);
      candidato = undefined;
      const recusa = await this.#tentarNome(digitado);
      if (recusa === undefined) return;
      this.#falhar(`Nome recusado: ${recusa}`);
    }
  }

  /** @returns por que não serviu */
  async #tentarNome(digitado: string): Promise<string | undefined> {
    const nome = normalizarNome(digitado);
    const problema = problemaDoNome(nome);
    if (problema) return `${tornarVisivel(problema)}.`;
    try {
      await this.#comEspera(this.#conversa.registrar(nome));
    } catch (erro) {
      return explicar(erro);
    }
    this.avisar(`Bem-vindo, ${tornarVisivel(this.#conversa.nome ?? nome)}!`);
    return undefined;
  }

  async #criarSala(): Promise<void> {
    const nomeSala = await this.#perguntarSala([]);
    if (!nomeSala) return;
    const criada = await this.#tentar('A sala não foi criada', () => this.#conversa.criarSala(nomeSala));
    if (criada) this.avisar(`Sala ${tornarVisivel(criada.valor)} criada. Entre nela para conversar.`);
  }

  async #entrarEmUmaSala(): Promise<void> {
    const salas = await this.#tentar('Não foi possível listar as salas', () => this.#conversa.listarSalas());
    if (!salas) return;
    if (salas.valor.length === 0) this.avisar('Não há salas abertas. Crie uma primeiro.');
    const sugestoes = salas.valor.map((sala) => ({ valor: sala.nomeSala, rotulo: descrever(sala) }));
    const nomeSala = await this.#perguntarSala(sugestoes);
    if (nomeSala) await this.#entrar(nomeSala);
  }

  /** @returns se entrou; senão, já disse por quê */
  async #entrar(nomeSala: string): Promise<boolean> {
    const entrada = await this.#tentar('Não foi possível entrar', () => this.#conversa.entrar(nomeSala));
    if (!entrada) return false;
    const { nomeSala: sala, usuarios, mensagens } = entrada.valor;
    this.avisar(`Você entrou na sala ${tornarVisivel(sala)}.`);
    this.avisar(`Usuários na sala: ${listar(usuarios)}`);
    this.mostrarMensagens(mensagens);
    return true;
  }

  mostrarMensagens(mensagens: readonly Mensagem[]): void {
    this.#mostrar(...mensagens.map(formatarMensagem));
  }

  async #listarSalas(): Promise<void> {
    const salas = await this.#tentar('Não foi possível listar as salas', () => this.#conversa.listarSalas());
    if (!salas) return;
    this.avisar(salas.valor.length === 0 ? 'Não há salas abertas.' : 'Salas abertas:');
    for (const sala of salas.valor) this.avisar(`  ${tornarVisivel(descrever(sala))}`);
  }

  async #enviarMensagem(): Promise<void> {
    do {
      const destinatario = await this.#perguntarTexto({ mensagem: PERGUNTA_DO_DESTINATARIO });
      if (destinatario === undefined) return;
      const texto = await this.#perguntarTexto({ mensagem: PERGUNTA_DA_MENSAGEM, inicial: this.#rascunho });
      this.#rascunho = '';
      if (!texto) return;
      const enviada = await this.#tentar('A mensagem não foi enviada', () =>
        this.#conversa.enviar(texto, paraOContrato(destinatario)),
      );
      if (!enviada) this.#rascunho = texto;
    } while (this.#rascunho !== '');
  }

  async #sairDaSala(): Promise<void> {
    const sala = await this.#tentar('Não foi possível sair', () => this.#conversa.sair());
    if (sala) this.avisar(`Você saiu da sala ${tornarVisivel(sala.valor)}.`);
  }

  async #listarUsuarios(): Promise<void> {
    const usuarios = await this.#tentar('Não foi possível listar os usuários', () => this.#conversa.listarUsuarios());
    if (usuarios) this.avisar(`Usuários na sala: ${listar(usuarios.valor)}`);
  }

  #encerrar(): void {
    this.parar();
    this.#aoEncerrar();
  }

  async #escolher(opcoes: readonly Opcao[]): Promise<void> {
    const menu = { opcoes: opcoes.map(({ texto }) => texto) };
    const numero = await this.#perguntar(() => usarMenu(menu));
    await opcoes[numero - 1]?.agir();
  }

  async #perguntarSala(sugestoes: readonly Sugestao[]): Promise<string | undefined> {
    const nomeSala = await this.#perguntarTexto({ mensagem: PERGUNTA_DA_SALA, sugestoes });
    if (nomeSala) this.#mostrar(`${PERGUNTA_DA_SALA} ${tornarVisivel(nomeSala)}`);
    return nomeSala;
  }

  #perguntarTexto(texto: Parameters<typeof usarTexto>[0]): Promise<string | undefined> {
    return this.#perguntar(() => usarTexto(texto));
  }

  async #perguntar<Valor>(usarVisao: () => Visao<Valor>): Promise<Valor> {
    const { signal } = this.#lugar;
    if (signal.aborted) throw new MudouDeLugar();
    try {
      return await perguntar(this.#terminal, usarVisao, signal);
    } catch (erro) {
      throw signal.aborted ? new MudouDeLugar() : erro;
    }
  }

  /** @returns o resultado; `undefined` depois de dizer por que não o há */
  async #tentar<T>(oQueFalhou: string, acao: () => Promise<T>): Promise<{ readonly valor: T } | undefined> {
    try {
      return { valor: await this.#comEspera(acao()) };
    } catch (erro) {
      this.#falhar(`${oQueFalhou}: ${explicar(erro)}`);
      return undefined;
    }
  }

  /** Uma demora se mostra, para que a tela nunca pareça parada. */
  async #comEspera<T>(acao: Promise<T>): Promise<T> {
    const { tela } = this.#terminal;
    const demora = setTimeout(() => tela.desenhar({ linhas: [{ texto: 'Aguarde…', pintar: aviso }] }), DEMORA_MS);
    try {
      return await acao;
    } finally {
      clearTimeout(demora);
      tela.retirar();
    }
  }

  #mostrar(...linhas: readonly string[]): void {
    if (!this.#encerrado) this.#terminal.tela.mostrar(...linhas);
  }

  /** Diz algo da parte do programa. @param texto já sem nada que um terminal obedeceria */
  avisar(texto: string): void {
    this.#mostrar(aviso(texto));
  }

  #falhar(texto: string): void {
    this.#mostrar(falha(texto));
  }
}

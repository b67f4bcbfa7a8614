/**
 * Quem sou, em que sala estou, até onde li: o estado de um participante, mantido através das quedas.
 * Não escreve no terminal nem pergunta nada: avisa a quem ouve.
 */

import type { Mensagem } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import type { Clock } from '../../process/clock.ts';
import { Chamadas } from '../chamadas/chamadas.ts';
import type { Conexao, ResultadoDe } from '../chamadas/conexao.ts';
import { Contato } from '../chamadas/contato.ts';
import { ehDoTipo, ehPassageira, estaFora } from '../chamadas/explicar.ts';
import { Envios } from './envios.ts';
import { Lugar } from './identidade.ts';
import { Presenca, type Ritmo } from './recepcao.ts';
import { Recuperacao } from './recuperacao.ts';
import type { Sessao } from './sessao-guardada.ts';

/** Quem encerra não espera mais que isto pelo servidor. */
const PRAZO_DA_DESPEDIDA_MS = 2_000;

export interface Ouvinte {
  /** Na ordem, cada uma uma só vez. */
  readonly aoReceber: (mensagens: readonly Mensagem[]) => void;
  /** Algo que a pessoa precisa saber. */
  readonly aoAvisar: (texto: string) => void;
  /** O servidor mudou o lugar da pessoa: ela já não está na sala, ou já não tem nome. */
  readonly aoSerRetirado: () => void;
  /** O que é preciso para voltar mais tarde mudou; `undefined` quando já não há a que voltar. */
  readonly aoMudarDeSessao?: (sessao: Sessao | undefined) => void;
}

interface ConversaOptions {
  readonly conexao: Conexao;
  readonly clock: Clock;
  readonly ritmo: Ritmo;
  readonly ouvinte: Ouvinte;
  /** Quanto insistir num envio, em ms. */
  readonly prazoDoEnvioMs?: number;
}

export class Conversa {
  readonly #conexao: Conexao;
  readonly #lugar: Lugar;
  readonly #chamadas: Chamadas;
  readonly #recuperacao: Recuperacao;
  readonly #presenca: Presenca;
  readonly #envios: Envios;
  readonly #aoReceber: Ouvinte['aoReceber'];
  /** O id da última mensagem entregue a quem ouve. */
  #cursor = 0;

  constructor({ conexao, clock, ritmo, ouvinte, prazoDoEnvioMs }: ConversaOptions) {
    const contato = new Contato(ouvinte.aoAvisar);
    this.#conexao = conexao;
    this.#aoReceber = ouvinte.aoReceber;
    this.#lugar = new Lugar(conexao, (sessao) => ouvinte.aoMudarDeSessao?.(sessao));
    this.#chamadas = new Chamadas({ conexao, contato, intervaloMs: ritmo.intervaloMs });
    this.#envios = new Envios(clock, ritmo.intervaloMs, prazoDoEnvioMs);
    this.#recuperacao = new Recuperacao({
      chamadas: this.#chamadas,
      lugar: this.#lugar,
      pararDeReceber: () => this.#presenca.parar(),
      receber: () => this.#marcarPresenca(),
      aoAvisar: ouvinte.aoAvisar,
      aoSerRetirado: ouvinte.aoSerRetirado,
    });
    this.#presenca = new Presenca({
      conexao,
      contato,
      clock,
      ritmo,
      aoRecusar: (erro) => this.#recuperacao.aoPararDeReceber(erro),
    });
  }

  /** `undefined` enquanto não há sessão. */
  get nome(): string | undefined {
    return this.#lugar.nome;
  }

  /** `undefined` fora de qualquer sala. */
  get sala(): string | undefined {
    return this.#lugar.sala;
  }

  /**
   * Insiste enquanto binder ou servidor estão fora.
   * @throws ContractError quando o nome não serve
   */
  async registrar(nomeUsuario: string): Promise<void> {
    const registro = await this.#chamadas.insistir('registrar_usuario', { nomeUsuario }, estaFora);
    this.#lugar.assumir(registro);
    if (registro.sala === null) this.#presenca.foraDaSala();
    else await this.entrar(registro.sala);
  }

  /** Se uma sessão de antes ainda vive no servidor; insiste enquanto ele está fora. */
  async aindaVale({ token }: Sessao): Promise<boolean> {
    this.#conexao.token = token;
    try {
      await this.#chamadas.insistir('listar_usuarios', {});
      return true;
    } catch (erro) {
      return ehDoTipo(erro, 'FORA_DA_SALA');
    } finally {
      this.#conexao.token = undefined;
    }
  }

  /**
   * Volta a ser quem se era; entrar na sala é com quem chama.
   * @returns a sala em que o servidor ainda nos tem
   */
  async retomar({ nome, token }: Sessao): Promise<string | undefined> {
    this.#conexao.token = token;
    const registro = await this.#chamadas.insistir('registrar_usuario', { nomeUsuario: nome });
    this.#lugar.assumir(registro);
    this.#presenca.foraDaSala();
    return registro.sala ?? undefined;
  }

  async criarSala(nomeSala: string): Promise<string> {
    return (await this.#recuperacao.agir('criar_sala', () => ({ nomeSala }))).nomeSala;
  }

  /**
   * @param desde o id a partir do qual receber; sem ele, o da última mensagem devolvida
   * @returns quem está na sala e as últimas mensagens, que sem `desde` não serão entregues de novo
   */
  async entrar(nomeSala: string, desde?: number): Promise<ResultadoDe<'entrar_sala'>> {
    return this.#mudandoDeSala(async () => {
      const entrada = await this.#recuperacao.agir('entrar_sala', () => ({ nomeUsuario: this.#quem(), nomeSala }));
      this.#lugar.estarEm(entrada.nomeSala);
      this.#cursor = desde ?? entrada.mensagens.at(-1)?.id ?? 0;
      return entrada;
    });
  }

  /** @returns o nome da sala que se deixou */
  async sair(): Promise<string> {
    return this.#mudandoDeSala(async () => {
      const { nomeSala } = await this.#recuperacao.agir('sair_da_sala', () => ({}));
      this.#lugar.estarEm(undefined);
      return nomeSala;
    });
  }

  listarSalas(): Promise<ResultadoDe<'listar_salas'>> {
    return this.#recuperacao.agir('listar_salas', () => ({}));
  }

  /** @param nomeSala a em que se está, se não se diz outra */
  listarUsuarios(nomeSala?: string): Promise<ResultadoDe<'listar_usuarios'>> {
    return this.#recuperacao.agir('listar_usuarios', () => ({ nomeSala: nomeSala ?? this.sala }));
  }

  /** As últimas mensagens da sala, já entregues ou não; o cursor fica onde está. */
  historico(): Promise<ResultadoDe<'receber_mensagens'>> {
    return this.#recuperacao.agir('receber_mensagens', () => ({
      nomeUsuario: this.#quem(),
      salaAtual: this.sala ?? '',
    }));
  }

  /**
   * Envia à sala em que se está, uma vez só.
   * @param destinatario `undefined` para todos
   * @returns a mensagem como o servidor a guardou
   * @throws o motivo pelo qual não se enviou
   */
  enviar(texto: string, destinatario?: string): Promise<Mensagem> {
    return this.#envios.enviar({ sala: this.sala ?? '', texto, destinatario }, (envio) =>
      this.#recuperacao.agir('enviar_mensagem', () => ({
        nomeUsuario: this.#quem(),
        salaAtual: envio.sala,
        mensagem: envio.texto,
        destinatario: envio.destinatario,
        chave: envio.chave,
      })),
    );
  }

  /** Termina a sessão, sem esperar muito por quem não responde. */
  async encerrar(): Promise<void> {
    this.#chamadas.parar();
    this.#presenca.parar();
    if (this.#lugar.token !== undefined) {
      if (await this.#despedir()) this.#lugar.perder();
      else this.#lugar.deixar();
    }
    this.#conexao.close();
  }

  /** @returns se a sessão acabou; quem não soube da despedida ainda guarda o nome, e só quem tem o token o retoma */
  async #despedir(): Promise<boolean> {
    try {
      await this.#conexao.chamar('encerrar_sessao', {}, { signal: AbortSignal.timeout(PRAZO_DA_DESPEDIDA_MS) });
      return true;
    } catch (erro) {
      return erro instanceof ContractError && !ehPassageira(erro);
    }
  }

  /** O laço para antes: o fim da sala antiga não pode parecer que fomos retirados dela. */
  async #mudandoDeSala<T>(mudar: () => Promise<T>): Promise<T> {
    this.#presenca.parar();
    try {
      return await mudar();
    } finally {
      this.#marcarPresenca();
    }
  }

  #marcarPresenca(): void {
    const { nome, sala } = this;
    if (nome !== undefined && sala !== undefined) {
      this.#presenca.naSala({
        nomeUsuario: nome,
        salaAtual: sala,
        cursor: () => this.#cursor,
        entregar: (mensagens) => this.#entregar(mensagens),
      });
    } else if (nome !== undefined) {
      this.#presenca.foraDaSala();
    }
  }

  #entregar(mensagens: readonly Mensagem[]): void {
    const novas = mensagens.filter(({ id }) => id > this.#cursor);
    const ultima = novas.at(-1);
    if (!ultima) return;
    this.#cursor = ultima.id;
    this.#aoReceber(novas);
  }

  #quem(): string {
    return this.nome ?? '';
  }
}

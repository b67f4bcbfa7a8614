/**
 * As regras do chat: sessões, salas, envio e recebimento; um método por procedimento.
 * Não conhece HTTP nem SQL: recebe quem chama e os parâmetros já verificados, e fala com o store pelos verbos dele.
 */

import type { CHAT_PROCEDURES, ChatProcedures, Mensagem } from '../contract/chat.ts';
import { ContractError, type TipoDeErro } from '../contract/errors.ts';
import { chaveDoNome } from '../contract/nomes.ts';
import type { Params, Result } from '../contract/procedure.ts';
import { formatarMensagem } from '../dominio/mensagens.ts';
import type { Clock } from '../process/clock.ts';
import type { Leitura, OcuparLugar, Store } from '../store/store.ts';
import { hashDoToken, novoToken, type Usuario, type Visitante } from './autenticacao.ts';
import type { Esperas } from './esperas.ts';
import { type Limite, type Reserva, redeDoEndereco } from './limites.ts';
import type { Presencas } from './presencas.ts';

type Pedido<Nome extends keyof ChatProcedures> = Params<(typeof CHAT_PROCEDURES)[Nome]>;
type Resultado<Nome extends keyof ChatProcedures> = Readonly<Result<(typeof CHAT_PROCEDURES)[Nome]>>;

export interface Dependencias {
  readonly store: Store;
  readonly clock: Clock;
  readonly esperas: Esperas;
  readonly presencas: Presencas;
  readonly limiteDeMensagens: Limite<number>;
  /** Criar salas e entrar nelas: um nome para todos, mensagens para os outros. Sair nunca se limita. */
  readonly limiteDeMovimentos: Limite<number>;
  readonly limiteDeRegistros: Limite<string>;
  /** Uma sala deixou de estar sem ninguém. */
  readonly salaOcupada: (nomeSala: string) => void;
}

const JA_NAO_ESTA_LA: ReadonlySet<TipoDeErro> = new Set(['NAO_AUTENTICADO', 'SALA_NAO_ENCONTRADA', 'FORA_DA_SALA']);

export class Chat {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    dependencias.store.aoGravar((gravada) => dependencias.esperas.acordar(gravada));
  }

  async registrarUsuario(
    { nomeUsuario }: Pedido<'registrar_usuario'>,
    { sessao, token, context }: Visitante,
  ): Promise<Resultado<'registrar_usuario'>> {
    const { limiteDeRegistros, store, presencas } = this.#deps;
    if (sessao && token && chaveDoNome(sessao.nome) === chaveDoNome(nomeUsuario)) {
      // De novo, porque a chamada anterior do mesmo batch pode ter mudado a sala, ou encerrado a sessão.
      const atual = await store.sessaoDoToken(hashDoToken(token));
      if (atual) return { nomeUsuario: atual.nome, token, sala: atual.sala };
    }
    const { tenteEmMs } = limiteDeRegistros.reservar(redeDoEndereco(context.enderecoRemoto));
    if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
    const novo = novoToken();
    const nova = await store.registrar({ nome: nomeUsuario, tokenHash: hashDoToken(novo) });
    presencas.iniciar(nova.id, false);
    return { nomeUsuario: nova.nome, token: novo, sala: null };
  }

  async encerrarSessao({ sessao }: Usuario): Promise<Resultado<'encerrar_sessao'>> {
    const { store, clock, presencas } = this.#deps;
    if (!(await store.encerrar(sessao.id, clock.agoraMs()))) throw new ContractError('NAO_AUTENTICADO');
    presencas.esquecer(sessao.id);
    return true;
  }

  async criarSala({ nomeSala }: Pedido<'criar_sala'>, { sessao }: Usuario): Promise<Resultado<'criar_sala'>> {
    const { store, limiteDeMovimentos } = this.#deps;
    const criada = await limitado(limiteDeMovimentos, sessao.id, (ocuparLugar) =>
      store.criarSala(sessao.id, nomeSala, ocuparLugar),
    );
    return { nomeSala: criada.nomeSala };
  }

  async entrarSala({ nomeSala }: Pedido<'entrar_sala'>, { sessao }: Usuario): Promise<Resultado<'entrar_sala'>> {
    const { store, clock, limiteDeMovimentos, salaOcupada } = this.#deps;
    const entrou = await limitado(limiteDeMovimentos, sessao.id, (ocuparLugar) =>
      store.entrar({ sessaoId: sessao.id, nomeSala, agoraMs: clock.agoraMs(), ocuparLugar }),
    );
    salaOcupada(entrou.nomeSala);
    return entrou;
  }

  async sairDaSala({ sessao }: Usuario): Promise<Resultado<'sair_da_sala'>> {
    const { store, clock } = this.#deps;
    return store.sair(sessao.id, clock.agoraMs());
  }

  async enviarMensagem(
    { salaAtual, mensagem, destinatario, chave }: Pedido<'enviar_mensagem'>,
    { sessao }: Usuario,
  ): Promise<Resultado<'enviar_mensagem'>> {
    const { store, clock, limiteDeMensagens } = this.#deps;
    const enviada = await limitado(limiteDeMensagens, sessao.id, (ocuparLugar) =>
      store.enviar({
        sessaoId: sessao.id,
        nomeSala: salaAtual,
        conteudo: mensagem,
        destinatario,
        chave,
        agoraMs: clock.agoraMs(),
        ocuparLugar,
      }),
    );
    return enviada.mensagem;
  }

  async receberMensagens(
    { salaAtual, desde, esperarMs = 0 }: Pedido<'receber_mensagens'>,
    { sessao, context }: Usuario,
  ): Promise<Resultado<'receber_mensagens'>> {
    const leitura = { sessaoId: sessao.id, nomeSala: salaAtual, desde };
    if (esperarMs === 0) return (await this.#deps.store.ler(leitura)).mensagens;
    return this.#esperarMensagens(leitura, esperarMs, context.aoDesistir);
  }

  async #esperarMensagens(
    leitura: Leitura,
    esperarMs: number,
    aoDesistir: (aoDesistir: () => void) => void,
  ): Promise<readonly Mensagem[]> {
    const { store, esperas, presencas } = this.#deps;
    const espera = esperas.abrir(leitura.sessaoId, leitura.nomeSala, esperarMs);
    aoDesistir(espera.terminar);
    try {
      const { mensagens } = await store.ler(leitura);
      if (mensagens.length > 0) return mensagens;
      return (await espera.desfecho) === 'mensagem' ? await this.#reler(leitura) : [];
    } finally {
      espera.terminar();
      presencas.renovar(leitura.sessaoId);
    }
  }

  /** A mensagem que acordou a espera pode ser a da própria saída: então já não há o que receber. */
  async #reler(leitura: Leitura): Promise<readonly Mensagem[]> {
    try {
      return (await this.#deps.store.ler(leitura)).mensagens;
    } catch (erro) {
      if (erro instanceof ContractError && JA_NAO_ESTA_LA.has(erro.tipo)) return [];
      throw erro;
    }
  }

  listarSalas(): Promise<Resultado<'listar_salas'>> {
    return this.#deps.store.listarSalas();
  }

  listarUsuarios({ nomeSala }: Pedido<'listar_usuarios'>, { sessao }: Usuario): Promise<Resultado<'listar_usuarios'>> {
    return this.#deps.store.listarUsuarios(sessao.id, nomeSala);
  }

  async formatarMensagens({ mensagem }: Pedido<'formatar_mensagens'>): Promise<Resultado<'formatar_mensagens'>> {
    return formatarMensagem(mensagem);
  }
}

/** Dá ao verbo como ocupar um lugar no limite; se depois dele algo falha, o lugar é devolvido. */
async function limitado<T>(
  limite: Limite<number>,
  sessaoId: number,
  agir: (ocuparLugar: OcuparLugar) => Promise<T>,
): Promise<T> {
  let reserva: Reserva | undefined;
  try {
    return await agir(() => {
      reserva = limite.reservar(sessaoId);
      return reserva.tenteEmMs;
    });
  } catch (erro) {
    reserva?.devolver();
    throw erro;
  }
}

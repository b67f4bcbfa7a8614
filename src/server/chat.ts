/**
 * As regras do chat: sessões, salas, envio e recebimento; um método por procedimento.
 * Não conhece HTTP nem SQL: recebe quem chama e os parâmetros já verificados, e fala com o store pelos verbos dele.
 */

import type { CHAT_PROCEDURES, ChatProcedures, Mensagem } from '../contract/chat.ts';
import { ContractError, ehDoTipo, type TipoDeErro } from '../contract/errors.ts';
import { mesmoNome } from '../contract/nomes/nomes.ts';
import type { Params, Result } from '../contract/procedure.ts';
import { formatarMensagem } from '../dominio/mensagens.ts';
import { redeDoEndereco } from '../process/enderecos.ts';
import type { Leitura, LimiteDeChamadas, Store } from '../store/store.ts';
import { hashDoToken, novoToken, type Usuario, type Visitante } from './autenticacao.ts';
import { Donos } from './donos.ts';
import type { Esperas } from './esperas.ts';

type Pedido<Nome extends keyof ChatProcedures> = Params<(typeof CHAT_PROCEDURES)[Nome]>;
type Resultado<Nome extends keyof ChatProcedures> = Readonly<Result<(typeof CHAT_PROCEDURES)[Nome]>>;

export interface LimitesDoChat {
  /** Por usuário. */
  readonly mensagens: LimiteDeChamadas;
  /** Por usuário: criar salas e entrar nelas, um nome para todos e mensagens para os outros. Sair nunca se limita. */
  readonly movimentos: LimiteDeChamadas;
  /** Por rede. */
  readonly registros: LimiteDeChamadas;
}

export interface Dependencias {
  readonly store: Store;
  readonly esperas: Esperas;
  readonly limites: LimitesDoChat;
}

/** Com mais que isto, quatro pessoas encheriam de salas sem ninguém o que é de todos; de um endereço pode vir uma turma. */
const SALAS_VAZIAS_POR_PESSOA = 20;
const SALAS_VAZIAS_POR_REDE = 200;

const JA_NAO_ESTA_LA: ReadonlySet<TipoDeErro> = new Set(['NAO_AUTENTICADO', 'SALA_NAO_ENCONTRADA', 'FORA_DA_SALA']);

export class Chat {
  readonly #deps: Dependencias;
  /** As salas com dono, e as que têm senha. */
  readonly donos: Donos;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    this.donos = new Donos({ store: dependencias.store, limite: dependencias.limites.movimentos });
  }

  async registrarUsuario(
    { nomeUsuario }: Pedido<'registrar_usuario'>,
    { sessao, token, context }: Visitante,
  ): Promise<Resultado<'registrar_usuario'>> {
    const { limites, store } = this.#deps;
    if (sessao && token && mesmoNome(sessao.nome, nomeUsuario)) {
      // De novo, porque a chamada anterior do mesmo batch pode ter mudado a sala, ou encerrado a sessão.
      const atual = await store.identificar(hashDoToken(token));
      if (atual) return { nomeUsuario: atual.nome, token, sala: atual.sala };
    }
    const novo = novoToken();
    const rede = redeDoEndereco(context.enderecoRemoto);
    const tokenHash = hashDoToken(novo);
    const registro = store.registrar({ nome: nomeUsuario, tokenHash, rede, limite: limites.registros });
    const nova = await registro.catch((erro: unknown) => {
      throw ehDoTipo(erro, 'LIMITE_EXCEDIDO') ? registrosDemais(erro as ContractError, limites.registros) : erro;
    });
    return { nomeUsuario: nova.nome, token: novo, sala: null };
  }

  async encerrarSessao({ sessao }: Usuario): Promise<Resultado<'encerrar_sessao'>> {
    if (!(await this.#deps.store.encerrar(sessao.id))) throw new ContractError('NAO_AUTENTICADO');
    return true;
  }

  async criarSala({ nomeSala }: Pedido<'criar_sala'>, { sessao, context }: Usuario): Promise<Resultado<'criar_sala'>> {
    const { store, limites } = this.#deps;
    const rede = redeDoEndereco(context.enderecoRemoto);
    const vazias =
      limites.movimentos.maximo === 0
        ? undefined
        : { porPessoa: SALAS_VAZIAS_POR_PESSOA, porRede: SALAS_VAZIAS_POR_REDE };
    await store.criarSala({ sessaoId: sessao.id, nomeSala, rede, vazias, limite: limites.movimentos });
    return { nomeSala };
  }

  async sairDaSala({ sessao }: Usuario): Promise<Resultado<'sair_da_sala'>> {
    return this.#deps.store.sair(sessao.id);
  }

  async enviarMensagem(
    { salaAtual, mensagem, destinatario, chave }: Pedido<'enviar_mensagem'>,
    { sessao }: Usuario,
  ): Promise<Resultado<'enviar_mensagem'>> {
    const { store, limites } = this.#deps;
    const enviada = await store.enviar({
      sessaoId: sessao.id,
      nomeSala: salaAtual,
      conteudo: mensagem,
      destinatario,
      chave,
      limite: limites.mensagens,
    });
    return enviada.mensagem;
  }

  receberMensagens(
    { salaAtual, desde, esperarMs = 0 }: Pedido<'receber_mensagens'>,
    { sessao, context }: Usuario,
  ): Promise<Resultado<'receber_mensagens'>> {
    const leitura = { sessaoId: sessao.id, nomeSala: salaAtual, desde };
    return esperarMs === 0 ? this.#ler(leitura) : this.#esperarMensagens(leitura, esperarMs, context.aoDesistir);
  }

  async #ler(leitura: Leitura): Promise<readonly Mensagem[]> {
    return (await this.#deps.store.ler(leitura)).mensagens;
  }

  async #esperarMensagens(
    leitura: Leitura,
    esperarMs: number,
    aoDesistir: (aoDesistir: () => void) => void,
  ): Promise<readonly Mensagem[]> {
    const { store, esperas } = this.#deps;
    const espera = esperas.abrir(leitura.sessaoId, leitura.nomeSala, esperarMs);
    aoDesistir(espera.terminar);
    try {
      const acompanhada = { ...leitura, acompanhar: true };
      const mensagens = await this.#ler(acompanhada);
      if (mensagens.length > 0) return mensagens;
      return (await espera.desfecho) === 'mensagem' ? await this.#reler(acompanhada) : [];
    } finally {
      espera.terminar();
      store.renovar(leitura.sessaoId);
    }
  }

  /** A mensagem que acordou a espera pode ser a da própria saída: então já não há o que receber. */
  async #reler(leitura: Leitura): Promise<readonly Mensagem[]> {
    try {
      return await this.#ler(leitura);
    } catch (erro) {
      if (erro instanceof ContractError && JA_NAO_ESTA_LA.has(erro.tipo)) return [];
      throw erro;
    }
  }

  listarSalas({ detalhes = false }: Pedido<'listar_salas'>): Promise<Resultado<'listar_salas'>> {
    const { store } = this.#deps;
    return detalhes ? store.listarSalasComDetalhes() : store.listarSalas();
  }

  listarUsuarios({ nomeSala }: Pedido<'listar_usuarios'>, { sessao }: Usuario): Promise<Resultado<'listar_usuarios'>> {
    return this.#deps.store.listarUsuarios(sessao.id, nomeSala);
  }

  async formatarMensagens({ mensagem }: Pedido<'formatar_mensagens'>): Promise<Resultado<'formatar_mensagens'>> {
    return formatarMensagem(mensagem);
  }
}

/** Quem está atrás do mesmo roteador ou proxy não tem como saber que divide o limite: a recusa o diz. */
function registrosDemais({ detalhes }: ContractError, { maximo }: LimiteDeChamadas): ContractError {
  const message =
    `O servidor só aceita ${maximo} registros por minuto de um endereço, e do seu já vieram todos: ` +
    'uma rede inteira pode ter um só. Quem hospeda muda esse limite com --limite-registros.';
  return new ContractError('LIMITE_EXCEDIDO', detalhes, message);
}

/**
 * Entrar, sair e encerrar tocam na sessão e em salas, que podem estar em Redis diferentes: são passos, não um só ato.
 * Uma sessão faz um movimento por vez, e por um tempo curto; o que um servidor deixa por acabar, outro assume quando esse
 * tempo acaba, e os passos atrasados do primeiro já não valem.
 */

import { setTimeout as esperar } from 'node:timers/promises';
import { ContractError, ehDoTipo } from '../../contract/errors.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { nada } from '../../redis/resposta.ts';
import type { Entrada, Entrou, LimiteDeChamadas, Saiu } from '../store.ts';
import type { SalaBuscada } from './estado/indice.ts';
import { type Limites, SEM_LIMITE } from './estado/limites.ts';
import type { Limpeza } from './estado/limpeza.ts';
import type { Chegada, Passo, Salas } from './estado/salas.ts';
import type { Sessoes } from './estado/sessoes.ts';
import { canalDosFins, chaveDoRitmo, chavesDaSessao, faixaDaSessao } from './formato/chaves.ts';
import type { Movimento, SalaCitada, SessaoEmMovimento } from './formato/registros.ts';
import type { Herancas } from './herancas.ts';
import { apagarSessao, assumirMovimento, concluirMovimento, iniciarMovimento } from './scripts/movimentos.ts';

/** O que tem de valer ainda para que a varredura aja: uma chamada pode ter chegado enquanto isso. */
export interface Condicao {
  readonly tipo: 'ausente' | 'expirada' | 'sem_chamada';
  readonly prazoMs: number;
}

/** O que fez quem tirou alguém de uma sala. */
export interface Expulsao<T> {
  readonly feito: T;
  readonly saiu: boolean;
  readonly temPrivadas: boolean;
}

interface NovoMovimento {
  readonly sessaoId: number;
  readonly tipo: Movimento['tipo'];
  readonly destino?: SalaCitada;
  /** Só se está nesta sala. */
  readonly daSala?: SalaCitada;
  readonly limite?: LimiteDeChamadas | undefined;
  readonly condicao?: Condicao | undefined;
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly sessoes: Sessoes;
  readonly salas: Salas;
  readonly limites: Limites;
  readonly limpeza: Limpeza;
  readonly herancas: Herancas;
}

/** Quanto se espera por outro movimento da mesma sessão antes de recusar. */
const TENTATIVAS = 8;
const ENTRE_TENTATIVAS_MS = 25;

export class Movimentos {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /**
   * Entra, e só depois sai de onde estava: quem não consegue entrar fica onde está.
   * @returns `undefined` se já estava na sala
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, EXPULSO, SenhaPedida, LIMITE_EXCEDIDO
   */
  async entrar({ sessaoId, senhaAceita, limite }: Entrada, destino: SalaBuscada): Promise<Entrou | undefined> {
    const sessao = await this.#iniciarEntrada({ sessaoId, tipo: 'entrar', destino: destino.sala, limite }, async () => {
      // Sem lugar no limite, o que a sala recusa se diz antes dele.
      const { nome } = await this.#deps.sessoes.exigir(sessaoId);
      await this.#deps.salas.conferirEntrada(destino, { sessaoId, nome }, senhaAceita);
    });
    if (sessao === 'JA_ESTA') return undefined;
    const passo = emPasso(sessaoId, sessao);
    const { minha, usuarios, mensagens } = await this.#chegar(sessaoId, sessao, limite, async () => {
      const chegada = await this.#deps.salas.entrar(destino, passo, senhaAceita);
      if (!chegada) throw new ContractError('SALA_NAO_ENCONTRADA');
      return chegada;
    });
    const rastro = await this.#deixar(sessao, passo);
    await this.#concluir(sessaoId, sessao, destino.sala, { rastro, propria: minha ? destino.sala.chave : '' });
    return { nomeSala: destino.sala.nome, usuarios, mensagens };
  }

  /**
   * Tira alguém de uma sala por quem é dono dela.
   * @param agir tira-o da sala, até o instante que recebe, e diz se saiu, e se ela guarda mensagens privadas dele
   * @returns o que `agir` fez
   */
  async expulsar<T>(sessaoId: number, daSala: SalaCitada, agir: (ate?: number) => Promise<Expulsao<T>>): Promise<T> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'expulsar', daSala }).catch((erro: unknown) => {
      // A sessão já foi para outro lugar; a sala é que talvez ainda não saiba.
      if (ehDoTipo(erro, 'FORA_DA_SALA', 'NAO_AUTENTICADO')) return 'JA_ESTA' as const;
      throw erro;
    });
    if (sessao === 'JA_ESTA') return (await agir()).feito;
    const { feito, saiu, temPrivadas } = await agir(sessao.movimento.ate);
    const rastro = temPrivadas ? daSala.chave : '';
    await this.#concluir(sessaoId, sessao, saiu ? undefined : sessao.sala, { rastro });
    return feito;
  }

  /** Se a sala recusa, a sessão fica onde estava. */
  async #chegar(
    sessaoId: number,
    sessao: SessaoEmMovimento,
    limite: LimiteDeChamadas | undefined,
    agir: () => Promise<Chegada>,
  ): Promise<Chegada> {
    try {
      return await agir();
    } catch (erro) {
      if (!(erro instanceof ContractError)) throw erro;
      await this.#concluir(sessaoId, sessao, sessao.sala);
      if (limite) await this.#deps.limites.devolverLugar(sessaoId, 'movimentos');
      throw erro;
    }
  }

  async #iniciarEntrada(novo: NovoMovimento, aoFaltarLugar: () => Promise<void>) {
    try {
      return await this.#iniciar(novo);
    } catch (erro) {
      if (ehDoTipo(erro, 'LIMITE_EXCEDIDO')) await aoFaltarLugar();
      throw erro;
    }
  }

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA */
  async sair(sessaoId: number, condicao?: Condicao): Promise<Saiu> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'sair', condicao });
    if (sessao === 'JA_ESTA' || !sessao.sala) throw new ContractError('FORA_DA_SALA');
    await this.#terminar(sessaoId, sessao);
    return { nomeSala: sessao.sala.nome };
  }

  /** @throws NAO_AUTENTICADO */
  async encerrar(sessaoId: number, condicao?: Condicao): Promise<void> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'encerrar', condicao });
    if (sessao !== 'JA_ESTA') await this.#terminar(sessaoId, sessao);
  }

  /** Acaba o movimento que alguém deixou por acabar, se já se pode. */
  async assumir(sessaoId: number): Promise<void> {
    const argumentos = { agora: this.#deps.relogio.agoraMs(), id: String(sessaoId) };
    const sessao = await this.#deps.redis.executar(assumirMovimento, chavesDaSessao(sessaoId), argumentos);
    if (sessao) await this.#terminar(sessaoId, sessao);
  }

  /** O que falta de um movimento: cada passo, dado de novo, não muda nada. */
  async #terminar(sessaoId: number, sessao: SessaoEmMovimento): Promise<void> {
    const { salas, sessoes, limpeza, herancas } = this.#deps;
    const { tipo } = sessao.movimento;
    // Quem ainda não foi expulso fica: sem isso sairia como quem quis sair, e poderia voltar.
    const destino = tipo === 'expulsar' ? sessao.sala : sessao.movimento.destino;
    const { esta = false, minha = false } = destino ? await salas.temMembro(destino, sessaoId) : {};
    const fica = esta ? destino : tipo === 'entrar' ? sessao.sala : undefined;
    const rastro = sessao.sala?.id === fica?.id ? '' : await this.#deixar(sessao, emPasso(sessaoId, sessao));
    if (tipo !== 'encerrar') {
      return this.#concluir(sessaoId, sessao, fica, { rastro, propria: destino && minha ? destino.chave : '' });
    }
    if (rastro) await this.#anotarRastro(sessaoId, rastro);
    await herancas.passarAdiante(sessaoId);
    await limpeza.apagarRastros(sessaoId);
    await sessoes.liberarNome(sessao);
    await this.#apagar(sessaoId, sessao);
  }

  /** Sai da sala em que está. @returns a sala, se guarda mensagens privadas de quem sai, ou vazio */
  async #deixar({ sala, movimento }: SessaoEmMovimento, passo: Passo): Promise<string> {
    if (!sala) return '';
    const encerra = movimento.tipo === 'encerrar';
    const { temPrivadas, donoId } = await this.#deps.salas.sair(sala, passo, encerra);
    if (encerra && donoId !== undefined) await this.#deps.herancas.anotarPropria(donoId, sala.chave);
    return temPrivadas ? sala.chave : '';
  }

  /** @throws SERVICO_INDISPONIVEL se a sessão não se desocupa */
  async #iniciar(novo: NovoMovimento): Promise<SessaoEmMovimento | 'JA_ESTA'> {
    const { sessaoId } = novo;
    let restaMs = 0;
    for (let tentativa = 0; tentativa < TENTATIVAS; tentativa += 1) {
      const inicio = await this.#tentarIniciar(novo);
      switch (inicio.desfecho) {
        case 'OK':
          return inicio.valor[0];
        case 'JA_ESTA':
          return 'JA_ESTA';
        case 'CHEIO':
          throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: inicio.valor[0] });
        case 'ABANDONADO':
          await this.assumir(sessaoId);
          break;
        case 'OCUPADA':
          [restaMs] = inicio.valor;
          await esperar(ENTRE_TENTATIVAS_MS);
          break;
        case 'NAO_AUTENTICADO':
          throw new ContractError('NAO_AUTENTICADO');
        default:
          // Quem voltou não sai da sala nem perde a sessão: para a varredura, já não há o que fazer.
          throw new ContractError('FORA_DA_SALA');
      }
    }
    throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: Math.max(restaMs, ENTRE_TENTATIVAS_MS) });
  }

  #tentarIniciar({ sessaoId, tipo, destino, daSala, limite = SEM_LIMITE, condicao }: NovoMovimento) {
    const chaves = { ...chavesDaSessao(sessaoId), ritmo: chaveDoRitmo(sessaoId, 'movimentos') };
    return this.#deps.redis.executar(iniciarMovimento, chaves, {
      agora: this.#deps.relogio.agoraMs(),
      id: String(sessaoId),
      tipo,
      destino: destino ? JSON.stringify(destino) : '',
      daSala: daSala ? String(daSala.id) : '',
      ...limite,
      condicao: condicao?.tipo ?? '',
      prazoMs: condicao?.prazoMs ?? 0,
      canal: canalDosFins(faixaDaSessao(sessaoId), this.#deps.redis.banco),
    });
  }

  /**
   * @param rastro a sala de que saiu, se guarda mensagens privadas de quem sai
   * @param propria a sala em que entrou, se é sua
   */
  async #concluir(
    sessaoId: number,
    { movimento }: SessaoEmMovimento,
    sala: SalaCitada | undefined,
    { rastro = '', propria = '' } = {},
  ): Promise<void> {
    await this.#deps.redis.executar(concluirMovimento, chavesDaSessao(sessaoId), {
      id: String(sessaoId),
      numero: movimento.numero,
      sala: sala ? JSON.stringify(sala) : '',
      rastro,
      propria,
    });
  }

  #anotarRastro(sessaoId: number, sala: string): Promise<void> {
    const { rastros } = chavesDaSessao(sessaoId);
    return this.#deps.redis.comando(nada, rastros, 'SADD', rastros, sala);
  }

  async #apagar(sessaoId: number, { movimento }: SessaoEmMovimento): Promise<void> {
    const argumentos = { id: String(sessaoId), numero: movimento.numero };
    await this.#deps.redis.executar(apagarSessao, chavesDaSessao(sessaoId), argumentos);
  }
}

function emPasso(sessaoId: number, { nome, movimento }: SessaoEmMovimento): Passo {
  return { sessaoId, nome, ate: movimento.ate };
}

/**
 * Os verbos da porta sobre um Redis que vários servidores dividem.
 * O que é de uma sala é um só ato; o que toca em mais de um lugar são passos, na ordem que um kill no meio não estraga.
 */

import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import type { RedisConnection, Resposta } from '../../redis/connection.ts';
import { RedisIndisponivel } from '../../redis/redis-error.ts';
import type {
  Entrada,
  Entrou,
  Enviada,
  Envio,
  Gravada,
  Leitura,
  Lidas,
  LimiteDeChamadas,
  NovaSessao,
  Saiu,
  SalaAberta,
  SalaVazia,
  Sessao,
  SessoesVivas,
  Store,
} from '../store.ts';
import { Avisos } from './avisos.ts';
import { chaveDasPrivadas, chavesDaSala } from './chaves.ts';
import { Envios } from './envios.ts';
import { ListaDeNomes } from './lista-de-nomes.ts';
import { LIMITE_DE_MOVIMENTOS, Movimentos } from './movimentos.ts';
import { emMensagens } from './respostas.ts';
import { Salas } from './salas.ts';
import { lerDaSala } from './salas-scripts.ts';
import { Pessoas } from './sessoes.ts';

const TENTE_EM_MS = 500;

export class RedisStore implements Store, SessoesVivas {
  readonly pessoas: Pessoas;
  readonly salas: Salas;
  readonly movimentos: Movimentos;
  readonly #redis: RedisConnection;
  readonly #envios: Envios;
  readonly #avisos: Avisos;
  readonly #nomes: ListaDeNomes;
  /** O último verbo pedido por cada sessão: o seguinte faz efeito depois dele. */
  readonly #filas = new Map<number, Promise<unknown>>();
  readonly #emAndamento = new Set<Promise<unknown>>();
  #fechado = false;

  /**
   * @param historia quantas mensagens se guardam em cada sala
   * @param aoFalhar recebe o detalhe de uma falha que não é de quem chamou, para o log
   */
  constructor(redis: RedisConnection, historia: number, aoFalhar: (erro: unknown) => void) {
    this.#redis = redis;
    this.pessoas = new Pessoas(redis);
    this.salas = new Salas(redis, historia);
    this.movimentos = new Movimentos(redis, this.pessoas, this.salas);
    this.#envios = new Envios(redis, this.pessoas, historia);
    this.#avisos = new Avisos(redis, aoFalhar);
    this.#nomes = new ListaDeNomes(this.pessoas);
  }

  registrar(nova: NovaSessao, limite?: LimiteDeChamadas): Promise<Sessao> {
    return this.#pedir(async () => {
      if (limite) await this.pessoas.ocuparRegistro(nova.rede ?? '', limite);
      return this.pessoas.registrar(nova);
    });
  }

  sessaoDoToken(tokenHash: Buffer): Promise<Sessao | undefined> {
    return this.#pedir(() => this.pessoas.doToken(tokenHash));
  }

  identificar(tokenHash: Buffer): Promise<Sessao | undefined> {
    return this.#pedir(() => this.pessoas.identificar(tokenHash));
  }

  renovar(sessaoId: number): void {
    void this.#pedir(() => this.pessoas.renovar([sessaoId])).catch(() => {
      // Se o Redis não está, ninguém sai da sala por isso.
    });
  }

  confirmar(sessaoId: number): Promise<void> {
    return this.#emOrdem(sessaoId, () => this.pessoas.confirmar(sessaoId));
  }

  encerrar(sessaoId: number, agoraMs: number): Promise<boolean> {
    return this.#emOrdem(sessaoId, async () => {
      try {
        await this.movimentos.encerrar(sessaoId, agoraMs);
        return true;
      } catch (erro) {
        if (erro instanceof ContractError && erro.tipo === 'NAO_AUTENTICADO') return false;
        throw erro;
      }
    });
  }

  sessoes(): Promise<Sessao[]> {
    return this.#pedir(async () => {
      const todas = await this.pessoas.todas();
      this.#nomes.partirDe(todas);
      return todas;
    });
  }

  criarSala(sessaoId: number, nomeSala: string, limite?: LimiteDeChamadas): Promise<SalaVazia> {
    return this.#emOrdem(sessaoId, async () => {
      await this.pessoas.exigir(sessaoId);
      if (await this.salas.buscar(nomeSala)) throw new ContractError('SALA_JA_EXISTE');
      if (limite) await this.pessoas.ocuparLugar(sessaoId, LIMITE_DE_MOVIMENTOS, limite);
      try {
        return await this.salas.criar(nomeSala);
      } catch (erro) {
        if (limite) await this.pessoas.devolverLugar(sessaoId, LIMITE_DE_MOVIMENTOS);
        throw erro;
      }
    });
  }

  entrar({ sessaoId, nomeSala, agoraMs, limite }: Entrada): Promise<Entrou> {
    return this.#emOrdem(sessaoId, async () => {
      const destino = await this.salas.buscar(nomeSala);
      if (!destino) {
        await this.pessoas.exigir(sessaoId);
        throw new ContractError('SALA_NAO_ENCONTRADA');
      }
      const entrou = await this.movimentos.entrar(sessaoId, destino, agoraMs, limite);
      if (entrou) return entrou;
      const { sala } = destino;
      const [usuarios, { mensagens }] = await Promise.all([
        this.salas.membros(sala),
        this.#ler({ sessaoId, nomeSala, desde: undefined }),
      ]);
      return { nomeSala: sala.nome, usuarios, mensagens: [...mensagens] };
    });
  }

  sair(sessaoId: number, agoraMs: number): Promise<Saiu> {
    return this.#emOrdem(sessaoId, () => this.movimentos.sair(sessaoId, agoraMs));
  }

  enviar(envio: Envio): Promise<Enviada> {
    return this.#emOrdem(envio.sessaoId, async () => {
      try {
        return await this.#envios.enviar(envio);
      } catch (erro) {
        throw foraDaSala(erro) ? await this.#ausencia(envio.nomeSala) : erro;
      }
    });
  }

  ler(leitura: Leitura): Promise<Lidas> {
    return this.#emOrdem(leitura.sessaoId, async () => {
      if (leitura.acompanhar) await this.#avisos.acompanhar(nomeComparavel(leitura.nomeSala));
      return this.#ler(leitura);
    });
  }

  listarSalas(): Promise<SalaAberta[]> {
    return this.#pedir(() => this.salas.listar());
  }

  listarUsuarios(sessaoId: number, nomeSala: string | undefined): Promise<string[]> {
    return this.#emOrdem(sessaoId, async () => {
      const { sala } = await this.pessoas.exigir(sessaoId);
      if (nomeSala === undefined) {
        if (!sala) throw new ContractError('FORA_DA_SALA');
        return this.salas.membros(sala);
      }
      const buscada = await this.salas.buscar(nomeSala);
      if (!buscada) throw new ContractError('SALA_NAO_ENCONTRADA');
      return this.salas.membros(buscada.sala);
    });
  }

  salasVazias(): Promise<SalaVazia[]> {
    return this.#pedir(() => this.salas.vazias());
  }

  removerSalaVazia(sala: SalaVazia): Promise<boolean> {
    return this.#pedir(() => this.salas.removerVazia(sala, 0));
  }

  limpar(): Promise<boolean> {
    return this.#pedir(() => this.salas.apagarRemovidas());
  }

  aoGravar(ouvinte: (gravada: Gravada) => void): void {
    this.#avisos.ouvir(ouvinte);
  }

  aoMudarNomes(ouvinte: (nome: string, mudanca: 'nasceu' | 'acabou') => void): void {
    this.#nomes.ouvir(ouvinte);
  }

  get disponivel(): boolean {
    return this.#redis.disponivel && !this.#fechado;
  }

  async close(): Promise<void> {
    this.#fechado = true;
    await Promise.allSettled(this.#emAndamento);
    this.#nomes.close();
    this.#avisos.close();
    await this.#redis.close();
  }

  async #ler({ sessaoId, nomeSala, desde }: Leitura): Promise<Lidas> {
    const sala = nomeComparavel(nomeSala);
    const { dados, membros, mensagens } = chavesDaSala(sala);
    const chaves = [dados, membros, mensagens, chaveDasPrivadas(sala, sessaoId)];
    const resposta = await this.#redis.executar(lerDaSala, chaves, [sessaoId, desde ?? '']);
    if (resposta === null) {
      await this.pessoas.exigir(sessaoId);
      throw await this.#ausencia(nomeSala);
    }
    const [nome, deTodos, privadas] = resposta as [string, Resposta, Resposta];
    return { mensagens: emMensagens(nome, deTodos, privadas, desde === undefined ? 'ultimas' : 'primeiras') };
  }

  /** A sala sabe quem está nela, não se existe: quem não está pode ter dito um nome que não há. */
  async #ausencia(nomeSala: string): Promise<ContractError> {
    return new ContractError((await this.salas.buscar(nomeSala)) ? 'FORA_DA_SALA' : 'SALA_NAO_ENCONTRADA');
  }

  /** Os verbos de uma sessão fazem efeito na ordem em que foram pedidos, mesmo sem que se espere por cada um. */
  #emOrdem<T>(sessaoId: number, agir: () => Promise<T>): Promise<T> {
    const anterior = this.#filas.get(sessaoId);
    const feito = this.#pedir(anterior ? () => anterior.then(agir) : agir);
    const quieto = feito.then(
      () => {},
      () => {},
    );
    this.#filas.set(sessaoId, quieto);
    void quieto.then(() => {
      if (this.#filas.get(sessaoId) === quieto) this.#filas.delete(sessaoId);
    });
    return feito;
  }

  /** @throws SERVICO_INDISPONIVEL se o Redis não responde, ou se o store foi fechado */
  #pedir<T>(agir: () => Promise<T>): Promise<T> {
    if (this.#fechado) return Promise.reject(new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: TENTE_EM_MS }));
    const feito = agir().catch((erro: unknown) => {
      if (!(erro instanceof RedisIndisponivel)) throw erro;
      throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: TENTE_EM_MS });
    });
    this.#emAndamento.add(feito);
    const retirar = () => this.#emAndamento.delete(feito);
    feito.then(retirar, retirar);
    return feito;
  }
}

function foraDaSala(erro: unknown): boolean {
  return erro instanceof ContractError && erro.tipo === 'FORA_DA_SALA';
}

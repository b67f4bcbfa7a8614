/**
 * Os verbos da porta sobre um Redis que vários servidores dividem.
 * O que é de uma sala é um só ato; o que toca em mais de um lugar são passos, na ordem que um kill entre eles não estraga.
 */

import type { Sala } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes/nomes.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { renovacaoMs } from '../prazos.ts';
import type {
  Chamador,
  Configuracao,
  Entrada,
  Entrou,
  Enviada,
  Envio,
  Expulsao,
  Leitura,
  Lidas,
  LimiteAntecipado,
  LimiteDeChamadas,
  NovaSala,
  NovaSessao,
  OpcoesDoStore,
  Passagem,
  Saiu,
  SalaAberta,
  Sessao,
  Silencio,
  Store,
} from '../store.ts';
import { Donos } from './donos.ts';
import { Envios } from './envios.ts';
import { Indice } from './estado/indice.ts';
import { Limites } from './estado/limites.ts';
import { Limpeza } from './estado/limpeza.ts';
import { Mensagens } from './estado/mensagens.ts';
import { Presencas } from './estado/presencas.ts';
import { Salas } from './estado/salas.ts';
import { Sessoes } from './estado/sessoes.ts';
import { Herancas } from './herancas.ts';
import { Leituras } from './leituras.ts';
import { Avisos } from './memoria/avisos.ts';
import { Listagem } from './memoria/listagem.ts';
import { NomesRegistrados } from './memoria/nomes-registrados.ts';
import { QuemChama } from './memoria/quem-chama.ts';
import { QuemEspera } from './memoria/quem-espera.ts';
import { Movimentos } from './movimentos.ts';
import { Pedidos } from './pedidos.ts';
import { Varredura } from './varredura.ts';

/** O intervalo entre duas vezes que se levam ao Redis os sinais de vida. */
const SINAIS_MS = 1_000;

export interface BaseDoStore {
  readonly redis: RedisConnection;
  /** O relógio dos dados, que os servidores dividem. */
  readonly relogio: RelogioDividido;
  /** Quantas mensagens se guardam em cada sala. */
  readonly historia: number;
}

export class RedisStore implements Store {
  readonly #redis: RedisConnection;
  readonly #sessoes: Sessoes;
  readonly #presencas: Presencas;
  readonly #quemChama: QuemChama;
  readonly #limites: Limites;
  readonly #indice: Indice;
  readonly #listagem: Listagem;
  readonly #salas: Salas;
  readonly #envios: Envios;
  readonly #leituras: Leituras;
  readonly #herancas: Herancas;
  readonly #movimentos: Movimentos;
  readonly #donos: Donos;
  readonly #varredura: Varredura;
  readonly #avisos: Avisos;
  readonly #nomes: NomesRegistrados;
  readonly #pedidos = new Pedidos();

  constructor({ redis, relogio, historia }: BaseDoStore, opcoes: OpcoesDoStore) {
    const { clock, aoGravar, aoEsperarEmOutro = () => {}, aoMudarNomes, aoFalhar } = opcoes;
    this.#redis = redis;
    this.#sessoes = new Sessoes(redis, relogio);
    const renovaMs = renovacaoMs(opcoes.prazos);
    this.#presencas = new Presencas({
      redis,
      relogio,
      clock,
      intervaloMs: Math.min(SINAIS_MS, renovaMs),
      aoConfirmar: (sessoes, desdeMs) => this.#quemChama.confirmar(sessoes, desdeMs),
      aoFaltar: (sessoes) => this.#quemChama.esquecer(sessoes),
    });
    // Quem não se anotou há tanto tempo é anotado já: nenhum sinal que espera por outros chega tarde para o prazo.
    const conhecer = { redis, clock, sessoes: this.#sessoes, presencas: this.#presencas, validadeMs: 2 * renovaMs };
    this.#quemChama = new QuemChama(conhecer);
    this.#limites = new Limites(redis, relogio);
    this.#avisos = new Avisos({ redis, clock, aoGravar, aoFalhar });
    this.#indice = new Indice(redis, relogio, ({ chave, id }, [mudancas]) => this.#avisos.exigir(chave, id, mudancas));
    this.#listagem = new Listagem(redis, clock);
    const limpeza = new Limpeza(redis, relogio, this.#indice);
    const base = { redis, relogio, clock, historia, limpeza, limites: this.#limites, indice: this.#indice };
    this.#salas = new Salas(base);
    this.#envios = new Envios(base);
    this.#herancas = new Herancas(base);
    const daSessao = { ...base, sessoes: this.#sessoes, herancas: this.#herancas };
    this.#movimentos = new Movimentos({ ...daSessao, salas: this.#salas });
    this.#donos = new Donos({ ...daSessao, movimentos: this.#movimentos });
    this.#varredura = new Varredura({ ...opcoes, ...base, presencas: this.#presencas, movimentos: this.#movimentos });
    const quemEspera = new QuemEspera(redis, aoEsperarEmOutro);
    this.#leituras = new Leituras({ ...daSessao, mensagens: new Mensagens(redis), avisos: this.#avisos, quemEspera });
    this.#nomes = new NomesRegistrados(this.#sessoes, clock, aoMudarNomes);
  }

  registrar(nova: NovaSessao): Promise<Sessao> {
    return this.#pedidos.pedir(async () => {
      if (nova.limite) await this.#limites.ocuparRegistro(nova.rede ?? '', nova.limite);
      return this.#sessoes.registrar(nova);
    });
  }

  identificar(tokenHash: string): Promise<Sessao | undefined> {
    return this.#pedidos.pedir(() => this.#sessoes.identificar(tokenHash));
  }

  reconhecer(tokenHash: string): Promise<Chamador | undefined> {
    return this.#pedidos.pedir(() => this.#quemChama.reconhecer(tokenHash));
  }

  renovar(sessaoId: number): void {
    this.#presencas.anotar(sessaoId);
  }

  encerrar(sessaoId: number): Promise<boolean> {
    return this.#pedidos.emOrdem(sessaoId, async () => {
      try {
        await this.#movimentos.encerrar(sessaoId);
        return true;
      } catch (erro) {
        if (recusou(erro, 'NAO_AUTENTICADO')) return false;
        throw erro;
      } finally {
        // Aqui, sem esperar que o canal o conte.
        this.#quemChama.esquecer([sessaoId]);
      }
    });
  }

  sessoes(): Promise<Sessao[]> {
    return this.#pedidos.pedir(async () => {
      const todas = await this.#sessoes.todas();
      this.#nomes.partirDe(todas);
      return todas;
    });
  }

  criarSala(nova: NovaSala): Promise<void> {
    const { sessaoId, nomeSala, limite } = nova;
    return this.#pedidos.emOrdem(sessaoId, async () => {
      const { nome } = await this.#sessoes.exigir(sessaoId);
      // Antes de anotar a sala na sessão: os nomes que alguém inventa não têm fim.
      await this.#indice.exigirLugar(nova);
      if (limite) await this.#limites.ocuparLugar(sessaoId, 'movimentos', limite);
      try {
        const chave = nomeComparavel(nomeSala);
        if (!(await this.#herancas.anotarPropria(sessaoId, chave))) throw new ContractError('NAO_AUTENTICADO');
        await this.#indice.criar(nova, { id: sessaoId, nome, chave: nomeComparavel(nome) });
      } catch (erro) {
        if (limite) await this.#limites.devolverLugar(sessaoId, 'movimentos');
        throw erro;
      }
    });
  }

  entrar(entrada: Entrada): Promise<Entrou> {
    const { sessaoId, nomeSala } = entrada;
    return this.#pedidos.emOrdem(sessaoId, async () => {
      const destino = await this.#indice.buscar(nomeSala);
      if (!destino) {
        await this.#sessoes.exigir(sessaoId);
        throw new ContractError('SALA_NAO_ENCONTRADA');
      }
      const entrou = await this.#movimentos.entrar(entrada, destino);
      if (entrou) return entrou;
      const { sala } = destino;
      const [usuarios, mensagens] = await Promise.all([
        this.#salas.membros(sala),
        this.#leituras.ler({ sessaoId, nomeSala, desde: undefined }),
      ]);
      return { nomeSala: sala.nome, usuarios, mensagens };
    });
  }

  sair(sessaoId: number): Promise<Saiu> {
    return this.#pedidos.emOrdem(sessaoId, () => this.#movimentos.sair(sessaoId));
  }

  enviar(envio: Envio): Promise<Enviada> {
    return this.#pedidos.emOrdem(envio.sessaoId, async () => {
      try {
        return await this.#envios.enviar(envio);
      } catch (erro) {
        throw recusou(erro, 'FORA_DA_SALA') ? await this.#leituras.ausencia(envio.nomeSala) : erro;
      }
    });
  }

  ler(leitura: Leitura): Promise<Lidas> {
    return this.#pedidos.emOrdem(leitura.sessaoId, async () => ({
      mensagens: leitura.acompanhar ? await this.#leituras.lerEsperando(leitura) : await this.#leituras.ler(leitura),
    }));
  }

  listarSalas(): Promise<readonly SalaAberta[]> {
    return this.#pedidos.pedir(async () => (await this.#listagem.listar()).salas);
  }

  listarSalasComDetalhes(): Promise<readonly Sala[]> {
    return this.#pedidos.pedir(async () => (await this.#listagem.listar()).comDetalhes);
  }

  detalharSala(sessaoId: number, nomeSala: string): Promise<Sala> {
    return this.#pedidos.emOrdem(sessaoId, () => this.#donos.detalhar(sessaoId, nomeSala));
  }

  configurarSala(configuracao: Configuracao): Promise<Sala> {
    return this.#pedidos.emOrdem(configuracao.sessaoId, () => this.#donos.configurar(configuracao));
  }

  silenciar(silencio: Silencio): Promise<void> {
    return this.#pedidos.emOrdem(silencio.sessaoId, () => this.#donos.silenciar(silencio));
  }

  expulsar(expulsao: Expulsao): Promise<void> {
    return this.#pedidos.emOrdem(expulsao.sessaoId, () => this.#donos.expulsar(expulsao));
  }

  passarSala(passagem: Passagem): Promise<void> {
    return this.#pedidos.emOrdem(passagem.sessaoId, () => this.#donos.passar(passagem));
  }

  ocuparLugar(sessaoId: number, qual: LimiteAntecipado, limite: LimiteDeChamadas): Promise<() => Promise<void>> {
    return this.#pedidos.pedir(async () => {
      await this.#limites.ocuparLugar(sessaoId, qual, limite);
      return () => this.#pedidos.pedir(() => this.#limites.devolverLugar(sessaoId, qual));
    });
  }

  listarUsuarios(sessaoId: number, nomeSala: string | undefined): Promise<string[]> {
    return this.#pedidos.emOrdem(sessaoId, async () => {
      const { sala } = await this.#sessoes.exigir(sessaoId);
      if (nomeSala === undefined) {
        if (!sala) throw new ContractError('FORA_DA_SALA');
        return this.#salas.membros(sala);
      }
      const buscada = await this.#indice.buscar(nomeSala);
      if (!buscada) throw new ContractError('SALA_NAO_ENCONTRADA');
      return this.#salas.membros(buscada.sala);
    });
  }

  varrer(): Promise<void> {
    return this.#pedidos.pedir(() => this.#varredura.varrer());
  }

  get disponivel(): boolean {
    return this.#redis.disponivel && !this.#pedidos.fechado;
  }

  async close(): Promise<void> {
    if (this.#pedidos.fechado) return;
    await this.#pedidos.close();
    await this.#nomes.close();
    await this.#avisos.close();
    await this.#presencas.close();
    await this.#varredura.close();
    await this.#redis.close();
  }
}

function recusou(erro: unknown, tipo: ContractError['tipo']): boolean {
  return erro instanceof ContractError && erro.tipo === tipo;
}

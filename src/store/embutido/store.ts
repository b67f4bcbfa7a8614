/** Os verbos da porta sobre um arquivo SQLite: quem confere o quê, em que ordem, e o que se anuncia depois. */

import type { Sala } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import type { Clock } from '../../process/clock.ts';
import type {
  AtoDoDono,
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
import type { Connection } from './banco/connection.ts';
import { GroupCommit, type Natureza } from './banco/group-commit.ts';
import { Donos } from './donos.ts';
import { Envios } from './envios.ts';
import { Gravacoes } from './gravacoes.ts';
import { Limites } from './limites.ts';
import { Limpeza } from './limpeza.ts';
import { Movimentos } from './movimentos.ts';
import { Presencas } from './presencas.ts';
import { QuemChama } from './quem-chama.ts';
import { Mensagens } from './tabelas/mensagens.ts';
import { Repeticoes } from './tabelas/repeticoes.ts';
import { Restricoes } from './tabelas/restricoes.ts';
import { Salas } from './tabelas/salas.ts';
import { Sessoes } from './tabelas/sessoes.ts';
import { Varredura } from './varredura.ts';

interface LimitesDoStore extends Readonly<Record<LimiteAntecipado, Limites<number>>> {
  readonly envios: Limites<number>;
  /** Criar salas e entrar nelas: um nome para todos, mensagens para os outros. Sair nunca se limita. */
  readonly movimentos: Limites<number>;
  readonly registros: Limites<string>;
}

function criarLimites({ monotonicoMs }: Clock): LimitesDoStore {
  return {
    envios: new Limites(monotonicoMs),
    movimentos: new Limites(monotonicoMs),
    registros: new Limites(monotonicoMs),
    senhas_erradas: new Limites(monotonicoMs),
    senhas_novas: new Limites(monotonicoMs),
  };
}

export class EmbeddedStore implements Store {
  readonly #connection: Connection;
  readonly #grupo: GroupCommit;
  readonly #sessoes: Sessoes;
  readonly #salas: Salas;
  readonly #mensagens: Mensagens;
  readonly #presencas: Presencas;
  readonly #quemChama: QuemChama;
  readonly #movimentos: Movimentos;
  readonly #envios: Envios;
  readonly #donos: Donos;
  readonly #varredura: Varredura;
  readonly #limites: LimitesDoStore;
  readonly #aoMudarNomes: OpcoesDoStore['aoMudarNomes'];

  constructor(connection: Connection, opcoes: OpcoesDoStore) {
    const { clock, prazos, emEspera, aoFalhar, aoGravar, aoMudarNomes } = opcoes;
    this.#connection = connection;
    this.#aoMudarNomes = aoMudarNomes;
    this.#limites = criarLimites(clock);
    this.#sessoes = new Sessoes(connection);
    this.#salas = new Salas(connection, clock.monotonicoMs);
    this.#mensagens = new Mensagens(connection, clock.agoraMs());
    const restricoes = new Restricoes(connection, clock);
    const repeticoes = new Repeticoes(connection, this.#mensagens);
    this.#grupo = new GroupCommit(connection, {
      participantes: [this.#sessoes, this.#salas.abertas, restricoes, repeticoes, this.#mensagens],
      monotonicoMs: clock.monotonicoMs,
      aoFalhar,
    });
    this.#presencas = new Presencas(clock);
    for (const { sessao, confirmada } of this.#sessoes.todas()) this.#presencas.iniciar(sessao.id, confirmada);

    const base = { grupo: this.#grupo, sessoes: this.#sessoes, salas: this.#salas, mensagens: this.#mensagens };
    const gravacoes = new Gravacoes({ ...base, clock, aoGravar });
    this.#donos = new Donos({ ...base, restricoes, gravacoes });
    const daConversa = { ...base, restricoes, repeticoes, gravacoes, donos: this.#donos };
    this.#movimentos = new Movimentos(daConversa);
    this.#envios = new Envios(daConversa);
    this.#quemChama = new QuemChama({ ...base, presencas: this.#presencas });
    const limpeza = new Limpeza({ ...base, connection, repeticoes, restricoes });
    this.#varredura = new Varredura({
      atos: {
        encerrar: (sessaoId) => this.encerrar(sessaoId),
        sair: (sessaoId) => this.sair(sessaoId),
        removerSala: (vazia) => limpeza.removerSala(vazia),
        limpar: () => limpeza.limpar(),
      },
      clock,
      prazos,
      presencas: this.#presencas,
      salas: this.#salas.abertas,
      emEspera,
    });
  }

  async registrar(nova: NovaSessao): Promise<Sessao> {
    const { tenteEmMs } = nova.limite ? this.#limites.registros.reservar(nova.rede ?? '', nova.limite) : {};
    if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
    const registrada = await this.#grupo.pedir('mudanca_de_sessao', () => {
      if (this.#sessoes.doNome(nova.nome)) throw new ContractError('NOME_EM_USO');
      const { sessao } = this.#sessoes.inserir(nova);
      this.#grupo.depoisDeConfirmar(() => this.#aoMudarNomes(sessao.nome, 'nasceu'));
      return sessao;
    });
    this.#presencas.iniciar(registrada.id, false);
    return registrada;
  }

  identificar(tokenHash: string): Promise<Sessao | undefined> {
    return this.#quemChama.identificar(tokenHash);
  }

  reconhecer(tokenHash: string): Promise<Chamador | undefined> {
    return this.identificar(tokenHash);
  }

  renovar(sessaoId: number): void {
    this.#presencas.renovar(sessaoId);
  }

  async encerrar(sessaoId: number): Promise<boolean> {
    const encerrou = await this.#grupo.pedir('mudanca_de_sessao', () => {
      const encerrada = this.#movimentos.encerrar(sessaoId);
      if (encerrada) this.#grupo.depoisDeConfirmar(() => this.#aoMudarNomes(encerrada.nome, 'acabou'));
      return encerrada !== undefined;
    });
    this.#presencas.esquecer(sessaoId);
    return encerrou;
  }

  sessoes(): Promise<Sessao[]> {
    return this.#grupo.lerSessoes(() => this.#sessoes.todas().map(({ sessao }) => sessao));
  }

  criarSala({ sessaoId, nomeSala, rede = '', vazias, limite }: NovaSala): Promise<void> {
    return this.#limites.movimentos.limitar(sessaoId, limite, (ocuparLugar) =>
      this.#grupo.pedir('gravacao', () => {
        const { sessao } = this.#sessoes.exigir(sessaoId);
        this.#salas.exigirNomeLivre(nomeSala);
        this.#salas.exigirEspaco();
        if (vazias) this.#salas.exigirPoucasVazias({ sessaoId, rede }, vazias);
        ocuparLugar();
        this.#salas.inserir(nomeSala, { sessaoId, nome: sessao.nome }, rede);
      }),
    );
  }

  entrar(entrada: Entrada): Promise<Entrou> {
    return this.#limites.movimentos.limitar(entrada.sessaoId, entrada.limite, (ocuparLugar) =>
      this.#grupo.pedir('mudanca_de_sessao', () => this.#movimentos.entrar(entrada, ocuparLugar)),
    );
  }

  sair(sessaoId: number): Promise<Saiu> {
    return this.#grupo.pedir('mudanca_de_sessao', () => this.#movimentos.sair(sessaoId));
  }

  enviar(envio: Envio): Promise<Enviada> {
    return this.#limites.envios.limitar(envio.sessaoId, envio.limite, (ocuparLugar) =>
      this.#grupo.pedir('gravacao', () => this.#envios.enviar(envio, ocuparLugar)),
    );
  }

  ler({ sessaoId, nomeSala, desde }: Leitura): Promise<Lidas> {
    return this.#grupo.pedir('leitura', () => {
      const guardada = this.#sessoes.exigir(sessaoId);
      const sala = this.#salas.exigirPresenca(guardada, nomeSala);
      const mensagens =
        desde === undefined ? this.#mensagens.ultimas(sala, guardada) : this.#mensagens.depoisDe(sala, sessaoId, desde);
      return { mensagens };
    });
  }

  listarSalas(): Promise<readonly SalaAberta[]> {
    return this.#grupo.pedir('leitura', () => this.#salas.abertas.listar());
  }

  listarUsuarios(sessaoId: number, nomeSala: string | undefined): Promise<string[]> {
    return this.#grupo.pedir('leitura', () => {
      const { salaAtual } = this.#sessoes.exigir(sessaoId);
      const sala = nomeSala === undefined ? salaAtual : this.#salas.exigir(nomeSala);
      if (!sala) throw new ContractError('FORA_DA_SALA');
      return this.#sessoes.nomesNaSala(sala.id);
    });
  }

  listarSalasComDetalhes(): Promise<readonly Sala[]> {
    return this.#grupo.pedir('leitura', () => this.#salas.abertas.listarComDetalhes());
  }

  detalharSala(sessaoId: number, nomeSala: string): Promise<Sala> {
    return this.#grupo.pedir('leitura', () => {
      this.#sessoes.exigir(sessaoId);
      return this.#salas.abertas.detalhar(this.#salas.exigir(nomeSala));
    });
  }

  configurarSala(configuracao: Configuracao): Promise<Sala> {
    return this.#agirComoDono('gravacao', configuracao, (ocuparLugar) =>
      this.#donos.configurar(configuracao, ocuparLugar),
    );
  }

  silenciar(silencio: Silencio): Promise<void> {
    return this.#agirComoDono('gravacao', silencio, (ocuparLugar) => this.#donos.silenciar(silencio, ocuparLugar));
  }

  expulsar(expulsao: Expulsao): Promise<void> {
    return this.#agirComoDono('mudanca_de_sessao', expulsao, (ocuparLugar) =>
      this.#donos.expulsar(expulsao, ocuparLugar),
    );
  }

  passarSala(passagem: Passagem): Promise<void> {
    return this.#agirComoDono('gravacao', passagem, (ocuparLugar) => this.#donos.passar(passagem, ocuparLugar));
  }

  async ocuparLugar(sessaoId: number, qual: LimiteAntecipado, limite: LimiteDeChamadas): Promise<() => Promise<void>> {
    const { tenteEmMs, devolver } = this.#limites[qual].reservar(sessaoId, limite);
    if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
    return async () => devolver();
  }

  async varrer(): Promise<void> {
    for (const limites of Object.values(this.#limites)) limites.varrer();
    await this.#varredura.varrer();
  }

  get disponivel(): boolean {
    return this.#grupo.disponivel;
  }

  async close(): Promise<void> {
    this.#grupo.close();
    this.#connection.close();
  }

  #agirComoDono<T>(
    natureza: Natureza,
    { sessaoId, limite }: AtoDoDono,
    agir: (ocuparLugar: () => void) => T,
  ): Promise<T> {
    return this.#limites.movimentos.limitar(sessaoId, limite, (ocuparLugar) =>
      this.#grupo.pedir(natureza, () => agir(ocuparLugar)),
    );
  }
}

/** Os verbos da porta sobre um arquivo SQLite: quem confere o quê, em que ordem, e o que se anuncia depois. */

import type { Mensagem } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import { NOME_DO_SERVIDOR } from '../../contract/nomes-reservados.ts';
import { textoDeEntrada, textoDeSaida } from '../../dominio/mensagens.ts';
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
  Store,
} from '../store.ts';
import type { Connection } from './connection.ts';
import { GroupCommit } from './group-commit.ts';
import { Limites } from './limites.ts';
import { Mensagens, type NovaMensagem } from './mensagens.ts';
import { Chaves } from './repeticoes.ts';
import { Salas } from './salas.ts';
import { TODOS } from './schema.ts';
import { type SalaGuardada, type SessaoGuardada, Sessoes } from './sessoes.ts';

export class SqliteStore implements Store {
  readonly #connection: Connection;
  readonly #grupo: GroupCommit;
  readonly #sessoes: Sessoes;
  readonly #salas: Salas;
  readonly #mensagens: Mensagens;
  readonly #chaves: Chaves;
  readonly #envios: Limites<number>;
  /** Criar salas e entrar nelas: um nome para todos, mensagens para os outros. Sair nunca se limita. */
  readonly #movimentos: Limites<number>;
  readonly #registros: Limites<string>;
  #ouvinteDeMensagens: (gravada: Gravada) => void = () => {};
  #ouvinteDeNomes: (nome: string, mudanca: 'nasceu' | 'acabou') => void = () => {};

  /**
   * @param aoFalhar recebe o detalhe do que não se pôde gravar ou ler, para o log
   * @param monotonicoMs o relógio dos limites e dos grupos, em ms desde um ponto qualquer
   */
  constructor(connection: Connection, aoFalhar: (erro: unknown) => void, monotonicoMs: () => number) {
    this.#connection = connection;
    this.#envios = new Limites(monotonicoMs);
    this.#movimentos = new Limites(monotonicoMs);
    this.#registros = new Limites(monotonicoMs);
    this.#sessoes = new Sessoes(connection);
    this.#salas = new Salas(connection);
    this.#mensagens = new Mensagens(connection);
    this.#chaves = new Chaves(connection);
    const participantes = {
      antesDeConfirmar: () => this.#mensagens.antesDeConfirmar(),
      aoConfirmar: () => {
        this.#sessoes.aoConfirmar();
        this.#salas.aoConfirmar();
        this.#mensagens.aoConfirmar();
      },
      aoDesfazer: () => {
        this.#sessoes.aoDesfazer();
        this.#salas.aoDesfazer();
        this.#mensagens.aoDesfazer();
      },
      aoFalhar,
    };
    this.#grupo = new GroupCommit(connection, participantes, monotonicoMs);
  }

  async registrar(nova: NovaSessao, limite?: LimiteDeChamadas): Promise<Sessao> {
    const { tenteEmMs } = limite ? this.#registros.reservar(nova.rede ?? '', limite) : {};
    if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
    return this.#grupo.pedir('mudanca_de_sessao', () => {
      if (this.#sessoes.doNome(nova.nome)) throw new ContractError('NOME_EM_USO');
      const { sessao } = this.#sessoes.inserir(nova);
      this.#grupo.depoisDeConfirmar(() => this.#ouvinteDeNomes(sessao.nome, 'nasceu'));
      return sessao;
    });
  }

  sessaoDoToken(tokenHash: Buffer): Promise<Sessao | undefined> {
    return this.#grupo.lerSessoes(() => this.#sessoes.doToken(tokenHash)?.sessao);
  }

  confirmar(sessaoId: number): Promise<void> {
    return this.#grupo.pedir('mudanca_de_sessao', () => {
      if (this.#sessoes.deId(sessaoId)?.sessao.confirmada === false) this.#sessoes.confirmar(sessaoId);
    });
  }

  encerrar(sessaoId: number, agoraMs: number): Promise<boolean> {
    return this.#grupo.pedir('mudanca_de_sessao', () => {
      const guardada = this.#sessoes.deId(sessaoId);
      if (!guardada) return false;
      this.#deixarSala(guardada, agoraMs);
      this.#sessoes.apagar(guardada);
      this.#chaves.deixarParaApagar(sessaoId);
      this.#grupo.depoisDeConfirmar(() => this.#ouvinteDeNomes(guardada.sessao.nome, 'acabou'));
      return true;
    });
  }

  sessoes(): Promise<Sessao[]> {
    return this.#grupo.lerSessoes(() => this.#sessoes.todas());
  }

  criarSala(sessaoId: number, nomeSala: string, limite?: LimiteDeChamadas): Promise<SalaVazia> {
    return this.#movimentos.limitar(sessaoId, limite, (ocuparLugar) =>
      this.#grupo.pedir('gravacao', () => {
        this.#sessoes.exigir(sessaoId);
        this.#salas.exigirNomeLivre(nomeSala);
        this.#salas.exigirEspaco();
        ocuparLugar();
        return this.#salas.inserir(nomeSala);
      }),
    );
  }

  entrar(entrada: Entrada): Promise<Entrou> {
    return this.#movimentos.limitar(entrada.sessaoId, entrada.limite, (ocuparLugar) =>
      this.#grupo.pedir('mudanca_de_sessao', () => this.#entrar(entrada, ocuparLugar)),
    );
  }

  sair(sessaoId: number, agoraMs: number): Promise<Saiu> {
    return this.#grupo.pedir('mudanca_de_sessao', () => {
      const guardada = this.#sessoes.exigir(sessaoId);
      if (!guardada.salaAtual) throw new ContractError('FORA_DA_SALA');
      this.#deixarSala(guardada, agoraMs);
      this.#sessoes.mudarSala(sessaoId, null);
      return { nomeSala: guardada.salaAtual.nome };
    });
  }

  enviar(envio: Envio): Promise<Enviada> {
    return this.#envios.limitar(envio.sessaoId, envio.limite, (ocuparLugar) =>
      this.#grupo.pedir('gravacao', () => this.#enviar(envio, ocuparLugar)),
    );
  }

  ler({ sessaoId, nomeSala, desde }: Leitura): Promise<Lidas> {
    return this.#grupo.pedir('leitura', () => {
      const sala = this.#salas.exigirPresenca(this.#sessoes.exigir(sessaoId), nomeSala);
      const mensagens =
        desde === undefined ? this.#mensagens.ultimas(sala, sessaoId) : this.#mensagens.depoisDe(sala, sessaoId, desde);
      return { mensagens };
    });
  }

  listarSalas(): Promise<readonly SalaAberta[]> {
    return this.#grupo.pedir('leitura', () => this.#salas.listar());
  }

  listarUsuarios(sessaoId: number, nomeSala: string | undefined): Promise<string[]> {
    return this.#grupo.pedir('leitura', () => {
      const { salaAtual } = this.#sessoes.exigir(sessaoId);
      const sala = nomeSala === undefined ? salaAtual : this.#salas.exigir(nomeSala);
      if (!sala) throw new ContractError('FORA_DA_SALA');
      return this.#sessoes.nomesNaSala(sala.id);
    });
  }

  salasVazias(): Promise<SalaVazia[]> {
    return this.#grupo.pedir('leitura', () => this.#salas.vazias());
  }

  removerSalaVazia({ salaId }: SalaVazia): Promise<boolean> {
    return this.#grupo.pedir('gravacao', () => {
      if (!this.#salas.removerVazia(salaId)) return false;
      this.#grupo.depoisDeConfirmar(() => this.#mensagens.esquecerSala(salaId));
      return true;
    });
  }

  limpar(): Promise<boolean> {
    for (const limites of [this.#envios, this.#movimentos, this.#registros]) limites.varrer();
    return this.#grupo.pedir('gravacao', () => {
      // Se ninguém gravasse, nada mostraria que o disco voltou: a limpeza, que roda sempre, tenta gravar.
      if (!this.disponivel) {
        this.#connection.provarEspaco();
        this.#mensagens.reservarIds();
      }
      if (!this.#chaves.apagarAlgumas()) this.#apagarAlgumasMensagens();
      return this.#chaves.haParaApagar() || this.#salas.umaRemovida() !== undefined;
    });
  }

  aoGravar(ouvinte: (gravada: Gravada) => void): void {
    this.#ouvinteDeMensagens = ouvinte;
  }

  aoMudarNomes(ouvinte: (nome: string, mudanca: 'nasceu' | 'acabou') => void): void {
    this.#ouvinteDeNomes = ouvinte;
  }

  get disponivel(): boolean {
    return this.#grupo.disponivel;
  }

  async close(): Promise<void> {
    this.#grupo.close();
    this.#connection.close();
  }

  #entrar({ sessaoId, nomeSala, agoraMs }: Entrada, ocuparLugar: () => void): Entrou {
    const guardada = this.#sessoes.exigir(sessaoId);
    const sala = this.#salas.exigir(nomeSala);
    if (guardada.salaAtual?.id !== sala.id) {
      ocuparLugar();
      this.#deixarSala(guardada, agoraMs);
      this.#sessoes.mudarSala(sessaoId, sala.id);
      this.#salas.entrou(sala.id);
      this.#gravarDoServidor(sala, textoDeEntrada(guardada.sessao.nome), agoraMs);
    }
    return {
      nomeSala: sala.nome,
      usuarios: this.#sessoes.nomesNaSala(sala.id),
      mensagens: this.#mensagens.ultimas(sala, sessaoId),
    };
  }

  #enviar({ sessaoId, nomeSala, conteudo, destinatario, chave, agoraMs }: Envio, ocuparLugar: () => void): Enviada {
    const remetente = this.#sessoes.exigir(sessaoId);
    const chaveDeEnvio = chave === undefined ? undefined : { sessaoId, chave };
    const primeira = chaveDeEnvio && this.#chaves.mensagemDe(chaveDeEnvio);
    if (primeira) return { mensagem: primeira, repetida: true };
    const sala = this.#salas.exigirPresenca(remetente, nomeSala);
    const quemRecebe = destinatario === undefined ? undefined : this.#exigirNaSala(destinatario, sala);
    ocuparLugar();

    const privada = quemRecebe && {
      destino: quemRecebe.nome,
      visivelPara: quemRecebe.id === sessaoId ? [sessaoId] : [sessaoId, quemRecebe.id],
    };
    const origem = remetente.sessao.nome;
    const mensagem = this.#gravar({ sala, origem, privada, conteudo, agoraMs, chave: chaveDeEnvio });
    if (chaveDeEnvio) this.#chaves.inserir(chaveDeEnvio, sala.id, privada ? sessaoId : TODOS, mensagem.id);
    return { mensagem, repetida: false };
  }

  /** @throws DESTINATARIO_FORA_DA_SALA */
  #exigirNaSala(nome: string, sala: SalaGuardada): Sessao {
    const guardada = this.#sessoes.doNome(nome);
    if (guardada?.salaAtual?.id !== sala.id) throw new ContractError('DESTINATARIO_FORA_DA_SALA');
    return guardada.sessao;
  }

  #apagarAlgumasMensagens(): void {
    const removida = this.#salas.umaRemovida();
    if (!removida) return;
    const salvar = this.#chaves.guardarMensagem.bind(this.#chaves);
    if (!this.#mensagens.apagarAlgumas(removida, salvar)) this.#salas.apagar(removida.id);
  }

  /** O que a saída muda na sala, se a sessão está em alguma. */
  #deixarSala({ sessao, salaAtual }: SessaoGuardada, agoraMs: number): void {
    if (!salaAtual) return;
    this.#gravarDoServidor(salaAtual, textoDeSaida(sessao.nome), agoraMs);
    this.#salas.saiu(salaAtual.id);
  }

  #gravarDoServidor(sala: SalaGuardada, conteudo: string, agoraMs: number): void {
    this.#gravar({ sala, origem: NOME_DO_SERVIDOR, conteudo, agoraMs });
  }

  #gravar(nova: NovaMensagem): Mensagem {
    const mensagem = this.#mensagens.inserir(nova);
    const gravada: Gravada = {
      sala: nomeComparavel(nova.sala.nome),
      mensagemId: mensagem.id,
      visivelPara: nova.privada?.visivelPara ?? 'todos',
    };
    this.#grupo.depoisDeConfirmar(() => this.#ouvinteDeMensagens(gravada));
    return mensagem;
  }
}

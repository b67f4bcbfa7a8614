/** Os verbos da porta sobre um arquivo SQLite: quem confere o quê, em que ordem, e o que se anuncia depois. */

import type { Mensagem, Sala } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import { NOME_DO_SERVIDOR } from '../../contract/nomes-reservados.ts';
import { textoDeEntrada, textoDeSaida } from '../../dominio/mensagens.ts';
import type {
  AtoDoDono,
  Chamador,
  Configuracao,
  Entrada,
  Entrou,
  Enviada,
  Envio,
  Expulsao,
  Gravada,
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
import type { Connection } from './connection.ts';
import { Donos } from './donos.ts';
import { GroupCommit, type Natureza } from './group-commit.ts';
import { Limites } from './limites.ts';
import { Limpeza } from './limpeza.ts';
import { Mensagens, type NovaMensagem } from './mensagens.ts';
import { Presencas } from './presencas.ts';
import { Repeticoes } from './repeticoes.ts';
import { Restricoes } from './restricoes.ts';
import { Salas } from './salas.ts';
import { TODOS } from './schema.ts';
import { type SalaGuardada, type SessaoGuardada, Sessoes } from './sessoes.ts';
import { Varredura } from './varredura.ts';

export class EmbeddedStore implements Store {
  readonly #opcoes: OpcoesDoStore;
  readonly #connection: Connection;
  readonly #grupo: GroupCommit;
  readonly #sessoes: Sessoes;
  readonly #salas: Salas;
  readonly #mensagens: Mensagens;
  readonly #repeticoes: Repeticoes;
  readonly #presencas: Presencas;
  readonly #varredura: Varredura;
  readonly #envios: Limites<number>;
  /** Criar salas e entrar nelas: um nome para todos, mensagens para os outros. Sair nunca se limita. */
  readonly #movimentos: Limites<number>;
  readonly #registros: Limites<string>;
  readonly #antecipados: Readonly<Record<LimiteAntecipado, Limites<number>>>;
  readonly #restricoes: Restricoes;
  readonly #donos: Donos;

  constructor(connection: Connection, opcoes: OpcoesDoStore) {
    const { clock, prazos, emEspera, aoFalhar } = opcoes;
    this.#opcoes = opcoes;
    this.#connection = connection;
    this.#envios = new Limites(clock.monotonicoMs);
    this.#movimentos = new Limites(clock.monotonicoMs);
    this.#registros = new Limites(clock.monotonicoMs);
    this.#antecipados = {
      senhas_erradas: new Limites(clock.monotonicoMs),
      senhas_novas: new Limites(clock.monotonicoMs),
    };
    this.#sessoes = new Sessoes(connection);
    this.#salas = new Salas(connection, clock.monotonicoMs);
    this.#mensagens = new Mensagens(connection, clock.agoraMs());
    this.#repeticoes = new Repeticoes(connection);
    this.#restricoes = new Restricoes(connection, clock);
    this.#donos = new Donos({
      sessoes: this.#sessoes,
      salas: this.#salas,
      restricoes: this.#restricoes,
      dizer: (sala, conteudo) => this.#gravar({ sala, origem: NOME_DO_SERVIDOR, conteudo }),
    });
    this.#grupo = new GroupCommit(connection, {
      participantes: [this.#sessoes, this.#salas.abertas, this.#restricoes, this.#mensagens],
      monotonicoMs: clock.monotonicoMs,
      aoFalhar,
    });
    this.#presencas = new Presencas(clock);
    for (const { sessao, confirmada } of this.#sessoes.todas()) this.#presencas.iniciar(sessao.id, confirmada);
    const limpeza = new Limpeza({
      connection,
      grupo: this.#grupo,
      salas: this.#salas,
      mensagens: this.#mensagens,
      repeticoes: this.#repeticoes,
      restricoes: this.#restricoes,
    });
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
    const { tenteEmMs } = nova.limite ? this.#registros.reservar(nova.rede ?? '', nova.limite) : {};
    if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
    const registrada = await this.#grupo.pedir('mudanca_de_sessao', () => {
      if (this.#sessoes.doNome(nova.nome)) throw new ContractError('NOME_EM_USO');
      const { sessao } = this.#sessoes.inserir(nova);
      this.#grupo.depoisDeConfirmar(() => this.#opcoes.aoMudarNomes(sessao.nome, 'nasceu'));
      return sessao;
    });
    this.#presencas.iniciar(registrada.id, false);
    return registrada;
  }

  async identificar(tokenHash: Buffer): Promise<Sessao | undefined> {
    const guardada = await this.#grupo.lerSessoes(() => this.#sessoes.doToken(tokenHash));
    if (guardada) await this.#anotarPresenca(guardada);
    return guardada?.sessao;
  }

  reconhecer(tokenHash: Buffer): Promise<Chamador | undefined> {
    return this.identificar(tokenHash);
  }

  renovar(sessaoId: number): void {
    this.#presencas.renovar(sessaoId);
  }

  async encerrar(sessaoId: number): Promise<boolean> {
    const encerrou = await this.#grupo.pedir('mudanca_de_sessao', () => {
      const guardada = this.#sessoes.deId(sessaoId);
      if (!guardada) return false;
      this.#deixarSala(guardada);
      this.#sessoes.apagar(guardada);
      this.#donos.passarAdiante(guardada.sessao);
      this.#restricoes.esquecerSessao(sessaoId);
      this.#repeticoes.deixarParaApagar(sessaoId);
      this.#grupo.depoisDeConfirmar(() => this.#opcoes.aoMudarNomes(guardada.sessao.nome, 'acabou'));
      return true;
    });
    this.#presencas.esquecer(sessaoId);
    return encerrou;
  }

  sessoes(): Promise<Sessao[]> {
    return this.#grupo.lerSessoes(() => this.#sessoes.todas().map(({ sessao }) => sessao));
  }

  criarSala({ sessaoId, nomeSala, rede = '', vazias, limite }: NovaSala): Promise<void> {
    return this.#movimentos.limitar(sessaoId, limite, (ocuparLugar) =>
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
    return this.#movimentos.limitar(entrada.sessaoId, entrada.limite, (ocuparLugar) =>
      this.#grupo.pedir('mudanca_de_sessao', () => this.#entrar(entrada, ocuparLugar)),
    );
  }

  sair(sessaoId: number): Promise<Saiu> {
    return this.#grupo.pedir('mudanca_de_sessao', () => {
      const guardada = this.#sessoes.exigir(sessaoId);
      if (!guardada.salaAtual) throw new ContractError('FORA_DA_SALA');
      this.#deixarSala(guardada);
      this.#sessoes.sair(sessaoId);
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
    const { tenteEmMs, devolver } = this.#antecipados[qual].reservar(sessaoId, limite);
    if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
    return async () => devolver();
  }

  async varrer(): Promise<void> {
    const { senhas_erradas, senhas_novas } = this.#antecipados;
    for (const limites of [this.#envios, this.#movimentos, this.#registros, senhas_erradas, senhas_novas]) {
      limites.varrer();
    }
    await this.#varredura.varrer();
  }

  get disponivel(): boolean {
    return this.#grupo.disponivel;
  }

  async close(): Promise<void> {
    this.#grupo.close();
    this.#connection.close();
  }

  /** Uma chamada trouxe o token; da primeira vez, o arquivo também o sabe. */
  async #anotarPresenca({ sessao: { id }, confirmada }: SessaoGuardada): Promise<void> {
    const presenca = this.#presencas.renovar(id) ?? this.#presencas.iniciar(id, confirmada);
    presenca.confirmada = true;
    if (confirmada || presenca.confirmacaoPedida) return;
    presenca.confirmacaoPedida = true;
    try {
      await this.#grupo.pedir('mudanca_de_sessao', () => {
        if (this.#sessoes.deId(id)?.confirmada === false) this.#sessoes.confirmar(id);
      });
    } catch {
      // Sem lugar para gravar, a chamada ainda pode ser atendida; a próxima confirma.
      presenca.confirmacaoPedida = false;
    }
  }

  #agirComoDono<T>(
    natureza: Natureza,
    { sessaoId, limite }: AtoDoDono,
    agir: (ocuparLugar: () => void) => T,
  ): Promise<T> {
    return this.#movimentos.limitar(sessaoId, limite, (ocuparLugar) =>
      this.#grupo.pedir(natureza, () => agir(ocuparLugar)),
    );
  }

  #entrar({ sessaoId, nomeSala, senhaAceita }: Entrada, ocuparLugar: () => void): Entrou {
    const guardada = this.#sessoes.exigir(sessaoId);
    const sala = this.#salas.exigir(nomeSala);
    if (guardada.salaAtual?.id !== sala.id) {
      this.#donos.exigirEntrada(sala, guardada.sessao, senhaAceita);
      ocuparLugar();
      this.#deixarSala(guardada);
      const entrada = this.#gravarPassagem(sala, textoDeEntrada(guardada.sessao.nome));
      this.#sessoes.entrar(sessaoId, sala.id, entrada.id);
      this.#salas.abertas.entrou(sala.id);
      this.#donos.receber(sala, guardada.sessao);
    }
    return {
      nomeSala: sala.nome,
      usuarios: this.#sessoes.nomesNaSala(sala.id),
      mensagens: this.#mensagens.ultimas(sala, this.#sessoes.exigir(sessaoId)),
    };
  }

  #enviar({ sessaoId, nomeSala, conteudo, destinatario, chave }: Envio, ocuparLugar: () => void): Enviada {
    const remetente = this.#sessoes.exigir(sessaoId);
    const chaveDeRepeticao = chave === undefined ? undefined : { sessaoId, chave };
    const primeira = chaveDeRepeticao && this.#repeticoes.mensagemDe(chaveDeRepeticao);
    if (primeira) return { mensagem: primeira, repetida: true };
    const sala = this.#salas.exigirPresenca(remetente, nomeSala);
    this.#donos.exigirVoz(sala, remetente.sessao, destinatario);
    const quemRecebe = destinatario === undefined ? undefined : this.#exigirNaSala(destinatario, sala);
    ocuparLugar();

    const privada = quemRecebe && {
      destino: quemRecebe.nome,
      visivelPara: quemRecebe.id === sessaoId ? [sessaoId] : [sessaoId, quemRecebe.id],
    };
    const origem = remetente.sessao.nome;
    const mensagem = this.#gravar({ sala, origem, privada, conteudo, chave: chaveDeRepeticao });
    if (chaveDeRepeticao) {
      this.#repeticoes.inserir(chaveDeRepeticao, sala.id, privada ? sessaoId : TODOS, mensagem.id);
    }
    return { mensagem, repetida: false };
  }

  /** @throws DESTINATARIO_FORA_DA_SALA */
  #exigirNaSala(nome: string, sala: SalaGuardada): Sessao {
    const guardada = this.#sessoes.doNome(nome);
    if (guardada?.salaAtual?.id !== sala.id) throw new ContractError('DESTINATARIO_FORA_DA_SALA');
    return guardada.sessao;
  }

  /** O que a saída muda na sala, se a sessão está em alguma. */
  #deixarSala({ sessao, salaAtual }: SessaoGuardada): void {
    if (!salaAtual) return;
    this.#gravarPassagem(salaAtual, textoDeSaida(sessao.nome));
    this.#salas.abertas.saiu(salaAtual.id);
  }

  /** Quem entrou ou quem saiu. */
  #gravarPassagem(sala: SalaGuardada, conteudo: string): Mensagem {
    return this.#gravar({ sala, origem: NOME_DO_SERVIDOR, passagem: true, conteudo });
  }

  #gravar(nova: Omit<NovaMensagem, 'agoraMs'>): Mensagem {
    const mensagem = this.#mensagens.inserir({ ...nova, agoraMs: this.#opcoes.clock.agoraMs() });
    const gravada: Gravada = {
      sala: nomeComparavel(nova.sala.nome),
      mensagemId: mensagem.id,
      visivelPara: nova.privada?.visivelPara ?? 'todos',
    };
    this.#grupo.depoisDeConfirmar(() => this.#opcoes.aoGravar(gravada));
    return mensagem;
  }
}

/**
 * O que se pergunta e quando: o nome, o primeiro menu, a conversa na sala.
 * Esta pasta leva até a sala e de volta: não sabe o que se faz nela.
 */

import type { Mensagem } from '../../../contract/chat.ts';
import { tornarVisivel } from '../../../dominio/visivel.ts';
import type { Agendar, Clock } from '../../../process/clock.ts';
import { explicar } from '../../chamadas/explicar.ts';
import type { RastroDaConversa } from '../../chamadas/rastro/rastro-da-conversa.ts';
import type { ResultadoDe } from '../../chamadas/servico.ts';
import type { Conversa } from '../../sessao/conversa.ts';
import type { Lembranca } from '../../sessao/guardado/lembranca.ts';
import type { Lidas } from '../../sessao/guardado/lidas.ts';
import type { SessoesGuardadas } from '../../sessao/guardado/sessoes-guardadas.ts';
import { Permissoes } from '../../sessao/permissoes.ts';
import { Volta } from '../../sessao/volta.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Atencao } from '../atencao.ts';
import { Dialogo, MudouDeLugar } from '../dialogo.ts';
import { Mural } from '../mural/mural.ts';
import { Prosa } from '../prosa.ts';
import { descrever } from '../textos.ts';
import { registrar } from './registrar.ts';
import { voltar } from './retorno.ts';
import { Salas } from './salas.ts';

interface Opcao {
  readonly texto: string;
  readonly agir: () => Promise<unknown> | unknown;
}

/** O que a linha de comando já disse. */
export interface Comeco {
  /** Dispensa a primeira pergunta, se for aceito. */
  readonly nome: string | undefined;
  /** Onde entrar logo depois do nome. */
  readonly sala: string | undefined;
  /** Se a sala se cria, quando não existe. */
  readonly criar: boolean;
}

export interface RoteiroOptions {
  readonly terminal: Terminal;
  readonly conversa: Conversa;
  readonly clock: Clock;
  /** Sem dizê-lo, o do sistema. */
  readonly agendar?: Agendar;
  readonly sessoes: SessoesGuardadas;
  readonly rastro: Pick<RastroDaConversa, 'ligado' | 'mudar'>;
  readonly lembranca: Pick<Lembranca, 'ler' | 'guardar'>;
  readonly lidas: Pick<Lidas, 'de' | 'marcar' | 'guardar'>;
  /** A pessoa escolheu sair. */
  readonly aoEncerrar: () => void;
}

export class Roteiro {
  readonly #conversa: Conversa;
  readonly #aoEncerrar: () => void;
  readonly #dialogo: Dialogo;
  readonly #mural: Mural;
  readonly #atencao: Atencao;
  readonly #prosa: Prosa;
  readonly #salas: Salas;
  readonly #sessoes: SessoesGuardadas;
  readonly #volta: Volta;
  readonly #permissoes: Permissoes;
  readonly #lembranca: Pick<Lembranca, 'ler' | 'guardar'>;

  readonly #primeiroMenu: readonly Opcao[] = [
    { texto: 'Criar sala', agir: () => this.#salas.perguntarNova() },
    { texto: 'Entrar em uma sala', agir: () => this.#salas.perguntar() },
    { texto: 'Listar salas', agir: () => this.#listarSalas() },
    { texto: 'Encerrar', agir: () => this.#encerrar() },
  ];

  readonly #lidas: RoteiroOptions['lidas'];

  constructor({ terminal, conversa, clock, agendar, sessoes, rastro, lembranca, lidas, aoEncerrar }: RoteiroOptions) {
    this.#lidas = lidas;
    this.#lembranca = lembranca;
    this.#conversa = conversa;
    this.#aoEncerrar = aoEncerrar;
    this.#sessoes = sessoes;
    this.#volta = new Volta(conversa);
    this.#permissoes = new Permissoes(conversa, () => this.#prosa.atualizar());
    const dialogo = new Dialogo(terminal, agendar);
    this.#dialogo = dialogo;
    this.#atencao = new Atencao({ terminal, sala: () => this.#volta.sala });
    this.#mural = new Mural({
      mostrar: (...linhas) => dialogo.mostrar(...linhas),
      aoChegar: (chegada) => this.#atencao.aoChegar(chegada),
      eu: () => conversa.nome,
      hoje: () => new Date(clock.agoraMs()),
      agendar: (esperaMs, agir) => dialogo.agendar(esperaMs, agir),
    });
    this.#mural.preferir(lembranca.ler());
    this.#salas = new Salas({ dialogo, conversa, aoEntrar: (entrada) => this.#aoEntrar(entrada) });
    const acoes = {
      criar: (nomeSala: string) => this.#salas.criar(nomeSala),
      entrar: (nomeSala: string) => this.#salas.entrar(nomeSala),
      sair: () => this.#sairDaSala(),
      listarSalas: () => this.#listarSalas(),
      listarUsuarios: (nomeSala?: string) => this.#listarUsuarios(nomeSala),
      encerrar: () => this.#encerrar(),
    };
    const [volta, mural, permissoes] = [this.#volta, this.#mural, this.#permissoes];
    this.#prosa = new Prosa({ dialogo, conversa, volta, permissoes, mural, rastro, lembranca, clock, acoes });
  }

  /** Conduz a pessoa até que ela encerre. */
  async conduzir({ nome, sala, criar }: Comeco): Promise<void> {
    let nomeDado = nome;
    const salaDeAntes = await this.#voltar(nome);
    let salaDada = sala ?? salaDeAntes;
    while (!this.#dialogo.encerrado) {
      this.#dialogo.recomecar();
      this.#atencao.atualizar();
      try {
        if (this.#conversa.nome === undefined) {
          await registrar({ dialogo: this.#dialogo, conversa: this.#conversa, lembranca: this.#lembranca }, nomeDado);
          nomeDado = undefined;
        } else if (this.#volta.sala !== undefined) {
          await this.#prosa.conversar();
        } else if (salaDada !== undefined) {
          const escolhida = salaDada;
          salaDada = undefined;
          await this.#entrarLogo(escolhida, { criar: criar && sala !== undefined, perguntar: sala !== undefined });
        } else {
          await this.#escolher(this.#primeiroMenu);
        }
      } catch (erro) {
        if (!(erro instanceof MudouDeLugar)) throw erro;
      }
    }
  }

  /** O servidor tirou a pessoa da sala: ela volta sozinha, se não a expulsaram; se não volta, nem a pergunta aberta nem as seguintes servem. */
  async aoSerRetirado(expulso: boolean): Promise<void> {
    const { sala } = this.#volta;
    if (expulso) this.#volta.sair();
    this.#prosa.atualizar();
    const { voltou, motivo } = await this.#volta.voltar();
    if (voltou) void this.#permissoes.perguntar();
    if (voltou) return this.avisar(`Você voltou à sala ${tornarVisivel(sala ?? '')}.`);
    if (motivo !== undefined) this.#dialogo.falhar(`Não foi possível voltar: ${explicar(motivo)}`);
    this.#dialogo.mudouDeLugar();
  }

  /** A pessoa sai: nada mais se pergunta nem se diz. */
  parar(): void {
    this.#lidas.guardar();
    this.#dialogo.parar();
  }

  async #voltar(nome: string | undefined): Promise<string | undefined> {
    try {
      return await voltar({ dialogo: this.#dialogo, conversa: this.#conversa, sessoes: this.#sessoes }, nome);
    } catch {
      // A pessoa encerrou, ou o nome já é de outro: pergunta-se por um, como se não houvesse sessão.
      return undefined;
    }
  }

  /** @param opcoes.perguntar se não deu; a sala em que se estava antes pode ter sido removida, e então se começa pelo menu */
  async #entrarLogo(nomeSala: string, opcoes: { readonly criar: boolean; readonly perguntar: boolean }): Promise<void> {
    const entrou = opcoes.criar ? await this.#salas.entrarOuCriar(nomeSala, true) : await this.#salas.entrar(nomeSala);
    if (!entrou && opcoes.perguntar) await this.#salas.perguntar();
  }

  #aoEntrar({ nomeSala, usuarios, mensagens }: ResultadoDe<'entrar_sala'>): void {
    this.#dialogo.avisar(`Você entrou na sala ${tornarVisivel(nomeSala)}.`);
    this.#dialogo.avisarDeMuitos('Usuários na sala', usuarios.map(tornarVisivel));
    this.#volta.aoEntrar(nomeSala, mensagens);
    this.#atencao.atualizar();
    this.#mural.entrar(usuarios, mensagens, this.#lidas.de(this.#conversa.nome ?? '', nomeSala));
    this.#marcarLidas(mensagens);
    void this.#permissoes.perguntar();
  }

  async #listarSalas(): Promise<boolean> {
    const salas = await this.#dialogo.tentar('Não foi possível listar as salas', () =>
      this.#conversa.listarSalasComDetalhes(),
    );
    if (!salas) return false;
    this.#dialogo.avisar(salas.valor.length === 0 ? 'Não há salas abertas.' : 'Salas abertas:');
    this.#dialogo.listar(salas.valor.map((sala) => tornarVisivel(descrever(sala))));
    return true;
  }

  async #sairDaSala(): Promise<boolean> {
    const sala = await this.#dialogo.tentar('Não foi possível sair', () => this.#conversa.sair());
    if (sala) this.#volta.sair();
    if (sala) this.#dialogo.avisar(`Você saiu da sala ${tornarVisivel(sala.valor)}.`);
    return sala !== undefined;
  }

  async #listarUsuarios(nomeSala?: string): Promise<boolean> {
    const usuarios = await this.#dialogo.tentar('Não foi possível listar os usuários', () =>
      this.#conversa.listarUsuarios(nomeSala),
    );
    if (!usuarios) return false;
    const onde = nomeSala === undefined ? 'na sala' : `na sala ${tornarVisivel(nomeSala)}`;
    this.#dialogo.avisarDeMuitos(`Usuários ${onde}`, usuarios.valor.map(tornarVisivel));
    return true;
  }

  /** @param atrasadas se são do tempo de uma queda, ou de uma ausência */
  receber(mensagens: readonly Mensagem[], atrasadas = false): void {
    this.#volta.aoReceber(mensagens);
    this.#permissoes.aoReceber(mensagens);
    this.#mural.receber(mensagens, atrasadas);
    this.#marcarLidas(mensagens);
    this.#prosa.atualizar();
  }

  #marcarLidas(mensagens: readonly Mensagem[]): void {
    const ultima = mensagens.at(-1);
    const { nome } = this.#conversa;
    if (ultima && nome !== undefined) this.#lidas.marcar(nome, ultima.sala, ultima.id);
  }

  /** Diz algo da parte do programa. @param texto já sem nada que um terminal obedeceria */
  avisar(texto: string): void {
    this.#dialogo.avisar(texto);
    this.#prosa.atualizar();
  }

  #encerrar(): void {
    this.#dialogo.avisar('Só este cliente se encerra: o binder e o servidor continuam (chat_start parar os encerra).');
    this.parar();
    this.#aoEncerrar();
  }

  async #escolher(opcoes: readonly Opcao[]): Promise<void> {
    const numero = await this.#dialogo.escolher(opcoes.map(({ texto }) => texto));
    await opcoes[numero - 1]?.agir();
  }
}

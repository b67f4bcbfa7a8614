/**
 * A porta do que sobrevive a um kill: seus verbos, o que eles recebem e dão, e o que cada um garante. É a mesma para o
 * store embutido e para o Redis.
 *
 * Cada verbo é atômico e, quando sua promessa se cumpre, durável; quando se rompe, nada mudou.
 * Verbos chamados em sequência fazem efeito nessa ordem, mesmo sem que se espere por cada um.
 * Um verbo que recusa lança o ContractError do contrato; um que não consegue gravar, SERVICO_INDISPONIVEL.
 * A presença e os prazos moram abaixo da porta; os textos, os valores dos limites e as esperas, acima.
 * Nomes chegam normalizados; compará-los (`nomeComparavel`) é com o store.
 */

import type { Mensagem, Sala } from '../contract/chat.ts';
import type { Clock } from '../process/clock.ts';
import type { Closable } from '../process/lifecycle.ts';
import type { Prazos } from './prazos.ts';
import type { TetoDeVazias } from './teto-de-salas.ts';

/** As sessões que têm neste servidor uma chamada que espera, a cada instante. */
export interface EmEspera {
  readonly has: (sessaoId: number) => boolean;
  readonly keys: () => Iterable<number>;
}

/** O que todo store recebe ao ser aberto. */
export interface OpcoesDoStore {
  /** De onde vem todo o tempo do store. */
  readonly clock: Clock;
  readonly prazos: Prazos;
  /** Esperar é presença. */
  readonly emEspera: EmEspera;
  /**
   * Recebe cada mensagem gravada numa sala que se acompanha, depois de durável e na ordem dos ids.
   * O aviso pode dizer `todos` quando a mensagem é só de alguns: quem é acordado por ele relê.
   */
  readonly aoGravar: (gravada: Gravada) => void;
  /** Recebe a sessão que passou a esperar em outro servidor: a espera que ela tem neste termina. */
  readonly aoEsperarEmOutro?: (sessaoId: number) => void;
  /** Recebe o nome de cada sessão que nasce ou acaba, depois de durável. */
  readonly aoMudarNomes: (nome: string, mudanca: 'nasceu' | 'acabou') => void;
  /** Recebe o detalhe do que não se pôde gravar ou ler, para o log. */
  readonly aoFalhar: (erro: unknown) => void;
}

/** De quem é um token. */
export interface Chamador {
  readonly id: number;
  readonly nome: string;
}

/** Nasce com o registro do usuário. Seu id nunca é dado a outra, nem quando o nome é o mesmo. */
export interface Sessao extends Chamador {
  /** O nome da sala em que está. */
  readonly sala: string | null;
}

/** Uma mensagem que acaba de se tornar durável. */
export interface Gravada {
  /** O nome da sala, como se compara. */
  readonly sala: string;
  readonly mensagemId: number;
  /** Quem pode vê-la; `todos` numa mensagem de broadcast. */
  readonly visivelPara: 'todos' | readonly number[];
}

/** Quantas chamadas alguém pode fazer numa janela que desliza; só contam as que mudam algo. */
export interface LimiteDeChamadas {
  /** 0 para nenhum limite. */
  readonly maximo: number;
  readonly janelaMs: number;
}

export interface NovaSessao {
  readonly nome: string;
  /** SHA-256 do token, em hexadecimal minúsculo: o token mesmo não é guardado. */
  readonly tokenHash: string;
  /** De onde vem o registro, para o limite. */
  readonly rede?: string;
  readonly limite?: LimiteDeChamadas | undefined;
}

export interface NovaSala {
  readonly sessaoId: number;
  readonly nomeSala: string;
  /** De onde vem quem a cria, para o teto. */
  readonly rede?: string;
  readonly vazias?: TetoDeVazias | undefined;
  readonly limite?: LimiteDeChamadas | undefined;
}

export interface Entrada {
  readonly sessaoId: number;
  readonly nomeSala: string;
  /** A senha guardada contra a qual a que se deu já foi conferida (`SenhaPedida`). */
  readonly senhaAceita?: string | undefined;
  readonly limite?: LimiteDeChamadas | undefined;
}

export interface Entrou {
  readonly nomeSala: string;
  /** Quem está na sala, por nome (ordem de code points). */
  readonly usuarios: string[];
  /** As últimas 50 que se disseram e a sessão pode ver, e entre elas a própria entrada, da mais antiga à mais nova. */
  readonly mensagens: Mensagem[];
}

export interface Saiu {
  readonly nomeSala: string;
}

export interface Envio {
  readonly sessaoId: number;
  readonly nomeSala: string;
  readonly conteudo: string;
  readonly destinatario: string | undefined;
  /** Chave de repetição, dentro da sessão. */
  readonly chave: string | undefined;
  readonly limite?: LimiteDeChamadas | undefined;
}

export interface Enviada {
  readonly mensagem: Mensagem;
  /** A chave de repetição já tinha sido usada: esta é a mensagem da primeira vez, e nada foi gravado. */
  readonly repetida: boolean;
}

export interface Leitura {
  readonly sessaoId: number;
  readonly nomeSala: string;
  /** O cursor: tudo o que vem depois deste id. Sem ele, as últimas que se disseram e a própria entrada. */
  readonly desde: number | undefined;
  /**
   * Quem lê espera pelo que vier: desta leitura em diante, e por mais do que uma chamada espera, `aoGravar` avisa da sala.
   * O que outro servidor acabou de gravar pode ainda não vir nela: então `aoGravar` avisa dele em seguida.
   */
  readonly acompanhar?: boolean;
}

export interface Lidas {
  /** No máximo 50, e sem cursor também a própria entrada; da mais antiga à mais nova. */
  readonly mensagens: readonly Mensagem[];
}

export interface SalaAberta {
  readonly nomeSala: string;
  readonly usuarios: number;
}

/** O que um dono faz na sua sala. */
export interface AtoDoDono {
  readonly sessaoId: number;
  readonly nomeSala: string;
  readonly limite?: LimiteDeChamadas | undefined;
}

export interface Configuracao extends AtoDoDono {
  /** O que falta não muda; um texto vazio tira. */
  readonly topico?: string | undefined;
  /** Como se guarda: o hash, com o sal. */
  readonly senha?: string | undefined;
  readonly silenciada?: boolean | undefined;
  readonly permanente?: boolean | undefined;
}

export interface Silencio extends AtoDoDono {
  readonly alvo: string;
  readonly silenciado: boolean;
}

export interface Expulsao extends AtoDoDono {
  readonly alvo: string;
  /** Por quanto tempo quem tem esse nome não entra. */
  readonly duracaoMs: number;
}

export interface Passagem extends AtoDoDono {
  readonly alvo: string;
}

/** Os limites que se ocupam antes de agir, e se devolvem quando o que se fez não conta. */
export type LimiteAntecipado = 'senhas_erradas' | 'senhas_novas';

export interface Store extends Closable {
  /**
   * A presença da nova sessão começa agora.
   * @throws LIMITE_EXCEDIDO (que se confere antes), NOME_EM_USO
   */
  registrar(nova: NovaSessao): Promise<Sessao>;

  /**
   * Perguntar conta como presença da sessão, e a primeira pergunta anota que o token chegou a quem registrou.
   * @returns a sessão de um token, como está agora, ou `undefined` quando ninguém a tem
   */
  identificar(tokenHash: string): Promise<Sessao | undefined>;

  /**
   * Quem chama com esse token. O mesmo que `identificar`, mas pode ser o que se soube há pouco: uma sessão que outro servidor
   * acaba de encerrar ainda pode ser reconhecida por um instante, e o verbo que ela pede a recusa.
   */
  reconhecer(tokenHash: string): Promise<Chamador | undefined>;

  /** Anota a presença de uma sessão, se ela ainda existe. */
  renovar(sessaoId: number): void;

  /**
   * Sai da sala (com a mensagem de saída), apaga a sessão com suas chaves de repetição, e libera o nome. As salas de que era
   * dona passam a quem está há mais tempo em cada uma; a que não tem ninguém fica sem dono.
   * @returns false se a sessão já não existia
   */
  encerrar(sessaoId: number): Promise<boolean>;

  /** Todas as sessões. */
  sessoes(): Promise<Sessao[]>;

  /**
   * Quem a cria é o dono dela.
   * @throws NAO_AUTENTICADO, SALA_JA_EXISTE, LIMITE_EXCEDIDO
   */
  criarSala(nova: NovaSala): Promise<void>;

  /**
   * Entra na sala, saindo da que ocupava: as duas mensagens de SERVER e a mudança são um só ato.
   * Entrar onde já se está não muda nada. De uma sala sem dono, quem entra passa a ser o dono.
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, EXPULSO, SenhaPedida, LIMITE_EXCEDIDO
   */
  entrar(entrada: Entrada): Promise<Entrou>;

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA */
  sair(sessaoId: number): Promise<Saiu>;

  /**
   * Confere nesta ordem: sessão, chave de repetição já usada, sala, quem está nela, silêncio, destinatário, limite; e grava.
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, FORA_DA_SALA, SILENCIADO, DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO
   */
  enviar(envio: Envio): Promise<Enviada>;

  /**
   * O que a sessão pode ver na sala. O custo depende do que é dado, não do tamanho da história.
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, FORA_DA_SALA
   */
  ler(leitura: Leitura): Promise<Lidas>;

  /** Por nome, em ordem de code points. */
  listarSalas(): Promise<readonly SalaAberta[]>;

  /** Por nome, em ordem de code points. */
  listarSalasComDetalhes(): Promise<readonly Sala[]>;

  /** @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA */
  detalharSala(sessaoId: number, nomeSala: string): Promise<Sala>;

  /** @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, SEM_PERMISSAO, LIMITE_EXCEDIDO, também se não cabe outra permanente */
  configurarSala(configuracao: Configuracao): Promise<Sala>;

  /** @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, SEM_PERMISSAO, DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO */
  silenciar(silencio: Silencio): Promise<void>;

  /**
   * Tira da sala quem está nela, e dela afasta quem tenha esse nome; de quem já foi expulso, muda o prazo.
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, SEM_PERMISSAO, DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO
   */
  expulsar(expulsao: Expulsao): Promise<void>;

  /** @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, SEM_PERMISSAO, DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO */
  passarSala(passagem: Passagem): Promise<void>;

  /**
   * Ocupa um lugar num limite da sessão.
   * @returns como devolvê-lo
   * @throws LIMITE_EXCEDIDO
   */
  ocuparLugar(sessaoId: number, qual: LimiteAntecipado, limite: LimiteDeChamadas): Promise<() => Promise<void>>;

  /**
   * Quem está na sala, por nome, em ordem de code points.
   * @param nomeSala `undefined` para a sala da sessão
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, FORA_DA_SALA
   */
  listarUsuarios(sessaoId: number, nomeSala: string | undefined): Promise<string[]>;

  /**
   * Acaba com o que venceu: tira da sala o usuário ausente, encerra a sessão sem chamadas, remove a sala sem ninguém e
   * apaga um pouco do que já não se alcança. O nome de uma sala removida fica livre, e uma sala nova de mesmo nome não vê
   * as mensagens da antiga, e seus ids continuam crescendo. Chama-se de tempos em tempos, uma de cada vez: quando se
   * deixa de chamá-la por muito tempo (`interrupcaoMs`), os prazos começam de novo. Chamada outra vez em menos de 1 s, pode
   * deixar o que venceu nesse tempo para a vez seguinte.
   * @throws a primeira falha, depois de tentar tudo; a passada seguinte tenta de novo
   */
  varrer(): Promise<void>;

  /** Se a última gravação deu certo: o que `/saude` conta. */
  readonly disponivel: boolean;

  /** Conclui o que está em andamento e libera os dados. */
  close(): Promise<void>;
}

/**
 * A porta do que sobrevive a um kill: seus verbos, seus registros, e o que cada verbo garante.
 *
 * Cada verbo é atômico e, quando sua promessa se cumpre, durável; quando se rompe, nada mudou.
 * Verbos chamados em sequência fazem efeito nessa ordem, mesmo sem que se espere por cada um.
 * Um verbo que recusa lança o ContractError do contrato; um que não consegue gravar, SERVICO_INDISPONIVEL.
 * O que não precisa de atomicidade (textos, limites, prazos, esperas) mora acima da porta.
 * Nomes chegam normalizados; compará-los (`nomeComparavel`) é com o store.
 */

import type { Mensagem } from '../contract/chat.ts';

/** A pessoa: nasce com o registro e acaba com a sessão. Seu id nunca é dado a outra, nem com o mesmo nome. */
export interface Sessao {
  readonly id: number;
  readonly nome: string;
  /** O nome da sala em que está. */
  readonly sala: string | null;
  /** Se alguma chamada já trouxe o token: até lá, a resposta do registro pode ter se perdido. */
  readonly confirmada: boolean;
}

/** Uma mensagem que acaba de se tornar durável. */
export interface Gravada {
  /** O nome da sala, como se compara. */
  readonly sala: string;
  readonly mensagemId: number;
  /** Quem pode vê-la; `todos` numa mensagem de broadcast. */
  readonly visivelPara: 'todos' | readonly number[];
}

export interface NovaSessao {
  readonly nome: string;
  /** SHA-256 do token: o token mesmo não é guardado. */
  readonly tokenHash: Buffer;
  /** De onde vem o registro, para o limite. */
  readonly rede?: string;
}

/** Quantas chamadas alguém pode fazer numa janela que desliza; só contam as que mudam algo. */
export interface LimiteDeChamadas {
  /** 0 para nenhum limite. */
  readonly maximo: number;
  readonly janelaMs: number;
}

export interface Entrada {
  readonly sessaoId: number;
  readonly nomeSala: string;
  /** O instante das mensagens de SERVER que a entrada causa, em ms desde 1970. */
  readonly agoraMs: number;
  readonly limite?: LimiteDeChamadas | undefined;
}

export interface Entrou {
  readonly nomeSala: string;
  /** Quem está na sala, por nome (ordem de code points). */
  readonly usuarios: string[];
  /** As últimas 50 que a sessão pode ver, da mais antiga à mais nova, a própria entrada incluída. */
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
  /** Idempotency key, dentro da sessão. */
  readonly chave: string | undefined;
  readonly agoraMs: number;
  readonly limite?: LimiteDeChamadas | undefined;
}

export interface Enviada {
  readonly mensagem: Mensagem;
  /** A chave já tinha sido usada: esta é a mensagem da primeira vez, e nada foi gravado. */
  readonly repetida: boolean;
}

export interface Leitura {
  readonly sessaoId: number;
  readonly nomeSala: string;
  /** O cursor: só o que vem depois deste id. Sem ele, as últimas. */
  readonly desde: number | undefined;
  /** Quem lê vai esperar pelo que vier: desta leitura em diante, e por ao menos um minuto, `aoGravar` avisa da sala. */
  readonly acompanhar?: boolean;
}

export interface Lidas {
  /** No máximo 50, da mais antiga à mais nova. */
  readonly mensagens: readonly Mensagem[];
}

export interface SalaAberta {
  readonly nomeSala: string;
  readonly usuarios: number;
}

export interface Store {
  /** @throws LIMITE_EXCEDIDO (que se confere antes), NOME_EM_USO */
  registrar(nova: NovaSessao, limite?: LimiteDeChamadas): Promise<Sessao>;

  /** @returns a sessão de um token, ou `undefined` quando ninguém a tem */
  sessaoDoToken(tokenHash: Buffer): Promise<Sessao | undefined>;

  /** Anota que o token chegou a quem registrou. Sem efeito se a sessão já acabou. */
  confirmar(sessaoId: number): Promise<void>;

  /**
   * Sai da sala (com a mensagem de saída), apaga a sessão com suas chaves de idempotência, e libera o nome.
   * @returns false se a sessão já não existia
   */
  encerrar(sessaoId: number, agoraMs: number): Promise<boolean>;

  /** Todas as sessões, para recomeçar os prazos depois de uma partida. */
  sessoes(): Promise<Sessao[]>;

  /** @throws NAO_AUTENTICADO, SALA_JA_EXISTE, LIMITE_EXCEDIDO */
  criarSala(sessaoId: number, nomeSala: string, limite?: LimiteDeChamadas): Promise<SalaVazia>;

  /**
   * Entra na sala, saindo da que ocupava: as duas mensagens de SERVER e a mudança são um só ato.
   * Entrar onde já se está não muda nada.
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, LIMITE_EXCEDIDO
   */
  entrar(entrada: Entrada): Promise<Entrou>;

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA */
  sair(sessaoId: number, agoraMs: number): Promise<Saiu>;

  /**
   * Confere nesta ordem: sessão, chave já usada, sala, presença, destinatário, limite; e grava.
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, FORA_DA_SALA, DESTINATARIO_FORA_DA_SALA, LIMITE_EXCEDIDO
   */
  enviar(envio: Envio): Promise<Enviada>;

  /**
   * O que a sessão pode ver na sala. O custo depende do que é dado, não do tamanho da história.
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, FORA_DA_SALA
   */
  ler(leitura: Leitura): Promise<Lidas>;

  /** Por nome, em ordem de code points. */
  listarSalas(): Promise<readonly SalaAberta[]>;

  /**
   * Quem está na sala, por nome, em ordem de code points.
   * @param nomeSala `undefined` para a sala da sessão
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, FORA_DA_SALA
   */
  listarUsuarios(sessaoId: number, nomeSala: string | undefined): Promise<string[]>;

  /** As salas sem ninguém. */
  salasVazias(): Promise<SalaVazia[]>;

  /**
   * Remove a sala com suas mensagens, se continua sem ninguém. As mensagens podem ser apagadas aos poucos, por
   * `limpar`, mas deixam de ser alcançáveis já; uma sala nova de mesmo nome não as vê e seus ids continuam crescendo.
   */
  removerSalaVazia(sala: SalaVazia): Promise<boolean>;

  /**
   * Apaga um pouco do que já não é alcançável (mensagens de salas removidas, chaves de sessões encerradas).
   * @returns true se ainda há o que apagar
   */
  limpar(): Promise<boolean>;

  /**
   * Avisa de cada mensagem gravada numa sala que se acompanha, depois de durável e na ordem dos ids. Um só ouvinte.
   * Um aviso pode dizer `todos` de mais do que deve: quem é acordado por ele relê.
   */
  aoGravar(ouvinte: (gravada: Gravada) => void): void;

  /** O nome de cada sessão que nasce ou acaba, depois de durável. Um só ouvinte. */
  aoMudarNomes(ouvinte: (nome: string, mudanca: 'nasceu' | 'acabou') => void): void;

  /** Se a última gravação deu certo: o que `/saude` conta. */
  readonly disponivel: boolean;

  /** Conclui o que está em andamento e libera a pasta de dados. */
  close(): Promise<void>;
}

/** As sessões para quem as atende: quem é o dono de um token, e que ele deu sinal de vida. */
export interface SessoesVivas {
  /** @throws LIMITE_EXCEDIDO (que se confere antes), NOME_EM_USO */
  registrar(nova: NovaSessao, limite?: LimiteDeChamadas): Promise<Sessao>;

  /** @returns a sessão de um token, ou `undefined` quando ninguém a tem; perguntar conta como sinal de vida dela */
  identificar(tokenHash: Buffer): Promise<Sessao | undefined>;

  /** Anota um sinal de vida de uma sessão que talvez já tenha acabado. */
  renovar(sessaoId: number): void;

  /** Como o de `Store`. */
  encerrar(sessaoId: number, agoraMs: number): Promise<boolean>;
}

export interface SalaVazia {
  readonly salaId: number;
  readonly nomeSala: string;
}

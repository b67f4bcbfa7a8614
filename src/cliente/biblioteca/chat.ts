/** O que a biblioteca promete a um programa. */

import type { Mensagem } from '../../contract/chat.ts';
import type { FormatoDoRastro } from '../../contract/formatos-do-rastro.ts';

/** Uma sala aberta e quantos usuários há nela. */
export interface Sala {
  readonly nomeSala: string;
  readonly usuarios: number;
}

/** O que se encontra ao entrar numa sala. */
export interface Entrada {
  readonly nomeSala: string;
  /** Os nomes de quem está nela, por ordem. */
  readonly usuarios: readonly string[];
  /** As últimas 50 que se podem ver, a própria entrada inclusive; não são entregues de novo por `mensagens()`. */
  readonly mensagens: readonly Mensagem[];
}

export interface ConectarOptions {
  /** O nome de usuário, de 1 a 32 caracteres. */
  readonly nome: string;
  /** A sala em que entrar logo. */
  readonly sala?: string | undefined;
  /** A senha da sala, se ela tem uma. */
  readonly senha?: string | undefined;
  /** Cria a sala, sem senha, se ela não existe. */
  readonly criarSala?: boolean | undefined;
  /**
   * URL do binder (a da variável `CHAT_BINDER`; sem ela, `http://localhost:5000`), ou as de vários, separadas por vírgulas:
   * quando um não responde, vai-se ao seguinte. Com `https`, o servidor também é chamado por https.
   */
  readonly binder?: string | undefined;
  /** A autoridade (PEM) em que confiar além das conhecidas, nas conexões https. */
  readonly ca?: string | Uint8Array | undefined;
  /** Quanto insistir quando binder ou servidor estão fora, em ms (10.000); 0 para tentar uma vez só. */
  readonly prazoMs?: number | undefined;
  /** Entre uma busca de mensagens sem resultado e a seguinte, em ms (1.000). */
  readonly intervaloMs?: number | undefined;
  /** Quanto uma busca espera por mensagens no servidor, em ms (50.000; de 0 a 120.000). */
  readonly esperaMs?: number | undefined;
  /** Recebe, numa frase, o que uma pessoa gostaria de saber: a conexão caiu, voltou, a sessão foi refeita. */
  readonly aoAvisar?: ((texto: string) => void) | undefined;
  /** Recebe, numa linha, cada chamada como acontece: o que o binder disse, a quem se chamou, quanto demorou. */
  readonly aoRastrear?: ((linha: string) => void) | undefined;
  /** Como `aoRastrear` recebe cada chamada: em frases (`linhas`), como setas entre os processos, ou com o que viaja. */
  readonly rastroEm?: FormatoDoRastro | undefined;
}

/**
 * Um participante do chat, com sessão aberta até `close()`.
 * Toda chamada recusada lança um erro de que `tipoDaRecusa` dá o tipo; sem resposta, `motivoDaFalta` dá o motivo.
 */
export interface Chat extends AsyncDisposable {
  /** O nome como o servidor o guardou. */
  readonly nome: string;
  /** A sala em que se está, ou `undefined`. */
  readonly sala: string | undefined;

  /**
   * Entra numa sala, saindo da que se ocupava. A senha que a abriu serve também para voltar a ela sozinho, depois de uma queda.
   * @param options.criar cria a sala, sem senha, se ela não existe
   * @param options.senha a da sala, se ela tem uma (contrato, seção 5); quem já está na sala, e o dono dela, não precisam
   * @throws uma recusa de tipo SENHA_INCORRETA, sem a senha ou com outra
   */
  entrar(
    nomeSala: string,
    options?: { readonly criar?: boolean | undefined; readonly senha?: string | undefined },
  ): Promise<Entrada>;

  /** Sai da sala. @returns o nome dela */
  sair(): Promise<string>;

  /**
   * Envia à sala em que se está, uma vez só, por mais que a conexão caia no meio. Os envios seguem a ordem das chamadas.
   * @param options.para o destinatário de uma mensagem privada, que tem de estar na sala; sem ele, todos
   * @returns a mensagem como o servidor a guardou, já em disco
   */
  enviar(texto: string, options?: { readonly para?: string | undefined }): Promise<Mensagem>;

  /**
   * O que chega à sala depois de entrar nela, as próprias mensagens inclusive: na ordem, cada uma uma só vez, e sem
   * perder nenhuma através das quedas. O que chega enquanto ninguém lê espera, e um laço interrompido pode ser
   * recomeçado com outra chamada. Termina com `close()`; lança quando a sala foi removida ou o nome, perdido.
   */
  mensagens(): AsyncGenerator<Mensagem, void, undefined>;

  /** As salas abertas, por nome. */
  salas(): Promise<readonly Sala[]>;

  /**
   * Quem está numa sala, por nome.
   * @param nomeSala sem ela, aquela em que se está
   */
  usuarios(nomeSala?: string): Promise<readonly string[]>;

  /** Cria uma sala, sem entrar nela. @returns o nome como o servidor o guardou */
  criarSala(nomeSala: string): Promise<string>;

  /** Termina a sessão, e o nome fica livre. Pode ser chamado mais de uma vez. */
  close(): Promise<void>;
}

/** Um endereço a que se chama, e o que as respostas dele já contaram. */

import { connect } from 'node:tls';
import { UnreachableError } from './falhas.ts';
import { type Conexoes, type OpcoesDoPost, postar, type RespostaHttp } from './http.ts';

/** Só para explicar uma falha: quem espera pela explicação não deve notar. */
const PRAZO_DA_SONDAGEM_MS = 1_000;

export class Endereco {
  readonly #url: string;
  readonly #conexoes: Conexoes;
  #jaRespondeu = false;

  /** @param url `http://HOST:PORTA` ou `https://HOST:PORTA` */
  constructor(url: string, conexoes: Conexoes) {
    this.#url = url;
    this.#conexoes = conexoes;
  }

  /** @throws UnreachableError quando não há resposta inteira */
  async postar(corpo: string, options: OpcoesDoPost): Promise<RespostaHttp> {
    try {
      const resposta = await postar(this.#url, this.#conexoes, corpo, options);
      this.#jaRespondeu = true;
      return resposta;
    } catch (erro) {
      throw await this.#explicar(erro);
    }
  }

  /** Quem espera TLS fecha sem uma palavra a conexão de quem não o fala: só se sabe tentando. */
  async #explicar(erro: unknown): Promise<unknown> {
    const { code } = ((erro as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code !== 'ECONNRESET' || this.#jaRespondeu || !(await this.#falaTls())) return erro;
    return new UnreachableError('recusada', `${this.#url} fala TLS; a URL do binder deve começar com https.`, erro);
  }

  #falaTls(): Promise<boolean> {
    const { protocol, hostname, port } = new URL(this.#url);
    if (protocol !== 'http:') return Promise.resolve(false);
    return new Promise((resolve) => {
      // Nada se envia por ela: de quem é o certificado não importa.
      const socket = connect({
        host: hostname.replace(/^\[(.*)\]$/, '$1'),
        port: Number(port || 80),
        rejectUnauthorized: false,
      });
      const concluir = (fala: boolean) => {
        socket.destroy();
        resolve(fala);
      };
      socket.setTimeout(PRAZO_DA_SONDAGEM_MS, () => concluir(false));
      socket.once('secureConnect', () => concluir(true));
      socket.once('error', () => concluir(false));
      socket.once('close', () => concluir(false));
    });
  }
}

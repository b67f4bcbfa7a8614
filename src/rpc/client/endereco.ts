/** Um endereço a que se chama, e o que as respostas dele já contaram. */

import { connect } from 'node:tls';
import { AGORA, lerInstante, VALE_ATE } from '../../process/validade.ts';
import { UnreachableError } from './falhas.ts';
import { type Conexoes, type OpcoesDoPost, PRAZO_PADRAO_MS, postar, type RespostaHttp } from './http.ts';

/** Só para explicar uma falha: quem espera pela explicação não deve notar. */
const PRAZO_DA_SONDAGEM_MS = 1_000;

export class Endereco {
  readonly #url: string;
  readonly #conexoes: Conexoes;
  #jaRespondeu = false;
  /** Quanto o relógio de lá está adiante do tempo monotônico daqui, em ms. */
  #adiantoMs: number | undefined;

  /** @param url `http://HOST:PORTA` ou `https://HOST:PORTA` */
  constructor(url: string, conexoes: Conexoes) {
    this.#url = url;
    this.#conexoes = conexoes;
  }

  /** @throws UnreachableError quando não há resposta inteira */
  async postar(corpo: string, options: OpcoesDoPost): Promise<RespostaHttp> {
    const { prazoMs = PRAZO_PADRAO_MS } = options;
    const cabecalhos = { [VALE_ATE]: String(Math.floor(this.#horaDeLa() + prazoMs)) };
    try {
      const resposta = await postar(this.#url, this.#conexoes, corpo, options, cabecalhos);
      this.#jaRespondeu = true;
      this.#acertar(lerInstante(resposta.cabecalhos[AGORA.toLowerCase()]));
      return resposta;
    } catch (erro) {
      throw await this.#explicar(erro);
    }
  }

  /**
   * Que horas são no relógio de lá, em ms desde 1970: antes da primeira resposta, supõe-se que sejam as daqui. Quem erra é
   * recusado sem que nada aconteça, e a recusa traz a hora certa.
   */
  #horaDeLa(): number {
    return this.#adiantoMs === undefined ? Date.now() : performance.now() + this.#adiantoMs;
  }

  /** Contada a partir de quando a resposta chegou, a hora de lá nunca se adianta: o que vence, vence a tempo. */
  #acertar(agoraMs: number | undefined): void {
    if (agoraMs !== undefined) this.#adiantoMs = agoraMs - performance.now();
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

/** O caminho de um pedido HTTP: admite-se, lê-se o corpo, espera-se a vez dele, e escreve-se a resposta. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, relogioDoSistema } from '../../../process/clock.ts';
import { redeDoEndereco } from '../../../process/enderecos.ts';
import { AGORA, lerInstante, VALE_ATE } from '../../../process/validade.ts';
import { admitir, type HostPermitido, type Paginas } from './admissao.ts';
import type { Atendimento, CallContext, Chegada, Responder } from './atendimento.ts';
import { criarDesistencias } from './desistencias.ts';
import { type Corpo, escrever, escreverRecusa, type Recusa, tamanhoDe } from './escrita.ts';
import { lerCorpo, MAXIMO_DO_CORPO_BYTES } from './leitura.ts';
import { criarOrigem } from './origem.ts';
import type { PedidosSemResposta } from './pedidos-sem-resposta.ts';
import { RespostasPendentes } from './respostas-pendentes.ts';
import { Rodizio } from './rodizio.ts';

const CORPO_RECUSADO: Recusa = { status: 413, message: `O corpo passa de ${MAXIMO_DO_CORPO_BYTES} bytes.` };

/** O Node dá os nomes dos cabeçalhos em minúsculas. */
const VALE_ATE_LIDO = VALE_ATE.toLowerCase();

const SEM_PAGINAS: Paginas = new Map();

export interface Health {
  readonly ok: boolean;
  readonly detalhes: Readonly<Record<string, unknown>>;
}

export interface OpcoesDoAtendente {
  /** Os IPs dos proxies em cujo `X-Forwarded-For` se confia. */
  readonly proxiesConfiaveis: readonly string[];
  readonly responder: Responder;
  /** O corpo com que se recusa um pedido que não se atende. */
  readonly corpoDaRecusa: (message: string) => Corpo;
  /** O que `GET /saude` conta. */
  readonly saude: () => Health;
  /** O nome deste processo em `/saude`. */
  readonly processo: 'binder' | 'servidor' | 'janela';
  /** O que se pode ler por GET além de `/saude`. */
  readonly paginas?: Paginas | undefined;
  /** O do sistema, se não se diz outro. */
  readonly clock?: Clock;
}

/** O caminho de um pedido HTTP. */
export class Atendente {
  readonly #options: OpcoesDoAtendente;
  readonly #clock: Clock;
  readonly #pedidos: PedidosSemResposta;
  readonly #origem: (req: IncomingMessage) => string;
  readonly #pendentes = new RespostasPendentes();
  readonly #rodizio = new Rodizio();
  /** O bearer que se reconheceu por último em cada conexão. */
  readonly #reconhecidos = new WeakMap<object, string>();
  #encerrando = false;
  hostPermitido: HostPermitido = () => true;

  constructor(options: OpcoesDoAtendente, pedidos: PedidosSemResposta) {
    this.#options = options;
    this.#clock = options.clock ?? relogioDoSistema;
    this.#pedidos = pedidos;
    this.#origem = criarOrigem(options.proxiesConfiaveis);
  }

  encerrar(): void {
    this.#encerrando = true;
  }

  async atender(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const lugar = this.#pedidos.entrar(req.socket, res);
    if (lugar) await lugar;
    if (req.socket.destroyed) return;
    if (this.#encerrando) res.shouldKeepAlive = false;
    const admissao = admitir(req, this.hostPermitido, this.#options.paginas ?? SEM_PAGINAS);
    if (admissao === 'saude') return this.#responderSaude(res);
    if (typeof admissao === 'object' && 'mostrar' in admissao) return admissao.mostrar(req, res);
    if (admissao !== 'chamada') return this.#recusar(req, res, admissao);
    const chegada = this.#chegadaDe(req);
    const corpo = await lerCorpo(req);
    if (corpo === 'grande') return this.#recusar(req, res, CORPO_RECUSADO);
    return this.#responderChamada(req, res, corpo, chegada);
  }

  #responderChamada(
    req: IncomingMessage,
    res: ServerResponse,
    corpo: Buffer,
    chegada: Chegada,
  ): Promise<void> | undefined {
    const context = this.#contextoDe(req, res, chegada);
    const vez = this.#rodizio.esperar(req.socket, this.#quemE(context));
    const agir = () => {
      if (req.socket.destroyed) return undefined;
      return this.#escreverResposta(res, context, this.#options.responder(corpo, context));
    };
    return vez ? vez.then(agir) : agir();
  }

  /** Não conhece o corpo do pedido: uma chamada pode levar dois minutos, e ele não fica na memória por tanto tempo. */
  async #escreverResposta(res: ServerResponse, context: CallContext, atendimento: Promise<Atendimento>): Promise<void> {
    const { socket } = res.req;
    const { corpo: resposta, reconhecido } = await atendimento;
    if (reconhecido && context.bearer !== undefined) this.#reconhecidos.set(socket, context.bearer);
    const bytes = resposta === undefined ? 0 : tamanhoDe(resposta);
    this.#rodizio.anotar(bytes, () => this.#quemE(context));
    const saida = this.#rodizio.esperarSaida();
    if (saida) await saida;
    // Ninguém a leria, e o Node faria dela um erro com a pilha inteira.
    if (socket.destroyed) return;
    if (this.#encerrando) res.shouldKeepAlive = false;
    if (resposta === undefined) {
      res.writeHead(204).end();
    } else {
      escrever(res, 200, resposta, { bytes, cabecalhos: this.#horaPara(context) });
      this.#pendentes.anotar(res, socket, bytes);
    }
  }

  #recusar(req: IncomingMessage, res: ServerResponse, recusa: Recusa): void {
    escreverRecusa(req, res, recusa, this.#options.corpoDaRecusa(recusa.message));
  }

  #responderSaude(res: ServerResponse): void {
    const { ok, detalhes } = this.#options.saude();
    const serve = ok && !this.#encerrando;
    const status = this.#encerrando ? 'encerrando' : ok ? 'ok' : 'indisponivel';
    escrever(res, serve ? 200 : 503, JSON.stringify({ status, processo: this.#options.processo, ...detalhes }));
  }

  /** O pedido começa a chegar com os cabeçalhos; o corpo pode demorar. */
  #chegadaDe({ headers }: IncomingMessage): Chegada {
    const valeAteMs = lerInstante(headers[VALE_ATE_LIDO]);
    return { chegouMs: this.#clock.monotonicoMs(), valeAteMs };
  }

  /** Quem diz até quando quer a chamada precisa saber que horas são aqui. */
  #horaPara({ chegada }: CallContext): Readonly<Record<string, string>> | undefined {
    return chegada?.valeAteMs === undefined ? undefined : { [AGORA]: String(Math.floor(this.#clock.agoraMs())) };
  }

  #contextoDe(req: IncomingMessage, res: ServerResponse, chegada: Chegada): CallContext {
    return {
      bearer: bearerDe(req.headers.authorization),
      enderecoRemoto: this.#origem(req),
      traceparent: traceparentDe(req.headers),
      conexao: req.socket,
      chegada,
      aoDesistir: criarDesistencias(req.socket, res),
    };
  }

  /** De quem é a vez no rodízio: um bearer que ainda não se reconheceu qualquer um inventa, e conta o endereço. */
  #quemE({ bearer, conexao, enderecoRemoto }: CallContext): string {
    // Quem acaba de receber respostas grandes não deixa de ser quem é por abrir outra conexão.
    if (bearer !== undefined && (this.#reconhecidos.get(conexao) === bearer || this.#rodizio.ehPesado(bearer))) {
      return bearer;
    }
    return redeDoEndereco(enderecoRemoto);
  }
}

/** Um cabeçalho repetido vem como lista, e então não é de ninguém. */
function traceparentDe({ traceparent }: IncomingMessage['headers']): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/** O esquema não distingue maiúsculas (RFC 9110, seção 11.1). */
function bearerDe(authorization: string | undefined): string | undefined {
  return authorization && /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

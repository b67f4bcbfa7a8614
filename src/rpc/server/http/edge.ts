/**
 * A borda HTTP: admite o pedido, lê o corpo, espera a vez dele, e escreve a resposta; bytes entram, bytes saem.
 * Esta pasta não conhece JSON-RPC, nem procedimento algum.
 */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, relogioDoSistema } from '../../../process/clock.ts';
import { ehLoopback, hostComPorta, redeDoEndereco } from '../../../process/enderecos.ts';
import { AGORA, lerInstante, VALE_ATE } from '../../../process/validade.ts';
import { admitir, type HostPermitido, type Paginas, soDestaMaquina } from './admissao.ts';
import type { CallContext, Chegada, Responder } from './atendimento.ts';
import { ConexoesAbertas } from './conexoes-abertas.ts';
import { criarDesistencias } from './desistencias.ts';
import { type Corpo, escrever, escreverRecusa, type Recusa, tamanhoDe } from './escrita.ts';
import { lerCorpo, MAXIMO_DO_CORPO_BYTES } from './leitura.ts';
import { criarOrigem } from './origem.ts';
import { PedidosSemResposta } from './pedidos-sem-resposta.ts';
import { RespostasPendentes } from './respostas-pendentes.ts';
import { Rodizio } from './rodizio.ts';

/** O contrato: cabeçalhos ou corpo que não chegam neste tempo fecham a conexão. */
const PRAZO_DE_CHEGADA_MS = 10_000;
const CONFERENCIA_DE_PRAZOS_MS = 1_000;

/**
 * Por quanto tempo uma conexão ociosa fica aberta. Maior que a ociosidade dos nossos clientes:
 * quem reusa uma conexão no instante em que o servidor a fecha recebe ECONNRESET.
 */
const OCIOSIDADE_MS = 75_000;

/** O TLS 1.2 só com chaves que não se guardam e cifras autenticadas (RFC 9325, seção 4.2); o 1.3 só tem dessas. */
const CIFRAS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
].join(':');

const CORPO_RECUSADO: Recusa = { status: 413, message: `O corpo passa de ${MAXIMO_DO_CORPO_BYTES} bytes.` };

const SEM_PAGINAS: Paginas = new Map();

export interface Health {
  readonly ok: boolean;
  readonly detalhes: Readonly<Record<string, unknown>>;
}

export interface EdgeOptions {
  readonly host: string;
  /** 0 toma uma porta livre. */
  readonly porta: number;
  /** Quantas conexões se aceitam ao mesmo tempo. */
  readonly conexoes: number;
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
  readonly aoFalhar: (erro: unknown) => void;
  /** O do sistema, se não se diz outro. */
  readonly clock?: Clock;
  /** Com eles a borda só fala https. */
  readonly tls?: Certificado | undefined;
}

/** Um certificado e a sua chave privada, em PEM. */
export interface Certificado {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Uma borda aberta. */
export interface Edge {
  readonly host: string;
  readonly porta: number;
  /** `http://HOST:PORTA`, ou https. */
  readonly url: string;
  /** Quantas conexões estão abertas. */
  readonly conexoes: () => number;
  /** As conexões que se abrirem daqui em diante usam este; só numa borda que fala https. */
  readonly trocarCertificado: (certificado: Certificado) => void;
  /** A partir daqui `/saude` responde 503. */
  readonly anunciarFim: () => void;
  /** Para de aceitar, espera as respostas em andamento, derruba o resto. */
  readonly close: () => Promise<void>;
}

/**
 * Abre a borda.
 * @throws o erro de `listen` (EADDRINUSE, EACCES, ENOTFOUND…), para quem sabe explicá-lo
 */
export async function abrirBorda(options: EdgeOptions): Promise<Edge> {
  const { host, porta, conexoes: maximo, proxiesConfiaveis, aoFalhar, tls } = options;
  const pedidos = new PedidosSemResposta();
  const atendente = new Atendente(options, pedidos);
  const servidor = criarServidor(tls, (req, res) => {
    atendente.atender(req, res).catch((erro: unknown) => {
      aoFalhar(erro);
      res.destroy();
    });
  });
  const conexoes = new ConexoesAbertas(servidor, { maximo, proxiesConfiaveis });
  await escutar(servidor, host, porta);
  const local = servidor.address() as AddressInfo;
  if (ehLoopback(local.address)) atendente.hostPermitido = soDestaMaquina(local.address);

  return {
    host,
    porta: local.port,
    url: `${tls ? 'https' : 'http'}://${hostComPorta(host, local.port)}`,
    conexoes: () => conexoes.quantas,
    trocarCertificado: (certificado) => {
      if (servidor instanceof TlsServer) servidor.setSecureContext(opcoesDeTls(certificado));
    },
    anunciarFim: () => atendente.encerrar(),
    close: () => {
      atendente.encerrar();
      return conexoes.close(pedidos);
    },
  };
}

/** O caminho de um pedido HTTP. */
class Atendente {
  readonly #options: EdgeOptions;
  readonly #clock: Clock;
  readonly #pedidos: PedidosSemResposta;
  readonly #origem: (req: IncomingMessage) => string;
  readonly #pendentes = new RespostasPendentes();
  readonly #rodizio = new Rodizio();
  /** O bearer que se reconheceu por último em cada conexão. */
  readonly #reconhecidos = new WeakMap<object, string>();
  #encerrando = false;
  hostPermitido: HostPermitido = () => true;

  constructor(options: EdgeOptions, pedidos: PedidosSemResposta) {
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
    if (corpo === 'abandonado') return;
    if (corpo === 'grande') return this.#recusar(req, res, CORPO_RECUSADO);
    await this.#responderChamada(req, res, corpo, chegada);
  }

  async #responderChamada(req: IncomingMessage, res: ServerResponse, corpo: Buffer, chegada: Chegada): Promise<void> {
    const { socket } = req;
    const context = this.#contextoDe(req, res, chegada);
    const vez = this.#rodizio.esperar(socket, this.#quemE(context));
    if (vez) await vez;
    if (socket.destroyed) return;
    const { corpo: resposta, reconhecido } = await this.#options.responder(corpo, context);
    if (reconhecido && context.bearer !== undefined) this.#reconhecidos.set(socket, context.bearer);
    const bytes = resposta === undefined ? 0 : tamanhoDe(resposta);
    this.#rodizio.anotar(this.#quemE(context), bytes);
    const saida = this.#rodizio.esperarSaida();
    if (saida) await saida;
    // Ninguém a leria, e o Node faria dela um erro com a pilha inteira.
    if (socket.destroyed) return;
    if (this.#encerrando) res.shouldKeepAlive = false;
    if (resposta === undefined) {
      res.writeHead(204).end();
    } else {
      escrever(res, 200, resposta, { bytes, cabecalhos: this.#horaPara(chegada) });
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
    const valeAteMs = lerInstante(headers[VALE_ATE.toLowerCase()]);
    return { chegouMs: this.#clock.monotonicoMs(), valeAteMs };
  }

  /** Quem diz até quando quer a chamada precisa saber que horas são aqui. */
  #horaPara({ valeAteMs }: Chegada): Readonly<Record<string, string>> | undefined {
    return valeAteMs === undefined ? undefined : { [AGORA]: String(Math.floor(this.#clock.agoraMs())) };
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
    const rede = redeDoEndereco(enderecoRemoto);
    if (bearer === undefined) return rede;
    // Quem acaba de receber respostas grandes não deixa de ser quem é por abrir outra conexão.
    const reconhecido = this.#reconhecidos.get(conexao) === bearer || this.#rodizio.ehPesado(bearer);
    return reconhecido ? bearer : rede;
  }
}

function criarServidor(tls: EdgeOptions['tls'], atender: RequestListener): Server {
  const options = {
    keepAliveTimeout: OCIOSIDADE_MS,
    headersTimeout: PRAZO_DE_CHEGADA_MS,
    requestTimeout: PRAZO_DE_CHEGADA_MS,
    connectionsCheckingInterval: CONFERENCIA_DE_PRAZOS_MS,
    noDelay: true,
  };
  if (!tls) return createServer(options, atender);
  return createTlsServer({ ...options, ...opcoesDeTls(tls), handshakeTimeout: PRAZO_DE_CHEGADA_MS }, atender);
}

function opcoesDeTls({ cert, key }: Certificado) {
  return { cert, key, ciphers: CIFRAS, minVersion: 'TLSv1.2' } as const;
}

function escutar(servidor: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    servidor.once('error', reject);
    servidor.listen({ host, port }, () => {
      servidor.off('error', reject);
      resolve();
    });
  });
}

/** Um cabeçalho repetido vem como lista, e então não é de ninguém. */
function traceparentDe({ traceparent }: IncomingMessage['headers']): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/** O esquema não distingue maiúsculas (RFC 9110, seção 11.1). */
function bearerDe(authorization: string | undefined): string | undefined {
  return authorization && /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

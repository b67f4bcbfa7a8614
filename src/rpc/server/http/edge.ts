/**
 * A borda HTTP: escuta numa porta, e acaba em ordem; bytes entram, bytes saem.
 * Esta pasta não conhece JSON-RPC, nem procedimento algum.
 */

import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ehLoopback, hostComPorta } from '../../../process/enderecos.ts';
import { soDestaMaquina } from './admissao.ts';
import { Atendente, type OpcoesDoAtendente } from './atendente.ts';
import { ConexoesAbertas } from './conexoes-abertas.ts';
import { type Certificado, criarServidor, opcoesDeTls } from './criar-servidor.ts';
import { PedidosSemResposta } from './pedidos-sem-resposta.ts';

export interface EdgeOptions extends OpcoesDoAtendente {
  readonly host: string;
  /** 0 toma uma porta livre. */
  readonly porta: number;
  /** Quantas conexões se aceitam ao mesmo tempo. */
  readonly conexoes: number;
  readonly aoFalhar: (erro: unknown) => void;
  /** Com eles a borda só fala https. */
  readonly tls?: Certificado | undefined;
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

function escutar(servidor: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    servidor.once('error', reject);
    servidor.listen({ host, port }, () => {
      servidor.off('error', reject);
      resolve();
    });
  });
}

/** Um contrato no ar, do mesmo jeito em todo processo que atende. */

import type { Acesso, Procedures } from '../../contract/procedure.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import { avisoDeTextoClaro, falhaDeEscuta } from '../../process/escuta.ts';
import { camposDoErro, type Log } from '../../process/log.ts';
import type { Escuta } from '../../process/opcoes/opcoes-de-rede.ts';
import type { Identidade } from '../../process/tls/tls.ts';
import { type OpcoesDoVigia, VigiaDoCertificado } from '../../process/tls/vigia-do-certificado.ts';
import { VERSAO } from '../../process/versao.ts';
import { juntarChegadas, type ObservadorDeChegada } from '../observador.ts';
import type { Paginas } from './http/admissao.ts';
import { abrirBorda, type Edge } from './http/edge.ts';
import type { ServerOptions } from './metodos.ts';
import { paginasDasMetricas } from './pagina-das-metricas.ts';
import { corpoDaRecusa, criarResponder } from './responder.ts';

interface Servico<P extends Procedures, Identity, Callers extends Record<Acesso, unknown>>
  extends Omit<ServerOptions<P, Identity, Callers>, 'aoFalhar'> {
  /** Como o processo se chama em `/saude`. */
  readonly processo: 'binder' | 'servidor' | 'janela';
  /** O que se pode ler por GET além de `/saude`. */
  readonly paginas?: Paginas | undefined;
  /** O que se conta dele a quem o opera, se alguém pediu. */
  readonly metricas?: Medidor | undefined;
  /** Como ele se chama na linha de comando. */
  readonly comando: string;
  readonly escuta: Escuta;
  /** A variável de ambiente da porta, para quem precisa escolher outra. */
  readonly variavelDaPorta: string;
  /** Com uma identidade, só fala https. */
  readonly identidade: Identidade | undefined;
  /** Por que nomes ou IPs se chega a ele, para conferir o certificado; sem nenhum, o nome não se confere. */
  readonly nomes: readonly string[];
  /** Se pode servir agora: o que `/saude` conta. */
  readonly disponivel: () => boolean;
  readonly log: Log;
}

/** Quem mede um processo e conta o que mediu. */
interface Medidor {
  readonly chegada: ObservadorDeChegada;
  readonly medir: (medida: { nome: string; tipo: 'gauge'; ajuda: string; ler: () => number }) => void;
  readonly texto: () => Promise<string>;
}

/**
 * Abre a borda de um contrato, e avisa se o que passa por ela pode ser lido na rede.
 * @throws StartupError com o motivo numa linha, se não se pode escutar ali
 */
export async function servir<P extends Procedures, Identity, Callers extends Record<Acesso, unknown>>(
  servico: Servico<P, Identity, Callers>,
): Promise<Edge> {
  const { processo, comando, escuta, variavelDaPorta, identidade, nomes, disponivel, log, metricas } = servico;
  const { clock = relogioDoSistema } = servico;
  const { host, porta } = escuta;
  const responder = criarResponder({
    ...servico,
    observador: juntarChegadas(servico.observador, metricas?.chegada),
    aoFalhar: (erro, referencia, procedimento) =>
      log.erro('falha ao atender', { procedimento, referencia, ...camposDoErro(erro) }),
  });
  const edge = await abrirBorda({
    host,
    porta,
    conexoes: escuta.conexoes,
    proxiesConfiaveis: escuta['proxy-confiavel'],
    responder,
    corpoDaRecusa,
    processo,
    paginas: new Map([...(servico.paginas ?? []), ...(metricas ? paginasDasMetricas(() => metricas.texto()) : [])]),
    saude: () => ({ ok: disponivel(), detalhes: { pid: process.pid, versao: VERSAO } }),
    aoFalhar: (erro) => log.erro('falha na borda', camposDoErro(erro)),
    tls: identidade,
  }).catch((erro: unknown) => {
    throw falhaDeEscuta(erro, { processo: comando, host, porta, variavelDaPorta });
  });
  metricas?.medir({ nome: 'chat_conexoes', tipo: 'gauge', ajuda: 'Conexões abertas.', ler: edge.conexoes });
  const aviso = await avisoDeTextoClaro(host, identidade !== undefined);
  if (aviso) log.aviso(aviso);
  return identidade ? vigiando(edge, { identidade, nomes, log, clock }) : edge;
}

/** @returns a borda, que deixa de vigiar o certificado quando fecha */
function vigiando(edge: Edge, vigilancia: Omit<OpcoesDoVigia, 'trocar'>): Edge {
  const vigia = new VigiaDoCertificado({ ...vigilancia, trocar: edge.trocarCertificado });
  vigia.iniciar();
  return { ...edge, close: () => Promise.all([vigia.close(), edge.close()]).then(() => {}) };
}

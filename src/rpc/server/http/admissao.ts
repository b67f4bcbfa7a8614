/** O que um pedido HTTP precisa ter para ser atendido, conferido antes de se ler o corpo. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { comColchetes } from '../../../process/enderecos.ts';
import type { Recusa } from './escrita.ts';

/** O que o pedido quer, ou por que não se atende. */
export type Admissao = 'chamada' | 'saude' | Pagina | Recusa;

/** Um caminho que só se lê, além de `/saude`: quem o atende recebe o pedido já conferido. */
export interface Pagina {
  readonly mostrar: (req: IncomingMessage, res: ServerResponse) => void;
}

/** Caminho → página. */
export type Paginas = ReadonlyMap<string, Pagina>;

export type HostPermitido = (host: string | undefined) => boolean;

const CAMINHO_DAS_CHAMADAS = '/';
const CAMINHO_DA_SAUDE = '/saude';

/** Destes o Node guarda só o primeiro, e um intermediário pode ter lido o outro. */
const SO_UMA_VEZ = new Set(['host', 'content-type', 'authorization']);

const REPETIDO: Recusa = { status: 400, message: 'Host, Content-Type e Authorization só podem vir uma vez.' };
const HOST_RECUSADO: Recusa = { status: 403, message: 'O cabeçalho Host não é desta máquina.' };
const CAMINHO_RECUSADO: Recusa = { status: 404, message: 'As chamadas vão para POST /.' };
const TIPO_RECUSADO: Recusa = { status: 415, message: 'O Content-Type deve ser application/json em UTF-8.' };
/** RFC 9110, seção 15.5.16: a recusa diz que codificações servem. */
const CODIFICACAO_RECUSADA: Recusa = {
  status: 415,
  message: 'O corpo deve vir sem compressão (sem Content-Encoding).',
  cabecalhos: { 'Accept-Encoding': 'identity' },
};

export function admitir(req: IncomingMessage, hostPermitido: HostPermitido, paginas: Paginas): Admissao {
  if (temRepetido(req)) return REPETIDO;
  const { host, caminho } = lerAlvo(req.url);
  if (!hostPermitido(req.headers.host) || (host !== undefined && !hostPermitido(host))) return HOST_RECUSADO;
  const soLe = req.method === 'GET' || req.method === 'HEAD';
  if (caminho === CAMINHO_DA_SAUDE) return soLe ? 'saude' : metodoRecusado('GET, HEAD');
  const pagina = caminho === undefined ? undefined : paginas.get(caminho);
  if (pagina && soLe) return pagina;
  if (caminho !== CAMINHO_DAS_CHAMADAS) return pagina ? metodoRecusado('GET, HEAD') : CAMINHO_RECUSADO;
  if (req.method !== 'POST') return metodoRecusado(pagina ? 'GET, HEAD, POST' : 'POST');
  if (!ehJsonEmUtf8(req.headers['content-type'])) return TIPO_RECUSADO;
  return temCodificacao(req.headers['content-encoding']) ? CODIFICACAO_RECUSADA : 'chamada';
}

/**
 * Contra DNS rebinding: quem escuta só nesta máquina só atende pelos nomes dela.
 * @param endereco em que se escuta
 */
export function soDestaMaquina(endereco: string): HostPermitido {
  const nomes = new Set(['localhost', '127.0.0.1', '[::1]', comColchetes(endereco)]);
  return (host) => host === undefined || nomes.has(host) || nomes.has(host.toLowerCase().replace(/:\d*$/, ''));
}

function temRepetido({ headers, rawHeaders }: IncomingMessage): boolean {
  // `rawHeaders` alterna nome e valor. Sem repetidos, que é quase sempre, há um par para cada nome de `headers`.
  if (rawHeaders.length === 2 * Object.keys(headers).length) return false;
  const vistos = new Set<string>();
  for (let indice = 0; indice < rawHeaders.length; indice += 2) {
    const nome = (rawHeaders[indice] as string).toLowerCase();
    if (!SO_UMA_VEZ.has(nome)) continue;
    if (vistos.has(nome)) return true;
    vistos.add(nome);
  }
  return false;
}

interface Alvo {
  /** O da forma absoluta (RFC 9112, seção 3.2.2), que vale mais que o cabeçalho Host. */
  readonly host?: string | undefined;
  readonly caminho: string | undefined;
}

const FORMA_ABSOLUTA = /^https?:\/\/([^/?#]*)([^?#]*)/i;

/** O caminho fica como veio: `//x`, `/a/..` e `/%2e` não são `/`. */
function lerAlvo(url = ''): Alvo {
  if (url.startsWith('/')) return { caminho: semConsulta(url) };
  const absoluta = FORMA_ABSOLUTA.exec(url);
  return absoluta ? { host: absoluta[1], caminho: absoluta[2] || CAMINHO_DAS_CHAMADAS } : { caminho: undefined };
}

function semConsulta(caminho: string): string {
  const inicio = caminho.indexOf('?');
  return inicio === -1 ? caminho : caminho.slice(0, inicio);
}

/** Um Content-Type de verdade é curto; a expressão abaixo levaria segundos para recusar 16 KB de espaços. */
const MAXIMO_DO_TIPO = 100;
const JSON_EM_UTF8 = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-?8"?[ \t]*)?;?[ \t]*$/i;

function ehJsonEmUtf8(tipo: string | undefined): boolean {
  if (tipo === 'application/json') return true;
  return tipo !== undefined && tipo.length <= MAXIMO_DO_TIPO && JSON_EM_UTF8.test(tipo);
}

function temCodificacao(codificacao: string | undefined): boolean {
  return codificacao !== undefined && codificacao !== '' && codificacao.toLowerCase() !== 'identity';
}

function metodoRecusado(allow: string): Recusa {
  return { status: 405, message: `Este caminho só aceita ${allow}.`, cabecalhos: { Allow: allow } };
}

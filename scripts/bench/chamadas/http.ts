/**
 * O cliente HTTP do bench: um socket, um pedido por vez, keep-alive. Só sabe o bastante para não ser ele o gargalo:
 * o `node:http` gasta do lado de quem chama mais do que o servidor gasta para responder.
 */

import { connect, type Socket } from 'node:net';

const FIM_DOS_CABECALHOS = '\r\n\r\n';
const TAMANHO = /\r\ncontent-length: (\d+)/i;
const STATUS_OK = 'HTTP/1.1 200';
/** O sistema recusa quem chega além da fila de espera dele. */
const LEVA = 200;

type AoResponder = (corpo: Buffer) => void;
type AoFalhar = (erro: Error) => void;

/** @returns o pedido JSON-RPC de um procedimento, em bytes, pronto para qualquer porta */
export function montarChamada(method: string, params: object, token?: string): Buffer {
  const corpo = JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 });
  const autorizacao = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  return Buffer.from(
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${autorizacao}` +
      `Content-Length: ${Buffer.byteLength(corpo)}\r\n\r\n${corpo}`,
  );
}

export class Conexao {
  readonly #socket: Socket;
  #pedacos: Buffer[] = [];
  /** Quantos bytes da resposta ainda não vieram; negativo enquanto não se sabe. */
  #faltam = -1;
  #inicioDoCorpo = 0;
  #aoResponder: AoResponder | undefined;
  #aoFalhar: AoFalhar | undefined;
  #falha: Error | undefined;

  /** @param porta em 127.0.0.1 */
  static abrir(porta: number): Promise<Conexao> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: porta, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Conexao(socket));
      });
    });
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (pedaco) => this.#receber(pedaco));
    socket.on('error', (erro) => this.#falhar(erro));
    socket.on('close', () => this.#falhar(new Error('o servidor fechou a conexão')));
  }

  /**
   * @param bytes um pedido inteiro; só pode mudar depois da resposta
   * @param aoResponder recebe o corpo da resposta
   * @param aoFalhar recebe o que impediu a resposta; um status que não é 200 também impede
   */
  pedir(bytes: Buffer, aoResponder: AoResponder, aoFalhar: AoFalhar): void {
    if (this.#falha) {
      aoFalhar(this.#falha);
      return;
    }
    this.#aoResponder = aoResponder;
    this.#aoFalhar = aoFalhar;
    this.#socket.write(bytes);
  }

  /** @returns o corpo da resposta */
  chamar(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => this.pedir(bytes, resolve, reject));
  }

  fechar(): void {
    this.#aoFalhar = undefined;
    this.#socket.destroy();
  }

  #receber(pedaco: Buffer): void {
    if (this.#faltam < 0) {
      const bytes = this.#pedacos.length === 0 ? pedaco : Buffer.concat([...this.#pedacos, pedaco]);
      this.#pedacos = [bytes];
      const fim = bytes.indexOf(FIM_DOS_CABECALHOS);
      if (fim < 0) return;
      const cabecalhos = bytes.toString('latin1', 0, fim);
      const tamanho = TAMANHO.exec(cabecalhos);
      if (!cabecalhos.startsWith(STATUS_OK) || !tamanho) {
        this.#falhar(new Error(`resposta inesperada: ${cabecalhos.split('\r\n')[0]}`));
        return;
      }
      this.#inicioDoCorpo = fim + FIM_DOS_CABECALHOS.length;
      this.#faltam = this.#inicioDoCorpo + Number(tamanho[1]) - bytes.length;
    } else {
      this.#pedacos.push(pedaco);
      this.#faltam -= pedaco.length;
    }
    if (this.#faltam > 0) return;
    const [primeiro, ...outros] = this.#pedacos;
    const inteira = primeiro && outros.length === 0 ? primeiro : Buffer.concat(this.#pedacos);
    this.#pedacos = [];
    this.#faltam = -1;
    this.#aoResponder?.(inteira.subarray(this.#inicioDoCorpo));
  }

  #falhar(erro: Error): void {
    this.#falha ??= erro;
    this.#aoFalhar?.(erro);
    this.#aoFalhar = undefined;
    this.#socket.destroy();
  }
}

/** @returns n conexões abertas */
export async function abrirConexoes(porta: number, n: number): Promise<Conexao[]> {
  const abertas: Conexao[] = [];
  while (abertas.length < n) {
    const leva = Array.from({ length: Math.min(LEVA, n - abertas.length) }, () => Conexao.abrir(porta));
    abertas.push(...(await Promise.all(leva)));
  }
  return abertas;
}

/** O que os testes do contrato partilham: o fio cru, pessoas que conversam, nomes que não se repetem. */

import { connect } from 'node:net';
import { setImmediate as proximaVolta } from 'node:timers/promises';
import { chamar, type Resposta, recusa, resultado } from '../suporte/jsonrpc.ts';

/** Uma conexão TCP em que o teste escreve os bytes que quiser. */
export interface Conexao extends Disposable {
  readonly escrever: (bytes: string | Buffer) => void;
  /** Escreve enquanto o outro lado aceita; @returns quantos bytes o sistema aceitou até a conexão acabar */
  readonly despejar: (pedaco: Buffer, maximoBytes: number) => Promise<number>;
  readonly texto: () => string;
  readonly aberta: () => boolean;
  /** Cumpre-se quando a conexão acaba, com há quanto tempo ela foi aberta. */
  readonly fechadaEmMs: Promise<number>;
  readonly derrubar: () => void;
}

export function conectar(porta: number, host = '127.0.0.1'): Promise<Conexao> {
  return new Promise((resolve, reject) => {
    const inicioMs = performance.now();
    const socket = connect({ port: porta, host });
    let texto = '';
    let aberta = true;
    socket.on('data', (pedaco) => {
      texto += pedaco.toString();
    });
    const fechadaEmMs = new Promise<number>((fechar) => {
      const fim = () => {
        aberta = false;
        fechar(performance.now() - inicioMs);
      };
      // O outro lado pode só encerrar a sua metade: para quem espera, é o fim.
      socket.once('end', fim);
      socket.once('close', fim);
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Um reset é um fim como outro: o teste olha o que chegou antes dele.
      socket.on('error', () => {});
      resolve({
        escrever: (bytes) => void socket.write(bytes),
        despejar: async (pedaco, maximoBytes) => {
          for (let bytes = 0; bytes < maximoBytes && aberta; bytes += pedaco.length) {
            if (!socket.write(pedaco)) await Promise.race([new Promise((ok) => socket.once('drain', ok)), fechadaEmMs]);
            await proximaVolta();
          }
          return socket.bytesWritten;
        },
        texto: () => texto,
        aberta: () => aberta,
        fechadaEmMs,
        derrubar: () => socket.resetAndDestroy(),
        [Symbol.dispose]: () => void socket.destroy(),
      });
    });
  });
}

/** @returns o status e o corpo da primeira resposta HTTP de um texto cru */
export function lerRespostaCrua(texto: string): { status: number; corpo: string } {
  const [cabecalhos = '', corpo = ''] = texto.split('\r\n\r\n', 2);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(cabecalhos)?.[1] ?? 0), corpo };
}

let contador = 0;

/** Um nome que nenhum outro teste deste arquivo usa. */
export function nomeNovo(base: string): string {
  contador += 1;
  return `${base} ${contador}`;
}

/** Mensagem, como o contrato a descreve. */
export interface Mensagem {
  readonly id: number;
  readonly sala: string;
  readonly tipo: 'broadcast' | 'unicast';
  readonly origem: string;
  readonly destino: string;
  readonly conteudo: string;
  readonly timestamp: string;
}

/** Quem tem uma sessão no servidor. */
export interface Pessoa {
  readonly url: string;
  readonly nome: string;
  readonly token: string;
  // biome-ignore lint/suspicious/noExplicitAny: o teste diz o que espera de cada resultado
  readonly fazer: (method: string, params?: unknown) => Promise<any>;
  readonly serRecusado: (method: string, params?: unknown) => Promise<NonNullable<Resposta['error']>>;
  // biome-ignore lint/suspicious/noExplicitAny: idem
  readonly entrar: (nomeSala: string) => Promise<any>;
  readonly dizer: (
    salaAtual: string,
    mensagem: string,
    extras?: Readonly<Record<string, unknown>>,
  ) => Promise<Mensagem>;
  readonly receber: (salaAtual: string, extras?: Readonly<Record<string, unknown>>) => Promise<Mensagem[]>;
}

/** @param url do servidor; serve também para quem continua com o mesmo token depois de um reinício */
export function comToken(url: string, nome: string, token: string): Pessoa {
  const fazer = (method: string, params?: unknown) => resultado(url, method, params, token);
  return {
    url,
    nome,
    token,
    fazer,
    serRecusado: (method, params) => recusa(url, method, params, token),
    entrar: (nomeSala) => fazer('entrar_sala', { nomeUsuario: nome, nomeSala }),
    dizer: (salaAtual, mensagem, extras) =>
      fazer('enviar_mensagem', { nomeUsuario: nome, salaAtual, mensagem, ...extras }),
    receber: (salaAtual, extras) => fazer('receber_mensagens', { nomeUsuario: nome, salaAtual, ...extras }),
  };
}

export async function registrar(url: string, base: string): Promise<Pessoa> {
  const nome = nomeNovo(base);
  const { token } = await resultado(url, 'registrar_usuario', { nomeUsuario: nome });
  return comToken(url, nome, token);
}

/** Uma sala nova com estas pessoas novas dentro, que entraram nesta ordem. */
export async function salaCom<const Bases extends readonly string[]>(
  url: string,
  ...bases: Bases
): Promise<{ sala: string; pessoas: { [K in keyof Bases]: Pessoa } }> {
  const pessoas: Pessoa[] = [];
  for (const base of bases) pessoas.push(await registrar(url, base));
  const sala = nomeNovo('Sala');
  await (pessoas[0] as Pessoa).fazer('criar_sala', { nomeSala: sala });
  for (const pessoa of pessoas) await pessoa.entrar(sala);
  return { sala, pessoas: pessoas as never };
}

/**
 * Dá ao servidor idas e voltas bastantes para que uma chamada já escrita noutra conexão tenha chegado.
 * Se não bastassem, o teste que espera continuaria certo: só deixaria de exercitar a espera.
 */
export async function assentar(url: string): Promise<void> {
  for (let volta = 0; volta < 5; volta += 1) await chamar(url, 'listar_salas');
}

export function conteudos(mensagens: readonly Mensagem[]): string[] {
  return mensagens.map(({ conteudo }) => conteudo);
}

export function ids(mensagens: readonly Mensagem[]): number[] {
  return mensagens.map(({ id }) => id);
}

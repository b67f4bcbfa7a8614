/**
 * Quem mora no laboratório: binder, servidores e robôs, cada um um processo, com uma rede em volta dele e um caminho até
 * os outros. Vivem numa pasta temporária e em portas livres.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Processo as Retrato } from '../../contract/janela.ts';
import type { Clock } from '../../process/clock.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { type Conexoes, criarConexoes } from '../../rpc/client/http.ts';
import { Leases } from './leases.ts';
import { Processo, type Receita } from './processo.ts';
import { Caminhos } from './rede/caminhos.ts';
import { CondicaoDaRede } from './rede/condicao-da-rede.ts';
import type { Destino } from './rede/proxy-http.ts';
import { RedisDePassagem } from './rede/redis-de-passagem.ts';
import type { Garantias } from './robo.ts';

const DIST = join(import.meta.dirname, '..', '..');
const ACABAR_COM_A_JANELA = ['--import', pathToFileURL(join(import.meta.dirname, 'acabar-com-a-janela.js')).href];
const SALA = 'Laboratorio';
const PRONTO = /pronto em http:\/\/[^\s]*:(\d+)/;

export interface MoradoresOptions {
  readonly clientes: number;
  readonly servidores: number;
  /** Aonde os processos contam o que acontece neles. */
  readonly observar: string;
  readonly clock: Clock;
  readonly garantias: () => Garantias;
  readonly aoMudar: (retrato: Retrato) => void;
  /** O que um robô relata. */
  readonly aoRelatar: (robo: string, relato: unknown) => void;
}

/** Um processo com a rede em volta dele e os caminhos que ele usa. */
export interface Morador {
  readonly processo: Processo;
  readonly rede: CondicaoDaRede;
  readonly caminhos: Caminhos | undefined;
  /** Só de um servidor. */
  readonly leases: Leases | undefined;
}

export class Moradores implements Closable {
  readonly #options: MoradoresOptions;
  readonly #pasta: string;
  readonly #todos = new Map<string, Morador>();
  readonly #conexoes: Conexoes = criarConexoes();
  #redis: RedisDePassagem | undefined;
  /** Por onde entra o cliente de uma pessoa. */
  #visitante: Caminhos | undefined;
  #convite = '';

  private constructor(options: MoradoresOptions, pasta: string) {
    this.#options = options;
    this.#pasta = pasta;
  }

  /** @throws StartupError ou Error com o que um dos processos disse, se ele não chega a servir */
  static async abrir(options: MoradoresOptions): Promise<Moradores> {
    const moradores = new Moradores(options, await mkdtemp(join(tmpdir(), 'chat-janela-')));
    try {
      await moradores.#iniciar();
      return moradores;
    } catch (erro) {
      await moradores.close();
      throw erro;
    }
  }

  get todos(): Morador[] {
    return [...this.#todos.values()];
  }

  /** A linha que abre um cliente de terminal neste sistema. */
  get convite(): string {
    return this.#convite;
  }

  achar(nome: string): Morador | undefined {
    return this.#todos.get(nome);
  }

  /**
   * O endereço a que um processo pensa que chama → o de quem atende de verdade atrás do proxy.
   * @param endereco `host:porta`
   */
  traduzir(endereco: string): string {
    const porta = Number(endereco.slice(endereco.lastIndexOf(':') + 1));
    for (const caminhos of [...this.todos.map(({ caminhos }) => caminhos), this.#visitante]) {
      const destino = caminhos?.destinoDe(porta);
      if (destino !== undefined) return `127.0.0.1:${destino}`;
    }
    return endereco;
  }

  async close(): Promise<void> {
    await Promise.all(this.todos.reverse().map(({ processo }) => processo.close()));
    const caminhos = [this.#visitante, ...this.todos.map(({ caminhos }) => caminhos)];
    await Promise.all(caminhos.map((caminho) => caminho?.close()));
    this.#conexoes.destroy();
    this.#redis?.close();
    await rm(this.#pasta, { recursive: true, force: true });
  }

  async #iniciar(): Promise<void> {
    const { clientes, servidores, observar } = this.#options;
    if (servidores > 1) this.#redis = await RedisDePassagem.abrir(this.#pasta);
    const binder = this.#morar({
      nome: 'binder',
      papel: 'binder',
      pronto: PRONTO,
      argumentos: () => this.#programa('binder', ['--porta', `${binder.processo.porta}`]),
    });
    await binder.processo.iniciar();
    await Promise.all(
      Array.from({ length: servidores }, (_, i) => {
        const nome = servidores > 1 ? `servidor-${i + 1}` : 'servidor';
        return this.#iniciarServidor(nome, i + 1, binder);
      }),
    );
    await Promise.all(Array.from({ length: clientes }, (_, i) => this.#iniciarRobo(`robo-${i + 1}`, binder)));
    const visitante = new Caminhos(new CondicaoDaRede(this.#options.clock), (porta) => this.#destinoNa(porta));
    const entrada = await visitante.abrirAte(destinoDe(binder));
    this.#visitante = visitante;
    // Quem copia a linha está quase sempre na pasta em que a janela começou: um caminho inteiro seria longo de ler.
    const cliente = relative(process.cwd(), join(DIST, 'cliente', 'main.js'));
    this.#convite = `node ${cliente.startsWith('..') ? join(DIST, 'cliente', 'main.js') : cliente} --binder ${entrada} --observar ${observar} --sala ${SALA}`;
  }

  async #iniciarServidor(nome: string, numero: number, binder: Morador): Promise<void> {
    const estado = this.#redis
      ? ['--redis', this.#redis.url, '--usuarios', join(this.#pasta, `usuarios-${numero}.json`)]
      : ['--dados', join(this.#pasta, 'dados'), '--usuarios', join(this.#pasta, 'usuarios.json')];
    const servidor = this.#morar({
      nome,
      papel: 'servidor',
      pronto: PRONTO,
      argumentos: () =>
        this.#programa('server', ['--porta', `${servidor.processo.porta}`, '--binder', entrada, ...estado]),
    });
    const entrada = (await servidor.caminhos?.abrirAte(destinoDe(binder))) ?? '';
    await servidor.processo.iniciar();
  }

  async #iniciarRobo(nome: string, binder: Morador): Promise<void> {
    const { observar, aoRelatar } = this.#options;
    const robo = this.#morar({
      nome,
      papel: 'cliente',
      argumentos: () => [
        ...ACABAR_COM_A_JANELA,
        join(import.meta.dirname, 'robo-main.js'),
        entrada,
        nome,
        SALA,
        observar,
        join(this.#pasta, `${nome}.json`),
      ],
      aoDizer: (relato) => aoRelatar(nome, relato),
    });
    const entrada = (await robo.caminhos?.abrirAte(destinoDe(binder))) ?? '';
    await robo.processo.iniciar();
  }

  #morar(receita: Receita): Morador {
    const { clock, garantias, aoMudar } = this.#options;
    const rede = new CondicaoDaRede(clock);
    const processo = new Processo(receita, (retrato) => {
      // Quem volta não sabe o que se desligou enquanto esteve fora.
      if (retrato.estado === 'vivo') processo.dizer(garantias());
      aoMudar(retrato);
    });
    const leases = receita.papel === 'servidor' ? this.#leasesDe(processo) : undefined;
    const caminhos =
      receita.papel === 'binder'
        ? undefined
        : new Caminhos(
            rede,
            (porta) => this.#destinoNa(porta),
            (pedido) => (leases ? leases.mudar(pedido) : pedido),
          );
    const morador = { processo, rede, caminhos, leases };
    this.#todos.set(receita.nome, morador);
    return morador;
  }

  #leasesDe(servidor: Processo): Leases {
    return new Leases({
      binder: () => `http://127.0.0.1:${this.#todos.get('binder')?.processo.porta}`,
      porta: () => servidor.porta,
      ligada: () => this.#options.garantias().lease,
      conexoes: this.#conexoes,
      clock: this.#options.clock,
    });
  }

  #programa(pasta: string, argumentos: readonly string[]): string[] {
    return [...ACABAR_COM_A_JANELA, join(DIST, pasta, 'main.js'), ...argumentos, '--observar', this.#options.observar];
  }

  #destinoNa(porta: number): Destino | undefined {
    const morador = this.todos.find(({ processo }) => processo.papel !== 'cliente' && processo.porta === porta);
    return morador && destinoDe(morador);
  }
}

function destinoDe({ processo, rede }: Morador): Destino {
  return { porta: () => processo.porta, rede };
}

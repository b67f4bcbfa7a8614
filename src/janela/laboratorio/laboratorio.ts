/**
 * Um sistema inteiro só para olhar e quebrar: binder, servidores e robôs, cada um um processo, com uma rede em volta
 * de cada um. Vive numa pasta temporária e em portas livres, e acaba com a janela.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BINDER_CONTRACT, type BinderProcedures } from '../../contract/binder.ts';
import { CHAT_CONTRACT } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import type { Falha, Garantia, Processo as Retrato, Veredito } from '../../contract/janela.ts';
import { nomesChamaveis } from '../../contract/procedure.ts';
import type { Clock } from '../../process/clock.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { type Conexoes, criarConexoes } from '../../rpc/client/http.ts';
import { criarRemoto, type Remote } from '../../rpc/client/remote.ts';
import { Caminhos } from './caminhos.ts';
import { CondicaoDaRede } from './condicao-da-rede.ts';
import { Conferencia, type Relato } from './conferencia.ts';
import { Processo, type Receita } from './processo.ts';
import type { Destino } from './proxy-http.ts';
import { RedisDePassagem } from './redis-de-passagem.ts';
import type { Garantias } from './robo.ts';

const DIST = join(import.meta.dirname, '..', '..');
const ACABAR_COM_A_JANELA = ['--import', pathToFileURL(join(import.meta.dirname, 'acabar-com-a-janela.js')).href];
const SALA = 'Laboratorio';
const PRONTO = /pronto em http:\/\/[^\s]*:(\d+)/;
/** Quanto dura um atraso quando não se diz, em ms. */
const ATRASO_PADRAO_MS = 5_000;
/** Um lease dura no máximo 30 s; depois disto ele já venceu. */
const ATE_O_LEASE_VENCER_MS = 32_000;
/** Com o lease desligado, a cada quanto tempo se registra sem prazo por cima de quem renova, em ms. */
const RITMO_SEM_LEASE_MS = 1_000;

export interface LaboratorioOptions {
  readonly clientes: number;
  readonly servidores: number;
  /** Aonde os processos contam o que acontece neles. */
  readonly observar: string;
  readonly clock: Clock;
  readonly aoMudar: (retrato: Retrato) => void;
  readonly aoConferir: (veredito: Veredito) => void;
}

/** Um processo com a rede em volta dele e os caminhos que ele usa. */
interface Morador {
  readonly processo: Processo;
  readonly rede: CondicaoDaRede;
  readonly caminhos: Caminhos | undefined;
}

export class Laboratorio implements Closable {
  readonly #options: LaboratorioOptions;
  readonly #pasta: string;
  readonly #moradores = new Map<string, Morador>();
  readonly #conferencia = new Conferencia();
  readonly #conexoes: Conexoes = criarConexoes();
  #redis: RedisDePassagem | undefined;
  #garantias: Garantias = { chave: true, cursor: true, espera: true, lease: true };
  #semLease: NodeJS.Timeout | undefined;
  /** Por onde entra o cliente de uma pessoa. */
  #visitante: Caminhos | undefined;
  #convite = '';
  #fim: Promise<void> | undefined;

  private constructor(options: LaboratorioOptions, pasta: string) {
    this.#options = options;
    this.#pasta = pasta;
  }

  /** @throws StartupError ou Error com o que um dos processos disse, se ele não chega a servir */
  static async abrir(options: LaboratorioOptions): Promise<Laboratorio> {
    const laboratorio = new Laboratorio(options, await mkdtemp(join(tmpdir(), 'chat-janela-')));
    try {
      await laboratorio.#iniciar();
      return laboratorio;
    } catch (erro) {
      await laboratorio.close();
      throw erro;
    }
  }

  get garantias(): Garantias {
    return this.#garantias;
  }

  /** A linha que abre um cliente de terminal neste sistema. */
  get convite(): string {
    return this.#convite;
  }

  veredito(): Veredito {
    return this.#conferencia.veredito();
  }

  listar(): Retrato[] {
    return [...this.#moradores.values()].map(({ processo }) => processo.retrato);
  }

  /**
   * O endereço a que um processo pensa que chama → o de quem atende de verdade atrás do proxy.
   * @param endereco `host:porta`
   */
  traduzir(endereco: string): string {
    const porta = Number(endereco.slice(endereco.lastIndexOf(':') + 1));
    const todos = [...this.#moradores.values()].map(({ caminhos }) => caminhos);
    for (const caminhos of [...todos, this.#visitante]) {
      const destino = caminhos?.destinoDe(porta);
      if (destino !== undefined) return `127.0.0.1:${destino}`;
    }
    return endereco;
  }

  /**
   * Causa a falha, e espera que ela tenha acontecido.
   * @throws ContractError quando o alvo não existe, ou a falha não serve para ele
   */
  async causar(falha: Falha, alvo: string, ms = ATRASO_PADRAO_MS): Promise<void> {
    const morador = this.#moradores.get(alvo);
    if (!morador) throw recusar('alvo', `deve ser um de ${[...this.#moradores.keys()].join(', ')}`);
    const { processo, rede } = morador;
    switch (falha) {
      case 'matar':
        return processo.matar();
      case 'congelar':
        return processo.congelar();
      case 'descongelar':
        return processo.descongelar();
      case 'reiniciar':
        return processo.reiniciar();
      case 'cortar':
        return rede.cortar();
      case 'religar':
        return rede.religar();
      case 'atrasar':
        return rede.atrasar(ms);
      case 'perder_resposta':
        return exigirQueAtenda(processo, () => rede.perderProximaResposta());
      case 'duplicar_pedido':
        return exigirQueAtenda(processo, () => rede.duplicarProximoPedido());
      case 'vencer_lease':
        return this.#vencerLease(morador);
    }
  }

  mudarGarantia(garantia: Garantia, ligada: boolean): void {
    this.#garantias = { ...this.#garantias, [garantia]: ligada };
    for (const { processo } of this.#moradores.values()) processo.dizer(this.#garantias);
    clearInterval(this.#semLease);
    if (!this.#garantias.lease) {
      this.#semLease = setInterval(() => void this.#registrarSemPrazo(), RITMO_SEM_LEASE_MS);
      void this.#registrarSemPrazo();
    } else if (garantia === 'lease') {
      void this.#retirarSemPrazo();
    }
  }

  close(): Promise<void> {
    this.#fim ??= this.#encerrar();
    return this.#fim;
  }

  async #iniciar(): Promise<void> {
    const { clientes, servidores } = this.#options;
    if (servidores > 1) this.#redis = await RedisDePassagem.abrir(this.#pasta);
    const binder = this.#morar({
      nome: 'binder',
      papel: 'binder',
      pronto: PRONTO,
      argumentos: () => this.#programa('binder', ['--porta', `${binder.processo.porta}`]),
    });
    await binder.processo.iniciar();
    for (let i = 1; i <= servidores; i += 1)
      await this.#iniciarServidor(servidores > 1 ? `servidor-${i}` : 'servidor', i, binder);
    await Promise.all(Array.from({ length: clientes }, (_, i) => this.#iniciarRobo(`robo-${i + 1}`, binder)));
    const visitante = new Caminhos(new CondicaoDaRede(this.#options.clock), (porta) => this.#destinoNa(porta));
    this.#convite = `node ${join(DIST, 'cliente', 'main.js')} --binder ${await visitante.abrirAte(destinoDe(binder))} --observar ${this.#options.observar} --sala ${SALA}`;
    this.#visitante = visitante;
  }

  async #iniciarServidor(nome: string, numero: number, binder: Morador): Promise<void> {
    const estado = this.#redis
      ? ['--redis', this.#redis.url, '--usuarios', join(this.#pasta, `usuarios-${numero}.json`)]
      : ['--dados', join(this.#pasta, 'dados'), '--usuarios', join(this.#pasta, 'usuarios.json')];
    const servidor = this.#morar(
      {
        nome,
        papel: 'servidor',
        pronto: PRONTO,
        argumentos: () =>
          this.#programa('server', ['--porta', `${servidor.processo.porta}`, '--binder', entrada, ...estado]),
      },
      true,
    );
    const entrada = (await servidor.caminhos?.abrirAte(destinoDe(binder))) ?? '';
    await servidor.processo.iniciar();
  }

  async #iniciarRobo(nome: string, binder: Morador): Promise<void> {
    const robo = this.#morar(
      {
        nome,
        papel: 'cliente',
        argumentos: () => [
          ...ACABAR_COM_A_JANELA,
          join(import.meta.dirname, 'robo-main.js'),
          entrada,
          nome,
          SALA,
          this.#options.observar,
        ],
        aoDizer: (relato) => this.#conferir(nome, relato as Relato),
      },
      true,
    );
    const entrada = (await robo.caminhos?.abrirAte(destinoDe(binder))) ?? '';
    await robo.processo.iniciar();
    robo.processo.dizer(this.#garantias);
  }

  #morar(receita: Receita, comCaminhos = false): Morador {
    const rede = new CondicaoDaRede(this.#options.clock);
    const processo = new Processo(receita, (retrato) => {
      if (retrato.estado === 'vivo') processo.dizer(this.#garantias);
      if (retrato.papel === 'cliente' && retrato.estado === 'morto')
        this.#conferencia.anotar(retrato.nome, { tipo: 'saiu' });
      this.#options.aoMudar(retrato);
    });
    const caminhos = comCaminhos ? new Caminhos(rede, (porta) => this.#destinoNa(porta)) : undefined;
    const morador = { processo, rede, caminhos };
    this.#moradores.set(receita.nome, morador);
    return morador;
  }

  #programa(pasta: string, argumentos: readonly string[]): string[] {
    return [...ACABAR_COM_A_JANELA, join(DIST, pasta, 'main.js'), ...argumentos, '--observar', this.#options.observar];
  }

  #destinoNa(porta: number): Destino | undefined {
    for (const morador of this.#moradores.values()) {
      if (morador.processo.papel !== 'cliente' && morador.processo.porta === porta) return destinoDe(morador);
    }
    return undefined;
  }

  #conferir(robo: string, relato: Relato): void {
    this.#conferencia.anotar(robo, relato);
    this.#options.aoConferir(this.#conferencia.veredito());
  }

  /** As renovações não passam até que o binder dê o lease por vencido. */
  async #vencerLease({ processo, rede }: Morador): Promise<void> {
    if (processo.papel !== 'servidor') throw recusar('alvo', 'deve ser um servidor: só ele tem lease');
    rede.cortar();
    setTimeout(() => rede.religar(), ATE_O_LEASE_VENCER_MS).unref();
  }

  async #registrarSemPrazo(): Promise<void> {
    await this.#paraCadaEndpoint((binder, procedure_name, port) =>
      binder.register_procedure({ procedure_name, address: '127.0.0.1', port }),
    );
  }

  async #retirarSemPrazo(): Promise<void> {
    await this.#paraCadaEndpoint((binder, procedure_name, port) =>
      binder.unregister_procedure({ procedure_name, address: '127.0.0.1', port }),
    );
  }

  async #paraCadaEndpoint(
    agir: (binder: Remote<BinderProcedures>, procedimento: string, porta: number) => Promise<unknown>,
  ): Promise<void> {
    const moradores = [...this.#moradores.values()];
    const porta = moradores.find(({ processo }) => processo.papel === 'binder')?.processo.porta;
    const binder = criarRemoto(BINDER_CONTRACT, `http://127.0.0.1:${porta}`, this.#conexoes);
    const servidores = moradores.filter(({ processo }) => processo.papel === 'servidor');
    for (const { processo } of servidores) {
      // Um binder que não responde se tenta de novo na próxima vez.
      await Promise.all(nomesChamaveis(CHAT_CONTRACT).map((nome) => agir(binder, nome, processo.porta))).catch(
        () => {},
      );
    }
  }

  async #encerrar(): Promise<void> {
    clearInterval(this.#semLease);
    const moradores = [...this.#moradores.values()].reverse();
    await Promise.all(moradores.map(({ processo }) => processo.close()));
    await Promise.all(
      [this.#visitante, ...moradores.map(({ caminhos }) => caminhos)].map((caminhos) => caminhos?.close()),
    );
    this.#conexoes.destroy();
    this.#redis?.close();
    await rm(this.#pasta, { recursive: true, force: true });
  }
}

function destinoDe({ processo, rede }: Morador): Destino {
  return { porta: () => processo.porta, rede };
}

function exigirQueAtenda({ papel }: Processo, agir: () => void): void {
  if (papel === 'cliente') throw recusar('alvo', 'deve ser o binder ou um servidor: um cliente não responde a ninguém');
  agir();
}

function recusar(parametro: string, motivo: string): ContractError {
  return new ContractError('PARAMETROS_INVALIDOS', { problemas: [{ parametro, motivo }] });
}

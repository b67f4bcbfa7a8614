/** Um sistema inteiro só para olhar e quebrar: as falhas que se causam nele, e o veredito do que os robôs viram. */

import { ContractError } from '../../contract/errors.ts';
import type { Falha, Garantia, Processo as Retrato, Veredito } from '../../contract/janela.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { UnreachableError } from '../../rpc/client/falhas.ts';
import { Conferencia, type Relato } from './conferencia.ts';
import { LEASE_S } from './leases.ts';
import { type Morador, Moradores, type MoradoresOptions } from './moradores.ts';
import type { Garantias } from './robo.ts';

/** Quanto dura um atraso quando não se diz, em ms. */
const ATRASO_PADRAO_MS = 5_000;

export interface LaboratorioOptions extends Omit<MoradoresOptions, 'garantias' | 'aoRelatar'> {
  readonly aoConferir: (veredito: Veredito) => void;
}

export class Laboratorio implements Closable {
  readonly #options: LaboratorioOptions;
  readonly #conferencia = new Conferencia();
  #moradores!: Moradores;
  #garantias: Garantias = { chave: true, cursor: true, espera: true, lease: true };
  #fim: Promise<void> | undefined;

  private constructor(options: LaboratorioOptions) {
    this.#options = options;
  }

  /** @throws StartupError ou Error com o que um dos processos disse, se ele não chega a servir */
  static async abrir(options: LaboratorioOptions): Promise<Laboratorio> {
    const laboratorio = new Laboratorio(options);
    laboratorio.#moradores = await Moradores.abrir({
      ...options,
      garantias: () => laboratorio.#garantias,
      aoMudar: (retrato) => laboratorio.#retratar(retrato),
      aoRelatar: (robo, relato) => laboratorio.#conferir(robo, relato as Relato),
    });
    return laboratorio;
  }

  get garantias(): Garantias {
    return this.#garantias;
  }

  /** Os nomes dos processos de rede cortada. */
  get redesCortadas(): string[] {
    return this.#moradores.todos.filter(({ rede }) => rede.cortada).map(({ processo }) => processo.nome);
  }

  /** A linha que abre um cliente de terminal neste sistema. */
  get convite(): string {
    return this.#moradores.convite;
  }

  veredito(): Veredito {
    return this.#conferencia.veredito();
  }

  /**
   * O endereço a que um processo pensa que chama → o de quem atende de verdade.
   * @param endereco `host:porta`
   */
  traduzir(endereco: string): string {
    return this.#moradores.traduzir(endereco);
  }

  /**
   * Causa a falha, e espera que ela tenha acontecido.
   * @throws ContractError quando o alvo não existe, ou a falha não serve para ele
   */
  async causar(falha: Falha, alvo: string, ms = ATRASO_PADRAO_MS): Promise<void> {
    const morador = this.#moradores.achar(alvo);
    if (!morador) {
      const nomes = this.#moradores.todos.map(({ processo }) => processo.nome);
      throw recusar('alvo', `deve ser um de ${nomes.join(', ')}`);
    }
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
        return exigirQueAtenda(morador).perderProximaResposta();
      case 'duplicar_pedido':
        return exigirQueAtenda(morador).duplicarProximoPedido();
      case 'vencer_lease':
        return vencerLease(morador);
    }
  }

  /** Espera que o binder saiba, se ele responde: os registros de agora já valem com a garantia nova. */
  async mudarGarantia(garantia: Garantia, ligada: boolean): Promise<void> {
    this.#garantias = { ...this.#garantias, [garantia]: ligada };
    for (const { processo } of this.#moradores.todos) processo.dizer(this.#garantias);
    if (garantia !== 'lease') return;
    const ttl_s = ligada ? LEASE_S : undefined;
    // O registro de um morto, religada a garantia, volta a ter prazo e vence; desligada, só quem vive se registra.
    const servidores = this.#moradores.todos.filter(({ processo }) => ligada || processo.estado === 'vivo');
    // Um binder que não responde recebe o registro novo na renovação seguinte do servidor.
    await Promise.allSettled(servidores.map(({ leases }) => leases?.registrar(ttl_s)));
  }

  close(): Promise<void> {
    this.#fim ??= this.#moradores.close();
    return this.#fim;
  }

  #retratar(retrato: Retrato): void {
    const { nome, papel, estado } = retrato;
    if (papel === 'cliente' && estado === 'morto') this.#conferencia.anotar(nome, { tipo: 'saiu' });
    this.#options.aoMudar(retrato);
  }

  #conferir(robo: string, relato: Relato): void {
    this.#conferencia.anotar(robo, relato);
    this.#options.aoConferir(this.#conferencia.veredito());
  }
}

function exigirQueAtenda({ processo, rede }: Morador): Morador['rede'] {
  if (processo.papel !== 'cliente') return rede;
  throw recusar('alvo', 'deve ser o binder ou um servidor: um cliente não responde a ninguém');
}

async function vencerLease({ leases }: Morador): Promise<void> {
  if (!leases) throw recusar('alvo', 'deve ser um servidor: só ele tem lease');
  try {
    await leases.deixarVencer();
  } catch (erro) {
    if (erro instanceof UnreachableError)
      throw recusar('falha', 'precisa de um binder que responda: é ele que tem o lease');
    throw erro;
  }
}

function recusar(parametro: string, motivo: string): ContractError {
  return new ContractError('PARAMETROS_INVALIDOS', { problemas: [{ parametro, motivo }] });
}

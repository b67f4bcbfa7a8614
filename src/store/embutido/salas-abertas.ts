/**
 * As salas abertas, na memória: procurar uma, listá-las ou ver as que estão sem ninguém não custa uma consulta.
 * O arquivo decide: o que um grupo fez aqui e não se confirmou é desfeito.
 */

import { nomeComparavel } from '../../contract/nomes.ts';
import type { SalaAberta } from '../store.ts';
import type { SalaGuardada } from './sessoes.ts';

interface Sala extends SalaGuardada {
  readonly comparavel: string;
  /** Como aparece na lista; congelada, e trocada a cada mudança: quem já recebeu uma lista não a vê mudar. */
  listada: SalaAberta;
  /** Desde quando não tem ninguém, em tempo monotônico; `undefined` se tem alguém. */
  vaziaDesdeMs: number | undefined;
}

export interface SalaVazia {
  readonly salaId: number;
  /** Em tempo monotônico. */
  readonly desdeMs: number;
}

export class SalasAbertas {
  readonly #monotonicoMs: () => number;
  readonly #porId = new Map<number, Sala>();
  readonly #porNome = new Map<string, Sala>();
  readonly #vazias = new Set<Sala>();
  /** Por nome, em ordem de code points. */
  readonly #emOrdem: Sala[] = [];
  /** A última lista entregue, se nada mudou desde então. */
  #lista: readonly SalaAberta[] | undefined;
  /** Como desfazer o que o grupo em andamento fez, na ordem em que ele fez. */
  #voltas: (() => void)[] = [];

  /** @param monotonicoMs o relógio, em ms desde um ponto qualquer */
  constructor(monotonicoMs: () => number) {
    this.#monotonicoMs = monotonicoMs;
  }

  get quantas(): number {
    return this.#porId.size;
  }

  doNome(nome: string): SalaGuardada | undefined {
    return this.#porNome.get(nomeComparavel(nome));
  }

  /** Por nome, em ordem de code points. */
  listar(): readonly SalaAberta[] {
    this.#lista ??= Object.freeze(this.#emOrdem.map(({ listada }) => listada));
    return this.#lista;
  }

  /** As que estão sem ninguém desde `limiteMs` ou antes. O que muda enquanto se percorrem vale para as que faltam. */
  *vaziasDesde(limiteMs: number): Iterable<SalaVazia> {
    for (const { id, vaziaDesdeMs } of this.#vazias) {
      if (vaziaDesdeMs !== undefined && vaziaDesdeMs <= limiteMs) yield { salaId: id, desdeMs: vaziaDesdeMs };
    }
  }

  /** Se está sem ninguém desde aquele instante, sem que alguém tenha entrado depois. */
  estaVaziaDesde({ salaId, desdeMs }: SalaVazia): boolean {
    return this.#porId.get(salaId)?.vaziaDesdeMs === desdeMs;
  }

  /** Os prazos das que estão sem ninguém começam de novo. */
  recomecarPrazos(): void {
    const agoraMs = this.#monotonicoMs();
    for (const sala of this.#vazias) sala.vaziaDesdeMs = agoraMs;
  }

  abrir(id: number, nome: string, usuarios = 0): void {
    this.#incluir({
      id,
      nome,
      comparavel: nomeComparavel(nome),
      listada: comoSeLista(nome, usuarios),
      vaziaDesdeMs: usuarios === 0 ? this.#monotonicoMs() : undefined,
    });
    this.#voltas.push(() => this.#excluir(id));
  }

  fechar(id: number): void {
    const sala = this.#excluir(id);
    if (sala) this.#voltas.push(() => this.#incluir(sala));
  }

  entrou(id: number): void {
    this.#somar(id, 1);
  }

  saiu(id: number): void {
    this.#somar(id, -1);
  }

  aoConfirmar(): void {
    this.#voltas = [];
  }

  aoDesfazer(): void {
    for (const voltar of this.#voltas.reverse()) voltar();
    this.#voltas = [];
  }

  #somar(id: number, quantos: number): void {
    const sala = this.#porId.get(id);
    if (!sala) return;
    const { listada, vaziaDesdeMs } = sala;
    const usuarios = listada.usuarios + quantos;
    this.#mudar(sala, comoSeLista(sala.nome, usuarios), usuarios === 0 ? this.#monotonicoMs() : undefined);
    this.#voltas.push(() => this.#mudar(sala, listada, vaziaDesdeMs));
  }

  #mudar(sala: Sala, listada: SalaAberta, vaziaDesdeMs: number | undefined): void {
    sala.listada = listada;
    sala.vaziaDesdeMs = vaziaDesdeMs;
    if (vaziaDesdeMs === undefined) this.#vazias.delete(sala);
    else this.#vazias.add(sala);
    this.#lista = undefined;
  }

  #incluir(sala: Sala): void {
    this.#porId.set(sala.id, sala);
    this.#porNome.set(sala.comparavel, sala);
    this.#emOrdem.splice(this.#lugarDe(sala.nome), 0, sala);
    if (sala.vaziaDesdeMs !== undefined) this.#vazias.add(sala);
    this.#lista = undefined;
  }

  #excluir(id: number): Sala | undefined {
    const sala = this.#porId.get(id);
    if (!sala) return undefined;
    this.#porId.delete(id);
    this.#porNome.delete(sala.comparavel);
    this.#vazias.delete(sala);
    this.#emOrdem.splice(this.#lugarDe(sala.nome), 1);
    this.#lista = undefined;
    return sala;
  }

  /** Onde o nome está na ordem, ou onde entraria. */
  #lugarDe(nome: string): number {
    const procurado = Buffer.from(nome);
    // Por code points, que em UTF-8 é a ordem dos bytes.
    const vemAntes = ({ nome: outro }: Sala) => Buffer.compare(Buffer.from(outro), procurado) < 0;
    let inicio = 0;
    let fim = this.#emOrdem.length;
    // Na partida elas já vêm em ordem.
    let meio = fim - 1;
    while (inicio < fim) {
      if (vemAntes(this.#emOrdem[meio] as Sala)) inicio = meio + 1;
      else fim = meio;
      meio = (inicio + fim) >>> 1;
    }
    return inicio;
  }
}

function comoSeLista(nomeSala: string, usuarios: number): SalaAberta {
  return Object.freeze({ nomeSala, usuarios });
}

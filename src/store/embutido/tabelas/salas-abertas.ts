/**
 * As salas abertas, na memória: procurar uma, listá-las ou ver as que estão sem ninguém não custa uma consulta.
 * O arquivo decide: o que um grupo fez aqui e não se confirmou é desfeito.
 */

import type { Sala } from '../../../contract/chat.ts';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import type { SalaAberta } from '../../store.ts';
import { type Ajustes, detalhar, SEM_AJUSTES } from './ajustes.ts';
import type { SalaGuardada } from './sessoes.ts';

/** Quem criou uma sala desde que o processo começou, e de onde. */
export interface Criador {
  readonly sessaoId: number;
  readonly rede: string;
}

interface Aberta extends SalaGuardada {
  readonly comparavel: string;
  readonly criador: Criador | undefined;
  ajustes: Ajustes;
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
  readonly #porId = new Map<number, Aberta>();
  readonly #porNome = new Map<string, Aberta>();
  readonly #vazias = new Set<Aberta>();
  /** Por nome, em ordem de code points. */
  readonly #emOrdem: Aberta[] = [];
  /** As últimas listas entregues, se nada mudou desde então. */
  #lista: readonly SalaAberta[] | undefined;
  #comDetalhes: readonly Sala[] | undefined;
  /** Pela sessão do dono. */
  readonly #doDono = new Map<number, Set<Aberta>>();
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

  /** Por nome, em ordem de code points. */
  listarComDetalhes(): readonly Sala[] {
    this.#comDetalhes ??= Object.freeze(this.#emOrdem.map((aberta) => Object.freeze(detalhes(aberta))));
    return this.#comDetalhes;
  }

  detalhar({ id }: SalaGuardada): Sala {
    return detalhes(this.#porId.get(id) as Aberta);
  }

  ajustesDe({ id }: SalaGuardada): Ajustes {
    return this.#porId.get(id)?.ajustes ?? SEM_AJUSTES;
  }

  doDono(sessaoId: number): readonly SalaGuardada[] {
    return [...(this.#doDono.get(sessaoId) ?? [])];
  }

  /** @param sessaoId só as desse dono */
  quantasPermanentes(sessaoId?: number): number {
    const quais = sessaoId === undefined ? this.#emOrdem : (this.#doDono.get(sessaoId) ?? []);
    let quantas = 0;
    for (const { ajustes } of quais) if (ajustes.permanente) quantas += 1;
    return quantas;
  }

  /** Quantas das que não têm ninguém, e não são permanentes, foram criadas por essa pessoa e dessa rede. */
  vaziasDe({ sessaoId, rede }: Criador): { readonly daPessoa: number; readonly daRede: number } {
    let [daPessoa, daRede] = [0, 0];
    for (const { criador, ajustes } of this.#vazias) {
      if (!criador || ajustes.permanente) continue;
      if (criador.sessaoId === sessaoId) daPessoa += 1;
      if (criador.rede === rede) daRede += 1;
    }
    return { daPessoa, daRede };
  }

  /** As que estão sem ninguém desde `limiteMs` ou antes. O que muda enquanto se percorrem vale para as que faltam. */
  *vaziasDesde(limiteMs: number): Iterable<SalaVazia> {
    for (const { id, vaziaDesdeMs, ajustes } of this.#vazias) {
      if (vaziaDesdeMs !== undefined && vaziaDesdeMs <= limiteMs && !ajustes.permanente)
        yield { salaId: id, desdeMs: vaziaDesdeMs };
    }
  }

  /** Se pode ser removida: está sem ninguém desde aquele instante, sem que alguém tenha entrado depois. */
  estaVaziaDesde({ salaId, desdeMs }: SalaVazia): boolean {
    const sala = this.#porId.get(salaId);
    return sala?.vaziaDesdeMs === desdeMs && !sala.ajustes.permanente;
  }

  /** Os prazos das que estão sem ninguém começam de novo. */
  recomecarPrazos(): void {
    const agoraMs = this.#monotonicoMs();
    for (const sala of this.#vazias) sala.vaziaDesdeMs = agoraMs;
  }

  abrir({ id, nome }: SalaGuardada, ajustes: Ajustes, usuarios = 0, criador?: Criador): void {
    this.#incluir({
      id,
      nome,
      comparavel: nomeComparavel(nome),
      criador,
      ajustes,
      listada: comoSeLista(nome, usuarios),
      vaziaDesdeMs: usuarios === 0 ? this.#monotonicoMs() : undefined,
    });
    this.#voltas.push(() => this.#excluir(id));
  }

  fechar(id: number): void {
    const sala = this.#excluir(id);
    if (sala) this.#voltas.push(() => this.#incluir(sala));
  }

  /** Deixar de ser permanente começa de novo o prazo da que não tem ninguém. */
  ajustar({ id }: SalaGuardada, ajustes: Ajustes): void {
    const sala = this.#porId.get(id);
    if (!sala) return;
    const { ajustes: anteriores, listada, vaziaDesdeMs } = sala;
    const recomeca = anteriores.permanente && !ajustes.permanente && vaziaDesdeMs !== undefined;
    this.#trocarAjustes(sala, ajustes);
    this.#mudar(sala, listada, recomeca ? this.#monotonicoMs() : vaziaDesdeMs);
    this.#voltas.push(() => {
      this.#trocarAjustes(sala, anteriores);
      this.#mudar(sala, listada, vaziaDesdeMs);
    });
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

  #mudar(sala: Aberta, listada: SalaAberta, vaziaDesdeMs: number | undefined): void {
    sala.listada = listada;
    sala.vaziaDesdeMs = vaziaDesdeMs;
    if (vaziaDesdeMs === undefined) this.#vazias.delete(sala);
    else this.#vazias.add(sala);
    this.#esquecerListas();
  }

  #trocarAjustes(sala: Aberta, ajustes: Ajustes): void {
    this.#tirarDoDono(sala);
    sala.ajustes = ajustes;
    this.#darAoDono(sala);
  }

  #darAoDono(sala: Aberta): void {
    const { dono } = sala.ajustes;
    if (!dono) return;
    const salas = this.#doDono.get(dono.sessaoId) ?? new Set();
    this.#doDono.set(dono.sessaoId, salas.add(sala));
  }

  #tirarDoDono(sala: Aberta): void {
    const { dono } = sala.ajustes;
    if (!dono) return;
    const salas = this.#doDono.get(dono.sessaoId);
    if (salas?.delete(sala) && salas.size === 0) this.#doDono.delete(dono.sessaoId);
  }

  #esquecerListas(): void {
    this.#lista = undefined;
    this.#comDetalhes = undefined;
  }

  #incluir(sala: Aberta): void {
    this.#porId.set(sala.id, sala);
    this.#porNome.set(sala.comparavel, sala);
    this.#emOrdem.splice(this.#lugarDe(sala.nome), 0, sala);
    if (sala.vaziaDesdeMs !== undefined) this.#vazias.add(sala);
    this.#darAoDono(sala);
    this.#esquecerListas();
  }

  #excluir(id: number): Aberta | undefined {
    const sala = this.#porId.get(id);
    if (!sala) return undefined;
    this.#porId.delete(id);
    this.#porNome.delete(sala.comparavel);
    this.#vazias.delete(sala);
    this.#emOrdem.splice(this.#lugarDe(sala.nome), 1);
    this.#tirarDoDono(sala);
    this.#esquecerListas();
    return sala;
  }

  /** Onde o nome está na ordem, ou onde entraria. */
  #lugarDe(nome: string): number {
    const procurado = Buffer.from(nome);
    // Por code points, que em UTF-8 é a ordem dos bytes.
    const vemAntes = ({ nome: outro }: Aberta) => Buffer.compare(Buffer.from(outro), procurado) < 0;
    let inicio = 0;
    let fim = this.#emOrdem.length;
    // Na partida elas já vêm em ordem.
    let meio = fim - 1;
    while (inicio < fim) {
      if (vemAntes(this.#emOrdem[meio] as Aberta)) inicio = meio + 1;
      else fim = meio;
      meio = (inicio + fim) >>> 1;
    }
    return inicio;
  }
}

function detalhes({ nome, listada, ajustes }: Aberta): Sala {
  return detalhar(nome, listada.usuarios, ajustes);
}

function comoSeLista(nomeSala: string, usuarios: number): SalaAberta {
  return Object.freeze({ nomeSala, usuarios });
}

/**
 * As salas abertas, na memória: procurar uma, listá-las ou ver as que estão sem ninguém não custa uma consulta.
 * O arquivo decide: o que um grupo fez aqui e não se confirmou é desfeito.
 */

import { nomeComparavel } from '../../contract/nomes.ts';
import type { SalaAberta, SalaVazia } from '../store.ts';
import type { SalaGuardada } from './sessoes.ts';

interface Sala extends SalaGuardada {
  readonly chave: string;
  /** Como aparece na lista; congelada, e trocada a cada mudança: quem já recebeu uma lista não a vê mudar. */
  listada: SalaAberta;
}

export class SalasAbertas {
  readonly #porId = new Map<number, Sala>();
  readonly #porChave = new Map<string, Sala>();
  /** Por nome, em ordem de code points. */
  readonly #emOrdem: Sala[] = [];
  /** A última lista entregue, se nada mudou desde então. */
  #lista: readonly SalaAberta[] | undefined;
  /** Como desfazer o que o grupo em andamento fez, na ordem em que ele fez. */
  #voltas: (() => void)[] = [];

  get quantas(): number {
    return this.#porId.size;
  }

  doNome(nome: string): SalaGuardada | undefined {
    return this.#porChave.get(nomeComparavel(nome));
  }

  /** Por nome, em ordem de code points. */
  listar(): readonly SalaAberta[] {
    this.#lista ??= Object.freeze(this.#emOrdem.map(({ listada }) => listada));
    return this.#lista;
  }

  semNinguem(): SalaVazia[] {
    return this.#emOrdem
      .filter(({ listada }) => listada.usuarios === 0)
      .map(({ id, nome }) => ({ salaId: id, nomeSala: nome }));
  }

  estaSemNinguem(id: number): boolean {
    return this.#porId.get(id)?.listada.usuarios === 0;
  }

  abrir(id: number, nome: string, usuarios = 0): void {
    this.#incluir({ id, nome, chave: nomeComparavel(nome), listada: comoSeLista(nome, usuarios) });
    this.#voltas.push(() => this.#excluir(id));
  }

  fechar(id: number): void {
    const sala = this.#excluir(id);
    if (sala) this.#voltas.push(() => this.#incluir(sala));
  }

  entrou(id: number): void {
    this.#somar(id, 1);
    this.#voltas.push(() => this.#somar(id, -1));
  }

  saiu(id: number): void {
    this.#somar(id, -1);
    this.#voltas.push(() => this.#somar(id, 1));
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
    sala.listada = comoSeLista(sala.nome, sala.listada.usuarios + quantos);
    this.#lista = undefined;
  }

  #incluir(sala: Sala): void {
    this.#porId.set(sala.id, sala);
    this.#porChave.set(sala.chave, sala);
    this.#emOrdem.splice(this.#lugarDe(sala.nome), 0, sala);
    this.#lista = undefined;
  }

  #excluir(id: number): Sala | undefined {
    const sala = this.#porId.get(id);
    if (!sala) return undefined;
    this.#porId.delete(id);
    this.#porChave.delete(sala.chave);
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

/** Como as mensagens se mostram a quem está aqui: marcas, cores, dias, o que se esconde, quando tocar. */

import { MENSAGENS_POR_PAGINA, type Mensagem } from '../../../contract/chat.ts';
import { mesmoNome, nomeComparavel } from '../../../contract/nomes/nomes.ts';
import { NOME_DO_SERVIDOR } from '../../../contract/nomes/nomes-reservados.ts';
import { lerMovimento } from '../../../dominio/mensagens.ts';
import type { Agendar } from '../../../process/clock.ts';
import type { Lembrado, QuandoTocar } from '../../sessao/guardado/lembranca.ts';
import type { Linha } from '../../terminal/tela/fileiras.ts';
import { coresDosNomes } from './cor-do-nome.ts';
import { especieDe, linhaDaMensagem } from './linha-da-mensagem.ts';
import { juntarMovimentos } from './movimentos.ts';
import { diaDe, regua, reguaDoDia } from './regua.ts';

/** O que acaba de se mostrar, dito por outras pessoas. */
export interface Chegada {
  readonly quantas: number;
  readonly toca: boolean;
  /** A última que fala com quem lê, se alguma fala e `/sino` deixa que chame. */
  readonly chama: Mensagem | undefined;
}

interface MuralOptions {
  readonly mostrar: (...linhas: readonly (string | Linha)[]) => void;
  /** O que outras pessoas disseram acaba de se mostrar. */
  readonly aoChegar: (chegada: Chegada) => void;
  /** Quem lê; `undefined` sem sessão. */
  readonly eu: () => string | undefined;
  readonly hoje: () => Date;
  readonly agendar: Agendar;
}

/** Depois de alguém entrar ou sair, os que vêm dentro disto esperam para ser uma linha só. */
const JANELA_DE_MOVIMENTO_MS = 1_000;

export class Mural {
  readonly #options: MuralOptions;
  readonly #ignorados = new Map<string, string>();
  #presentes: string[] = [];
  #corDoNome = coresDosNomes([]);
  /** Quem entrou ou saiu, e ainda não se mostrou. */
  #movimentos: Mensagem[] = [];
  /** Fecha a janela em que os movimentos se juntam; `undefined` se ela não está aberta. */
  #fecharJanela: (() => void) | undefined;
  /** O dia da última mensagem mostrada. */
  #dia: string;
  #ultimaPrivada: string | undefined;
  /** O que se disse na última ausência: depois de uma mensagem e até outra, pelos seus ids. */
  #ausencia: { readonly desde: number; readonly ate: number } | undefined;
  /** Se o que se recebeu por último era de uma ausência: o seguinte ainda é da mesma. */
  #naAusencia = false;
  #semMovimento = false;
  semHora = false;
  quandoTocar: QuandoTocar = 'mencao';

  constructor(options: MuralOptions) {
    this.#options = options;
    this.#dia = diaDe(options.hoje());
  }

  /** Quem está na sala, por nome. */
  get presentes(): readonly string[] {
    return this.#presentes;
  }

  /** Com quem se trocou a última mensagem privada. */
  get ultimaPrivada(): string | undefined {
    return this.#ultimaPrivada;
  }

  get ignorados(): readonly string[] {
    return [...this.#ignorados.values()];
  }

  /** `undefined` se, desde que se entrou na sala, nada se perdeu. */
  get ausencia(): { readonly desde: number; readonly ate: number } | undefined {
    return this.#ausencia;
  }

  /**
   * O que já estava dito quando se entrou: aparece, mas não chama; uma régua diz onde se parou.
   * @param lida o id da última que se leu nesta sala; `undefined` se nunca se leu
   */
  entrar(usuarios: readonly string[], mensagens: readonly Mensagem[], lida?: number): void {
    this.#mudarPresentes([...usuarios]);
    this.#movimentos = [];
    this.#ausencia = undefined;
    this.#naAusencia = false;
    this.#dia = diaDe(this.#options.hoje());
    // Uma sala refeita conta os ids de novo: então não se sabe o que se leu.
    const ate = lida !== undefined && lida <= (mensagens.at(-1)?.id ?? 0) ? lida : Number.POSITIVE_INFINITY;
    const novas = mensagens.filter(({ id }) => id > ate);
    this.mostrarDeNovo(mensagens.slice(0, mensagens.length - novas.length));
    if (novas.some((mensagem) => this.#foiDitaPorOutro(mensagem))) this.#marcarAusencia(novas, ate);
    this.mostrarDeNovo(novas);
  }

  /** @param atrasadas se são do tempo de uma queda, ou de uma ausência: uma régua diz onde se parou */
  receber(mensagens: readonly Mensagem[], atrasadas = false): void {
    if (atrasadas) this.#marcarAusencia(mensagens);
    this.#naAusencia = atrasadas;
    for (const mensagem of mensagens) this.#seguir(mensagem);
    const visiveis = mensagens.filter((mensagem) => this.#aparece(mensagem));
    if (this.#fecharJanela && visiveis.every(lerMovimento)) this.#movimentos.push(...visiveis);
    else {
      const juntas = [...this.#movimentos, ...visiveis];
      this.#movimentos = [];
      this.mostrarDeNovo(juntas);
      if (juntas.some(lerMovimento)) this.#abrirJanela();
    }
    this.#chamar(visiveis);
  }

  mostrarDeNovo(mensagens: readonly Mensagem[]): void {
    const visiveis = mensagens.filter((mensagem) => this.#aparece(mensagem));
    this.#options.mostrar(...juntarMovimentos(visiveis).flatMap((mensagem) => this.#linhasDe(mensagem)));
  }

  /** O que já se mostrou, entre duas réguas: não é novo. */
  mostrarEntreReguas(oQue: string, mensagens: readonly Mensagem[]): void {
    const dia = this.#dia;
    this.#options.mostrar(regua(oQue));
    this.mostrarDeNovo(mensagens);
    this.#options.mostrar(regua(`fim: ${oQue}`));
    this.#dia = dia;
  }

  /** O que a pessoa prefere ver e ouvir. */
  get preferido(): Pick<Lembrado, 'quandoTocar' | 'semMovimento' | 'semHora' | 'ignorados'> {
    const { quandoTocar, semHora, ignorados } = this;
    return { quandoTocar, semMovimento: this.#semMovimento, semHora, ignorados };
  }

  /** @param lembrado o que ela preferia da última vez */
  preferir({ quandoTocar, semMovimento, semHora, ignorados }: Lembrado): void {
    this.quandoTocar = quandoTocar;
    this.#semMovimento = semMovimento;
    this.semHora = semHora;
    for (const nome of ignorados) this.#ignorados.set(nomeComparavel(nome), nome);
  }

  /** @returns se a pessoa passou a ser ignorada */
  alternarIgnorado(nome: string): boolean {
    const chave = nomeComparavel(nome);
    if (this.#ignorados.delete(chave)) return false;
    this.#ignorados.set(chave, nome);
    return true;
  }

  /** @returns se passou a esconder quem entra e quem sai */
  alternarMovimento(): boolean {
    this.#semMovimento = !this.#semMovimento;
    return this.#semMovimento;
  }

  /** @param lida o id da última antes delas, se não é o que vem logo antes da primeira */
  #marcarAusencia(mensagens: readonly Mensagem[], lida?: number): void {
    const [primeira] = mensagens;
    const ultima = mensagens.at(-1);
    if (!primeira || !ultima) return;
    const desde = (this.#naAusencia ? this.#ausencia?.desde : undefined) ?? lida ?? primeira.id - 1;
    this.#ausencia = { desde, ate: ultima.id };
    const novas = mensagens.filter((mensagem) => this.#aparece(mensagem) && this.#foiDitaPorOutro(mensagem)).length;
    if (novas === 0 || this.#naAusencia) return;
    const haMais = mensagens.length >= MENSAGENS_POR_PAGINA ? ' ou mais' : '';
    this.#options.mostrar(regua(`${novas} ${novas === 1 ? 'nova' : 'novas'}${haMais}`));
  }

  #foiDitaPorOutro({ origem }: Mensagem): boolean {
    return origem !== NOME_DO_SERVIDOR && !this.#souEu(origem);
  }

  #abrirJanela(): void {
    this.#fecharJanela?.();
    this.#fecharJanela = this.#options.agendar(JANELA_DE_MOVIMENTO_MS, () => {
      this.#fecharJanela = undefined;
      const juntos = this.#movimentos;
      this.#movimentos = [];
      this.mostrarDeNovo(juntos);
      if (juntos.length > 0) this.#abrirJanela();
    });
  }

  #mudarPresentes(presentes: string[]): void {
    this.#presentes = presentes;
    this.#corDoNome = coresDosNomes(presentes);
  }

  #seguir(mensagem: Mensagem): void {
    const movimento = lerMovimento(mensagem);
    if (movimento) {
      const { nomeUsuario, entrou } = movimento;
      const outros = this.#presentes.filter((nome) => nome !== nomeUsuario);
      this.#mudarPresentes(entrou ? [...outros, nomeUsuario].sort() : outros);
    }
    // Quem se ignora não muda a quem /r responde: a pessoa nem viu a mensagem.
    if (mensagem.tipo !== 'unicast' || !this.#aparece(mensagem)) return;
    this.#ultimaPrivada = this.#souEu(mensagem.origem) ? mensagem.destino : mensagem.origem;
  }

  #aparece(mensagem: Mensagem): boolean {
    if (this.#semMovimento && lerMovimento(mensagem)) return false;
    return !this.#ignorados.has(nomeComparavel(mensagem.origem));
  }

  #chamar(visiveis: readonly Mensagem[]): void {
    const ditas = visiveis.filter((mensagem) => this.#foiDitaPorOutro(mensagem));
    if (ditas.length === 0) return;
    const comQuemLe = ditas.filter((mensagem) => especieDe(mensagem, this.#options.eu()) !== 'comum');
    const chama = this.quandoTocar === 'off' ? undefined : comQuemLe.at(-1);
    this.#options.aoChegar({
      quantas: ditas.length,
      toca: this.quandoTocar === 'tudo' || chama !== undefined,
      chama,
    });
  }

  #linhasDe(mensagem: Mensagem): (string | Linha)[] {
    const instante = new Date(mensagem.timestamp);
    const dia = diaDe(instante);
    const mudou = dia !== this.#dia;
    this.#dia = dia;
    const linha = linhaDaMensagem(mensagem, {
      eu: this.#options.eu(),
      semHora: this.semHora,
      corDoNome: this.#corDoNome,
    });
    return mudou ? [reguaDoDia(instante), linha] : [linha];
  }

  #souEu(nome: string): boolean {
    const eu = this.#options.eu();
    return eu !== undefined && mesmoNome(nome, eu);
  }
}

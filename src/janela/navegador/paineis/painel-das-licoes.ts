/** As lições, uma de cada vez: o que apertar, o que procurar, e o aviso quando acontece. */

import { emPedacos, type Termo } from '../../pagina/licoes/glossario.ts';
import { LICOES, type Licao, type Prova, type Situacao } from '../../pagina/licoes/licoes.ts';
import type { LicoesFeitas } from '../../pagina/licoes/licoes-feitas.ts';
import type { Ritmo, Ritmos } from '../../pagina/ritmo-das-leituras.ts';
import { achar, botao, elemento } from '../elementos.ts';
import { palavra } from './dicas.ts';

export interface PainelDasLicoesOptions {
  readonly feitas: LicoesFeitas;
  /** O que se sabe, contando desde o começo da lição, em ms desde 1970. */
  readonly situacao: (desdeMs: number) => Situacao;
  readonly agoraMs: () => number;
  readonly ritmos: () => Ritmos;
  /** Uma lição começa. */
  readonly aoComecar: () => void;
  /** Mostra na figura o que alcançou a lição; com `voltar`, também quando já saiu da tela. */
  readonly mostrarProva: (prova: Prova, voltar: boolean) => void;
}

export class PainelDasLicoes {
  readonly #options: PainelDasLicoesOptions;
  readonly #cartao = achar('licao');
  readonly #provas = new Map<string, Prova>();
  #indice = 0;
  #desdeMs = 0;
  #ritmosMostrados = '';

  constructor(options: PainelDasLicoesOptions) {
    this.#options = options;
    this.#mostrar();
  }

  /** Confere se o que a lição pede já aconteceu. */
  conferir(): void {
    const licao = this.#licao;
    const { agoraMs, situacao, feitas, mostrarProva } = this.#options;
    // A lição começa com a primeira notícia: antes dela não há o que ver.
    if (this.#desdeMs === 0) this.#desdeMs = agoraMs();
    if (!this.#provas.has(licao.id)) {
      const prova = licao.provar(situacao(this.#desdeMs));
      if (prova) {
        this.#provas.set(licao.id, prova);
        feitas.anotar(licao.id);
        mostrarProva(prova, false);
        this.#mostrar();
      }
    }
    this.#mostrarRitmos(licao);
  }

  get #licao(): Licao {
    return LICOES[this.#indice] as Licao;
  }

  #ir(passo: number): void {
    this.#indice = (this.#indice + passo + LICOES.length) % LICOES.length;
    this.#comecar();
    achar(passo > 0 ? 'licao-seguinte' : 'licao-anterior').focus();
  }

  #recomecar(): void {
    this.#options.feitas.recomecar();
    this.#provas.clear();
    this.#indice = 0;
    this.#comecar();
    achar('licao-seguinte').focus();
  }

  #comecar(): void {
    this.#desdeMs = this.#options.agoraMs();
    this.#options.aoComecar();
    this.#mostrar();
  }

  #mostrar(): void {
    const licao = this.#licao;
    const feita = this.#options.feitas.tem(licao.id);
    const focado = document.activeElement?.id;
    const ditos = new Set<Termo>();
    const texto = (frase: string) => emPedacos(frase, ditos).map(palavra);
    this.#cartao.dataset['licao'] = licao.id;
    this.#cartao.dataset['alcancada'] = feita ? 'sim' : 'nao';
    this.#ritmosMostrados = '';
    this.#cartao.replaceChildren(
      this.#cabeca(),
      elemento('h2', { id: 'titulo-licao' }, licao.titulo),
      elemento('p', {}, ...texto(licao.porque)),
      elemento('p', { class: 'aperte' }, elemento('strong', {}, 'Aperte: '), ...texto(licao.aperte)),
      elemento('p', {}, elemento('strong', {}, 'Procure: '), ...texto(licao.procure)),
      elemento('dl', { id: 'ritmos', class: 'ritmos', hidden: licao.id !== 'espera' }),
      elemento('p', { class: feita ? 'alcancada' : undefined, role: 'status' }, feita ? `✓ ${licao.conclusao}` : ''),
      ...this.#rodape(licao),
    );
    this.#mostrarRitmos(licao);
    if (focado) document.getElementById(focado)?.focus();
  }

  #cabeca(): HTMLElement {
    const { feitas } = this.#options;
    const quantas = LICOES.filter(({ id }) => feitas.tem(id)).length;
    return elemento(
      'div',
      { class: 'licao-agora' },
      botao('‹', () => this.#ir(-1), { id: 'licao-anterior', 'aria-label': 'Lição anterior' }),
      elemento(
        'div',
        { class: 'progresso' },
        elemento('span', {}, `Lição ${this.#indice + 1} de ${LICOES.length}`),
        elemento(
          'span',
          { class: 'marcas', role: 'img', 'aria-label': `${quantas} de ${LICOES.length} lições feitas` },
          ...LICOES.map(({ id }, indice) =>
            elemento('i', {
              'data-feita': feitas.tem(id) ? 'sim' : 'nao',
              'data-agora': indice === this.#indice ? 'sim' : 'nao',
            }),
          ),
        ),
      ),
      botao('›', () => this.#ir(1), { id: 'licao-seguinte', 'aria-label': 'Lição seguinte' }),
    );
  }

  #rodape(licao: Licao): HTMLElement[] {
    const { feitas, mostrarProva } = this.#options;
    const prova = this.#provas.get(licao.id);
    const botoes: HTMLElement[] = [];
    if (prova) botoes.push(botao('Mostrar onde aconteceu', () => mostrarProva(prova, true), { id: 'mostrar-prova' }));
    if (LICOES.some(({ id }) => feitas.tem(id))) {
      botoes.push(botao('Recomeçar as lições', () => this.#recomecar(), { id: 'recomecar-licoes' }));
    }
    return botoes.length === 0 ? [] : [elemento('div', { class: 'botoes' }, ...botoes)];
  }

  /** A medida da lição que compara os dois jeitos de ler. */
  #mostrarRitmos(licao: Licao): void {
    if (licao.id !== 'espera') return;
    const { comEspera, semEspera } = this.#options.ritmos();
    const resumo = JSON.stringify([comEspera, semEspera]);
    if (resumo === this.#ritmosMostrados) return;
    this.#ritmosMostrados = resumo;
    const maior = Math.max(1, comEspera?.perguntas ?? 0, semEspera?.perguntas ?? 0);
    achar('ritmos').replaceChildren(
      ...linhaDoRitmo('com a espera', comEspera, maior),
      ...linhaDoRitmo('sem a espera', semEspera, maior),
    );
  }
}

function linhaDoRitmo(nome: string, ritmo: Ritmo | undefined, maior: number): HTMLElement[] {
  const barra = elemento('i', { 'aria-hidden': 'true' });
  barra.style.width = `${((ritmo?.perguntas ?? 0) * 100) / maior}%`;
  const texto = ritmo ? `${ritmo.perguntas} por minuto, ${ritmo.vaziasPorCento} % vazias` : 'ainda não se mediu';
  return [elemento('dt', {}, nome), elemento('dd', {}, barra, texto)];
}

/** As lições, uma de cada vez: o que apertar, o que procurar, e o aviso quando acontece. */

import type { Andamento } from '../../pagina/licoes/andamento.ts';
import { emPedacos, type Termo } from '../../pagina/licoes/glossario.ts';
import { LICOES, type Licao, type Prova, type Situacao } from '../../pagina/licoes/licoes.ts';
import type { Ritmo, Ritmos } from '../../pagina/ritmo-das-leituras.ts';
import { achar, botao, elemento } from '../elementos.ts';
import { palavra } from './dicas.ts';

export interface PainelDasLicoesOptions {
  readonly andamento: Andamento;
  /** O que se sabe, contando desde um instante em ms desde 1970. */
  readonly situacao: (desdeMs: number) => Situacao;
  readonly ritmos: () => Ritmos;
  /** Uma lição começa. */
  readonly aoComecar: () => void;
  /** Mostra na figura o que alcançou a lição; com `voltar`, também quando já saiu da tela. */
  readonly mostrarProva: (prova: Prova, voltar: boolean) => void;
}

export class PainelDasLicoes {
  readonly #options: PainelDasLicoesOptions;
  readonly #cartao = achar('licao');
  #ritmosMostrados = '';

  constructor(options: PainelDasLicoesOptions) {
    this.#options = options;
    this.#mostrar();
  }

  /** Confere se o que a lição pede já aconteceu. */
  conferir(): void {
    const { andamento, situacao, mostrarProva } = this.#options;
    const mudanca = andamento.conferir(situacao);
    if (andamento.prova && mudanca === 'alcancada') mostrarProva(andamento.prova, false);
    if (mudanca) this.#mostrar();
    this.#mostrarRitmos(andamento.licao);
  }

  #ir(passo: 1 | -1): void {
    this.#options.andamento.ir(passo);
    this.#comecar();
    achar(passo > 0 ? 'licao-seguinte' : 'licao-anterior').focus();
  }

  #recomecar(): void {
    this.#options.andamento.recomecar();
    this.#comecar();
    achar('licao-seguinte').focus();
  }

  #comecar(): void {
    this.#options.aoComecar();
    this.#mostrar();
  }

  #mostrar(): void {
    const { andamento } = this.#options;
    const { licao } = andamento;
    const feita = andamento.feita(licao);
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
      ...this.#rodape(),
    );
    this.#mostrarRitmos(licao);
    // O botão que mostrava onde aconteceu some quando a história já não o guarda; quem estava nele segue na lição.
    if (focado) (document.getElementById(focado) ?? achar('licao-seguinte')).focus();
  }

  #cabeca(): HTMLElement {
    const { andamento } = this.#options;
    const quantas = LICOES.filter((licao) => andamento.feita(licao)).length;
    return elemento(
      'div',
      { class: 'licao-agora' },
      botao('‹', () => this.#ir(-1), { id: 'licao-anterior', 'aria-label': 'Lição anterior' }),
      elemento(
        'div',
        { class: 'progresso' },
        elemento('span', {}, `Lição ${LICOES.indexOf(andamento.licao) + 1} de ${LICOES.length}`),
        elemento(
          'span',
          { class: 'marcas', role: 'img', 'aria-label': `${quantas} de ${LICOES.length} lições feitas` },
          ...LICOES.map((licao) =>
            elemento('i', {
              'data-feita': andamento.feita(licao) ? 'sim' : 'nao',
              'data-agora': licao === andamento.licao ? 'sim' : 'nao',
            }),
          ),
        ),
      ),
      botao('›', () => this.#ir(1), { id: 'licao-seguinte', 'aria-label': 'Lição seguinte' }),
    );
  }

  #rodape(): HTMLElement[] {
    const { andamento, mostrarProva } = this.#options;
    const { prova } = andamento;
    const botoes: HTMLElement[] = [];
    if (prova) botoes.push(botao('Mostrar onde aconteceu', () => mostrarProva(prova, true), { id: 'mostrar-prova' }));
    if (LICOES.some((licao) => andamento.feita(licao))) {
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

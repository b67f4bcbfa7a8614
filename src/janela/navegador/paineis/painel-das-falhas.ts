/** As falhas que se causam com um botão, e as garantias que os robôs podem deixar de pedir. Só no laboratório. */

import type { Falha, Garantia, Processo } from '../../../contract/janela.ts';
import type { Faixa } from '../../pagina/historia.ts';
import { porQueNao } from '../../pagina/licoes/falhas-possiveis.ts';
import type { Termo } from '../../pagina/licoes/glossario.ts';
import { type Convite, chamar } from '../conexao.ts';
import { achar, botao, elemento } from '../elementos.ts';
import { comDica } from './dicas.ts';

interface Botao {
  readonly falha: Falha;
  readonly texto: string;
  readonly grupo: Grupo;
  readonly papeis: readonly Faixa['papel'][];
  readonly ms?: number;
}

const GRUPOS = ['O processo', 'A rede', 'O lease'] as const;
type Grupo = (typeof GRUPOS)[number];

const TODOS = ['cliente', 'binder', 'servidor'] as const;
const QUEM_ATENDE = ['binder', 'servidor'] as const;

const BOTOES: readonly Botao[] = [
  { falha: 'matar', texto: 'Matar', grupo: 'O processo', papeis: TODOS },
  { falha: 'reiniciar', texto: 'Reiniciar', grupo: 'O processo', papeis: TODOS },
  { falha: 'congelar', texto: 'Congelar', grupo: 'O processo', papeis: TODOS },
  { falha: 'descongelar', texto: 'Descongelar', grupo: 'O processo', papeis: TODOS },
  { falha: 'cortar', texto: 'Cortar', grupo: 'A rede', papeis: TODOS },
  { falha: 'religar', texto: 'Religar', grupo: 'A rede', papeis: TODOS },
  { falha: 'atrasar', texto: 'Atrasar 5 s', grupo: 'A rede', papeis: TODOS, ms: 5_000 },
  { falha: 'perder_resposta', texto: 'Perder resposta', grupo: 'A rede', papeis: QUEM_ATENDE },
  { falha: 'duplicar_pedido', texto: 'Duplicar pedido', grupo: 'A rede', papeis: QUEM_ATENDE },
  { falha: 'vencer_lease', texto: 'Deixar vencer', grupo: 'O lease', papeis: ['servidor'] },
];

const GARANTIAS: Readonly<Record<Garantia & Termo, string>> = {
  chave: 'chave de repetição',
  cursor: 'cursor (desde)',
  espera: 'espera (esperarMs)',
  lease: 'lease (ttl_s)',
};

export interface FalhaCausada {
  readonly falha: Falha;
  readonly alvo: string;
}

export class PainelDasFalhas {
  readonly #convite: Convite;
  readonly #faixas: () => readonly Faixa[];
  readonly #aoCausar: (causada: FalhaCausada) => void;
  readonly #alvo = elemento('select', { 'aria-label': 'Onde' });
  readonly #motivo = elemento('p', { class: 'nota', id: 'motivo-das-falhas' });
  readonly #botoes = elemento('div');
  readonly #garantias = elemento('div', { class: 'botoes', role: 'group', 'aria-label': 'Garantias' });
  #redesCortadas: readonly string[] = [];
  #nomes = '';
  #mostrados = '';

  /** @param faixas os processos, como estão agora */
  constructor(convite: Convite, faixas: () => readonly Faixa[], aoCausar: (causada: FalhaCausada) => void) {
    this.#convite = convite;
    this.#faixas = faixas;
    this.#aoCausar = aoCausar;
    if (!convite.laboratorio) return;
    const cartao = achar('falhas');
    cartao.hidden = false;
    cartao.append(
      elemento('div', { class: 'onde' }, elemento('h2', { id: 'titulo-falhas' }, 'Quebre'), this.#alvo),
      this.#motivo,
      this.#botoes,
      elemento('h3', {}, 'As garantias que os robôs pedem'),
      this.#garantias,
    );
    const entre = achar('entre');
    entre.hidden = false;
    entre.append(elemento('pre', { tabindex: '0', 'aria-label': 'Linha que abre um cliente' }, convite.linha));
    this.#alvo.addEventListener('change', () => this.atualizar());
  }

  /** Acompanha quem existe e em que estado está. */
  atualizar(): void {
    const faixas = this.#faixas();
    const nomes = faixas.map(({ nome }) => nome).join('\n');
    if (nomes !== this.#nomes) {
      this.#nomes = nomes;
      const escolhido = this.#alvo.value;
      this.#alvo.replaceChildren(...faixas.map(({ nome }) => elemento('option', { value: nome }, nome)));
      const servidor = faixas.find(({ papel }) => papel === 'servidor')?.nome ?? '';
      this.#alvo.value = faixas.some(({ nome }) => nome === escolhido) ? escolhido : servidor;
    }
    this.#mostrarBotoes();
  }

  /** @param nomes os dos processos de rede cortada */
  mostrarRedes(nomes: readonly string[]): void {
    this.#redesCortadas = nomes;
    this.#mostrarBotoes();
  }

  mostrarGarantias(garantias: Readonly<Record<Garantia, boolean>>): void {
    const interruptores = (Object.keys(GARANTIAS) as Garantia[]).map((garantia) => {
      const ligada = garantias[garantia];
      const mudar = () => this.#pedir('mudar_garantia', { garantia, ligada: !ligada });
      const atributos = { 'aria-pressed': `${ligada}`, 'data-garantia': garantia, ...comDica(garantia) };
      return botao(GARANTIAS[garantia], mudar, atributos);
    });
    const focado = (document.activeElement as HTMLElement | null)?.dataset['garantia'];
    this.#garantias.replaceChildren(...interruptores);
    interruptores.find((interruptor) => interruptor.dataset['garantia'] === focado)?.focus();
  }

  #mostrarBotoes(): void {
    const faixa = this.#escolhida();
    const cabem = BOTOES.filter(({ papeis }) => faixa !== undefined && papeis.includes(faixa.papel));
    const resumo = [faixa?.nome, ...cabem.map(({ falha }) => `${falha} ${this.#motivoContra(falha)}`)].join('\n');
    if (resumo === this.#mostrados) return;
    this.#mostrados = resumo;
    const focado = (document.activeElement as HTMLElement | null)?.dataset['falha'];
    this.#botoes.replaceChildren(
      ...GRUPOS.flatMap((grupo) => {
        const botoes = cabem.filter((cabe) => cabe.grupo === grupo).map((cabe) => this.#botaoDe(cabe));
        return botoes.length === 0 ? [] : [elemento('div', { class: 'botoes' }, elemento('h3', {}, grupo), ...botoes)];
      }),
    );
    const morto = faixa && estadoDe(faixa) === 'morto';
    this.#motivo.hidden = !morto;
    this.#motivo.textContent = morto ? `${faixa.nome} está morto. Reinicie-o para causar outra falha nele.` : '';
    this.#botoes.querySelector<HTMLElement>(`[data-falha="${focado}"]`)?.focus();
  }

  /** Um botão que não faria nada continua a receber o foco, e diz por quê. */
  #botaoDe({ falha, texto, ms }: Botao): HTMLButtonElement {
    const causar = async () => {
      const alvo = this.#alvo.value;
      // O processo pode ter mudado de estado depois que o botão se desenhou.
      const motivo = this.#motivoContra(falha);
      if (motivo !== undefined) {
        achar('aviso').textContent = `${alvo}: ${motivo}`;
        return;
      }
      if (await this.#pedir('causar_falha', { falha, alvo, ...(ms === undefined ? {} : { ms }) })) {
        this.#aoCausar({ falha, alvo });
      }
    };
    const motivo = this.#motivoContra(falha);
    const impedido = motivo === undefined ? {} : { 'aria-disabled': 'true', 'data-dica': motivo };
    return botao(texto, () => void causar(), { 'data-falha': falha, ...impedido });
  }

  #escolhida(): Faixa | undefined {
    return this.#faixas().find(({ nome }) => nome === this.#alvo.value);
  }

  #motivoContra(falha: Falha): string | undefined {
    const faixa = this.#escolhida();
    const binder = this.#faixas().find(({ papel }) => papel === 'binder');
    return (
      faixa &&
      porQueNao(falha, {
        estado: estadoDe(faixa),
        redeCortada: this.#redesCortadas.includes(faixa.nome),
        binder: binder ? estadoDe(binder) : 'morto',
      })
    );
  }

  /** @returns se a janela o fez */
  async #pedir(procedimento: string, params: object): Promise<boolean> {
    try {
      await chamar(this.#convite.token, procedimento, params);
      achar('aviso').textContent = '';
      return true;
    } catch (erro) {
      achar('aviso').textContent = erro instanceof Error ? erro.message : String(erro);
      return false;
    }
  }
}

function estadoDe({ estados }: Faixa): Processo['estado'] {
  return estados.at(-1)?.estado ?? 'vivo';
}

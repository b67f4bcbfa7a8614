/** A figura: mostra a história no instante que o tempo manda, e diz qual chamada está sob o cursor ou o teclado. */

import { desenhar } from '../../pagina/desenho/desenho.ts';
import { EntreQuadros } from '../../pagina/desenho/entre-quadros.ts';
import type { Forma } from '../../pagina/desenho/formas.ts';
import type { Vista } from '../../pagina/desenho/palco.ts';
import type { Paleta } from '../../pagina/desenho/svg.ts';
import type { Faixa, Historia } from '../../pagina/historia.ts';
import type { Ritmo, Tempo } from '../../pagina/tempo.ts';
import { achar, elemento } from '../elementos.ts';
import { chamadaEm, pintar } from './canvas.ts';
import { acompanharPaleta } from './tinta.ts';

/** Quanto da história cabe na tela, em ms. */
const PERIODO_MS = 8_000;
/** Quanto se vê depois do que se destaca, em ms. */
const DEPOIS_DO_DESTAQUE_MS = 2_500;
/** Espaço abaixo do último acontecimento, em pixels. */
const FOLGA_PX = 40;

export class Figura {
  readonly #historia: Historia;
  readonly #tempo: Tempo;
  readonly #aoEscolher: (chamada: string | undefined) => void;
  readonly #canvas = achar<HTMLCanvasElement>('palco');
  readonly #faixas = achar('faixas');
  readonly #vazio = achar('vazio');
  readonly #entreQuadros = new EntreQuadros();
  readonly #menosMovimento = matchMedia('(prefers-reduced-motion: reduce)');
  #paleta!: Paleta;
  #formas: readonly Forma[] = [];
  #escolhida: string | undefined;
  #escolheuAgora = false;
  #quadroAnteriorMs = performance.now();
  #desenhadoEmMs = 0;
  #ritmoDesenhado: Ritmo | undefined;
  /** Até que a janela diga a dela, vale a hora do navegador. */
  #horaMs = Date.now();
  #horaRecebidaEmMs = performance.now();
  #faixasMostradas = '';
  #instanteMs = 0;

  /** @param aoEscolher a chamada sob o cursor ou o teclado; `undefined` quando nenhuma */
  constructor(historia: Historia, tempo: Tempo, aoEscolher: (chamada: string | undefined) => void) {
    this.#historia = historia;
    this.#tempo = tempo;
    this.#aoEscolher = aoEscolher;
    acompanharPaleta((paleta) => {
      this.#paleta = paleta;
    });
    this.#canvas.addEventListener('pointermove', ({ offsetX, offsetY }) =>
      this.#escolher(chamadaEm(this.#formas, offsetX, offsetY)),
    );
    this.#canvas.addEventListener('keydown', (tecla) => this.#andar(tecla));
    requestAnimationFrame(() => this.#quadro());
  }

  /** O instante mostrado, em ms desde 1970. */
  get instanteMs(): number {
    return this.#instanteMs;
  }

  get paleta(): Paleta {
    return this.#paleta;
  }

  /** @param horaMs a hora da janela, em ms desde 1970 */
  acertar(horaMs: number): void {
    this.#horaMs = horaMs;
    this.#horaRecebidaEmMs = performance.now();
  }

  /** O que se vê agora. */
  vista(): Vista {
    const { clientWidth: largura, clientHeight: altura } = this.#canvas;
    const ateMs = this.#instanteMs + (FOLGA_PX / Math.max(1, altura)) * PERIODO_MS;
    return { deMs: ateMs - PERIODO_MS, ateMs, largura, altura };
  }

  #quadro(): void {
    requestAnimationFrame(() => this.#quadro());
    const agora = performance.now();
    const aoVivoMs = Math.max(this.#historia.agoraMs, this.#horaMs + agora - this.#horaRecebidaEmMs);
    // O tempo anda também sem desenho: quem para a figura a para no instante em que apertou.
    const instanteMs = this.#tempo.avancar(aoVivoMs, agora - this.#quadroAnteriorMs);
    this.#quadroAnteriorMs = agora;
    const mudou = this.#escolheuAgora || this.#tempo.ritmo !== this.#ritmoDesenhado;
    if (!mudou && !this.#tempo.pedeDesenho(this.#menosMovimento.matches, agora - this.#desenhadoEmMs)) return;
    this.#escolheuAgora = false;
    this.#ritmoDesenhado = this.#tempo.ritmo;
    this.#desenhadoEmMs = agora;
    this.#instanteMs = instanteMs;
    const vista = this.vista();
    this.#mostrarFaixas(this.#historia.faixasDesde(vista.deMs));
    this.#formas = desenhar(this.#historia, vista, this.#instanteMs, this.#entreQuadros, this.#escolhida);
    this.#pintar();
  }

  #pintar(): void {
    const escala = devicePixelRatio;
    const { clientWidth, clientHeight } = this.#canvas;
    const [largura, altura] = [Math.round(clientWidth * escala), Math.round(clientHeight * escala)];
    if (this.#canvas.width !== largura) this.#canvas.width = largura;
    if (this.#canvas.height !== altura) this.#canvas.height = altura;
    const contexto = this.#canvas.getContext('2d');
    if (!contexto) return;
    contexto.setTransform(escala, 0, 0, escala, 0, 0);
    contexto.clearRect(0, 0, clientWidth, clientHeight);
    pintar(contexto, this.#formas, this.#paleta, this.#escolhida);
  }

  #mostrarFaixas(faixas: readonly Faixa[]): void {
    const resumo = faixas.map(({ id, estados }) => `${id} ${estados.at(-1)?.estado}`).join('\n');
    if (resumo === this.#faixasMostradas) return;
    this.#faixasMostradas = resumo;
    this.#vazio.hidden = faixas.length > 0;
    this.#faixas.replaceChildren(
      ...faixas.map(({ nome, papel, endereco, estados }) => {
        const estado = estados.at(-1)?.estado ?? 'vivo';
        const onde = estado === 'vivo' ? (endereco ?? '') : estado;
        return elemento(
          'li',
          { 'data-estado': estado, 'data-papel': papel },
          elemento('strong', {}, nome),
          elemento('span', {}, onde),
        );
      }),
    );
  }

  /** Com o teclado, da mais nova à mais antiga das que se veem. */
  #andar(tecla: KeyboardEvent): void {
    const sentido = { ArrowUp: -1, ArrowDown: 1 }[tecla.key];
    if (sentido === undefined) return;
    tecla.preventDefault();
    const { deMs, ateMs } = this.vista();
    const visiveis = [...this.#historia.chamadasEntre(deMs, ateMs)];
    const atual = visiveis.findIndex(({ id }) => id === this.#escolhida);
    const proxima = atual === -1 ? visiveis.length - 1 : Math.max(0, Math.min(visiveis.length - 1, atual + sentido));
    this.#escolher(visiveis[proxima]?.id);
  }

  /**
   * Escolhe uma chamada e, se for preciso, volta ao instante em que ela se vê.
   * @param quandoMs quando ela acabou, em ms desde 1970
   * @param voltar se a figura deve parar nesse instante
   */
  destacar(chamada: string | undefined, quandoMs: number, voltar: boolean): void {
    this.#escolher(chamada);
    if (!voltar) return;
    this.#tempo.irPara(Math.min(this.#historia.agoraMs, quandoMs + DEPOIS_DO_DESTAQUE_MS));
    this.#escolheuAgora = true;
    this.#canvas.focus();
  }

  #escolher(chamada: string | undefined): void {
    if (chamada === undefined || chamada === this.#escolhida) return;
    this.#escolhida = chamada;
    this.#escolheuAgora = true;
    this.#aoEscolher(chamada);
  }
}

/** Uma sessão ao acaso: alguém que digita, cola e anda pela linha enquanto chegam mensagens e a rede e a janela mudam. */

import type { Sorteio } from '../../../scripts/comum/sorteio.ts';
import { NOME_DO_SERVIDOR } from '../../../src/contract/nomes/nomes-reservados.ts';
import { conferirBytes, conferirCursor, conferirPagina, conferirTeclas, linhaAberta } from './conferencia.ts';
import { abrirPalco, type Palco } from './palco.ts';
import { SALA } from './sala-de-mentira.ts';

const PASSOS = 40;
const PERGUNTA = 'Digite a mensagem:';
const [CIMA, BAIXO, DIREITA, ESQUERDA, INICIO, FIM] = ['A', 'B', 'C', 'D', 'H', 'F'].map((final) => `\u001b[${final}`);
const ANDAR = [CIMA, BAIXO, DIREITA, ESQUERDA, INICIO, FIM, '\u001bb', '\u001bf'] as const;
const [CTRL_C, ESC] = ['\u0003', '\u001b'] as const;

/** Cada tecla é um caractere que não se repete na sessão: letras de uma coluna e de duas. */
const ALFABETOS = [
  [0x0400, 0x045f],
  [0x0100, 0x0131],
  [0x03b1, 0x03c9],
  [0x4e00, 0x5e00],
] as const;

/** O que uma mensagem hostil traz: o terminal não pode obedecer a nada disto. */
const HOSTIS = [
  '\u001b]2;INVADIDO\u0007',
  '\u001b[2J\u001b[H',
  '\u009b31m',
  '\u001b]8;;http://mal.example\u001b\\clique\u001b]8;;\u001b\\',
  'http://mal.example/\u001b]2;INVADIDO\u0007x',
  'https://x.example/a\u202eb?c=d\u200b',
  '\r--- 99 novas ---\r',
  '\tum\n\n   dois\n[12:00:00] Ana: não fui eu',
  '\u0007\u0008\u0008\u007f',
] as const;

/** O emulador, ao mudar de largura, estraga os caracteres feitos de vários: só vêm onde a janela não muda. */
const COM_MARCAS = ['e\u0301', 'ก็', 'क्षि', '👨‍👩‍👧', '🇧🇷', 'Z͑a͑', '한국어'] as const;

const PALAVRAS = [
  'oi',
  'às',
  'reunião',
  '日本語',
  'https://exemplo.com/um/caminho?longo=1',
  '👍',
  'x'.repeat(90),
  'Ana',
];

export async function viverSessao(sorteio: Sorteio): Promise<void> {
  await using palco = await abrirPalco();
  const titulos: string[] = [];
  (await palco.terminal.lido()).onTitleChange((titulo) => titulos.push(titulo));
  const pessoa = new Pessoa(palco, sorteio);
  await palco.passar(0);
  for (let passo = 0; passo < PASSOS; passo += 1) {
    await pessoa.agir();
    await palco.passar(sorteio.um([0, 0, 0, 20, 600, 3_000]));
    await conferirCursor(palco);
  }
  await pessoa.acabar();
  conferirTeclas(pessoa.digitadas, palco, pessoa.deixado);
  await conferirPagina(palco);
  await conferirBytes(palco, titulos);
}

class Pessoa {
  readonly #palco: Palco;
  readonly #sorteio: Sorteio;
  readonly digitadas = new Set<string>();
  /** O que ela mesma tirou da linha, ou mandou à linha como comando. */
  readonly deixado: string[] = [];
  #numero = 0;
  /** Se a janela fica do mesmo tamanho. */
  readonly #janelaFixa: boolean;

  constructor(palco: Palco, sorteio: Sorteio) {
    this.#palco = palco;
    this.#sorteio = sorteio;
    this.#janelaFixa = sorteio.inteiro(4) === 0;
  }

  async agir(): Promise<void> {
    const { um } = this.#sorteio;
    const { sala, terminal } = this.#palco;
    if (sala.atende) await this.#voltarASala();
    const acoes: readonly (readonly [peso: number, agir: () => unknown])[] = [
      [10, () => this.#digitar(this.#teclas(1 + this.#sorteio.inteiro(12)))],
      [2, () => this.#digitar(this.#teclas(100))],
      [3, () => this.#digitar(' ')],
      [6, () => this.#digitar('\r')],
      [1, () => this.#digitar(`${this.#teclas(2)}\r${this.#teclas(3)}`)],
      [2, () => this.#digitar('\u001b\r')],
      [5, () => this.#digitar(um(ANDAR) ?? '')],
      [2, () => this.#digitar(`${ESC}${this.#teclas(this.#sorteio.inteiro(2))}`)],
      [1, () => this.#digitar('\t')],
      [1, () => this.#limpar()],
      [2, () => this.#colar()],
      [2, () => this.#digitar(um(['@Pedro ', '/r ', '/usuarios\r', '/hora\r', '/salas\r', '/perfil ']))],
      [1, () => this.#verDeNovo()],
      [1, () => this.#sairEVoltar()],
      [1, () => this.#dizerDeNovo()],
      [8, () => this.#chegar()],
      [1, () => this.#chegarMuitas()],
      [1, () => sala.dizer(`Maria ${um(['entrou na', 'saiu da'])} sala.`, NOME_DO_SERVIDOR)],
      [
        this.#janelaFixa ? 0 : 5,
        () => terminal.redimensionar(10 + this.#sorteio.inteiro(110), 3 + this.#sorteio.inteiro(40)),
      ],
      [4, () => sala.mudar(um(['atende', 'atende', 'atende', 'fora', 'perde a resposta', 'demora']))],
      [1, () => sala.retirar()],
      [1, () => sala.esquecerSessoes()],
      [1, () => terminal.entrada.digitar(um(['\u001b[I', '\u001b[O']))],
      [1, () => terminal.entrada.digitar('\u001b]11;rgb:1e1e/1e1e/2e2e\u001b\\')],
    ];
    const total = acoes.reduce((soma, [peso]) => soma + peso, 0);
    let sorteado = this.#sorteio.inteiro(total);
    const escolhida = acoes.find(([peso]) => {
      sorteado -= peso;
      return sorteado < 0;
    });
    await escolhida?.[1]();
  }

  /** Volta tudo ao normal, e ela deixa, uma por uma, as linhas que ficaram. */
  async acabar(): Promise<void> {
    const { sala, terminal, passar, quadro } = this.#palco;
    terminal.redimensionar(100, 30);
    sala.mudar('atende');
    for (let vez = 0; vez < 20; vez += 1) await passar(1_000);
    await this.#voltarASala();
    for (let vez = 0; vez < 200; vez += 1) {
      const linha = linhaAberta(quadro());
      if (linha?.texto === `${PERGUNTA} `) {
        // O que espera para voltar à linha volta quando algo chega e ela está vazia.
        sala.dizer(`<fim ${vez}>`, 'Pedro');
        await passar(2_500);
        if (this.#linhaVazia) return;
      }
      if (linha?.texto.startsWith(PERGUNTA)) await this.#limpar();
      else terminal.entrada.digitar(ESC);
      await passar(2_500);
    }
    throw new Error(`a linha não se esvazia: ${JSON.stringify(quadro())}`);
  }

  #teclas(quantas: number): string {
    return Array.from({ length: quantas }, () => this.#tecla()).join('');
  }

  #tecla(): string {
    for (;;) {
      const [primeira, ultima] = this.#sorteio.um(ALFABETOS);
      const tecla = String.fromCodePoint(primeira + this.#sorteio.inteiro(ultima - primeira));
      if (this.digitadas.has(tecla)) continue;
      this.digitadas.add(tecla);
      return tecla;
    }
  }

  /** Às vezes os bytes chegam partidos. */
  #digitar(dado: string): void {
    // Sair, ou encerrar, acabaria a sessão.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se digita
    const texto = /^\u001b?\r$/.test(dado) && this.#menuEstaEmOutra() ? ESC : dado;
    const bytes = Buffer.from(texto);
    const { entrada } = this.#palco.terminal;
    const partidos = bytes.length > 1 && this.#sorteio.inteiro(3) === 0;
    const corte = partidos ? 1 + this.#sorteio.inteiro(bytes.length - 1) : bytes.length;
    entrada.digitar(bytes.subarray(0, corte), bytes.subarray(corte));
  }

  /** Se o menu está à vista, e a opção marcada não é a de enviar. */
  #menuEstaEmOutra(): boolean {
    const quadro = this.#palco.quadro();
    const [primeira] = quadro?.linhas ?? [];
    return quadro?.cursor === undefined && !(primeira && 'texto' in primeira && primeira.texto.startsWith('> 1)'));
  }

  /** Ctrl+C, e tempo bastante para que o seguinte não encerre. */
  async #limpar(): Promise<void> {
    const { quadro, terminal, passar } = this.#palco;
    const { texto = '' } = linhaAberta(quadro()) ?? {};
    if (!texto.startsWith(PERGUNTA)) return;
    this.deixado.push(texto);
    terminal.entrada.digitar(CTRL_C);
    await passar(2_500);
  }

  get #linhaVazia(): boolean {
    return linhaAberta(this.#palco.quadro())?.texto === `${PERGUNTA} `;
  }

  async #verDeNovo(): Promise<void> {
    if (!this.#linhaVazia) return;
    this.#digitar('/perdi\r');
    await this.#palco.passar(600);
    this.#palco.sala.mostrarDeNovo();
  }

  /** Sai pelo comando, e volta pelo primeiro menu: o que espera para voltar à linha não se perde. */
  async #sairEVoltar(): Promise<void> {
    const { sala, passar } = this.#palco;
    if (!this.#linhaVazia || !sala.atende) return;
    this.#digitar('/sair\r');
    await passar(600);
    await this.#voltarASala();
  }

  /** Do primeiro menu; em outro lugar, não faz nada. Também o menu da sala leva a ele. */
  async #voltarASala(): Promise<void> {
    const { quadro, terminal, passar } = this.#palco;
    if (!quadro()?.linhas.some((linha) => 'texto' in linha && linha.texto.endsWith('1) Criar sala'))) return;
    for (const teclas of ['2\r', `${SALA}\r`]) {
      terminal.entrada.digitar(teclas);
      await passar(600);
    }
  }

  /** O mesmo texto, duas vezes: são duas mensagens. */
  async #dizerDeNovo(): Promise<void> {
    if (!this.#linhaVazia) return;
    const texto = this.#teclas(3);
    this.#digitar(`${texto}\r`);
    await this.#palco.passar(0);
    if (this.#linhaVazia) this.#digitar(`${texto}\r`);
  }

  async #colar(): Promise<void> {
    const linhas = Array.from({ length: 1 + this.#sorteio.inteiro(12) }, () => this.#teclas(this.#sorteio.inteiro(9)));
    this.#digitar(`\u001b[200~${linhas.join('\r')}\u001b[201~`);
    await this.#palco.passar(0);
    const resposta = this.#sorteio.um(['u', 'c', 'n', '\r', ESC, undefined]);
    this.#digitar(resposta ?? this.#teclas(2));
  }

  #chegar(maximo = 8): void {
    const { um, inteiro } = this.#sorteio;
    const palavras = Array.from({ length: 1 + inteiro(maximo) }, () =>
      um([...PALAVRAS, ...HOSTIS, ...(this.#janelaFixa ? COM_MARCAS : [])]),
    );
    this.#numero += 1;
    this.#palco.sala.dizer(
      `<${this.#numero}> ${palavras.join(' ')} </${this.#numero}>`,
      um(['Pedro', 'Maria', 'Zé']),
      um([undefined, undefined, 'Ana']),
    );
  }

  /** Mais que uma página. */
  #chegarMuitas(): void {
    for (let vez = 0; vez < 55; vez += 1) this.#chegar(1);
  }
}

/** A pergunta da conversa: a linha que se digita, o menu acima dela, o que já se enviou, o que Tab conclui, o que se cola. */

import { tornarVisivel } from '../../../dominio/visivel.ts';
import { type Edicao, edicaoDe, editar, mudarDeLinha, trocar } from '../../terminal/perguntas/edicao.ts';
import { useEffect, useRef, useState } from '../../terminal/perguntas/inquirer.ts';
import type { TipoDePergunta, Visao } from '../../terminal/perguntas/pergunta.ts';
import { quadroDaLinha } from '../../terminal/perguntas/quadro-da-linha.ts';
import type { Tecla } from '../../terminal/teclado/teclas.ts';
import { aviso } from '../../terminal/tela/cores.ts';
import type { Quadro } from '../../terminal/tela/quadro.ts';
import type { Conclusao } from './completar.ts';
import { linhasDoMenu, MENU_ABERTO, type MenuDaLinha, numeroDaOpcao, teclarNoMenu } from './menu-da-linha.ts';

export interface LinhaAberta {
  /** Já sem nada que um terminal obedeceria. */
  readonly mensagem: string;
  /** Mostrado abaixo da linha, apagado; já sem nada que um terminal obedeceria. @param texto o que está na linha */
  readonly rodape: (texto: string) => string;
  readonly inicial: string;
  /** As opções do menu, já sem nada que um terminal obedeceria. */
  readonly menu: readonly string[];
  /** Se a linha se abre com o menu acima dela. */
  readonly menuAberto: boolean;
  /** O que já se enviou, do mais antigo ao mais novo. */
  readonly historico: readonly string[];
  readonly completar: (texto: string, cursor: number) => Conclusao;
  /** O que o texto ainda pode ser, mostrado enquanto se digita. */
  readonly oferecer: (texto: string) => readonly string[];
  /**
   * O que está na linha e o que ficou em outras do histórico, a cada mudança: se a pergunta se desfaz, é de quem perguntou;
   * se ela é respondida, só o que ficou em outras.
   */
  readonly aoDigitar: (texto: string, emOutras: readonly string[]) => void;
  /** Ctrl+C. @returns se a linha continua, e então fica vazia */
  readonly aoInterromper: (texto: string, emOutras: readonly string[]) => boolean;
  /** Quem muda o que o rodapé diz, ou devolve um texto à linha, chama `redesenhar`. @returns como deixar de ouvir */
  readonly observar: (redesenhar: () => void) => () => void;
  /** O texto que volta à linha, se ela está vazia; `undefined` se não há. */
  readonly devolvido: () => string | undefined;
}

export type LinhaDada = { readonly tipo: 'digitada'; readonly texto: string } | TextoColado | OpcaoEscolhida;

export interface OpcaoEscolhida {
  readonly tipo: 'escolha';
  /** A partir de 1. */
  readonly numero: number;
  /** O que estava na linha, e continua nela. */
  readonly rascunho: string;
  /** Os algarismos que a escolheram, se podiam ser uma mensagem; vazio se a escolha é certa. */
  readonly algarismos: string;
}

/** Várias linhas que se colaram: quem perguntou diz o que fazer com elas. */
export interface TextoColado {
  readonly tipo: 'colado';
  /** A linha com o que se colou nela, sem as linhas vazias das pontas. */
  readonly texto: string;
  /** O que se tinha digitado até onde se colou. */
  readonly antes: string;
}

interface Estado {
  readonly edicao: Edicao;
  /** Onde se está no histórico; o comprimento dele é a linha nova. */
  readonly posicao: number;
  /** O que se digitou em cada lugar do histórico que se deixou, como no readline. */
  readonly mexidas: ReadonlyMap<number, string>;
  readonly candidatos: readonly string[];
  /** `undefined` enquanto não se vê. */
  readonly menu: MenuDaLinha | undefined;
}

export const LINHA: TipoDePergunta<LinhaAberta, LinhaDada> = {
  nome: 'linha',
  comQuebras: true,
  usarVisao: usarLinha,
};

function usarLinha(aberta: LinhaAberta): Visao<LinhaDada> {
  const [estado, setEstado] = useState<Estado>({
    ...comTexto(aberta.inicial, aberta.historico),
    menu: aberta.menuAberto ? MENU_ABERTO : undefined,
  });
  const atual = useRef(estado);
  atual.current = estado;
  const emTorno = useRef('');
  emTorno.current = emTornoDe(estado.edicao.texto, aberta);
  const vezes = useRef(0);
  const [, setVezes] = useState(0);
  useEffect(
    () =>
      aberta.observar(() => {
        const { edicao, mexidas } = atual.current;
        const devolvido = edicao.texto === '' && mexidas.size === 0 ? aberta.devolvido() : undefined;
        if (devolvido !== undefined) {
          setEstado({ ...comTexto(devolvido, aberta.historico), menu: undefined });
          return;
        }
        // Em quase toda mensagem nada mudou, e desenhar custa mais que conferir.
        if (emTornoDe(edicao.texto, aberta) === emTorno.current) return;
        vezes.current += 1;
        setVezes(vezes.current);
      }),
    [],
  );
  const { edicao, menu } = estado;
  const emOutras = [...estado.mexidas.values()];
  aberta.aoDigitar(edicao.texto, emOutras);
  return {
    quadro: desenhar(estado, aberta),
    vazio: edicao.texto === '',
    aoTeclar: (tecla) => {
      const doMenu = menu && teclarNoMenu(menu, tecla, aberta.menu.length);
      if (doMenu) {
        setEstado({ ...estado, menu: doMenu });
        return undefined;
      }
      const resposta = responder(estado, tecla, aberta);
      if (resposta) return { resposta };
      setEstado(mudar(estado, tecla, aberta));
      return undefined;
    },
    aoInterromper: () => {
      // Com o menu à vista e nada digitado é como em qualquer pergunta.
      if (menu && edicao.texto === '' && emOutras.length === 0) return false;
      if (!aberta.aoInterromper(edicao.texto, emOutras)) return false;
      setEstado({ ...comTexto('', aberta.historico), menu: undefined });
      return true;
    },
  };
}

function comTexto(texto: string, historico: readonly string[]): Omit<Estado, 'menu'> {
  return { edicao: edicaoDe(texto), posicao: historico.length, mexidas: new Map(), candidatos: [] };
}

/** O que se mostra com a linha, e pode mudar sem que se digite. */
function emTornoDe(texto: string, { rodape, oferecer }: LinhaAberta): string {
  return [rodape(texto), ...oferecer(texto)].join('\n');
}

function desenhar({ edicao, candidatos, menu }: Estado, aberta: LinhaAberta): Quadro {
  const oferecidos = candidatos.length > 0 ? candidatos : aberta.oferecer(edicao.texto);
  const itens = oferecidos.map(tornarVisivel);
  const quadro = quadroDaLinha(aberta.mensagem, edicao, [
    ...(itens.length > 1 ? [{ lista: { itens, baixa: true } }] : []),
    { texto: `  ${aberta.rodape(edicao.texto)}`, pintar: aviso },
  ]);
  // Enquanto se escolhe do menu, o cursor é a opção.
  return menu ? { linhas: [...linhasDoMenu(aberta.menu, menu), ...quadro.linhas] } : quadro;
}

/** @returns `undefined` se a tecla não responde */
function responder({ edicao, menu }: Estado, tecla: Tecla, aberta: LinhaAberta): LinhaDada | undefined {
  const { texto, cursor } = edicao;
  // Numa linha vazia não há o que quebrar.
  if (tecla.nome === 'enter' || (tecla.nome === 'alt+enter' && texto === '')) {
    if (menu) {
      // Com o menu à vista, um algarismo é uma escolha; vários podem ser o que se queria dizer.
      const algarismos = menu.pendente.length > 1 ? menu.pendente : '';
      return { tipo: 'escolha', numero: menu.escolhida + 1, rascunho: texto, algarismos };
    }
    const numero = numeroDaOpcao(texto, aberta.menu.length);
    if (numero !== undefined) return { tipo: 'escolha', numero, rascunho: '', algarismos: texto };
    return texto.trim() === '' ? undefined : { tipo: 'digitada', texto };
  }
  // Uma linha só, mesmo com a quebra que veio com ela, espera por Enter como a que se digita.
  if (tecla.nome !== 'colagem' || !tecla.texto.trim().includes('\n')) return undefined;
  const antes = texto.slice(0, cursor) + (menu?.pendente ?? '');
  return { tipo: 'colado', texto: antes + semLinhasVaziasNasPontas(tecla.texto) + texto.slice(cursor), antes };
}

function semLinhasVaziasNasPontas(colado: string): string {
  const quebraNoFim = colado.indexOf('\n', colado.trimEnd().length);
  const semAsDoFim = quebraNoFim < 0 ? colado : colado.slice(0, quebraNoFim);
  return semAsDoFim.replace(/^(?:[^\S\n]*\n)+/, '');
}

function mudar(estado: Estado, tecla: Tecla, { historico, completar }: LinhaAberta): Estado {
  const { edicao } = estado;
  // O que se digitou não se perde enquanto se olha o menu.
  if (tecla.nome === 'esc') return { ...estado, menu: estado.menu ? undefined : MENU_ABERTO, candidatos: [] };
  if (tecla.nome === 'enter' || (tecla.nome === 'alt+enter' && edicao.texto === ''))
    return { ...estado, edicao: trocar(edicao, ''), menu: MENU_ABERTO, candidatos: [] };
  const naLinha = sairDoMenu(estado);
  if (tecla.nome === 'cima' || tecla.nome === 'ctrl+p') return subir(naLinha, historico, -1);
  if (tecla.nome === 'baixo' || tecla.nome === 'ctrl+n') return subir(naLinha, historico, 1);
  if (tecla.nome !== 'tab')
    return { ...naLinha, edicao: editar(naLinha.edicao, semQuebrasNasPontas(tecla)), candidatos: [] };
  const { texto, cursor, candidatos } = completar(naLinha.edicao.texto, naLinha.edicao.cursor);
  return { ...naLinha, edicao: trocar(naLinha.edicao, texto, cursor), candidatos };
}

/** O que se cola aqui fica como era, também os tabs: pode ser código. */
function semQuebrasNasPontas(tecla: Tecla): Tecla {
  return tecla.nome === 'colagem' ? { nome: 'texto', texto: semLinhasVaziasNasPontas(tecla.texto) } : tecla;
}

/** O algarismo que escolhia uma opção era o começo do que se digita. */
function sairDoMenu(estado: Estado): Estado {
  const { menu, edicao } = estado;
  if (!menu) return estado;
  const comPendente = menu.pendente === '' ? edicao : editar(edicao, { nome: 'texto', texto: menu.pendente });
  return { ...estado, edicao: comPendente, menu: undefined };
}

/** Num texto de várias linhas anda por elas; da primeira e da última, vai pelo histórico. */
function subir(estado: Estado, historico: readonly string[], passo: 1 | -1): Estado {
  const edicao = mudarDeLinha(estado.edicao, passo);
  return edicao ? { ...estado, edicao, candidatos: [] } : navegar(estado, historico, passo);
}

function navegar(estado: Estado, historico: readonly string[], passo: number): Estado {
  const { edicao, posicao } = estado;
  const destino = posicao + passo;
  if (destino < 0 || destino > historico.length) return estado;
  const mexidas = new Map(estado.mexidas);
  const original = (onde: number) => historico[onde] ?? '';
  if (edicao.texto.trim() !== '' && edicao.texto !== original(posicao)) mexidas.set(posicao, edicao.texto);
  const texto = mexidas.get(destino) ?? original(destino);
  mexidas.delete(destino);
  return { edicao: trocar(edicao, texto), posicao: destino, mexidas, candidatos: [], menu: undefined };
}

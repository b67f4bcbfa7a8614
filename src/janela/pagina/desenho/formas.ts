/** O que se desenha: linhas, áreas, cruzes e textos. Não sabe se quem as pinta é um canvas ou um SVG. */

/** O nome de uma cor da página, e não a cor: claro e escuro têm as suas. */
export type Tinta =
  | 'linha'
  | 'texto'
  | 'apagado'
  | 'falha'
  | 'lease'
  | 'lookup'
  | 'enviar'
  | 'receber'
  | 'sala'
  | 'sessao'
  | 'registro';

export type Forma =
  | {
      readonly tipo: 'linha';
      readonly pontos: readonly (readonly [x: number, y: number])[];
      readonly tinta: Tinta;
      readonly espessura: number;
      readonly tracejada?: boolean;
      readonly seta?: boolean;
      readonly chamada?: string;
    }
  | {
      readonly tipo: 'area';
      readonly pontos: readonly (readonly [x: number, y: number])[];
      readonly tinta: Tinta;
      readonly preenchida: 'cheia' | 'leve' | 'vazada' | 'hachurada';
      readonly chamada?: string;
    }
  | { readonly tipo: 'cruz'; readonly x: number; readonly y: number; readonly tinta: Tinta; readonly chamada?: string }
  | {
      readonly tipo: 'texto';
      readonly x: number;
      readonly y: number;
      readonly texto: string;
      readonly tinta: Tinta;
      readonly alinhado: 'esquerda' | 'centro' | 'direita';
    };

const TINTAS: Readonly<Record<string, Tinta>> = {
  lookup_procedure: 'lookup',
  list_procedures: 'lookup',
  watch_procedures: 'lookup',
  register_procedure: 'registro',
  unregister_procedure: 'registro',
  enviar_mensagem: 'enviar',
  enviar_messagem: 'enviar',
  receber_mensagens: 'receber',
  registrar_usuario: 'sessao',
  encerrar_sessao: 'sessao',
};

export function tintaDe(procedimento: string): Tinta {
  return TINTAS[procedimento] ?? 'sala';
}

export function retangulo(
  x: number,
  y: number,
  largura: number,
  altura: number,
): readonly (readonly [number, number])[] {
  return [
    [x, y],
    [x + largura, y],
    [x + largura, y + altura],
    [x, y + altura],
  ];
}

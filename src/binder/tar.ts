/** Um arquivo tar (POSIX.1-1988, ustar) de poucos arquivos pequenos. */

/** Um arquivo dentro do tar. */
export interface Entrada {
  /** Com `/` entre as pastas; até 100 caracteres ASCII. */
  readonly caminho: string;
  readonly conteudo: Buffer;
}

const BLOCO_BYTES = 512;
const MAXIMO_DO_CAMINHO = 100;

/** Leitura para todos, escrita para o dono. */
const MODO = 0o644;

/** O começo e o comprimento, em bytes, de cada campo do cabeçalho que se preenche. */
const CAMPOS = {
  caminho: [0, MAXIMO_DO_CAMINHO],
  modo: [100, 8],
  dono: [108, 8],
  grupo: [116, 8],
  tamanho: [124, 12],
  modificado: [136, 12],
  soma: [148, 8],
  tipo: [156, 1],
  formato: [257, 8],
} as const;

const ARQUIVO_COMUM = '0';
const USTAR = 'ustar\x0000';

/** @returns os mesmos bytes para as mesmas entradas: nenhuma data nem dono entra neles */
export function tar(entradas: readonly Entrada[]): Buffer {
  const arquivos = entradas.flatMap(({ caminho, conteudo }) => [
    cabecalho(caminho, conteudo.length),
    conteudo,
    Buffer.alloc((BLOCO_BYTES - (conteudo.length % BLOCO_BYTES)) % BLOCO_BYTES),
  ]);
  return Buffer.concat([...arquivos, Buffer.alloc(2 * BLOCO_BYTES)]);
}

function cabecalho(caminho: string, bytes: number): Buffer {
  if (!/^[\x21-\x7e]+$/.test(caminho) || caminho.length > MAXIMO_DO_CAMINHO) {
    throw new RangeError(`o caminho ${JSON.stringify(caminho)} não cabe num tar`);
  }
  const bloco = Buffer.alloc(BLOCO_BYTES);
  const por = (campo: keyof typeof CAMPOS, texto: string) => {
    const [comeco, comprimento] = CAMPOS[campo];
    bloco.write(texto, comeco, comprimento, 'latin1');
  };
  por('caminho', caminho);
  por('modo', octal('modo', MODO));
  por('dono', octal('dono', 0));
  por('grupo', octal('grupo', 0));
  por('tamanho', octal('tamanho', bytes));
  por('modificado', octal('modificado', 0));
  por('tipo', ARQUIVO_COMUM);
  por('formato', USTAR);
  // A soma conta o seu próprio campo como se tivesse espaços.
  por('soma', ' '.repeat(CAMPOS.soma[1]));
  const soma = bloco.reduce((total, byte) => total + byte, 0);
  por('soma', `${soma.toString(8).padStart(6, '0')}\0 `);
  return bloco;
}

/** Um campo numérico: octal, com zeros à esquerda, e um NUL no fim. */
function octal(campo: keyof typeof CAMPOS, numero: number): string {
  return `${numero.toString(8).padStart(CAMPOS[campo][1] - 1, '0')}\0`;
}

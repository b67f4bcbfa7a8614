/** Os arquivos contra a tabela das camadas: cada defeito numa frase que diz onde, o quê e por quê. Puro, sem disco. */

import { dirname, join } from 'node:path/posix';
import { ciclosEm } from './ciclos.ts';
import { type Import, importsDe } from './imports.ts';
import type { Biblioteca, Camada } from './tabela.ts';

export interface Regras {
  readonly camadas: Readonly<Record<string, Camada>>;
  readonly bibliotecas: Readonly<Record<string, Biblioteca>>;
  /** Os começos dos caminhos do que só conhece o Node e a si mesmo. */
  readonly antesDeInstalar: readonly string[];
}

const SRC = 'src/';

/**
 * @param arquivos caminho a partir da raiz do checkout, com `/` → texto
 * @returns os defeitos; nenhum se tudo está no seu lugar
 */
export function conferir(arquivos: ReadonlyMap<string, string>, regras: Regras): string[] {
  const imports = new Map([...arquivos].map(([arquivo, texto]) => [arquivo, importsDe(texto)]));
  return [
    ...defeitosDaTabela(regras, imports),
    ...[...imports].flatMap(([arquivo, seus]) => defeitosDe(arquivo, seus, regras)),
    ...ciclosEntre(imports),
  ];
}

/** A tabela diz a verdade: só desce, e só nomeia o que existe. */
function defeitosDaTabela({ camadas, bibliotecas }: Regras, imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const emSrc = [...imports.keys()].filter((arquivo) => arquivo.startsWith(SRC));
  const existe = (nome: string) => emSrc.some((arquivo) => arquivo === SRC + nome || dirname(arquivo) === SRC + nome);
  const nomes = Object.keys(camadas);
  const inexistentes = nomes
    .filter((nome) => !existe(nome))
    .map((nome) => `tabela: src/${nome} não existe; tire a linha dela`);
  const deBaixo = nomes.flatMap((nome, onde) =>
    (camadas[nome]?.conhece ?? [])
      .filter((outro) => !nomes.slice(0, onde).includes(outro))
      .map((outro) => `tabela: ${nome} conhece ${outro}, que não está acima dela; os imports só descem`),
  );
  const semUso = Object.entries(bibliotecas).flatMap(([pacote, { onde }]) =>
    onde
      .filter((lugar) => !emSrc.some((arquivo) => ehDe(arquivo, lugar) && importa(imports.get(arquivo), pacote)))
      .map((lugar) => `tabela: src/${lugar} não importa ${pacote}; tire-o da linha dele`),
  );
  return [...inexistentes, ...deBaixo, ...semUso];
}

function defeitosDe(arquivo: string, imports: readonly Import[], regras: Regras): string[] {
  const recusar = regras.antesDeInstalar.some((inicio) => arquivo.startsWith(inicio))
    ? (modulo: string) => recusarAntesDeInstalar(arquivo, modulo, regras)
    : arquivo.startsWith(SRC)
      ? (modulo: string) => recusarEmSrc(arquivo, modulo, regras)
      : () => undefined;
  if (arquivo.startsWith(SRC) && linhaDe(arquivo, regras) === undefined) {
    return [`${arquivo}: src/${dirname(arquivo.slice(SRC.length))} não está na tabela das camadas`];
  }
  return imports.flatMap(({ modulo, linha }) => {
    const motivo = recusar(modulo);
    return motivo === undefined ? [] : [`${arquivo}:${linha}: ${motivo}`];
  });
}

/** @returns por que o import não pode, ou `undefined` se pode */
function recusarEmSrc(arquivo: string, modulo: string, regras: Regras): string | undefined {
  const nome = linhaDe(arquivo, regras) ?? '';
  const camada = regras.camadas[nome];
  if (camada === undefined) return undefined;
  const porque = `${nome} ${camada.porque}`;
  if (modulo.startsWith('node:')) return camada.semNode ? `não pode usar ${modulo}: ${porque}` : undefined;
  if (!modulo.startsWith('.')) return recusarBiblioteca(arquivo, modulo, regras);

  const alvo = join(dirname(arquivo), modulo);
  const outra = linhaDe(alvo, regras);
  if (outra === nome || (outra !== undefined && camada.conhece.includes(outra))) return undefined;
  const conhece = camada.conhece.length === 0 ? 'não conhece outra pasta' : `só conhece ${camada.conhece.join(', ')}`;
  return `não pode importar ${alvo}: ${porque} (${conhece})`;
}

function recusarBiblioteca(arquivo: string, modulo: string, { bibliotecas }: Regras): string | undefined {
  const pacote = pacoteDe(modulo);
  const biblioteca = bibliotecas[pacote];
  if (biblioteca === undefined) return `não pode importar ${pacote}, que não está na tabela das bibliotecas`;
  if (biblioteca.onde.some((lugar) => ehDe(arquivo, lugar))) return undefined;
  return `não pode importar ${pacote}, que é só de ${biblioteca.onde.join(', ')}: ${biblioteca.porque}`;
}

function recusarAntesDeInstalar(arquivo: string, modulo: string, { antesDeInstalar }: Regras): string | undefined {
  const alvo = join(dirname(arquivo), modulo);
  const pode = modulo.startsWith('.')
    ? antesDeInstalar.some((inicio) => alvo.startsWith(inicio))
    : /^node:/.test(modulo);
  return pode ? undefined : `não pode importar ${modulo}: roda antes de haver node_modules/ e dist/`;
}

/** O nome da linha que fala pelo arquivo: a dele ou, sem ela, a da pasta em que está. */
function linhaDe(arquivo: string, { camadas }: Regras): string | undefined {
  const nome = arquivo.slice(SRC.length);
  return [nome, dirname(nome)].find((candidato) => Object.hasOwn(camadas, candidato));
}

function ehDe(arquivo: string, lugar: string): boolean {
  return arquivo === SRC + lugar || dirname(arquivo) === SRC + lugar;
}

function importa(imports: readonly Import[] | undefined, pacote: string): boolean {
  return (imports ?? []).some(({ modulo }) => pacoteDe(modulo) === pacote);
}

/** `zod/v4` → `zod`; `@redis/client/dist/x.js` → `@redis/client`. */
function pacoteDe(modulo: string): string {
  return modulo.split('/', modulo.startsWith('@') ? 2 : 1).join('/');
}

function ciclosEntre(imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const vizinhos = new Map(
    [...imports].map(([arquivo, seus]) => {
      const alvos = seus.map(({ modulo }) => join(dirname(arquivo), modulo));
      return [arquivo, alvos.filter((alvo) => imports.has(alvo))];
    }),
  );
  return ciclosEm(vizinhos).map((ciclo) => `imports em círculo: ${[...ciclo, ciclo[0]].join(' → ')}`);
}

/**
 * O projeto é escrito no português do Brasil. Estas são as formas de Portugal que já apareceram nele, ou que aparecem
 * com facilidade num texto técnico; as que também se dizem no Brasil com outro sentido ficam de fora.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { RAIZ } from '../../../scripts/comum/raiz.ts';

const ESTE_ARQUIVO = import.meta.filename;
const DO_PROJETO = ['.ci', '.github', 'scripts', 'src', 'test'];
const DE_TEXTO = /\.(bat|js|json|md|mjs|sh|ts|yml)$/;

/** De cada expressão, o que se diz no Brasil. */
const FORMAS: Readonly<Record<string, string>> = {
  entretanto: 'enquanto isso',
  'bocados?': 'pedaço',
  'partilh\\p{L}+': 'dividir',
  'ligaç(ão|ões)': 'conexão',
  '(noutr[oa]s?|nalgum[as]?|nalguns)': 'em outro, em alguma',
  'a meio': 'no meio',
  'de quanto em quanto': 'a cada quanto tempo',
  'às claras': 'sem cifra',
  'corr(e|em|er|endo|eu|eram|ia|iam|erão)': 'rodar',
  '(est(á|ão|ar|ava|avam|eja|ejam|ou|iver|ivesse)|dois|três|ninguém|alguém|só) a \\p{L}{2,}[aei]r':
    'gerúndio: "está varrendo"',
  'ficheiros?': 'arquivo',
  'ecrãs?': 'tela',
  'utilizador(a|es|as)?': 'usuário',
  'registos?': 'registro',
  'secç(ão|ões)': 'seção',
  '(facto|contacto)s?': 'fato, contato',
  '(acção|acções|actual\\p{L}*)': 'ação, atual',
  'aced(e|em|er|endo)': 'acessar',
  'arran(car?|cam|cou|que|quem)': 'iniciar',
  'equipas?': 'equipe',
  'percentage(m|ns)': 'porcentagem',
  'controlos?': 'controle',
  '(detet\\p{L}+|receção)': 'detectar, recepção',
};

const BUSCAS = Object.entries(FORMAS).map(([forma, diga]) => ({
  diga,
  // O `\b` das expressões regulares só conhece letras sem acento.
  forma: new RegExp(`(?<!\\p{L})${forma}(?!\\p{Ll})`, 'iu'),
}));

/** @returns as linhas de um texto que têm uma forma de Portugal, e o que se diz no Brasil */
function formasDePortugal(texto: string): string[] {
  return texto.split('\n').flatMap((linha, i) =>
    BUSCAS.map(({ diga, forma }) => ({ diga, achada: forma.exec(linha)?.[0] }))
      .filter(({ achada }) => achada !== undefined)
      .map(({ diga, achada }) => `linha ${i + 1}: "${achada}"; no Brasil: ${diga}`),
  );
}

function arquivosDeTexto(): string[] {
  const daRaiz = readdirSync(RAIZ).filter((nome) => nome !== 'package-lock.json');
  const dasPastas = DO_PROJETO.flatMap((pasta) =>
    readdirSync(join(RAIZ, pasta), { recursive: true, encoding: 'utf8' }).map((nome) => join(pasta, nome)),
  );
  return [...daRaiz, ...dasPastas]
    .filter((nome) => DE_TEXTO.test(nome))
    .map((nome) => join(RAIZ, nome))
    .filter((arquivo) => arquivo !== ESTE_ARQUIVO);
}

test('nenhum texto do projeto usa uma forma de Portugal', () => {
  const arquivos = arquivosDeTexto();
  expect(arquivos.length).toBeGreaterThan(300);
  const achadas = arquivos.flatMap((arquivo) =>
    formasDePortugal(readFileSync(arquivo, 'utf8')).map((forma) => `${relative(RAIZ, arquivo)}, ${forma}`),
  );
  expect(achadas).toEqual([]);
});

test.each([
  'O ficheiro está a ser lido.',
  'A ligação caiu entretanto.',
  'Há dois a varrer.',
  'partilharServidor()',
  'Roda noutra máquina, às claras.',
])('as formas de Portugal em "%s" são achadas', (texto) => {
  expect(formasDePortugal(texto)).not.toEqual([]);
});

test('as formas do Brasil não são tomadas por elas', () => {
  const texto = 'O que percorre a lista está a caminho; começa a enviar, volta a servir, e só a porta aberta conta.';
  expect(formasDePortugal(texto)).toEqual([]);
});

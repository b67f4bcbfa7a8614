/** O que pode acontecer numa história: ações que são só dados, para que o fast-check as encurte e uma pessoa as leia. */

import fc from 'fast-check';

/** Uma chamada de alguém; `quem` escolhe entre as sessões que já houve, vivas ou não. */
export type Ato =
  | {
      readonly faz: 'registrar';
      readonly nome: string;
      readonly comTokenDe?: number | undefined;
      /** A resposta se perdeu: ninguém pergunta nada por essa sessão. */
      readonly calada?: boolean | undefined;
    }
  | { readonly faz: 'encerrar'; readonly quem: number; readonly como?: string | undefined }
  | { readonly faz: 'criar'; readonly quem: number; readonly sala: string }
  | {
      readonly faz: 'entrar';
      readonly quem: number;
      readonly sala: string;
      readonly como?: string | undefined;
      readonly senha?: string | undefined;
    }
  | { readonly faz: 'sair'; readonly quem: number; readonly como?: string | undefined }
  | {
      readonly faz: 'enviar';
      readonly quem: number;
      readonly texto: string;
      /** Sem ela, a sala em que está. */
      readonly sala?: string | undefined;
      readonly para?: string | undefined;
      readonly chave?: string | undefined;
      readonly como?: string | undefined;
    }
  | {
      readonly faz: 'ler';
      readonly quem: number;
      /** Qual das mensagens que viu, contando da última; sem ele, as últimas 50. */
      readonly desde?: number | undefined;
      readonly sala?: string | undefined;
    }
  | { readonly faz: 'listar_usuarios'; readonly quem: number; readonly sala?: string | undefined }
  | AtoDoDono;

/** Sem `sala`, aquela em que está. */
export type AtoDoDono = { readonly quem: number; readonly sala?: string | undefined } & (
  | { readonly faz: 'detalhar' }
  | {
      readonly faz: 'configurar';
      readonly topico?: string | undefined;
      readonly senha?: string | undefined;
      readonly silenciada?: boolean | undefined;
      readonly permanente?: boolean | undefined;
    }
  | { readonly faz: 'silenciar'; readonly alvo: string; readonly silenciado: boolean }
  | { readonly faz: 'expulsar'; readonly alvo: string; readonly minutos?: number | undefined }
  | { readonly faz: 'passar'; readonly alvo: string }
);

export type Acao =
  | Ato
  | { readonly faz: 'falar_muito'; readonly quem: number; readonly vezes: number; readonly para?: string | undefined }
  /** De pessoas diferentes ao mesmo tempo, ou de uma só num batch: valem em qualquer ordem. */
  | { readonly faz: 'juntos'; readonly atos: readonly Ato[]; readonly emBatch: boolean }
  | { readonly faz: 'esperar'; readonly quem: number; readonly ms: number }
  /** Até que aja de novo, ninguém pergunta nada por essa sessão. */
  | { readonly faz: 'calar'; readonly quem: number }
  | { readonly faz: 'passar_tempo'; readonly passos: number }
  | { readonly faz: 'acertar_hora'; readonly ms: number }
  | { readonly faz: 'reiniciar'; readonly jeito: 'em_ordem' | 'morto' };

/** Poucos nomes, e grafias diferentes deles: as colisões é que interessam. */
const NOMES = ['Pedro', 'pedro', 'ＰＥＤＲＯ', 'Maria', ' MARIA ', 'Jos\u00e9', 'jose\u0301', 'Zo\u00eb', '李雷'];
const NOMES_QUE_NAO_SERVEM = ['', '   ', 'SERVER', 'ｔｏｄｏｓ', 'a\u202eb', 'x'.repeat(33), '\u001b[2J', '\ud800'];
const SALAS = ['Sala', ' sala', 'SALA', 'Caf\u00e9', 'cafe\u0301', 'r.1-_', 'Pedro'];
const TEXTOS = ['Oi', 'linha\ncom\ttab', '\u001b[31m', 'e\u0301', '\u{1f600}', '', '\ud800', 'x'.repeat(4000)];
const TOPICOS = ['Prova', 'Prova', '', 'caf\u00e9 %', 'linha\nseguinte', 'x'.repeat(201)];
/** Conferir uma custa uns 50 ms: quase toda história passa sem nenhuma. */
export const SENHAS = ['abre-te s\u00e9samo', 'abre-te se\u0301samo', 'outra \u{1f511}'];
const CHAVES = ['k1', 'k1', 'k1', 'k2', ' k1', '', '__proto__'];

/** Quase sempre os dois ou três de sempre: é entre eles que algo acontece. */
const quem = fc.oneof({ arbitrary: fc.nat({ max: 1 }), weight: 2 }, fc.nat({ max: 5 }));
const raro = <T>(arbitrario: fc.Arbitrary<T>) => fc.option(arbitrario, { nil: undefined, freq: 4 });
const nome = fc.oneof({ arbitrary: fc.constantFrom(...NOMES), weight: 12 }, fc.constantFrom(...NOMES_QUE_NAO_SERVEM));
const sala = fc.oneof({ arbitrary: fc.constantFrom(...SALAS), weight: 15 }, fc.constantFrom(...NOMES_QUE_NAO_SERVEM));
const como = raro(nome);

const registrar = fc.record({
  faz: fc.constant('registrar' as const),
  nome,
  comTokenDe: raro(quem),
  calada: raro(fc.constant(true)),
});
const entrar = fc.record({
  faz: fc.constant('entrar' as const),
  quem,
  sala,
  como,
  senha: fc.option(fc.constantFrom(...SENHAS), { nil: undefined, freq: 12 }),
});
const enviar = fc.record({
  faz: fc.constant('enviar' as const),
  quem,
  texto: fc.constantFrom(...TEXTOS, ...Array.from({ length: 12 }, () => 'Oi')),
  sala: raro(sala),
  para: fc.option(nome, { nil: undefined, freq: 2 }),
  chave: fc.option(fc.constantFrom(...CHAVES), { nil: undefined, freq: 1 }),
  como,
});

const doDono: fc.Arbitrary<AtoDoDono> = fc.oneof(
  { arbitrary: fc.record({ faz: fc.constant('detalhar' as const), quem, sala: raro(sala) }), weight: 1 },
  {
    arbitrary: fc.record({
      faz: fc.constant('configurar' as const),
      quem,
      sala: raro(sala),
      topico: fc.option(fc.constantFrom(...TOPICOS), { nil: undefined }),
      senha: fc.option(fc.constantFrom('', ...SENHAS), { nil: undefined, freq: 12 }),
      silenciada: fc.option(fc.boolean(), { nil: undefined }),
      permanente: fc.option(fc.boolean(), { nil: undefined }),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      faz: fc.constant('silenciar' as const),
      quem,
      alvo: nome,
      silenciado: fc.boolean(),
      sala: raro(sala),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      faz: fc.constant('expulsar' as const),
      quem,
      alvo: nome,
      minutos: fc.option(fc.constantFrom(0, 0, 1, 1_440, -1, 1_441), { nil: undefined }),
      sala: raro(sala),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ faz: fc.constant('passar' as const), quem, alvo: nome, sala: raro(sala) }), weight: 2 },
);

const ato: fc.Arbitrary<Ato> = fc.oneof(
  { arbitrary: registrar, weight: 4 },
  { arbitrary: fc.record({ faz: fc.constant('encerrar' as const), quem, como }), weight: 1 },
  { arbitrary: fc.record({ faz: fc.constant('criar' as const), quem, sala }), weight: 2 },
  { arbitrary: entrar, weight: 6 },
  { arbitrary: fc.record({ faz: fc.constant('sair' as const), quem, como }), weight: 2 },
  { arbitrary: enviar, weight: 10 },
  {
    arbitrary: fc.record({
      faz: fc.constant('ler' as const),
      quem,
      desde: fc.option(fc.nat({ max: 70 }), { nil: undefined }),
      sala: raro(sala),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ faz: fc.constant('listar_usuarios' as const), quem, sala: raro(sala) }), weight: 1 },
  { arbitrary: doDono, weight: 5 },
);

const juntos = fc.record({
  faz: fc.constant('juntos' as const),
  atos: fc.array(ato, { minLength: 2, maxLength: 3 }),
  emBatch: fc.boolean(),
});
const falarMuito = fc.record({
  faz: fc.constant('falar_muito' as const),
  quem,
  vezes: fc.integer({ min: 20, max: 60 }),
  para: raro(nome),
});
const esperar = fc.record({
  faz: fc.constant('esperar' as const),
  quem,
  // Nunca acaba no instante de uma varredura: de que lado dele cairia não é do contrato.
  ms: fc.constantFrom(6_900, 27_900),
});
const reiniciar = fc.record({
  faz: fc.constant('reiniciar' as const),
  jeito: fc.constantFrom('em_ordem' as const, 'morto' as const),
});

/** Múltiplos de 7 s: nenhum prazo do contrato cai neles, e cada um fica a menos de 7 s de uma varredura. */
export const PASSO_MS = 7_000;
const tempo: fc.Arbitrary<Acao> = fc.oneof(
  fc.record({ faz: fc.constant('calar' as const), quem }),
  fc.record({ faz: fc.constant('passar_tempo' as const), passos: fc.constantFrom(1, 2, 5, 9, 9, 44, 44, 258) }),
  fc.record({ faz: fc.constant('acertar_hora' as const), ms: fc.constantFrom(-3_600_000, 3_600_000) }),
);

/** O que ao acaso quase nunca se juntaria: duas ações que só interessam uma depois da outra. */
const cena: fc.Arbitrary<Acao[]> = fc.oneof(
  // A mesma chave de novo, depois de algo que podia fazê-la esquecer.
  fc
    .tuple(
      quem,
      fc.constantFrom(...CHAVES),
      fc.constantFrom<Acao | undefined>(
        undefined,
        { faz: 'sair', quem: 0 },
        { faz: 'encerrar', quem: 0 },
        { faz: 'criar', quem: 0, sala: 'r.1-_' },
        { faz: 'reiniciar', jeito: 'morto' },
      ),
    )
    .map(([pessoa, chave, entre]): Acao[] => [
      { faz: 'enviar', quem: pessoa, texto: 'Oi', chave },
      ...(entre ? [{ ...entre, ...('quem' in entre ? { quem: pessoa } : {}) } as Acao] : []),
      ...(entre?.faz === 'criar' ? [{ faz: 'entrar', quem: pessoa, sala: 'r.1-_' } as const] : []),
      { faz: 'enviar', quem: pessoa, texto: 'De novo', chave },
    ]),
  // Uma privada a quem acaba de sair, ou de chegar sem ter entrado.
  fc
    .tuple(quem, quem, fc.constantFrom('sair' as const, 'encerrar' as const), fc.constantFrom(...NOMES))
    .map(([quemSai, quemEnvia, faz, para]): Acao[] => [
      { faz, quem: quemSai },
      { faz: 'registrar', nome: para },
      { faz: 'enviar', quem: quemEnvia, texto: 'Oi', para },
      { faz: 'entrar', quem: quemSai, sala: 'Sala' },
    ]),
  // Um registro cuja resposta se perdeu, e quem quer o nome depois.
  fc.tuple(fc.constantFrom(...NOMES), fc.constantFrom(9, 44)).map(([nome, passos]): Acao[] => [
    { faz: 'registrar', nome, calada: true },
    { faz: 'passar_tempo', passos },
    { faz: 'registrar', nome },
  ]),
);

/** Quase toda história começa com gente numa sala; o fast-check pode tirar também isso. */
export const COMECO: readonly Acao[] = [
  { faz: 'registrar', nome: 'Pedro' },
  { faz: 'registrar', nome: 'Maria' },
  { faz: 'registrar', nome: 'Jos\u00e9' },
  { faz: 'criar', quem: 0, sala: 'Sala' },
  { faz: 'entrar', quem: 0, sala: 'Sala' },
  { faz: 'entrar', quem: 1, sala: 'Sala' },
  { faz: 'entrar', quem: 2, sala: 'Sala' },
];

/** O que o dono decidiu, e o que a outra pessoa tenta depois, quase sempre com uma parada no meio; só serve logo no começo. */
const cenaDoDono: fc.Arbitrary<Acao[]> = fc
  .tuple(
    fc.constantFrom<Acao>(
      { faz: 'silenciar', quem: 0, alvo: 'Maria', silenciado: true },
      { faz: 'expulsar', quem: 0, alvo: 'Maria' },
      { faz: 'expulsar', quem: 0, alvo: 'Maria', minutos: 1 },
      { faz: 'configurar', quem: 0, silenciada: true },
      { faz: 'configurar', quem: 0, senha: 'abre-te s\u00e9samo' },
      { faz: 'configurar', quem: 0, permanente: true },
      { faz: 'passar', quem: 0, alvo: 'Maria' },
    ),
    fc.constantFrom<Acao>(
      { faz: 'reiniciar', jeito: 'morto' },
      { faz: 'reiniciar', jeito: 'em_ordem' },
      { faz: 'encerrar', quem: 0 },
      { faz: 'passar_tempo', passos: 9 },
      { faz: 'sair', quem: 1 },
    ),
    fc.constantFrom(...SENHAS, undefined),
  )
  .map(([decide, entre, senha]): Acao[] => [
    { faz: 'entrar', quem: 1, sala: 'Sala' },
    decide,
    entre,
    { faz: 'enviar', quem: 1, texto: 'Oi' },
    { faz: 'enviar', quem: 1, texto: 'Oi', para: 'Pedro' },
    { faz: 'entrar', quem: 1, sala: 'Sala', senha },
    { faz: 'configurar', quem: 1, topico: 'Prova' },
  ]);

/** @param comTempo se o relógio está nas mãos do teste */
export function historias({ comTempo, passos }: { comTempo: boolean; passos: number }): fc.Arbitrary<Acao[]> {
  const acao: fc.Arbitrary<Acao> = fc.oneof(
    { arbitrary: ato, weight: 27 },
    { arbitrary: juntos, weight: 6 },
    { arbitrary: falarMuito, weight: 1 },
    { arbitrary: esperar, weight: 5 },
    { arbitrary: reiniciar, weight: comTempo ? 2 : 1 },
    ...(comTempo ? [{ arbitrary: tempo, weight: 6 }] : []),
  );
  const trecho = fc.oneof({ arbitrary: acao.map((uma) => [uma]), weight: 12 }, { arbitrary: cena, weight: 1 });
  const comeco = fc.subarray([...COMECO], { minLength: 0 });
  const inteiro = fc.constant([...COMECO]);
  const comDono = cenaDoDono.map((cena) => [...COMECO, ...cena]);
  return fc
    .tuple(
      fc.oneof({ arbitrary: inteiro, weight: 3 }, { arbitrary: comDono, weight: 2 }, comeco),
      fc.array(trecho, { minLength: 1, maxLength: passos }),
    )
    .map(([antes, depois]) => [...antes, ...depois.flat()]);
}

/** Uma linha por ação, para quem lê a falha. */
export function contar(historia: readonly Acao[]): string {
  return historia.map((acao, indice) => `  ${indice + 1}. ${JSON.stringify(acao)}`).join('\n');
}

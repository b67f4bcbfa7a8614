/** As chamadas de um período → um diagrama de sequência do Mermaid, que se cola num documento. */

import type { Chamada, Historia } from './historia.ts';

interface Passo {
  readonly quandoMs: number;
  readonly linha: string;
}

/** @returns o texto do diagrama, com uma participante por faixa e um passo por linha */
export function emMermaid(historia: Historia, deMs: number, ateMs: number): string {
  const participantes = new Map(
    historia.faixasDesde(deMs).map(({ id, nome }, indice) => [id, { apelido: `p${indice}`, nome }]),
  );
  const quem = (faixa: string | undefined) => participantes.get(faixa ?? '')?.apelido ?? 'fora';
  const chamadas = [...historia.chamadasEntre(deMs, ateMs)];
  const passos = chamadas
    .flatMap((chamada) => passosDe(chamada, quem))
    .sort((um, outro) => um.quandoMs - outro.quandoMs);
  const deFora = passos.some(({ linha }) => /\bfora\b/.test(linha)) ? ['  participant fora as outro programa'] : [];
  return [
    'sequenceDiagram',
    ...deFora,
    ...[...participantes.values()].map(({ apelido, nome }) => `  participant ${apelido} as ${semSinais(nome)}`),
    ...passos.map(({ linha }) => `  ${linha}`),
    '',
  ].join('\n');
}

function passosDe(chamada: Chamada, quem: (faixa: string | undefined) => string): Passo[] {
  const { procedimento, inicioMs, chegouMs, respondeuMs, fimMs, desfecho, falta, repete } = chamada;
  const [de, para] = [quem(chamada.de), quem(chamada.para)];
  const nome = semSinais(repete ? `${procedimento} (de novo)` : procedimento);
  const perdeuse = falta !== undefined && chegouMs === undefined;
  const ida = { quandoMs: inicioMs, linha: `${de}${perdeuse ? '-x' : '->>'}${para}: ${nome}` };
  if (perdeuse || fimMs === undefined) return [ida];
  const volta =
    falta === undefined ? `${para}-->>${de}: ${semSinais(desfecho ?? 'ok')}` : `${para}--x${de}: sem resposta`;
  return [ida, { quandoMs: respondeuMs ?? fimMs, linha: volta }];
}

/** Fora de letras, dígitos e poucos sinais, o Mermaid entenderia outra coisa. */
function semSinais(texto: string): string {
  return texto.replace(/[^\p{L}\p{N} _.()-]/gu, ' ').trim() || 'sem nome';
}

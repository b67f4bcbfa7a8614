/**
 * O que o dono decide, e o que cada um tenta depois, com uma parada no meio: ao acaso, numa corrida curta, uma das regras
 * poderia não aparecer.
 */

import { type Acao, COMECO } from './historia.ts';

const MORRER: Acao = { faz: 'reiniciar', jeito: 'morto' };
const [PEDRO, MARIA, JOSE] = [0, 1, 2];

function fala(quem: number, para?: string): Acao {
  return { faz: 'enviar', quem, texto: 'Oi', para };
}

export const HISTORIA_DO_DONO: readonly Acao[] = [
  ...COMECO,
  { faz: 'silenciar', quem: PEDRO, alvo: 'Maria', silenciado: true },
  MORRER,
  fala(MARIA),
  fala(MARIA, 'Jos\u00e9'),
  fala(MARIA, 'Pedro'),
  { faz: 'sair', quem: MARIA },
  { faz: 'entrar', quem: MARIA, sala: 'Sala' },
  fala(MARIA),
  { faz: 'silenciar', quem: PEDRO, alvo: 'Maria', silenciado: false },
  { faz: 'configurar', quem: PEDRO, silenciada: true },
  fala(PEDRO),
  fala(MARIA),
  fala(JOSE, 'Pedro'),
  { faz: 'configurar', quem: PEDRO, silenciada: false },
  { faz: 'configurar', quem: MARIA, topico: 'Prova' },
  { faz: 'expulsar', quem: PEDRO, alvo: 'Pedro' },
  { faz: 'expulsar', quem: PEDRO, alvo: 'Maria' },
  MORRER,
  { faz: 'entrar', quem: MARIA, sala: 'Sala' },
  { faz: 'expulsar', quem: PEDRO, alvo: 'Maria', minutos: 0 },
  { faz: 'entrar', quem: MARIA, sala: 'Sala' },
  { faz: 'passar', quem: PEDRO, alvo: 'Maria' },
  MORRER,
  { faz: 'configurar', quem: PEDRO, topico: 'Prova' },
  { faz: 'silenciar', quem: MARIA, alvo: 'Pedro', silenciado: true },
  fala(PEDRO),
  { faz: 'encerrar', quem: MARIA },
  { faz: 'configurar', quem: PEDRO, topico: 'Prova' },
];

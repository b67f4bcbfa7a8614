import { expect, test } from 'vitest';
import type { Acontecimento } from '../../../../../src/cliente/chamadas/rastro/rastro.ts';
import { criarRastroEmColunas } from '../../../../../src/cliente/chamadas/rastro/rastro-em-colunas.ts';
import { UnreachableError } from '../../../../../src/rpc/client/falhas.ts';

const nome = 'enviar_mensagem';
const url = 'http://127.0.0.1:8005';

function desenhar(acontecimentos: readonly Acontecimento[]): string[] {
  const linhas: string[] = [];
  const observador = criarRastroEmColunas((linha) => linhas.push(linha));
  for (const acontecimento of acontecimentos) observador(acontecimento);
  return linhas;
}

test('cada processo é uma coluna, e cada chamada, uma seta que vai e outra que volta', () => {
  expect(
    desenhar([
      { tipo: 'lookup', nome, url, ttl_s: 30, ms: 2 },
      { tipo: 'cache', nome, url, restaMs: 30_000 },
      { tipo: 'chamada', nome, url },
      { tipo: 'resposta', nome, url, ms: 12 },
    ]),
  ).toEqual([
    '  ~ eu                       binder                   127.0.0.1:8005',
    '  ~ ├── onde? enviar_mensag ▶│                        │',
    '  ~ │◀── 8005, 30 s (2 ms) ──┤                        │',
    '  ~ ├── enviar_mensagem ─────────────────────────────▶│',
    '  ~ │◀── enviar_mensagem: ok (12 ms) ─────────────────┤',
  ]);
});

test('o que não chegou é um ✕ com o motivo, e nada do que um servidor diz é obedecido pelo terminal', () => {
  const erro = new UnreachableError('interrompida', `A conexão caiu \u001b[31m.`);
  const linhas = desenhar([
    { tipo: 'chamada', nome, url },
    { tipo: 'resposta', nome, url, ms: 12, erro },
    { tipo: 'repeticao', nome, url, erro },
  ]);
  expect(linhas.slice(2).every((linha) => linha.includes('│ ✕ '))).toBe(true);
  expect(linhas.join('')).not.toContain('\u001b');
});

test('nenhuma linha passa das 80 colunas de um terminal, com muitos servidores', () => {
  const linhas = desenhar(
    [1, 2, 3, 4].flatMap((n): Acontecimento[] => [
      { tipo: 'chamada', nome: 'receber_mensagens', url: `http://servidor-${n}.exemplo:8005` },
      { tipo: 'resposta', nome: 'receber_mensagens', url: `http://servidor-${n}.exemplo:8005`, ms: 1 },
    ]),
  );
  expect(linhas.some((linha) => linha.includes('servidor-4'))).toBe(true);
  for (const linha of linhas) expect(linha.length).toBeLessThanOrEqual(80);
});

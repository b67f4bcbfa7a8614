import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RAIZ } from '../../../../../scripts/comum/raiz.ts';
import { type Acontecimento, criarRastro } from '../../../../../src/cliente/chamadas/rastro/rastro.ts';
import { UnreachableError } from '../../../../../src/rpc/client/falhas.ts';

const README = readFileSync(join(RAIZ, 'README.md'), 'utf8');

const nome = 'enviar_mensagem';
const url = 'http://127.0.0.1:8005';
const caiu = new UnreachableError('interrompida', `A conexão com ${url} caiu.`);
const fora = new UnreachableError('recusada', `Não há ninguém em ${url}.`);

/** O que acontece a uma mensagem enquanto o servidor morre e volta. */
const ACONTECIMENTOS: readonly Acontecimento[] = [
  { tipo: 'lookup', nome, url, ttl_s: 30, ms: 2 },
  { tipo: 'cache', nome, url, restaMs: 30_000 },
  { tipo: 'chamada', nome, url },
  { tipo: 'resposta', nome, url, ms: 10 },
  { tipo: 'resposta', nome, url, ms: 10, erro: fora },
  { tipo: 'repeticao', nome, url, erro: caiu },
];

/** Sem o que muda de uma sessão para outra. */
function molde(linha: string): string {
  return linha
    .replace(/[a-z]+_[a-z]+/g, 'PROCEDIMENTO')
    .replace(/[\d,]+ ms/g, 'TEMPO')
    .replace(/\d+ s/g, 'LEASE');
}

test('o rastro que o README percorre é o que o programa escreve, e mostra tudo o que nele pode acontecer', () => {
  const linhas: string[] = [];
  const contar = criarRastro((linha) => linhas.push(linha));
  for (const acontecimento of ACONTECIMENTOS) contar(acontecimento);
  const doReadme = README.split('\n').filter((linha) => linha.startsWith('  ~ '));
  expect(new Set(doReadme.map(molde))).toEqual(new Set(linhas.map(molde)));
});

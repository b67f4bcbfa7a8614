import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { criarAutenticacao, hashDoToken, novoToken } from '../../../src/server/autenticacao.ts';
import type { Sessao, Store } from '../../../src/store/store.ts';

function sessoesDe(...donos: [nome: string, token: string][]): Pick<Store, 'reconhecer'> {
  const porHash = new Map<string, Sessao>(
    donos.map(([nome, token], indice) => [hashDoToken(token), { id: indice + 1, nome, sala: null }]),
  );
  return { reconhecer: async (hash) => porHash.get(hash) };
}

test('por uma conexão só, cada chamada é de quem é o token dela, e não de quem chamou antes', async () => {
  const deAna = novoToken();
  const deBia = novoToken();
  const { identificar } = criarAutenticacao(sessoesDe(['Ana', deAna], ['Bia', deBia]));
  const conexao = {};
  const quem = async (bearer: string | undefined) => {
    const { sessao } = await identificar({ bearer, conexao, enderecoRemoto: '127.0.0.1', aoDesistir: () => {} });
    return sessao?.nome;
  };

  const nomes: (string | undefined)[] = [];
  for (const token of [deAna, deAna, deBia, undefined, novoToken(), 'x', deAna, deBia]) nomes.push(await quem(token));
  expect(nomes).toEqual(['Ana', 'Ana', 'Bia', undefined, undefined, undefined, 'Ana', 'Bia']);
});

test('um token desconhecido, cortado ou vazio não é de ninguém', async () => {
  const token = novoToken();
  const { identificar } = criarAutenticacao(sessoesDe(['Ana', token]));
  for (const bearer of [undefined, '', novoToken(), token.slice(1), `${token}x`, `${token} `, 'a b']) {
    const contexto = { bearer, conexao: {}, enderecoRemoto: '127.0.0.1', aoDesistir: () => {} };
    expect(await identificar(contexto)).toMatchObject({ sessao: undefined });
  }
});

test('o token tem 256 bits em base64url, e o que se guarda dele é só um hash', () => {
  const tokens = new Set(Array.from({ length: 100 }, novoToken));
  expect(tokens.size).toBe(100);
  for (const um of tokens) {
    expect(Buffer.from(um, 'base64url')).toHaveLength(32);
    expect(hashDoToken(um)).toBe(createHash('sha256').update(um).digest('hex'));
  }
});

import { expect, test } from 'vitest';
import { criarAutenticacao, hashDoToken, novoToken } from '../../../src/server/autenticacao.ts';
import type { Sessao, SessoesVivas } from '../../../src/store/store.ts';

function sessoesDe(...donos: [nome: string, token: string][]): SessoesVivas {
  const porHash = new Map<string, Sessao>(
    donos.map(([nome, token], indice) => [
      hashDoToken(token).toString('hex'),
      { id: indice + 1, nome, sala: null, confirmada: true },
    ]),
  );
  return { identificar: async (hash) => porHash.get(hash.toString('hex')) } as Partial<SessoesVivas> as SessoesVivas;
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

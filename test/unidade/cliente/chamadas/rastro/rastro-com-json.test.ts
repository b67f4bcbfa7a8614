import { expect, test } from 'vitest';
import type { Acontecimento } from '../../../../../src/cliente/chamadas/rastro/rastro.ts';
import { criarRastroComJson } from '../../../../../src/cliente/chamadas/rastro/rastro-com-json.ts';
import { ContractError } from '../../../../../src/contract/errors.ts';
import { UnreachableError } from '../../../../../src/rpc/client/falhas.ts';

const url = 'http://127.0.0.1:8005';

function mostrar(...acontecimentos: readonly Acontecimento[]): string[] {
  const linhas: string[] = [];
  const contar = criarRastroComJson((linha) => linhas.push(linha));
  for (const acontecimento of acontecimentos) contar(acontecimento);
  return linhas;
}

test('sob a ida, o que se pediu; sob a volta, o que se respondeu', () => {
  const nome = 'listar_salas';
  expect(
    mostrar(
      { tipo: 'chamada', nome, url, params: {} },
      { tipo: 'resposta', nome, url, ms: 12, resultado: [{ nomeSala: 'Geral', usuarios: 2 }] },
    ),
  ).toEqual([
    `  ~ listar_salas → ${url}`,
    '    {"method":"listar_salas","params":{}}',
    `  ~ listar_salas ← ${url} em 12 ms: ok`,
    '    {"result":[{"nomeSala":"Geral","usuarios":2}]}',
  ]);
});

test('uma recusa é a que viajou; o que não chegou não viajou', () => {
  const resposta = { tipo: 'resposta', nome: 'entrar_sala', url, ms: 12 } as const;
  const recusada = mostrar({ ...resposta, erro: new ContractError('SALA_NAO_ENCONTRADA') });
  expect(JSON.parse(recusada[1] as string)).toMatchObject({
    error: { code: 2005, data: { tipo: 'SALA_NAO_ENCONTRADA' } },
  });
  expect(mostrar({ ...resposta, erro: new UnreachableError('recusada', 'Não há ninguém.') })).toHaveLength(1);
});

test('nem textos nem segredos aparecem, e nada do que outro escolheu é obedecido pelo terminal', () => {
  const params = { nomeUsuario: 'Ana\u001b[2J', mensagem: 'é só nosso', senha: 'abre-te', token: 'tok' };
  const tudo = mostrar({ tipo: 'chamada', nome: 'enviar_mensagem', url, params }).join('');
  for (const sigilo of ['é só nosso', 'abre-te', 'tok"', '\u001b']) expect(tudo).not.toContain(sigilo);
  expect(tudo).toContain('"mensagem":"«10 caracteres»"');
});

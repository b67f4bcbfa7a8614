/** Presença: a da memória, e a que a autenticação anota a cada chamada. */

import { describe, expect, test } from 'vitest';
import { ContractError } from '../../../src/contract/errors.ts';
import { criarAutenticacao, hashDoToken, novoToken } from '../../../src/server/autenticacao.ts';
import { Presencas } from '../../../src/server/presencas.ts';
import type { Sessao, Store } from '../../../src/store/store.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';
import { storeDeTeste } from './apoio.ts';

describe('presenças', () => {
  test('renovar renova o prazo e desfaz a ausência', () => {
    const relogio = relogioDeTeste();
    const presencas = new Presencas(relogio, storeDeTeste({}));
    const presenca = presencas.iniciar(1, true);
    presenca.ausente = true;
    relogio.avancar(70_000);

    presencas.renovar(1);

    expect(presenca).toMatchObject({ ultimaMs: relogio.monotonicoMs(), ausente: false });
  });

  test('renovar não recomeça o prazo do registro: quem nunca confirmou não o alonga assim', () => {
    const relogio = relogioDeTeste();
    const presencas = new Presencas(relogio, storeDeTeste({}));
    const { desdeMs } = presencas.iniciar(1, false);
    relogio.avancar(1000);

    expect(presencas.renovar(1)).toMatchObject({ desdeMs, confirmada: false });
  });

  test('a sessão que esta partida ainda não viu começa um prazo inteiro', async () => {
    const relogio = relogioDeTeste();
    const sessao = { id: 7, nome: 'Pedro', sala: null, confirmada: true };
    const presencas = new Presencas(relogio, storeDeTeste({ sessaoDoToken: async () => sessao }));

    expect(await presencas.identificar(Buffer.alloc(32))).toBe(sessao);
    expect([...presencas.todas()]).toMatchObject([
      {
        sessaoId: 7,
        desdeMs: relogio.monotonicoMs(),
        ultimaMs: relogio.monotonicoMs(),
        confirmada: true,
        ausente: false,
      },
    ]);
  });

  test('renovar não dá presença a uma sessão que acabou', async () => {
    const presencas = new Presencas(relogioDeTeste(), storeDeTeste({ encerrar: async () => true }));
    presencas.iniciar(1, true);
    await presencas.encerrar(1, 0);

    expect(presencas.renovar(1)).toBeUndefined();
    expect([...presencas.todas()]).toEqual([]);
  });
});

describe('qualquer chamada com o token é presença', () => {
  const token = novoToken();
  const sessao: Sessao = { id: 1, nome: 'Pedro', sala: null, confirmada: false };
  const contexto = (bearer: string | undefined) => ({
    bearer,
    enderecoRemoto: '127.0.0.1',
    conexao: {},
    aoDesistir: () => {},
  });

  function autenticar(confirmar: Store['confirmar']) {
    const relogio = relogioDeTeste();
    const store = storeDeTeste({
      sessaoDoToken: async (hash) => (hash.equals(hashDoToken(token)) ? sessao : undefined),
      confirmar,
    });
    const presencas = new Presencas(relogio, store);
    return { relogio, presencas, ...criarAutenticacao(presencas) };
  }

  test('a primeira chamada confirma a sessão, uma vez só', async () => {
    const confirmadas: number[] = [];
    const { identificar } = autenticar(async (id) => {
      confirmadas.push(id);
    });
    await Promise.all([identificar(contexto(token)), identificar(contexto(token))]);
    await identificar(contexto(token));

    expect(confirmadas).toEqual([1]);
  });

  test('sem lugar para gravar a confirmação, a chamada é atendida e a próxima tenta de novo', async () => {
    let cheio = true;
    const tentativas: boolean[] = [];
    const { identificar } = autenticar(async () => {
      tentativas.push(!cheio);
      if (cheio) throw new ContractError('SERVICO_INDISPONIVEL');
    });

    expect(await identificar(contexto(token))).toMatchObject({ sessao });
    cheio = false;
    await identificar(contexto(token));
    await identificar(contexto(token));

    expect(tentativas).toEqual([false, true]);
  });

  test('um token desconhecido, cortado ou vazio não é de ninguém e não dá presença', async () => {
    const { identificar, presencas } = autenticar(async () => {});
    for (const bearer of [undefined, '', novoToken(), token.slice(1), `${token}x`, `${token} `, 'a b']) {
      expect(await identificar(contexto(bearer))).toMatchObject({ sessao: undefined });
    }
    expect([...presencas.todas()]).toEqual([]);
  });

  test('o token tem 256 bits em base64url, e o que se guarda dele é só um hash', () => {
    const tokens = new Set(Array.from({ length: 100 }, novoToken));
    expect(tokens.size).toBe(100);
    for (const um of tokens) {
      expect(Buffer.from(um, 'base64url')).toHaveLength(32);
      expect(hashDoToken(um).toString('base64url')).not.toBe(um);
    }
  });
});

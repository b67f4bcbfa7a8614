/** O que todo registro promete, escrito sobre um modo de abri-lo, com o tempo na mão. */

import { describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import type { ProcedimentoRegistrado } from '../../../../src/binder/registry/registry.ts';
import type { RegistroDeTeste } from '../../../suporte/registro.ts';

const A = { address: 'um.example', port: 1 };
const B = { address: 'dois.example', port: 2 };
const C = { address: 'tres.example', port: 3 };

const NAO_REGISTRADO = expect.objectContaining({ tipo: 'PROCEDIMENTO_NAO_REGISTRADO' });

async function seguidos<T>(vezes: number, agir: () => Promise<T>): Promise<T[]> {
  const dados: T[] = [];
  for (let vez = 0; vez < vezes; vez += 1) dados.push(await agir());
  return dados;
}

/** A vez é de cada um: a ordem dos endpoints também. */
function emOrdem(tabela: readonly ProcedimentoRegistrado[]) {
  return tabela.map(({ procedure_name, endpoints }) => ({
    procedure_name,
    endpoints: endpoints.toSorted((um, outro) => (um.address < outro.address ? -1 : 1)),
  }));
}

/** @param abrir dá um registro vazio */
export function descreverConformidade(abrir: () => Promise<RegistroDeTeste>): void {
  async function usar() {
    const aberto = await abrir();
    // Um relógio de verdade não anda em milissegundos inteiros.
    aberto.relogio.avancar(0.25);
    return { ...aberto, endereco: async (nome: string) => (await aberto.registry.lookup(nome)).address };
  }

  describe('um lease', () => {
    test('vale até o último instante do seu tempo, e nem um a mais', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, 2);
      relogio.avancar(1_999);
      expect(await registry.lookup('p')).toMatchObject(A);
      relogio.avancar(1);
      await expect(registry.lookup('p')).rejects.toThrow(NAO_REGISTRADO);
    });

    test('diz o que resta dele, arredondado para cima: nunca 0 enquanto vive', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, 3);
      const restos: (number | null)[] = [];
      for (const ms of [0, 1, 998, 1, 1, 999, 998]) {
        relogio.avancar(ms);
        restos.push((await registry.lookup('p')).ttl_s);
      }
      expect(restos).toEqual([3, 3, 3, 2, 2, 1, 1]);
    });

    test('registrado de novo recomeça inteiro', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, 2);
      relogio.avancar(1_500);
      await registry.register('p', A, 2);
      relogio.avancar(1_500);
      expect(await registry.lookup('p')).toEqual({ ...A, ttl_s: 1 });
    });

    test('vencido pode ser registrado de novo, e então vive', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, 1);
      relogio.avancar(5_000);
      await registry.register('p', A, 1);
      expect(await registry.lookup('p')).toMatchObject(A);
    });

    test('renovado com menos tempo passa a valer menos: o último registro decide', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, 100);
      await registry.register('p', A, 1);
      relogio.avancar(1_000);
      await expect(registry.lookup('p')).rejects.toThrow(NAO_REGISTRADO);
    });

    test('dado a quem não tinha nenhum passa a valer, e tirado deixa de valer', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, undefined);
      await registry.register('p', A, 1);
      await registry.register('q', A, 1);
      await registry.register('q', A, undefined);
      relogio.avancar(1_000);
      await expect(registry.lookup('p')).rejects.toThrow(NAO_REGISTRADO);
      expect(await registry.lookup('q')).toEqual({ ...A, ttl_s: null });
      expect(await registry.list()).toEqual([{ procedure_name: 'q', endpoints: [{ ...A, ttl_s: null }] }]);
    });

    test('nenhum: o endpoint fica', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, undefined);
      relogio.avancar(1_000 * 86_400_000);
      expect(await registry.lookup('p')).toEqual({ ...A, ttl_s: null });
    });

    test('vencido não conta como estar lá ao ser retirado', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, 1);
      relogio.avancar(1_000);
      expect(await registry.unregister('p', A)).toBe(false);
    });

    test('de um procedimento não é o de outro no mesmo endpoint', async () => {
      const { registry, relogio } = await usar();
      await registry.register('p', A, 1);
      await registry.register('q', A, 2);
      relogio.avancar(1_000);
      await expect(registry.lookup('p')).rejects.toThrow(NAO_REGISTRADO);
      expect(await registry.lookup('q')).toMatchObject(A);
    });
  });

  describe('a vez', () => {
    test('passa por todos os vivos antes de voltar ao primeiro', async () => {
      const { registry, endereco } = await usar();
      for (const endpoint of [A, B, C]) await registry.register('p', endpoint, 10);
      const vistos = await seguidos(6, () => endereco('p'));
      expect(new Set(vistos.slice(0, 3))).toEqual(new Set([A.address, B.address, C.address]));
      expect(vistos.slice(3)).toEqual(vistos.slice(0, 3));
    });

    test('pula os vencidos, e nunca os entrega', async () => {
      const { registry, relogio, endereco } = await usar();
      await registry.register('p', A, 10);
      await registry.register('p', B, 1);
      await registry.register('p', C, 10);
      await endereco('p');
      relogio.avancar(1_000);
      expect(new Set(await seguidos(4, () => endereco('p')))).toEqual(new Set([A.address, C.address]));
    });

    test('não se perde com as renovações: ninguém fica sem receber nem recebe em dobro', async () => {
      const { registry, relogio, endereco } = await usar();
      const contagem = new Map<string, number>();
      for (let rodada = 0; rodada < 30; rodada += 1) {
        // Renovam na mesma cadência em que são procurados, o pior caso para quem reordena ao renovar.
        for (const endpoint of [A, B]) await registry.register('p', endpoint, 30);
        relogio.avancar(5_000);
        const qual = await endereco('p');
        contagem.set(qual, (contagem.get(qual) ?? 0) + 1);
      }
      expect([...contagem.values()]).toEqual([15, 15]);
    });

    test('de um procedimento não mexe na de outro', async () => {
      const { registry, endereco } = await usar();
      for (const nome of ['p', 'q']) for (const endpoint of [A, B]) await registry.register(nome, endpoint, undefined);
      const primeiro = await endereco('p');
      expect(await endereco('q')).toBe(primeiro);
      expect(await endereco('p')).not.toBe(primeiro);
    });

    test('não muda por listar nem por retirar outro', async () => {
      const { registry, endereco } = await usar();
      for (const endpoint of [A, B, C]) await registry.register('p', endpoint, undefined);
      expect(await endereco('p')).toBe(A.address);
      await registry.list();
      await registry.unregister('p', C);
      expect(await endereco('p')).toBe(B.address);
      expect(await endereco('p')).toBe(A.address);
    });
  });

  describe('a lista', () => {
    test('está em ordem de code points, não na de registro nem na de dicionário', async () => {
      const { registry } = await usar();
      for (const nome of ['b', 'a', 'B', '_', '10', '9', 'a.b', 'a-b', 'aa'])
        await registry.register(nome, A, undefined);
      expect((await registry.list()).map(({ procedure_name }) => procedure_name)).toEqual([
        '10',
        '9',
        'B',
        '_',
        'a',
        'a-b',
        'a.b',
        'aa',
        'b',
      ]);
    });

    test('não traz quem já não tem endpoint vivo, nem os endpoints vencidos de quem tem', async () => {
      const { registry, relogio } = await usar();
      await registry.register('acabou', A, 1);
      await registry.register('retirado', A, undefined);
      await registry.unregister('retirado', A);
      await registry.register('metade', A, 1);
      await registry.register('metade', B, 3);
      relogio.avancar(1_500);
      expect(await registry.list()).toEqual([{ procedure_name: 'metade', endpoints: [{ ...B, ttl_s: 2 }] }]);
    });

    test('não traz vencidos, por muitos que sejam', async () => {
      const { registry, relogio } = await usar();
      const MUITOS = 1_100;
      const registros = Array.from({ length: MUITOS }, (_, indice) =>
        registry.register('p', { ...A, port: indice + 1 }, 1),
      );
      await Promise.all(registros);
      await registry.register('q', A, 2);
      relogio.avancar(1_000);
      expect(await registry.list()).toEqual([{ procedure_name: 'q', endpoints: [{ ...A, ttl_s: 1 }] }]);
    });

    test('traz um endpoint uma só vez, por mais que ele se registre', async () => {
      const { registry } = await usar();
      for (let vez = 0; vez < 3; vez += 1) await registry.register('p', A, 10);
      expect((await registry.list())[0]?.endpoints).toHaveLength(1);
    });
  });

  test('a mesma porta em outro endereço, ou outra porta no mesmo, é outro endpoint', async () => {
    const { registry } = await usar();
    await registry.register('p', { address: 'a', port: 1 }, undefined);
    await registry.register('p', { address: 'a', port: 2 }, undefined);
    await registry.register('p', { address: 'b', port: 1 }, undefined);
    expect((await registry.list())[0]?.endpoints).toHaveLength(3);
    expect(await registry.unregister('p', { address: 'b', port: 2 })).toBe(false);
    expect(await registry.unregister('p', { address: 'a', port: 2 })).toBe(true);
    expect((await registry.list())[0]?.endpoints).toHaveLength(2);
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s é um nome como outro', async (nome) => {
    const { registry } = await usar();
    await expect(registry.lookup(nome)).rejects.toThrow(NAO_REGISTRADO);
    expect(await registry.unregister(nome, A)).toBe(false);
    await registry.register(nome, A, undefined);
    expect(await registry.lookup(nome)).toMatchObject(A);
  });

  test('maiúsculas não fazem outro endpoint; o endereço é o do último registro', async () => {
    const { registry } = await usar();
    await registry.register('p', { address: 'LocalHost', port: 1 }, undefined);
    await registry.register('p', { address: 'LOCALHOST', port: 1 }, undefined);
    expect(await registry.list()).toEqual([
      { procedure_name: 'p', endpoints: [{ address: 'LOCALHOST', port: 1, ttl_s: null }] },
    ]);
    expect(await registry.unregister('p', { address: 'localhost', port: 1 })).toBe(true);
    expect(await registry.list()).toEqual([]);
  });

  test('um nome não se confunde com outro que começa como ele, nem um IPv6 com zona com outro endereço', async () => {
    const { registry } = await usar();
    for (const nome of ['a', 'a-b', 'aa', 'a_', 'A']) await registry.register(nome, { ...A, address: nome }, undefined);
    await registry.register('z', { address: 'fe80::1%eth0', port: 1 }, undefined);
    for (const nome of ['a', 'a-b', 'aa', 'a_', 'A']) {
      expect(await seguidos(2, () => registry.lookup(nome))).toEqual(
        [nome, nome].map((address) => ({ ...A, address, ttl_s: null })),
      );
    }
    expect(await registry.lookup('z')).toMatchObject({ address: 'fe80::1%eth0' });
  });

  test('quem o divide vê os mesmos endpoints, e os entrega um por vez a partir da sua vez', async () => {
    const { registry, outro, endereco } = await usar();
    for (const endpoint of [A, B, C]) await registry.register('p', endpoint, 10);
    await ate(async () => (await outro.list())[0]?.endpoints.length === 3, 'os três no outro');
    const vistos = await seguidos(3, async () => (await outro.lookup('p')).address);
    expect(new Set(vistos)).toEqual(new Set([A.address, B.address, C.address]));
    expect(await seguidos(3, () => endereco('p'))).toEqual([A.address, B.address, C.address]);
    expect(await outro.unregister('p', A)).toBe(true);
    await ate(async () => (await registry.list())[0]?.endpoints.length === 2, 'a retirada');
    expect(new Set(await seguidos(2, () => endereco('p')))).toEqual(new Set([B.address, C.address]));
    expect(emOrdem(await outro.list())).toEqual(emOrdem(await registry.list()));
  });

  describe('a versão', () => {
    const versaoDe = async ({ registry }: Pick<RegistroDeTeste, 'registry'>) => (await registry.listComVersao()).versao;

    test('vem com a mesma tabela que a lista dá', async () => {
      const { registry } = await usar();
      for (const endpoint of [A, B]) await registry.register('p', endpoint, 10);
      expect((await registry.listComVersao()).procedures).toEqual(await registry.list());
    });

    test('não muda por ler, renovar, procurar, nem com o tempo que passa', async () => {
      const aberto = await usar();
      const { registry, relogio } = aberto;
      for (const endpoint of [A, B]) await registry.register('p', endpoint, 10);
      const versao = await versaoDe(aberto);
      await registry.register('p', A, 20);
      await registry.register('p', B, undefined);
      await registry.lookup('p');
      await registry.unregister('p', C);
      relogio.avancar(9_000);
      expect(await versaoDe(aberto)).toBe(versao);
    });

    test('é outra a cada vez que um endpoint vem, sai ou vence, mesmo que a tabela volte a ser a de antes', async () => {
      const aberto = await usar();
      const { registry, relogio } = aberto;
      const versoes = [await versaoDe(aberto)];
      for (const mudar of [
        () => registry.register('p', A, 1),
        () => registry.register('q', A, 1),
        () => registry.unregister('q', A),
        () => registry.register('p', B, 100),
        () => relogio.avancar(1_000),
        () => registry.register('p', A, 1),
        () => relogio.avancar(1_000),
      ]) {
        await mudar();
        versoes.push(await versaoDe(aberto));
      }
      expect(new Set(versoes).size).toBe(versoes.length);
    });

    test('é a mesma para todos os que dividem o registro', async () => {
      const { registry, outro, relogio } = await usar();
      await registry.register('p', A, 1);
      await outro.register('p', B, 100);
      relogio.avancar(1_000);
      await ate(async () => (await versaoDe({ registry })) === (await versaoDe({ registry: outro })), 'a mesma versão');
    });
  });

  test('quem quer saber das mudanças sabe das que se fazem aqui e das que outro faz, e não das renovações', async () => {
    const { registry, outro } = await usar();
    let avisos = 0;
    const deixarDeOuvir = registry.aoMudar(() => {
      avisos += 1;
    });
    await registry.register('p', A, 100);
    await ate(() => avisos === 1, 'o aviso do que se fez aqui');
    await registry.register('p', A, 100);
    await outro.register('p', B, 100);
    await ate(() => avisos === 2, 'o aviso do que veio');
    await outro.unregister('p', A);
    await ate(() => avisos === 3, 'o aviso do que saiu');
    deixarDeOuvir();
    await registry.unregister('p', B);
    expect(avisos).toBe(3);
  });

  test('um lease que vence também é avisado', async () => {
    const { registry, relogio } = await usar();
    let avisos = 0;
    await registry.register('p', A, 1);
    registry.aoMudar(() => {
      avisos += 1;
    });
    relogio.avancar(1_000);
    await ate(() => avisos === 1, 'o aviso');
  });
}

/** O limite, que custa encher: num Redis Cluster o script que o confere é o mesmo, com todas as chaves num mestre só. */
export function descreverLimite(abrir: () => Promise<RegistroDeTeste>): void {
  test('cheio, recusa mais um, renova os que tem, e dá lugar ao que venceu', async () => {
    const { registry, relogio } = await abrir();
    const endpoint = (port: number) => ({ address: 'a', port });
    const NOMES = 20;
    const POR_NOME = 1_000;
    // Numa máquina ocupada, mil comandos juntos passam do prazo que cada um tem.
    const POR_LEVA = 100;
    for (let primeiro = 0; primeiro < NOMES * POR_NOME; primeiro += POR_LEVA) {
      const nome = Math.floor(primeiro / POR_NOME);
      const ttl_s = nome === 0 ? 1 : 100;
      await Promise.all(
        Array.from({ length: POR_LEVA }, (_, indice) =>
          registry.register(`p${nome}`, endpoint(((primeiro + indice) % POR_NOME) + 1), ttl_s),
        ),
      );
    }
    const recusa = expect.objectContaining({ tipo: 'LIMITE_EXCEDIDO', detalhes: { tenteEmMs: expect.any(Number) } });
    await expect(registry.register('p', A, 1)).rejects.toThrow(recusa);
    await registry.register('p1', endpoint(1), 100);
    relogio.avancar(1_000);
    for (let indice = 0; indice < POR_NOME; indice += 1) await registry.register('p', endpoint(indice + 1), 1);
    await expect(registry.register('q', A, 1)).rejects.toThrow(recusa);
    expect((await registry.list()).map(({ endpoints }) => endpoints.length)).toEqual(Array(NOMES).fill(POR_NOME));
  });
}

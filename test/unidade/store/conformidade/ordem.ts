/** A ordem em que os verbos de uma sessão fazem efeito, e o fim. */

import { describe, expect, test } from 'vitest';
import {
  type AbrirBancada,
  acompanhar,
  criarSala,
  entrar,
  enviar,
  hashDe,
  ler,
  recusa,
  registrar,
  reunir,
  textos,
} from './apoio.ts';

export function descreverOrdem(abrir: AbrirBancada): void {
  describe('ordem', () => {
    test('os verbos de uma sessão fazem efeito na ordem em que foram pedidos, sem que se espere por cada um', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const pedro = await registrar(store, 'Pedro');
      const resultados = await Promise.all([
        criarSala(store, pedro, 'Geral'),
        criarSala(store, pedro, 'GERAL').catch((erro) => erro.tipo),
        entrar(store, pedro, 'Geral'),
        enviar(store, pedro, 'Oi'),
        ler(store, pedro, 0).then(textos),
        store.listarUsuarios(pedro.id, undefined),
        store.sair(pedro.id),
        enviar(store, pedro, 'Tarde').catch((erro) => erro.tipo),
        store.encerrar(pedro.id),
        store.encerrar(pedro.id),
      ]);
      expect(resultados).toEqual([
        undefined,
        'SALA_JA_EXISTE',
        expect.objectContaining({ usuarios: ['Pedro'] }),
        expect.objectContaining({ repetida: false }),
        ['Pedro entrou na sala.', 'Oi'],
        ['Pedro'],
        { nomeSala: 'Geral' },
        'FORA_DA_SALA',
        true,
        false,
      ]);
      expect(await store.sessoes()).toEqual([]);
      expect(await store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 0 }]);
    });

    test('quem espera também lê na ordem em que pediu, mesmo do que já está na memória', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const [ultima] = (await ler(store, Pedro, 0)).slice(-1);
      const esperar = () =>
        store.ler({ sessaoId: Pedro.id, nomeSala: 'Geral', desde: ultima?.id, acompanhar: true }).then(
          ({ mensagens }) => textos(mensagens),
          (erro) => erro.tipo,
        );
      expect(await esperar()).toEqual([]);
      const pedidos = [store.sair(Pedro.id), esperar(), entrar(store, Pedro, 'Geral'), esperar()];
      const [, fora, , dentro] = await Promise.all(pedidos);
      expect(fora).toBe('FORA_DA_SALA');
      expect(dentro).toEqual(expect.any(Array));
    });

    test('os avisos saem na ordem dos ids, e um ouvinte que falha não estraga o envio', async () => {
      const avisados: number[] = [];
      await using aberto = await abrir({
        aoGravar: ({ mensagemId }) => {
          avisados.push(mensagemId);
          throw new Error('ouvinte com defeito');
        },
        aoFalhar: () => {},
      });
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await acompanhar(aberto, Pedro);
      avisados.length = 0;
      const enviadas = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          enviar(store, Pedro, `${n}`, { destinatario: n % 2 ? 'Maria' : undefined }),
        ),
      );
      const ids = enviadas.map(({ mensagem }) => mensagem.id);
      expect(ids).toEqual(ids.toSorted((um, outro) => um - outro));
      await expect.poll(() => avisados).toEqual(ids);
    });

    test('fechar conclui o que está em andamento; depois, tudo é recusado', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      expect(store.disponivel).toBe(true);
      const envio = enviar(store, Pedro, 'última');
      await store.close();
      await store.close();
      await expect(envio).resolves.toMatchObject({ repetida: false });
      await recusa(enviar(store, Pedro, 'x'), 'SERVICO_INDISPONIVEL');
      await recusa(ler(store, Pedro), 'SERVICO_INDISPONIVEL');
      await recusa(store.identificar(hashDe('token de Pedro')), 'SERVICO_INDISPONIVEL');
      const reaberto = await aberto.reabrir();
      expect(textos(await ler(reaberto, Pedro)).at(-1)).toBe('última');
    });
  });
}

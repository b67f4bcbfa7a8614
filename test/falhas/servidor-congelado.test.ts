/**
 * Um servidor que para de rodar por mais tempo do que a sua conexão com o Redis aguenta calada, e segue: o que a janela dele
 * perdeu é lido, não pulado; e o que aconteceu com quem espera nele vale.
 */

import { setTimeout as passar } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, http, resultado } from '../../scripts/comum/jsonrpc.ts';
import { HA_REDIS, iniciarRedis, SEM_REDIS } from '../../scripts/comum/redis.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { lerHistoria } from '../suporte/remetentes.ts';
import { servidorQueVolta } from './apoio.ts';

/** Mais que o silêncio com que a conexão das assinaturas se dá por perdida (3 s); outro valor se pede no ambiente. */
const CONGELADO_MS = Number(process.env['CHAT_TESTES_CONGELADO_MS'] ?? 4_000);
/** Mais do que cabe numa página. */
const ENQUANTO_ISSO = 70;
const ESPERA_MS = 60_000;

describe.skipIf(!HA_REDIS)(`um servidor congelado${SEM_REDIS}`, () => {
  test.each([
    ['com as assinaturas cortadas enquanto isso', true],
    ['com tudo à sua espera na conexão', false],
  ])(
    'quem espera nele recebe tudo, em ordem e uma vez, %s',
    { timeout: 120_000 + 2 * CONGELADO_MS },
    async (_, corta) => {
      await using redis = await iniciarRedis();
      await using vivo = await servidorQueVolta(undefined, { argumentos: ['--redis', redis.url] });
      const argumentos = ['--redis', redis.url, '--metricas'];
      await using congelado = await servidorQueVolta(undefined, { argumentos });
      const tokens = new Map<string, string>();
      for (const nome of ['Ana', 'Bia', 'Caio', 'Davi']) {
        const { token } = await resultado(vivo.url, 'registrar_usuario', [nome]);
        tokens.set(nome, token);
        if (nome === 'Ana') await resultado(vivo.url, 'criar_sala', ['Geral'], token);
        await resultado(vivo.url, 'entrar_sala', [nome, 'Geral'], token);
      }
      const de = (nome: string) => tokens.get(nome) as string;
      const enviar = (conteudo: string, destinatario: string | null = null): Promise<Mensagem> =>
        resultado(vivo.url, 'enviar_mensagem', ['Ana', 'Geral', conteudo, destinatario], de('Ana'));
      /** Uma chamada que o congelamento pega no caminho do Redis pode ser recusada com 2009: pede-se de novo. */
      const receber = async (nome: string, desde: number): Promise<{ mensagens: Mensagem[]; recusa?: string }> => {
        const { result, error } = await chamar(
          congelado.url,
          'receber_mensagens',
          [nome, 'Geral', desde, ESPERA_MS],
          de(nome),
        );
        if (error?.data.tipo === 'SERVICO_INDISPONIVEL') return receber(nome, desde);
        return error ? { mensagens: [], recusa: error.data.tipo } : { mensagens: result };
      };

      const inicio = await enviar('antes');
      /** Espera no servidor que vai congelar, e segue esperando até ter a última. */
      const acompanhar = async (nome: string): Promise<Mensagem[]> => {
        const recebidas: Mensagem[] = [];
        while (recebidas.at(-1)?.conteudo !== 'última') {
          const { mensagens, recusa } = await receber(nome, recebidas.at(-1)?.id ?? inicio.id);
          if (recusa) throw new Error(recusa);
          recebidas.push(...mensagens);
        }
        return recebidas;
      };
      const seguindo = Promise.all([acompanhar('Bia'), acompanhar('Caio')]);
      const doExpulso = receber('Davi', inicio.id);
      await ate(async () => {
        const { corpo } = await http(congelado.url, { method: 'GET', caminho: '/metricas' });
        const ouvintes = await redis.comando('PUBSUB', 'SHARDNUMSUB', 'chat:0:{s:geral}:avisos');
        return corpo.includes('chat_esperas 3\n') && ouvintes.includes(':1');
      }, 'os três esperarem nele');

      const { pid } = congelado.processo();
      process.kill(pid, 'SIGSTOP');
      try {
        for (let numero = 0; numero < ENQUANTO_ISSO; numero += 1) {
          await enviar(`${numero}`);
          if (numero === 10 && corta) await redis.emTodos('CLIENT', 'KILL', 'TYPE', 'pubsub');
          if (numero === 20) await enviar('segredo', 'Bia');
          if (numero === 30) await resultado(vivo.url, 'expulsar_usuario', ['Ana', 'Geral', 'Davi'], de('Ana'));
          // O silêncio que importa é o da conexão de verdade: só passa com o tempo.
          await passar(CONGELADO_MS / ENQUANTO_ISSO);
        }
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      const ultima = await enviar('última');

      const [deBia, deCaio] = await seguindo;
      const historia = (nome: string) => lerHistoria(vivo.url, nome, de(nome), 'Geral');
      expect(deBia).toEqual((await historia('Bia')).filter(({ id }) => id > inicio.id));
      expect(deCaio).toEqual((await historia('Caio')).filter(({ id }) => id > inicio.id));
      expect(deBia.filter(({ conteudo }) => conteudo === 'segredo')).toHaveLength(1);
      expect(deCaio.filter(({ conteudo }) => conteudo === 'segredo')).toEqual([]);
      expect(deCaio.at(-1)).toEqual(ultima);
      const expulsao = deCaio.find(({ conteudo }) => conteudo === 'Davi foi expulso da sala.') as Mensagem;
      // Só o que se disse antes; ou a recusa, se a espera ainda não tinha começado quando ele congelou.
      const { mensagens, recusa = 'FORA_DA_SALA' } = await doExpulso;
      expect(mensagens.filter(({ id }) => id >= expulsao.id)).toEqual([]);
      expect(recusa).toBe('FORA_DA_SALA');
      expect(await receber('Davi', inicio.id)).toEqual({ mensagens: [], recusa: 'FORA_DA_SALA' });
    },
  );
});

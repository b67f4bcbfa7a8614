/** Uma troca planejada do principal do Redis: o nome passa a outro, e ninguém corta as conexões que já há. */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { iniciarBinder } from '../../scripts/comum/processos.ts';
import { abrirProxy } from '../../scripts/comum/proxy.ts';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../scripts/comum/redis.ts';
import { saude, servidorQueVolta } from './apoio.ts';

/** Dois processos, cada um com uma conexão de comandos e uma de canais, e a de quem pergunta. */
const CONEXOES = 5;

async function conexoesDe({ comando }: Redis): Promise<number> {
  const [comuns, deCanais] = [
    await comando('CLIENT', 'LIST', 'TYPE', 'normal'),
    await comando('CLIENT', 'LIST', 'TYPE', 'pubsub'),
  ];
  return `${comuns}\n${deCanais}`.match(/\bid=\d+/g)?.length ?? 0;
}

test.skipIf(!HA_REDIS)(
  `quando o principal vira réplica, binder e servidor passam ao novo sem que ninguém os chame${SEM_REDIS}`,
  async () => {
    await using velho = await iniciarRedis();
    await using novo = await iniciarRedis('--replicaof', '127.0.0.1', String(velho.porta));
    await using nome = await abrirProxy(velho.porta);
    const argumentos = ['--redis', `redis://127.0.0.1:${nome.porta}`];
    await using binder = await iniciarBinder({ argumentos });
    await using servidor = await servidorQueVolta(binder.url, { argumentos });
    const saudeDosDois = async () => [await saude(binder.url), await saude(servidor.url)];
    const { token } = await resultado(servidor.url, 'registrar_usuario', ['Ana']);
    await resultado(servidor.url, 'criar_sala', ['Geral'], token);
    await resultado(servidor.url, 'entrar_sala', ['Ana', 'Geral'], token);
    const enviar = (texto: string) => resultado(servidor.url, 'enviar_mensagem', ['Ana', 'Geral', texto], token);
    await enviar('antes');
    await ate(async () => {
      const doVelho = /master_repl_offset:(\d+)/.exec(await velho.comando('INFO', 'replication'))?.[1];
      return (await novo.comando('INFO', 'replication')).includes(`slave_repl_offset:${doVelho}`);
    }, 'a réplica ter tudo');

    await novo.comando('REPLICAOF', 'NO', 'ONE');
    nome.destino = novo.porta;
    await velho.comando('REPLICAOF', '127.0.0.1', String(novo.porta));

    await ate(async () => (await conexoesDe(novo)) >= CONEXOES, 'os dois conversarem com o novo');
    await ate(async () => (await saudeDosDois()).every((status) => status === 200), 'a saúde dos dois');
    await enviar('depois');
    expect((await resultado(servidor.url, 'receber_mensagens', ['Ana', 'Geral'], token)).at(-1).conteudo).toBe(
      'depois',
    );
    await resultado(binder.url, 'register_procedure', ['p', 'localhost', 1, 30]);
    expect(await resultado(binder.url, 'lookup_procedure', ['p'])).toMatchObject({ port: 1 });
  },
);

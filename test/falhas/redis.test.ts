/** O Redis que cai, que emudece, que não aceita: um servidor de verdade diz que não pode, e volta a poder por si. */

import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { comFolga } from '../../scripts/comum/folga.ts';
import { chamar, resultado } from '../../scripts/comum/jsonrpc.ts';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../scripts/comum/redis.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { lerHistoria } from '../suporte/remetentes.ts';
import { saude, servidorQueVolta } from './apoio.ts';

/** O contrato: ninguém fica esperando por um Redis que não está. */
const SEM_ESPERAR_MS = 1_000;
const RELIGAVEL = ['--appendonly', 'yes', '--appendfsync', 'always'];

type Servidor = Awaited<ReturnType<typeof servidorQueVolta>>;

interface Cena extends AsyncDisposable {
  readonly redis: Redis;
  readonly servidor: Servidor;
  readonly url: string;
  /** O token de Ana e o de Pedro, que estão em Geral. */
  readonly ana: string;
  readonly pedro: string;
  readonly enviar: (conteudo: string) => ReturnType<typeof chamar>;
  readonly conversa: () => Promise<string[]>;
}

async function montar(...opcoes: string[]): Promise<Cena> {
  const redis = await iniciarRedis(...opcoes);
  const servidor = await servidorQueVolta(undefined, { argumentos: ['--redis', redis.url] });
  const { url } = servidor;
  const [{ token: ana }, { token: pedro }] = [
    await resultado(url, 'registrar_usuario', ['Ana']),
    await resultado(url, 'registrar_usuario', ['Pedro']),
  ];
  await resultado(url, 'criar_sala', ['Geral'], ana);
  await resultado(url, 'entrar_sala', ['Ana', 'Geral'], ana);
  await resultado(url, 'entrar_sala', ['Pedro', 'Geral'], pedro);
  return {
    redis,
    servidor,
    url,
    ana,
    pedro,
    enviar: (conteudo) => chamar(url, 'enviar_mensagem', ['Ana', 'Geral', conteudo, null, conteudo], ana),
    conversa: async () =>
      (await lerHistoria(url, 'Pedro', pedro, 'Geral')).map(({ conteudo }: Mensagem) => conteudo).slice(2),
    [Symbol.asyncDispose]: async () => {
      redis.soltar();
      await servidor[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

/** O que se recusa quando o Redis não está: cada uma logo, e com o 2009 do contrato. */
async function expectIndisponivel({ url, ana, pedro, enviar }: Cena): Promise<void> {
  const inicioMs = performance.now();
  const recusadas = await Promise.all([
    enviar('recusada'),
    chamar(url, 'registrar_usuario', ['Recusado']),
    chamar(url, 'criar_sala', ['Recusada'], ana),
    chamar(url, 'sair_da_sala', ['Pedro'], pedro),
  ]);
  expect(performance.now() - inicioMs).toBeLessThan(comFolga(SEM_ESPERAR_MS));
  for (const { error } of recusadas) {
    expect(error).toMatchObject({ code: 2009, data: { tipo: 'SERVICO_INDISPONIVEL', tenteEmMs: expect.any(Number) } });
  }
  await ate(async () => (await saude(url)) === 503, '/saude dizer que não pode');
}

/** Volta por si, com tudo o que foi reconhecido, e nada do que foi recusado. */
async function expectDeVolta(
  { url, pedro, enviar, conversa }: Cena,
  reconhecidas: readonly string[] = ['reconhecida'],
): Promise<void> {
  await ate(async () => (await saude(url)) === 200, '/saude dizer que pode');
  await ate(async () => !(await enviar('de volta')).error, 'um envio ser aceito');
  expect(await conversa()).toEqual([...reconhecidas, 'de volta']);
  expect(await resultado(url, 'listar_salas')).toEqual([expect.objectContaining({ nomeSala: 'Geral', usuarios: 2 })]);
  expect(await resultado(url, 'listar_usuarios', ['Geral'], pedro)).toEqual(['Ana', 'Pedro']);
  await resultado(url, 'registrar_usuario', ['Recusado']);
}

describe.skipIf(!HA_REDIS)(`o Redis de um servidor${SEM_REDIS}`, () => {
  test('morto: tudo é recusado logo; religado, nada do reconhecido falta', async () => {
    await using cena = await montar(...RELIGAVEL);
    expect((await cena.enviar('reconhecida')).error).toBeUndefined();
    const espera = chamar(cena.url, 'receber_mensagens', ['Pedro', 'Geral', 1_000, 30_000], cena.pedro);
    await cena.redis.matar();
    await expectIndisponivel(cena);
    await cena.redis.religar();
    await expectDeVolta(cena);
    // Quem esperava continua esperando, ou soube que há o que ler: nunca um erro que não é do contrato.
    await cena.servidor.matar();
    await espera.catch(() => {});
  });

  test('congelado: o mesmo, e o que se recusou não acontece quando ele acorda', async () => {
    await using cena = await montar();
    await cena.enviar('reconhecida');
    await cena.redis.congelar();
    await expectIndisponivel(cena);
    cena.redis.soltar();
    await expectDeVolta(cena);
  });

  test('que não aceita gravar, ou fica sem memória: recusa-se o que grava, /saude o diz, e volta por si', async () => {
    await using cena = await montar();
    await cena.enviar('reconhecida');
    await cena.redis.comando('CONFIG', 'SET', 'min-replicas-to-write', '1');
    await expectIndisponivel(cena);
    await cena.redis.comando('CONFIG', 'SET', 'min-replicas-to-write', '0');
    await ate(async () => (await saude(cena.url)) === 200, '/saude dizer que pode');
    await ate(async () => !(await cena.enviar('entre as duas')).error, 'um envio ser aceito');
    await cena.redis.comando('CONFIG', 'SET', 'maxmemory', '1');
    await expectIndisponivel(cena);
    await cena.redis.comando('CONFIG', 'SET', 'maxmemory', '0');
    await expectDeVolta(cena, ['reconhecida', 'entre as duas']);
  });

  test('que corta as conexões: ninguém tem de se registrar de novo, e quem espera recebe', async () => {
    await using cena = await montar();
    const { url, pedro, redis, enviar, conversa } = cena;
    await enviar('reconhecida');
    const ditas = ['reconhecida'];
    for (let vez = 0; vez < 3; vez += 1) {
      const [ultima] = (await lerHistoria(url, 'Pedro', pedro, 'Geral')).slice(-1) as [Mensagem];
      const espera = chamar(url, 'receber_mensagens', ['Pedro', 'Geral', ultima.id, 30_000], pedro);
      for (const tipo of ['normal', 'pubsub']) await redis.comando('CLIENT', 'KILL', 'TYPE', tipo);
      // A mesma idempotency key, até que uma seja aceita: uma só mensagem.
      await ate(async () => !(await enviar(`vez ${vez}`)).error, 'um envio ser aceito');
      ditas.push(`vez ${vez}`);
      const { result, error } = await espera;
      if (error) expect(error.code).toBe(2009);
      else expect(result.map(({ conteudo }: Mensagem) => conteudo)).toEqual([`vez ${vez}`]);
    }
    expect(await conversa()).toEqual(ditas);
    expect(await resultado(url, 'listar_usuarios', ['Geral'], pedro)).toEqual(['Ana', 'Pedro']);
  });

  test('que pede uma senha: com a certa, o servidor se inicia, e não a diz', async () => {
    await using redis = await iniciarRedis('--requirepass', 'certa');
    await using servidor = await servidorQueVolta(undefined, {
      argumentos: ['--redis', redis.url.replace('//', '//:certa@')],
    });
    await ate(async () => (await saude(servidor.url)) === 200, '/saude dizer que pode');
    expect(servidor.processo().saida() + servidor.processo().erros()).not.toContain('certa');
  });
});
